import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import PredictorSearch, RandomSearch, RegularisedEvolution

GENES, CHOICES = 5, 4
EVERY = jnp.asarray(np.stack(np.unravel_index(np.arange(CHOICES**GENES), (CHOICES,) * GENES), 1))
HIDDEN = jax.random.normal(jax.random.key(7), (CHOICES**GENES, 1))


def loss(genome):
    """Genes count alone and with their neighbours; a few genotypes are worse than all others by far."""
    alone = jax.random.normal(jax.random.key(1), (GENES, CHOICES))[jnp.arange(GENES), genome].sum()
    pairs = jax.random.normal(jax.random.key(2), (GENES - 1, CHOICES, CHOICES))
    both = pairs[jnp.arange(GENES - 1), genome[:-1], genome[1:]].sum()
    return alone + both + 100.0 * (genome == 0).all()


def best_after(strategy, queries, seeds=8, of=loss):
    like = jnp.zeros(GENES, jnp.int32)

    def course(key):
        def step(state, _):
            return strategy.tell(state, jax.vmap(of)(strategy.ask(state))), None

        state = jax.lax.scan(step, strategy.init(like, key), None, length=queries // strategy.popsize)[0]
        return of(strategy.genome(state)), state

    return jax.jit(jax.vmap(course))(jax.random.split(jax.random.key(0), seeds))


def test_it_needs_fewer_questions_than_evolution_and_chance():
    found, state = best_after(PredictorSearch(1, CHOICES, candidates=100, capacity=60), 60)
    evolved, _ = best_after(RegularisedEvolution(1, CHOICES, 20, 5), 60)
    drawn, _ = best_after(RandomSearch(1, CHOICES), 60)
    assert found.mean() < evolved.mean() < drawn.mean()
    assert float(found.mean()) == pytest.approx(float(jax.vmap(loss)(EVERY).min()), abs=0.3)
    members = np.asarray(state.members[0])
    assert len({tuple(row) for row in members}) > 57, "what was asked is not asked again, but by chance at first"


def test_features_that_say_it_all_are_used():
    def of(genome):
        return HIDDEN[(genome * CHOICES ** jnp.arange(GENES - 1, -1, -1)).sum(), 0]

    told, _ = best_after(PredictorSearch(1, CHOICES, candidates=100, capacity=40, features=HIDDEN), 40, of=of)
    blind, _ = best_after(PredictorSearch(1, CHOICES, candidates=100, capacity=40), 40, of=of)
    assert told.mean() < blind.mean() - 0.3


def test_children_of_a_generation_differ_and_the_best_outlives_what_is_forgotten():
    strategy = PredictorSearch(4, CHOICES, candidates=40, capacity=12)
    found, state = best_after(strategy, 80, seeds=3)
    assert (np.asarray(state.best_loss) <= np.asarray(state.losses).min(1) + 1e-6).all()
    np.testing.assert_allclose(found, state.best_loss, rtol=1e-5)
    for children in np.asarray(state.children):
        assert len({tuple(row) for row in children}) == 4


def test_losses_that_are_not_finite_are_avoided():
    def of(genome):
        return jnp.where(genome[0] == 0, jnp.nan, genome.sum().astype(jnp.float32))

    found, _ = best_after(PredictorSearch(1, CHOICES, candidates=60, capacity=40), 40, seeds=4, of=of)
    np.testing.assert_allclose(found, 1.0, atol=1.0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("popsize", 0), ("choices", 1), ("first", 1), ("capacity", 5), ("candidates", 1), ("length", 0.0),
        ("curiosity", -1.0),
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused(field, value):
    with pytest.raises(InputError, match=field):
        PredictorSearch(**{"choices": 3, field: value})

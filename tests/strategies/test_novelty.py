import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core import Layout, evaluate, using
from ontogeny.errors import InputError
from ontogeny.strategies import GA, Mutation, Novelty, Truncation


def deceptive(x):
    """The mean of the two slopes down to -1; behind a rise, further than any small step, it is far lower."""
    slope = jnp.abs(x[0] + 1)
    prize = jnp.where(x[0] > 2, -10.0, 0.0)
    return jnp.stack([slope + x[0] + prize, slope - x[0] + jnp.abs(x[1])])


def lowest(weight):
    strategy = GA(48, Truncation(0.25), Mutation(scale=0.2), novelty=Novelty(weight))
    start = jnp.zeros(2)

    def generation(state, _):
        losses = evaluate(lambda x, _: deceptive(x), lambda i: strategy.member(state, i), strategy.popsize)
        return strategy.tell(state, losses), losses.mean(1).min()

    @jax.jit
    def run(key):
        state = strategy.prepare(strategy.init(start, key), lambda genome, batch: deceptive(genome), None)
        state, losses = jax.lax.scan(generation, state, None, length=120)
        return losses, deceptive(strategy.genome(state)).mean()

    with using(Layout(1, strategy.popsize)):
        return jax.tree.map(np.asarray, run(jax.random.key(0)))


def test_novelty_reaches_what_the_loss_leads_away_from():
    plain, _ = lowest(0.0)
    assert plain.min() > -0.1, "it sits where the slope ends"
    found, kept = lowest(0.8)
    assert found.min() < -1
    assert (np.diff(found) <= 1e-5).all(), "the elite is the best by its loss"
    assert kept == pytest.approx(found[-1], abs=1e-5)


def test_novelty_is_the_mean_distance_to_the_nearest_others_now_and_before():
    novelty = Novelty(1.0, neighbours=2, size=3, added=0)
    archive = novelty.begin(1)._replace(behaviours=jnp.asarray([[100.0], [9.0], [5.0]]), seen=jnp.int32(2))
    behaviours = jnp.asarray([[0.0], [1.0], [10.0], [jnp.nan]])
    found = np.asarray(novelty.novelties(archive, behaviours))
    np.testing.assert_allclose(found[:3], [(1 + 9) / 2, (1 + 8) / 2, (1 + 9) / 2])
    scores = np.asarray(novelty.scores(archive, behaviours, behaviours))
    assert np.isinf(scores[3])
    assert scores[1] > scores[0] == scores[2]


def test_weight_mixes_the_ranks_and_scale_does_not_matter():
    losses = jnp.asarray(np.random.default_rng(0).normal(size=(20, 3)), jnp.float32)
    mean = {}
    for weight in (1e-6, 0.5, 1.0):
        novelty = Novelty(weight)
        scores = np.asarray(novelty.scores(novelty.begin(3), losses, losses))
        np.testing.assert_allclose(np.asarray(novelty.scores(novelty.begin(3), 64 * losses, 64 * losses)), scores)
        mean[weight] = scores
    np.testing.assert_allclose(mean[0.5], (mean[1e-6] + mean[1.0]) / 2, atol=1e-3)
    np.testing.assert_array_equal(mean[1e-6].argsort(0), np.asarray(losses).argsort(0))
    assert (np.ptp(mean[1.0], 1) == 0).all()


def test_the_archive_overwrites_the_oldest():
    novelty = Novelty(0.5, size=4, added=3)
    archive = novelty.begin(1)
    for number in range(1, 4):
        archive = novelty.add(archive, jax.random.key(number), jnp.full((8, 1), number))
    assert sorted(np.asarray(archive.behaviours).ravel().tolist()) == [2, 3, 3, 3]
    assert archive.seen == 9


def test_what_cannot_be_is_refused():
    for options, words in (
        ({"weight": 1.5}, r"novelty: 1.5.*0 to 1"),
        ({"neighbours": 0}, "neighbours: 0"),
        ({"size": 0}, "archive: 0"),
        ({"added": 300}, "added: 300.*256"),
    ):
        with pytest.raises(InputError, match=words):
            Novelty(**options)
    strategy = GA(8, novelty=Novelty(0.5))
    with pytest.raises(InputError, match=r"losses: \(8, 2\).*room for 1: call prepare"):
        strategy.tell(strategy.init(jnp.zeros(2), jax.random.key(0)), jnp.zeros((8, 2)))

import os
import subprocess
import sys
import textwrap

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.core import Until, train
from ontogeny.errors import InputError
from ontogeny.kernels.nca import rollout
from ontogeny.learners import Descent, Evolution
from ontogeny.strategies import OpenES
from ontogeny.tasks import Growing, SamplePool

TARGET = np.random.default_rng(0).uniform(0, 1, (5, 6, 4)).astype(np.float32)
KEY = jax.random.key(0)


def tiny(target=TARGET, **options):
    return Growing(target, **{"channels": 8, "hidden": 8, "steps": (3, 5), **options})


def disturbed(task, size=0.2):
    """A net of random weights, which does change states."""
    rng = np.random.default_rng(1)
    net = task.init(KEY)
    return jax.tree.map(lambda leaf: leaf + jnp.asarray(rng.normal(size=leaf.shape) * size, leaf.dtype), net)


def test_step_counts_cover_both_ends_and_nothing_else():
    task = Growing(TARGET[:1, :1])
    keys = jax.random.split(KEY, 2000)
    drawn = np.asarray(jax.jit(jax.vmap(lambda key: task.draw(key, None).steps))(keys))
    values, counts = np.unique(drawn, return_counts=True)
    np.testing.assert_array_equal(values, np.arange(30, 40))
    np.testing.assert_allclose(counts, 200, atol=4.5 * np.sqrt(200 * 0.9))


def test_step_count_says_nothing_about_who_fires():
    task = tiny(steps=(1, 2))
    keys = jax.random.split(KEY, 3000)
    batches = jax.jit(jax.vmap(lambda key: task.draw(key, None)))(keys)
    long = np.asarray(batches.steps == 2)
    masks = np.asarray(jax.vmap(lambda words: task.init(KEY).fires(words[0], jnp.uint32(0), (2, 4)))(batches.words))
    for mask in masks.reshape(len(keys), -1).T:
        assert mask[long].mean() == pytest.approx(mask[~long].mean(), abs=4.5 * np.sqrt(1 / len(keys)))


def test_batch_has_chances_of_its_own_for_each_episode():
    batch = tiny(batch=3, fire_rate=0.25).draw(KEY, None)
    assert batch.words.shape == (3, 2)
    assert len(np.unique(np.asarray(batch.words))) == 6


def test_loss_of_a_new_net_is_that_of_the_seed():
    # The seed's only visible channel is alpha, 1 in one cell of 5 by 6; there are 4 channels.
    zero = tiny(np.zeros_like(TARGET))
    loss, _ = zero.loss(zero.init(KEY), zero.draw(KEY, None))
    assert float(loss) == pytest.approx(1 / (5 * 6 * 4))
    task = tiny()
    seed = np.zeros_like(TARGET)
    seed[2, 3, 3] = 1
    loss, (states, losses) = task.loss(task.init(KEY), task.draw(KEY, None))
    assert float(loss) == pytest.approx(np.mean((seed - TARGET) ** 2), rel=1e-5)
    np.testing.assert_array_equal(states[0, ..., :4], seed)
    assert losses.shape == (1,)


def test_loss_is_the_mean_over_the_episodes_of_a_batch():
    task = tiny(batch=4)
    net, batch = disturbed(task), task.draw(KEY, None)
    evaluate = eqx.filter_jit(Growing.loss)
    loss, (states, losses) = evaluate(task, net, batch)
    for index in range(4):
        part = batch._replace(start=batch.start[index : index + 1], words=batch.words[index : index + 1])
        single, (state, _) = evaluate(task, net, part)
        assert float(losses[index]) == pytest.approx(float(single), rel=1e-5)
        np.testing.assert_allclose(states[index], state[0], atol=1e-5)
    assert float(loss) == pytest.approx(np.asarray(losses).mean(), rel=1e-5)
    assert np.std(losses) > 0, "each episode has its own chances"


def test_episode_takes_as_many_steps_as_drawn():
    task = tiny()
    net, batch = disturbed(task), task.draw(KEY, None)
    run = jax.jit(lambda *arguments: rollout(*arguments, longest=5))
    state = batch.start[0]
    for count in range(5):
        np.testing.assert_allclose(run(net, batch.start[0], batch.words[0], jnp.int32(count)), state, atol=1e-5)
        state = net.step(state, net.fires(batch.words[0], jnp.uint32(count), state.shape[:2]))


def test_image_is_matched_without_clipping():
    task = tiny(np.full((3, 3, 4), 0.5, np.float32), steps=(1, 1))
    batch = task.draw(KEY, None)
    batch = batch._replace(start=jnp.full((1, 3, 3, 8), 3.0))
    assert float(task.loss(task.init(KEY), batch)[0]) == pytest.approx(2.5**2)


def test_stillness_adds_what_the_last_update_changes():
    plain, still = tiny(batch=2), tiny(batch=2, stillness=3.0)
    net, batch = disturbed(plain), plain.draw(KEY, None)
    ends = [
        [rollout(net, start, words, steps, longest=5)[..., :4] for steps in (batch.steps - 1, batch.steps)]
        for start, words in zip(batch.start, batch.words, strict=True)
    ]
    change = np.mean([np.square(after - before).mean() for before, after in ends])
    (value, (states, losses)), (known, aux) = still.loss(net, batch), plain.loss(net, batch)
    assert float(value) == pytest.approx(float(known) + 3 * change, rel=1e-5)
    assert change > 1e-4
    np.testing.assert_allclose(states, aux[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(losses, aux[1], rtol=1e-5)


def test_measure_is_the_mean_over_episodes_of_all_lengths():
    task = tiny(steps=(1, 9))
    net = disturbed(task, 0.1)
    measured = float(eqx.filter_jit(Growing.measure)(task, net, jax.random.key(5))["loss"])
    draws = jax.vmap(lambda key: task.draw(key, None))(jax.random.split(jax.random.key(6), 400))
    losses = np.asarray(jax.jit(jax.vmap(lambda batch: task.loss(net, batch)[0]))(draws))
    assert measured == pytest.approx(losses.mean(), abs=4.5 * losses.std() / np.sqrt(32))
    # One episode, or one length for all, would be off by more.
    assert losses.std() > 1e-3


def test_evaluation_counts_as_one_episode_for_each_of_its_batch():
    assert (tiny(batch=3).episodes, tiny(batch=3).samples) == (3, 3)


def states_in(pool, task):
    """How many states of a pool are no seed."""
    return int((np.abs(pool - task.seed).max((1, 2, 3)) > 1e-6).sum())


# A batch of one never held anything but the seed, which made the published pool idle.
@pytest.mark.parametrize(("rule", "fewest"), [("seed-first", 7), ("worst-after", 3)])
def test_pool_fills_with_grown_states_under_evolution(rule, fewest):
    task = tiny(batch=2, pool=SamplePool(8, rule))
    learner = Evolution(OpenES(4, 0.1, optax.sgd(0.0)), devices=1)

    @jax.jit
    def generations(key):
        state = learner.init(task, key)
        return jax.lax.scan(lambda s, _: (learner.step(task, s)[0], s.world), state, length=32)

    last, worlds = generations(KEY)
    assert states_in(worlds[0], task) == 0
    assert 0 < states_in(worlds[1], task) <= 2
    # `worst-after` puts a seed back each time, so how many there are goes up and down.
    assert max(states_in(world, task) for world in worlds) >= fewest
    assert np.isfinite(last.world).all()


def test_episodes_start_from_the_pool():
    task = tiny(batch=3, pool=SamplePool(5, "worst-after"))
    world = jnp.asarray(np.random.default_rng(0).uniform(0, 1, (5, 5, 6, 8)), jnp.float32)
    batch = task.draw(KEY, world)
    np.testing.assert_array_equal(batch.start, world[batch.slots])


def test_pool_that_is_sorted_is_sorted_by_the_loss_of_the_task():
    task = tiny(batch=3, pool=SamplePool(5, "worst-before"))
    world = jnp.asarray(np.random.default_rng(0).uniform(0, 1, (5, 5, 6, 8)), jnp.float32)
    error = np.mean((world[..., :4] - TARGET) ** 2, axis=(1, 2, 3))
    for seed in range(3):
        slots = task.draw(jax.random.key(seed), world).slots
        assert (np.diff(error[np.asarray(slots)]) < 0).all()


def test_as_many_samples_as_asked_for_lose_a_disc_and_never_the_seed():
    task = tiny(batch=4, pool=SamplePool(6, "worst-before"), damaged=2)
    world = jnp.asarray(np.random.default_rng(0).uniform(0.5, 1, (6, 5, 6, 8)), jnp.float32)
    batch = jax.jit(lambda world: task.draw(KEY, world))(world)
    np.testing.assert_array_equal(batch.start[0], task.seed)
    np.testing.assert_array_equal(batch.start[1], world[batch.slots[1]])
    lost = []
    for index in (2, 3):
        erased = np.asarray((batch.start[index] == 0).all(-1))
        np.testing.assert_array_equal(batch.start[index][~erased], world[batch.slots[index]][~erased])
        assert 1 <= erased.sum() <= 9
        rows, columns = np.nonzero(erased)
        assert np.ptp(rows) <= 2, "the cells lie together"
        assert np.ptp(columns) <= 2
        lost.append(erased)
    assert (lost[0] != lost[1]).any(), "each has a disc of its own"


def test_halves_are_erased_where_they_are_asked_for():
    task = tiny(batch=2, pool=SamplePool(4, "seed-first"), damaged=1, damage="half")
    world = jnp.ones((4, 5, 6, 8))
    lost = [np.asarray(task.draw(jax.random.key(seed), world).start[1] == 0).all(-1).sum() for seed in range(20)]
    assert min(lost) >= 5
    assert max(lost) <= 25


@pytest.mark.parametrize(
    ("field", "options", "hint"),
    [
        ("steps", {"steps": (5, 3)}, "the most, no less"),
        ("steps", {"steps": (0, 3)}, "1 or more"),
        ("batch", {"batch": 0}, "1 or more"),
        ("batch", {"pool": SamplePool(8)}, "2 or more with a pool"),
        ("pool", {"batch": 8, "pool": SamplePool(7)}, "at least the batch"),
        ("damaged", {"batch": 4, "damaged": 1}, "and a pool"),
        ("damaged", {"batch": 4, "damaged": 4, "pool": SamplePool(8)}, "fewer than the batch"),
        ("damaged", {"batch": 4, "damaged": -1, "pool": SamplePool(8)}, "fewer than the batch"),
        ("damage", {"damage": "discs"}, "disc"),
        ("dtype", {"dtype": "float16"}, "float32 or float64"),
        ("dtype", {"dtype": "float64"}, "jax_enable_x64"),
        ("channels", {"channels": 3}, "4 or more"),
        ("fire_rate", {"fire_rate": 0.0}, "above 0"),
    ],
)
def test_options_that_cannot_work_are_refused_at_once(field, options, hint):
    with pytest.raises(InputError, match=f"{field}.*{hint}"):
        tiny(**options)


def test_target_that_is_no_rgba_image_is_refused():
    with pytest.raises(InputError, match="target"):
        tiny(TARGET[..., :3])


@pytest.mark.parametrize(
    "learner",
    [Descent(optax.adam(1e-2), normalise=True), Evolution(OpenES(16, 0.05, optax.adam(0.02)))],
    ids=["descent", "evolution"],
)
def test_image_is_learned(learner):
    image = np.zeros((5, 5, 4), np.float32)
    image[1:4, 1:4] = [0.8, 0.2, 0.1, 1.0]
    task = tiny(image, steps=(6, 8), fire_rate=1.0)
    run = train(task, learner, until=Until(steps=200), every=50)
    assert run.rows[-1]["loss"] < 0.25 * float(task.loss(task.init(KEY), task.draw(KEY, None))[0])


def test_double_precision_is_kept_through_training():
    script = """
        import jax
        jax.config.update("jax_enable_x64", True)
        import equinox as eqx
        import jax.numpy as jnp
        import numpy as np
        from ontogeny.core import Until, train
        from ontogeny.core.steps import advance, begin
        from ontogeny.learners import Descent, Evolution
        from ontogeny.strategies import OpenES
        from ontogeny.tasks import Growing, SamplePool

        target = np.random.default_rng(0).uniform(0, 1, (5, 5, 4))
        options = {"channels": 4, "hidden": 4, "steps": (2, 3), "dtype": "float64"}
        task = Growing(target, **options)
        pooled = Growing(target, **options, batch=2, pool=SamplePool(4), damaged=1)

        # So small a difference shows in double precision only.
        @jax.jit
        def slopes():
            batch = task.draw(jax.random.key(0), None)
            net = task.init(jax.random.key(2))
            net = jax.tree.map(lambda w: 0.1 + 0.1 * jnp.sin(jnp.arange(1.0 * w.size)).reshape(w.shape), net)
            loss = lambda size: task.loss(jax.tree.map(lambda w, g: w + size * g, net, gradient), batch)[0]
            gradient = jax.grad(lambda net: task.loss(net, batch)[0])(net)
            along = sum(jnp.sum(g**2) for g in jax.tree.leaves(gradient))
            return (loss(1e-6) - loss(-1e-6)) / 2e-6, along

        slope, expected = slopes()
        assert expected > 1e-6
        assert abs(slope - expected) < 1e-6 * expected, (slope, expected)

        run = train(pooled, Descent(), until=Until(steps=4), every=2)
        kept = {leaf.dtype.name for leaf in jax.tree.leaves((run.genome, run.state.learner.world))}
        assert kept == {"float64"}, kept
        assert np.isfinite(run.loss)

        # Tracing is enough to see the types of evolution.
        learner = Evolution(OpenES(popsize=4))
        state = eqx.filter_eval_shape(learner.init, task, jax.random.key(0))
        _, metrics = eqx.filter_eval_shape(learner.step, task, state)
        training = eqx.filter_eval_shape(begin, learner, state, jax.random.key(1), tuple(metrics))
        advanced, _ = eqx.filter_eval_shape(advance, task, learner, training, 1, jnp.zeros(2), 2, 8)
        assert eqx.tree_equal(advanced, training), (advanced, training)
        assert training.best.output.weight.dtype == jnp.float64
        print("done")
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, env=os.environ, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert result.stdout.strip() == "done"

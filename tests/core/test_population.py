import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core import Layout, evaluate, map_members, sum_members, using
from ontogeny.core.devices import choose_layout, current
from ontogeny.errors import InputError

SIZE = 5
INPUTS = np.random.default_rng(0).normal(size=(12, SIZE)).astype(np.float32)


def member(index):
    # No random numbers: they take a second to compile, and nothing here depends on them.
    return {"w": jnp.sin(index * INPUTS[:SIZE, :3] + 1), "b": jnp.full(3, index / 7)}


def loss(genome, index):
    return jnp.mean(jnp.tanh(INPUTS @ genome["w"] + genome["b"])) + 0.01 * index


def plain(popsize):
    return jax.jit(jax.vmap(lambda index: loss(member(index), index)))(jnp.arange(popsize))


def skip_without(devices):
    if jax.local_device_count() < devices:
        pytest.skip("this machine has one core")


# 37 is a prime: no portion comes out even. 1 and 2 are fewer than most chunks.
@pytest.mark.parametrize("popsize", [1, 2, 37])
@pytest.mark.parametrize("chunk", [1, 4, 32])
@pytest.mark.parametrize("devices", [1, 2])
def test_losses_are_those_of_a_plain_vmap_in_any_layout(popsize, chunk, devices):
    skip_without(devices)
    with using(Layout(devices, chunk)):
        losses = jax.jit(lambda: evaluate(loss, member, popsize))()
    assert losses.shape == (popsize,)
    np.testing.assert_allclose(losses, plain(popsize), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("devices", "chunk"), [(1, 1), (1, 4), (1, 32), (2, 4), (2, 32)])
def test_sum_over_members_is_the_dense_sum(devices, chunk):
    skip_without(devices)
    popsize = 37
    weights = jnp.asarray(np.random.default_rng(1).normal(size=popsize), jnp.float32)
    with using(Layout(devices, chunk)):
        total = jax.jit(lambda w: sum_members(member, w))(weights)
    dense = jax.vmap(member)(jnp.arange(popsize))
    for name in dense:
        expected = np.tensordot(np.asarray(weights, np.float64), np.asarray(dense[name], np.float64), 1)
        np.testing.assert_allclose(total[name], expected, rtol=1e-4, atol=1e-5)


def test_for_a_kernel_members_are_made_at_once_and_their_losses_are_the_same():
    with using(Layout(1, 8, threaded=True)):
        program = jax.make_jaxpr(lambda: evaluate(loss, member, 8))()
        losses = jax.jit(lambda: evaluate(loss, member, 8))()
    with using(Layout(1, 8)):
        looping = jax.make_jaxpr(lambda: evaluate(loss, member, 8))()
    assert str(program).count("scan[") < str(looping).count("scan[")
    np.testing.assert_allclose(losses, plain(8), rtol=1e-5, atol=1e-6)


def test_loss_may_be_a_vector_of_objectives():
    def objectives(genome, index):
        return jnp.stack([genome["b"][0], -1.0 * index])

    with using(Layout(1, 4)):
        losses = evaluate(objectives, member, 6)
    np.testing.assert_allclose(losses, np.stack([np.arange(6) / 7, -np.arange(6.0)], 1), rtol=1e-6)


def test_results_may_be_trees_and_close_over_traced_arrays():
    devices = min(2, jax.local_device_count())

    @jax.jit
    def scaled(scale):
        with using(Layout(devices, 3)):
            return map_members(lambda index: {"a": index * scale, "b": jnp.ones(2) * index}, 7)

    result = scaled(jnp.float32(0.5))
    np.testing.assert_allclose(result["a"], 0.5 * np.arange(7))
    np.testing.assert_allclose(result["b"], np.arange(7)[:, None] * np.ones(2))


def test_memory_grows_with_the_chunk_and_not_with_the_population():
    def large(index):
        return jnp.cos(index * jnp.arange(20_000.0))

    def memory(popsize, chunk):
        with using(Layout(1, chunk)):
            lowered = jax.jit(lambda: evaluate(lambda g, _: jnp.sum(jnp.sin(g)), large, popsize)).lower()
        return lowered.compile().memory_analysis().temp_size_in_bytes

    few, many, wide = memory(32, 4), memory(512, 4), memory(512, 64)
    assert many < few + 512 * 100
    assert wide > 4 * many


def test_layout_left_to_itself_fits_the_population():
    layout = choose_layout(popsize=1, member_bytes=100, devices=None, chunk=None)
    assert layout == Layout(devices=1, chunk=1)
    big = choose_layout(popsize=512, member_bytes=10**12, devices=None, chunk=None)
    assert big.chunk == 16
    few = choose_layout(popsize=6, member_bytes=10**12, devices=2, chunk=None)
    assert few == Layout(devices=2, chunk=3)
    assert choose_layout(512, 10**6, devices=1, chunk=7) == Layout(1, 7)


def test_layout_of_a_threaded_task_is_one_device_that_takes_many_at_once():
    layout = choose_layout(popsize=512, member_bytes=10**5, devices=None, chunk=None, threaded=True)
    assert layout == Layout(devices=1, chunk=512, threaded=True)
    assert choose_layout(512, 10**5, devices=2, chunk=None, threaded=True) == Layout(2, 256, threaded=True)


@pytest.mark.parametrize("layout", [Layout(1, 4), Layout(2, 3)])
def test_what_members_share_is_evaluated_once_a_chunk(layout):
    shared = jnp.arange(6.0).reshape(2, 3)

    def member(index):
        return {"own": index * 1.0, "shared": shared, "name": "text"}

    def loss(genome, index):
        assert genome["name"] == "text"
        return (genome["shared"] @ jnp.ones(3)).sum() + genome["own"]

    with using(layout):
        program = jax.make_jaxpr(lambda: evaluate(loss, member, 12))()
        losses = jax.jit(lambda: evaluate(loss, member, 12))()
    np.testing.assert_allclose(losses, 15 + np.arange(12.0))
    assert "f32[2,3]" in str(program)
    assert f"f32[{layout.chunk},2" not in str(program), "the product is not made for each member"


@pytest.mark.parametrize(
    ("field", "given"),
    [("devices", {"devices": 0}), ("devices", {"devices": 10_000}), ("chunk", {"chunk": 0})],
)
def test_layout_that_this_machine_cannot_have_is_refused(field, given):
    with pytest.raises(InputError, match=f"{field}.*give 1"):
        choose_layout(popsize=8, member_bytes=100, **{"devices": None, "chunk": None, **given})


def test_layout_is_in_force_only_inside_its_block():
    before = current()
    with using(Layout(1, 3)):
        assert current() == Layout(1, 3)
        with pytest.raises(ZeroDivisionError), using(Layout(1, 5)):
            raise ZeroDivisionError
        assert current() == Layout(1, 3)
    assert current() == before

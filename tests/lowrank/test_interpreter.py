import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax.sharding import AxisType, Mesh, PartitionSpec

from ontogeny.lowrank import LowRank, call


def mlp(activation=jax.nn.relu):
    return lambda key: eqx.nn.MLP(11, 5, 17, 2, activation=activation, key=key)


def images(key):
    first, second = eqx.nn.Conv2d(3, 7, 3, padding=1, key=key), eqx.nn.Conv2d(7, 5, 3, stride=2, key=key)
    return eqx.nn.Sequential([first, eqx.nn.Lambda(jax.nn.relu), second])


def normalised(key):
    layers = eqx.nn.Linear(11, 8, key=key), eqx.nn.LayerNorm(8), eqx.nn.Lambda(jax.nn.silu)
    return eqx.nn.Sequential([*layers, eqx.nn.Linear(8, 5, key=key)])


def words(key):
    return eqx.nn.Embedding(31, 5, key=key), eqx.nn.GRUCell(5, 13, key=key)


def batched(net, x):
    return jax.vmap(net)(x)


def read(net, x):
    """The last state of a recurrent net that looks its words up; the words are from the data."""
    embedding, cell = net
    sentence = (9 * jnp.abs(x[0])).astype(jnp.int32)
    return lax.scan(lambda h, word: (cell(embedding(word), h), None), jnp.zeros(13), sentence)[0]


def recur(cell, x):
    def step(carry):
        count, state = carry
        return count + 1, jax.vmap(cell)(x, state)

    return lax.while_loop(lambda carry: carry[0] < 4, step, (0, (jnp.zeros((6, 13)), jnp.zeros((6, 13)))))[1]


NETS = {
    "mlp": (mlp(), batched, (6, 11)),
    "mlp of one input": (mlp(), lambda net, x: net(x), (11,)),
    "mlp, jit inside": (mlp(jax.nn.gelu), eqx.filter_jit(lambda net, x: jax.vmap(eqx.filter_jit(net))(x)), (6, 11)),
    "mlp, checkpoint": (mlp(), lambda net, x: jax.vmap(eqx.filter_checkpoint(net))(x), (6, 11)),
    "convolutions": (images, batched, (6, 3, 10, 10)),
    "layer norm": (normalised, batched, (6, 11)),
    "attention": (
        lambda key: eqx.nn.MultiheadAttention(2, 10, key=key), lambda net, x: jax.vmap(net)(x, x, x), (3, 7, 10),
    ),
    "lstm": (lambda key: eqx.nn.LSTMCell(4, 13, key=key), recur, (6, 4)),
    "embedding and gru": (words, read, (6, 8)),
}  # fmt: skip


@pytest.mark.parametrize("name", NETS)
def test_networks_are_computed_without_their_weights(name, compare, fill, draw):
    init, function, data = NETS[name]
    assert compare(function, fill(init), draw(*data)) == set()


@jax.custom_vjp
def by_hand(w, x):
    return x @ w.T


by_hand.defvjp(lambda w, x: (x @ w.T, (w, x)), lambda kept, g: (g.T @ kept[1], g @ kept[0]))


@jax.custom_jvp
def by_hand_forwards(w, x):
    return x @ w.T


by_hand_forwards.defjvp(
    lambda primals, tangents: (by_hand_forwards(*primals), by_hand_forwards(primals[0], tangents[1]))
)


@pytest.mark.parametrize("function", [by_hand, by_hand_forwards])
def test_custom_derivatives_do_not_form_the_weight(function, compare, draw):
    assert compare(function, draw(5, 11), draw(6, 11)) == set()


def test_gradient_of_the_data_inside_does_not_form_the_weight(compare, draw):
    def push(w, x):
        return jax.grad(lambda x: jnp.sum(jnp.tanh(x @ w.T)))(x)

    assert compare(push, draw(5, 11), draw(6, 11)) == set()


def squared(w, x):
    return jnp.mean((x @ w.T) ** 2)


FORMED = {
    "a penalty on the weight": lambda w, x: squared(w, x) + 0.01 * jnp.sum(w**2),
    "a step of descent inside": lambda w, x: squared(w - 0.1 * jax.grad(squared)(w, x), x),
    "gradient by hand inside": lambda w, x: jax.grad(lambda x: jnp.sum(by_hand(w, x) ** 2))(x),
}


@pytest.mark.parametrize("name", FORMED)
def test_weight_that_has_to_be_formed_is_right_and_found(name, compare, draw):
    # That it is found here says that the tests which want nothing formed would find it.
    assert compare(FORMED[name], draw(5, 11), draw(6, 11)) >= {(29, 5, 11)}


def test_normalised_weights(compare, fill, draw):
    compare(batched, fill(lambda key: eqx.nn.WeightNorm(eqx.nn.Linear(11, 5, key=key))), draw(6, 11))


def test_results_may_be_trees_with_the_weight_and_what_does_not_depend_on_it(draw):
    def look(genome, x):
        return {"weight": genome["w"], "product": (x @ genome["w"].T, None), "data": x}

    base, a, b, x = draw(5, 11), draw(5, 2), draw(11, 2), draw(6, 11)
    weight = LowRank.of(base, a, b, jnp.float32(0.1))
    got, expected = call(look, {"w": weight}, x), look({"w": weight.dense()}, x)
    assert jax.tree.structure(got) == jax.tree.structure(expected)
    for one, other in zip(jax.tree.leaves(got), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_arguments_may_be_keys_and_not_arrays_and_the_function_may_close_over_traced_ones(draw):
    @jax.jit
    def outside(gain, key):
        def function(w, x, how, key):
            return gain * (x @ w.T) + jax.random.normal(key, (5,)) + {"one": 1, "two": 2}[how]

        weight = LowRank.of(draw(5, 11), draw(5, 2), draw(11, 2), gain)
        arguments = draw(6, 11), "two", key
        return call(function, weight, *arguments), function(weight.dense(), *arguments)

    np.testing.assert_allclose(*outside(jnp.float32(0.3), jax.random.key(0)), rtol=1e-5, atol=1e-5)


def test_without_low_rank_weights_the_function_is_itself(draw):
    w, x = draw(5, 11), draw(6, 11)
    np.testing.assert_allclose(call(squared, w, x), squared(w, x), rtol=1e-6)


def walk(w, x):
    """A scan and a product, of the weight of one member."""
    return lax.scan(lambda h, row: (jnp.tanh(w @ h + row), (h @ w).sum()), x[0], x)


@pytest.mark.parametrize("rank", [1, 2])
def test_population_may_be_spread_over_devices(rank, populate, draw):
    if jax.local_device_count() < 2:
        pytest.skip("this machine has one core")
    population, x = populate(0.3 * draw(11, 11), rank), draw(6, 11)

    def member(index):
        left, right, scale = (part[index] for part in (population.left, population.right, population.scale))
        return LowRank(population.base, left, right, scale, population.left_axes, population.right_axes)

    def local(indices):
        return jax.vmap(lambda index: call(walk, member(index), x))(indices)

    mesh = Mesh(np.asarray(jax.local_devices()[:2]), ("members",), axis_types=(AxisType.Auto,))
    members = PartitionSpec("members")
    spread = jax.shard_map(local, mesh=mesh, in_specs=members, out_specs=members, check_vma=False)
    indices = jnp.arange(28)
    expected = jax.jit(jax.vmap(lambda index: walk(member(index).dense(), x)))(indices)
    for one, other in zip(jax.jit(spread)(indices), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.data.channel_cells import node_channels, parse_channel_cell
from ontogeny.errors import InputError
from ontogeny.runs.channel_scorer import trimmed
from ontogeny.strategies import ChannelSearch
from ontogeny.strategies.channel_mutations import KINDS, last_node, reached

FORM = jnp.zeros((6, 7), jnp.int32)
WANTED = jnp.asarray(np.random.default_rng(4).choice([0, 0, 0, 2, 8], (6, 7)), jnp.int32)


def far(cells):
    """Genes that are not as wanted, how far they are, and those too many."""
    apart = jnp.abs(cells - WANTED)
    return jnp.stack([(apart > 0).sum((1, 2)), apart.sum((1, 2)), ((cells > 0) & (WANTED == 0)).sum((1, 2))], 1)


def small(cells):
    """The fewer operations the better."""
    return jnp.stack([(cells > 0).sum((1, 2))] * 3, 1)


def search(strategy, losses, generations, seed=0):
    state = strategy.init(FORM, jax.random.key(seed))

    def step(arrays, _):
        asked = strategy.ask(arrays)
        state = strategy.tell(arrays, losses(asked).astype(jnp.float32))
        return state, (state, asked)

    return jax.jit(lambda state: jax.lax.scan(step, state, None, length=generations))(state)


@pytest.fixture(scope="module")
def searched():
    return search(ChannelSearch(), far, 150)


def test_it_comes_nearer_and_keeps_the_best_of_each_loss(searched):
    state, (states, asked) = searched
    least = np.minimum.accumulate(np.asarray(jax.vmap(far)(asked)).min(1))
    assert least[-1, 0] < 0.7 * least[0, 0]
    np.testing.assert_array_equal(np.asarray(states.losses).min(1), least)
    np.testing.assert_array_equal(far(state.members), state.losses)


def test_every_child_is_a_cell(searched):
    _, (_, asked) = searched
    cells = np.asarray(asked).reshape(-1, 6, 7)
    assert set(np.unique(cells)) <= {0, 1, 2, 4, 8}
    nodes = []
    for cell in cells[::37]:
        text = str(trimmed(cell))
        nodes.append(parse_channel_cell(text).nodes)
    assert set(nodes) == {1, 2, 3}
    first = cells[:30]
    assert not first[:, 3:].any()
    assert set((first[:, :3] > 0).sum(2).ravel()) == {1, 2}


def test_nodes_that_nothing_reaches_are_known():
    cell = np.zeros((6, 7), int)
    cell[1, 2] = cell[5, 0] = 4
    for channels in (cell, np.roll(cell, 1, 0), cell * 0):
        widths = node_channels(type("Cell", (), {"nodes": 3, "channels": channels})(), 1)
        assert np.asarray(reached(jnp.asarray(channels), 3)).tolist() == [width > 0 for width in widths]
        live = max(node for node, width in enumerate(widths) if width)
        assert int(last_node(jnp.asarray(channels), 3)) == live


def test_rates_follow_what_helps():
    state, _ = search(ChannelSearch(learning=0.1, plus=False), small, 20)
    rates = dict(zip(KINDS, np.asarray(state.rates).tolist(), strict=True))
    before = dict(zip(KINDS, ChannelSearch().rates, strict=True))
    assert rates["raising"] < before["raising"] / 2, "where less is better, children with more die"
    fixed, _ = search(ChannelSearch(learning=0.0), small, 5)
    np.testing.assert_allclose(fixed.rates, ChannelSearch().rates)


def test_an_operation_that_helps_is_raised_more_often():
    strategy = ChannelSearch(exploration=0.0, plus=False)
    before = strategy.init(FORM, jax.random.key(0))

    @jax.jit
    def step(state):
        children = jax.vmap(lambda index: strategy._child(state, index))(jnp.arange(30))
        return strategy.tell(state, jnp.tile(1.0 - children.raised[:, 2:3], 3)), children.raised.sum(0)

    state, raised = before, []
    for _ in range(25):
        state, each = step(state)
        raised.append(each)
    assert int(np.argmax(state.successes)) == 2
    assert np.mean(raised[15:], 0)[2] > 1.5 * np.mean(raised[1:6], 0)[2]


def test_parents_live_on_or_die():
    plus, comma = ChannelSearch(popsize=6), ChannelSearch(popsize=6, plus=False)
    for strategy in (plus, comma):
        state, _ = search(strategy, far, 3)
        worse = eqx.filter_jit(strategy.tell)(state, jnp.full((6, 3), 1e6))
        assert (np.asarray(worse.members) == np.asarray(state.members)).all() == strategy.plus


def test_losses_that_are_not_finite_come_last():
    strategy = ChannelSearch(parents=3)
    cells = jnp.arange(5 * 42).reshape(5, 6, 7)
    losses = jnp.asarray([[jnp.inf, 0, 0], [2, 1, 3.0], [1, 2, 3], [3, 3, 1], [1, 2, 3]])
    assert strategy.order(cells, losses).tolist()[-1] == 0
    assert set(strategy.order(cells, losses).tolist()[:3]) == {1, 2, 3}, "the best of each"
    assert strategy.order(cells.at[4].set(cells[2]), losses).tolist()[3] == 4, "of equals one survives"


def test_the_best_by_a_loss_survives_whatever_its_ranks():
    strategy = ChannelSearch(parents=3)
    losses = jnp.asarray([[5, 1, 1], [4, 2, 2], [3, 3, 3], [2, 4, 4], [0, 99, 99.0]])
    order = strategy.order(jnp.arange(5 * 42).reshape(5, 6, 7), losses).tolist()
    assert 4 in order[:3]
    assert 0 in order[:3]


def test_children_that_something_else_chose_have_the_next_children():
    strategy = ChannelSearch(popsize=8, parents=3)
    state, _ = search(strategy, far, 3)
    children = eqx.filter_jit(strategy.ask)(state)
    kept = eqx.filter_jit(strategy.keep)(state, jnp.asarray([6, 1, 4]), jnp.asarray([[3.0] * 3, [2.0] * 3, [1.0] * 3]))
    assert np.asarray(kept.members).tolist() == np.asarray(children[jnp.asarray([4, 1, 6])]).tolist()
    np.testing.assert_array_equal(kept.rates, state.rates)


@pytest.mark.parametrize(
    "values",
    [{"popsize": 1}, {"objectives": 0}, {"parents": 2}, {"parents": 40, "plus": False}, {"nodes": 1}, {"most": 6},
     {"rates": (0.5,)}, {"rates": (0.8, 0.8, 0.2, 0.55, 0.3, 1.5)}, {"learning": 2.0}, {"exploration": -0.1}],
)  # fmt: skip
def test_values_out_of_range_are_refused(values):
    with pytest.raises(InputError, match=next(iter(values))):
        ChannelSearch(**values)


def test_a_form_of_other_nodes_is_refused():
    with pytest.raises(InputError, match="genome"):
        ChannelSearch().init(FORM[:3], jax.random.key(0))

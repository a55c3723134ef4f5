import functools
import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets.cell_net import CellNet, Chosen
from ontogeny.nets.observed import Observed
from ontogeny.scores import SCORES, scores
from ontogeny.scores.kernels import tangent_kernel

LABELS = jnp.arange(8) % 4
NOTHING = [0] * 6


class Dense(eqx.Module):
    """Sums, ReLUs, sums: small enough for every score to be worked out by hand."""

    first: jax.Array
    last: jax.Array

    def __init__(self, key):
        keys = jax.random.split(key)
        self.first, self.last = jax.random.normal(keys[0], (9, 5)), jax.random.normal(keys[1], (5, 4))

    def __call__(self, image):
        return jax.nn.relu(image.reshape(-1) @ self.first) @ self.last


@pytest.fixture(scope="module")
def dense():
    return Dense(jax.random.key(0)), jax.random.normal(jax.random.key(1), (8, 3, 3, 1))


def of_cell(genotype, key=0):
    """A net that has the operations of one cell alone: those of others need not be compiled."""
    net = CellNet(jax.random.key(key), 4, inputs=1, channels=4, genotype=genotype)
    return Chosen(net, jnp.zeros(6, int))


@pytest.fixture(scope="module")
def cell():
    return of_cell([3, 1, 2, 1, 3, 2]), jax.random.normal(jax.random.key(1), (8, 8, 8, 1))


def value(name, net, images, labels=LABELS):
    return float(compiled(name)(net, images, labels, jax.random.key(3)))


@functools.cache
def compiled(name):
    return eqx.filter_jit(SCORES[name].function)


def by_hand(dense, images):
    """Patterns and gradients of each image, in double precision."""
    first, last = np.asarray(dense.first, np.float64), np.asarray(dense.last, np.float64)
    x = np.asarray(images, np.float64).reshape(len(images), -1)
    before = x @ first
    on = before > 0
    gradients = [
        np.concatenate([np.outer(one, last.sum(1) * is_on).ravel(), np.outer(hidden, np.ones(4)).ravel()])
        for one, is_on, hidden in zip(x, on, np.maximum(before, 0), strict=True)
    ]
    return on, np.stack(gradients)


def test_overlap_counts_agreements(dense):
    net, images = dense
    on, _ = by_hand(net, images)
    agreed = np.asarray([[(one == other).sum() for other in on] for one in on], float)
    expected = np.linalg.slogdet(agreed)[1] if np.linalg.matrix_rank(agreed) == len(agreed) else None
    more = jnp.concatenate([images[:4]] * 2)
    assert value("naswot", Observed(net), more) < -5, "images that come twice cannot be told apart"
    few, _ = by_hand(net, images[:3])
    agreed = np.asarray([[(one == other).sum() for other in few] for one in few], float)
    assert value("naswot", Observed(net), images[:3]) == pytest.approx(np.linalg.slogdet(agreed)[1], abs=1e-3)
    assert expected is None or np.isfinite(expected)


def test_patterns_of_units_are_counted(dense):
    net, images = dense
    on, _ = by_hand(net, images)
    assert value("swap", Observed(net), images) == len({tuple(unit) for unit in on.T})


def test_borders_between_two_images_are_counted(dense):
    net, images = dense
    x = np.asarray(images, np.float64).reshape(8, -1)
    along = np.linspace(0, 1, 16)[:, None]
    paths = [(1 - along) * x[2 * n] + along * x[2 * n + 1] for n in range(4)]
    crossed = [(np.diff((path @ np.asarray(net.first) > 0).astype(int), axis=0) != 0).sum() for path in paths]
    assert value("regions", Observed(net), images) == pytest.approx(np.mean(crossed))


def test_the_tangent_kernel_is_that_of_a_jacobian_in_double_precision(dense):
    net, images = dense
    _, gradients = by_hand(net, images)
    expected = gradients @ gradients.T
    np.testing.assert_allclose(tangent_kernel(Observed(net), images), expected, rtol=1e-4)
    values = np.linalg.eigvalsh(expected)
    assert value("ntk", Observed(net), images) == pytest.approx(values[-1] / values[0], rel=0.02)
    share = values / values.sum()
    assert value("fisher-entropy", Observed(net), images) == pytest.approx(-(share * np.log(share)).sum(), abs=1e-3)


def test_norms_take_their_moments_from_the_batch(cell):
    net, images = of_cell([0, 0, 0, 2, 0, 0]), cell[1]
    weights, rest = eqx.partition(net, eqx.is_inexact_array)

    @jax.jit
    def summed(weights):
        return eqx.combine(weights, rest).passage(images).logits.sum(1)

    @jax.jit
    def row(one):
        return jax.vjp(summed, weights)[1](one)[0]

    rows = [np.concatenate([leaf.ravel() for leaf in jax.tree.leaves(row(one))]) for one in jnp.eye(8)]
    kernel = np.asarray(eqx.filter_jit(tangent_kernel)(net, images))
    np.testing.assert_allclose(kernel, np.stack(rows) @ np.stack(rows).T, rtol=1e-3, atol=1e-3 * kernel.max())
    # Each image's logits hang on all images of its batch: alone, it would have another gradient.
    alone = jax.jit(jax.grad(lambda weights: eqx.combine(weights, rest).passage(images[:1]).logits.sum()))(weights)
    own = np.concatenate([leaf.ravel() for leaf in jax.tree.leaves(alone)])
    assert np.abs(own - rows[0]).max() > 0.1 * np.abs(rows[0]).max()


def test_gradients_of_weights_by_hand(dense):
    net, images = dense

    def loss(net):
        return -jnp.mean(jax.nn.log_softmax(jax.vmap(net)(images))[jnp.arange(8), LABELS])

    gradient = jax.grad(loss)(net)
    pairs = [(net.first, gradient.first), (net.last, gradient.last)]
    observed = Observed(net)
    assert value("snip", observed, images) == pytest.approx(
        sum(float(jnp.abs(w * g).sum()) for w, g in pairs), rel=1e-4
    )
    assert value("plain", observed, images) == pytest.approx(sum(float((w * g).sum()) for w, g in pairs), abs=1e-4)
    norms = sum(float(jnp.linalg.norm(g)) for _, g in pairs)
    assert value("grad-norm", observed, images) == pytest.approx(norms, rel=1e-4)
    turned = jax.jvp(jax.grad(loss), (net,), (gradient,))[1]
    product = float((net.first * turned.first).sum() + (net.last * turned.last).sum())
    assert value("grasp", observed, images) == pytest.approx(-product, rel=1e-3, abs=1e-4)


def test_flow_is_a_sum_over_paths(dense):
    net, images = dense
    first, last = np.abs(net.first), np.abs(net.last)
    through = float((first.sum(0) @ last).sum())
    assert value("synflow", Observed(net), images) == pytest.approx(np.log(2 * through), abs=1e-4)
    grown = (first * np.log1p(last.sum(1))).sum() + (last * np.log1p(first.sum(0))[:, None]).sum()
    assert value("log-synflow", Observed(net), images) == pytest.approx(float(grown), rel=1e-4)


def test_flow_through_a_cell_is_the_same_however_it_is_scaled(cell):
    net, images = cell
    found = value("synflow", net, images)
    larger = eqx.tree_at(lambda net: net.net.weight, net, 1e20 * net.net.weight)
    assert value("synflow", larger, images) == pytest.approx(found + np.log(1e20), rel=1e-3)
    assert np.isfinite(value("log-synflow", net, images))


@pytest.mark.parametrize("name", SCORES)
def test_every_score_is_a_number_and_depends_on_the_cell(cell, name):
    net, images = cell
    other = of_cell([0, 0, 0, 3, 0, 0])
    found = scores([net], images, LABELS, [name])[name]
    assert np.isfinite(found.mean)
    assert np.isnan(found.error)
    assert found.flaw == ""
    assert scores([other], images, LABELS, [name])[name].mean != found.mean


def test_a_score_of_a_cell_that_nothing_passes_is_flagged(cell):
    net, images = cell
    nets = [of_cell(NOTHING, draw) for draw in range(2)]
    found = scores(nets, images, LABELS, ["ntk", "snip", "naswot", "expressivity"])
    assert found["ntk"].flaw == "not finite"
    assert found["expressivity"].flaw == "constant"
    assert found["ntk"].to_json()["mean"] is None
    assert net is not nets[0]


def test_draws_give_a_standard_error(dense):
    _, images = dense
    nets = [Observed(Dense(jax.random.key(draw))) for draw in range(5)]
    found = scores(nets, images, LABELS, ["snip"])["snip"]
    each = [value("snip", net, images) for net in nets]
    assert found.mean == pytest.approx(np.mean(each), rel=1e-4)
    assert found.error == pytest.approx(np.std(each, ddof=1) / np.sqrt(5), rel=1e-3)


def test_features_that_fill_all_directions_have_the_greatest_entropy(cell):
    _, images = cell

    class Blocks(eqx.Module):
        rank: int

        def passage(self, images, **how):
            from ontogeny.nets.passage import Passage

            x = jax.random.normal(jax.random.key(0), (8, 8, 8, self.rank)) @ jax.random.normal(
                jax.random.key(1), (self.rank, 6)
            )
            return Passage(images[:, 0, 0], (), (), (x, x[:, ::2, ::2]), jnp.zeros(()), ())

    low, high = (value("expressivity", Blocks(rank), images) for rank in (1, 6))
    assert low == pytest.approx(0, abs=1e-3)
    assert low < high <= 2 * np.log(6)


@pytest.mark.parametrize(
    ("names", "images", "field"), [(["naswott"], 8, "naswot"), (["naswot"], 1, "images"), (["naswot"], 7, "images")]
)
def test_what_cannot_be_scored_is_refused(dense, names, images, field):
    net, shown = dense
    with pytest.raises(InputError, match=field):
        scores([Observed(net)], shown[:images], LABELS[:images], names)


def test_scores_say_what_they_need():
    for score in SCORES.values():
        assert set(score.needs) <= {"relu", "blocks", "labels"}
    assert [name for name, score in SCORES.items() if not score.higher] == ["ntk", "jacobian"]
    assert len(list(itertools.chain(SCORES))) == 19

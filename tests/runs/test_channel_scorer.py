import equinox as eqx
import jax
import numpy as np
import pytest

from ontogeny.data.channel_cells import ChannelCell, parse_channel_cell
from ontogeny.nets.channel_net import ChannelNet
from ontogeny.runs.channel_scorer import ChannelScorer, trimmed

SMALL = parse_channel_cell("4|0|0|0|0|0|0  0|0|0|2|0|0|0  0|0|0|0|0|0|1--0  0").channels


@pytest.fixture(scope="module")
def scorer():
    return ChannelScorer(("naswot",), "digits", 0, nodes=2, most=4)


def test_cells_differ_in_their_scores_and_a_cell_does_not(scorer):
    more = SMALL.copy()
    more[2, 0] = 4
    assert scorer(SMALL) == scorer(SMALL)
    assert scorer(more)["naswot"] > scorer(SMALL)["naswot"], "a further ReLU tells more images apart"
    assert list(scorer.functions) == ["naswot"]


def test_weights_are_those_of_the_cell_alone(scorer):
    net = ChannelNet(jax.random.key(0), 10, [ChannelCell(SMALL)], inputs=1)
    weights = sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(net, eqx.is_array)))
    assert scorer.parameters(SMALL) == weights
    padded = np.concatenate([SMALL[:1], np.zeros_like(SMALL[1:])])
    assert scorer.parameters(padded) < weights


def test_what_nothing_reaches_is_left_out():
    far = np.zeros((6, 7), int)
    far[0, 2] = 1
    assert str(trimmed(far)) == "0|0|1|0|0|0|0--0  0"
    far[5, 1] = 8  # from the second node, which nothing reaches
    assert len(trimmed(far).channels) == 1
    far[3, 1] = 8
    assert len(trimmed(far).channels) == 6

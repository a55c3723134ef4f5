"""Scores of many of Evolutive-NAS's cells, one compiled net for all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.data.channel_cells import ChannelCell, node_channels
from ontogeny.nets.channel_net import ChannelNet
from ontogeny.nets.masked_channel_net import ChosenChannels, MaskedChannelNet
from ontogeny.runs.cell_scorer import IMAGES, compiled_scores
from ontogeny.runs.scoring import shown_images

_SIDE = 16


class ChannelScorer:
    """Scores of cells on the same images, with the same first weights of each channel.

    Images of more than 16 pixels each way are shown at half the size, means of 2×2: cells do not know the size, and
    two cores score four times as many.

    Args:
        names: of scores.
        data: of which images are shown.
        seed: of weights, and of what scores draw.
        nodes: of a cell, beside the picture, at most.
        most: channels of an operation, at most.
    """

    def __init__(self, names: Sequence[str], data: str, seed: int, *, nodes: int = 3, most: int = 8) -> None:
        shown = shown_images(data, IMAGES)
        self.images, self.labels = jnp.asarray(shown.images), jnp.asarray(shown.labels)
        count, height, width, channels = self.images.shape
        if height > _SIDE:
            self.images = self.images.reshape(count, height // 2, 2, width // 2, 2, channels).mean((2, 4))
        self.classes = max(10, 1 + int(shown.labels.max()))
        key = jax.random.key(seed)
        made = eqx.filter_jit(MaskedChannelNet)
        self.net: MaskedChannelNet = made(key, self.classes, inputs=channels, nodes=nodes, most=most)
        self.key = jax.random.key(1000 + seed)
        one = np.zeros((len(self.net.slots), len(self.net.slots[0])), int)
        self.functions = compiled_scores(names, self._chosen(one), *self._given())

    def __call__(self, genotype: np.ndarray) -> dict[str, float]:
        """Scores of a cell, `(edges, 7)` channels; a number that is not finite stays so."""
        net = self._chosen(genotype)
        return {name: float(function(net, *self._given())) for name, function in self.functions.items()}

    def parameters(self, genotype: np.ndarray) -> int:
        """Weights of the net of that cell alone."""
        cell, inputs = trimmed(genotype), self.images.shape[-1]

        def weights(key: Key) -> ChannelNet:
            net: ChannelNet = eqx.filter(ChannelNet(key, self.classes, [cell], inputs=inputs), eqx.is_array)
            return net

        # Shapes alone: nothing is drawn.
        shapes = jax.eval_shape(weights, jax.random.key(0))
        return sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(shapes))

    def _chosen(self, genotype: np.ndarray) -> ChosenChannels:
        found: ChosenChannels = _choose(self.net, jnp.asarray(genotype, jnp.int32))
        return found

    def _given(self) -> tuple[jax.Array, jax.Array, Key]:
        return self.images, self.labels, self.key


def trimmed(genotype: np.ndarray) -> ChannelCell:
    """The cell without edges to nodes that nothing reaches, which are there for the sake of one shape.

    Args:
        genotype: `(edges, operations)` channels; something reaches a node.
    """
    channels = np.asarray(genotype)
    widths = node_channels(ChannelCell(channels), 1)
    last = max(node for node, width in enumerate(widths) if width)
    return ChannelCell(channels[: last * (last + 1) // 2])


@eqx.filter_jit
def _choose(net: MaskedChannelNet, genotype: jax.Array) -> ChosenChannels:
    return net.chosen(genotype)

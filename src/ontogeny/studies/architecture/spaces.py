"""What is searched: cells of NAS-Bench-201, and the text's own."""

from __future__ import annotations

from typing import Protocol

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.data import cell_number
from ontogeny.data.channel_cells import random_channel_cell
from ontogeny.runs.cell_scorer import CellScorer
from ontogeny.runs.channel_scorer import ChannelScorer, trimmed
from ontogeny.studies.architecture.scoring import random_cells
from ontogeny.studies.architecture.settings import TEXT_SCORES


class Space(Protocol):
    """Cells, and what a search has to know of them."""

    @property
    def form(self) -> jax.Array:
        """A genotype."""
        ...

    def drawn(self, count: int, seed: int) -> np.ndarray:
        """Random genotypes, `(count, …)`."""
        ...

    def name(self, genotype: np.ndarray) -> int | str:
        """What a cell is called, as JSON can hold it; the same for the same cell."""
        ...

    def scores(self, genotype: np.ndarray) -> dict[str, float]:
        """The text's three."""
        ...

    def parameters(self, genotype: np.ndarray) -> int:
        """Weights of the cell's net."""
        ...


class TableSpace:
    """Cells of NAS-Bench-201, called by their numbers.

    Args:
        data: of which images are shown.
        seed: of weights.
    """

    def __init__(self, data: str, seed: int) -> None:
        self.scores = CellScorer(TEXT_SCORES, data, seed)
        self.form = jnp.zeros(6, jnp.int32)

    def drawn(self, count: int, seed: int) -> np.ndarray:
        """All different."""
        return random_cells(count, seed)

    def name(self, genotype: np.ndarray) -> int:
        """Its number."""
        return cell_number(genotype)

    def parameters(self, genotype: np.ndarray) -> int:
        """Of all operations that are there."""
        net = self.scores.net.alone(genotype)
        return sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(net, eqx.is_array)))


class OwnSpace:
    """The text's own cells, of one to three nodes, called by their strings.

    Args:
        data: of which images are shown.
        seed: of weights.
    """

    def __init__(self, data: str, seed: int) -> None:
        self.scores = ChannelScorer(TEXT_SCORES, data, seed)
        self.net = self.scores.net
        self.form = jnp.zeros((len(self.net.slots), len(self.net.slots[0])), jnp.int32)

    def drawn(self, count: int, seed: int) -> np.ndarray:
        """As `random_channel_cell` does, as many of each number of nodes."""
        rng = np.random.default_rng(seed)
        made = np.zeros((count, *self.form.shape), int)
        for genotype in made:
            cell = random_channel_cell(rng, int(rng.integers(1, self.net.nodes + 1)), self.net.most)
            genotype[: len(cell.channels)] = cell.channels
        return made

    def name(self, genotype: np.ndarray) -> str:
        """As the text's program writes it."""
        return str(trimmed(genotype))

    def parameters(self, genotype: np.ndarray) -> int:
        """Of the net that is made for the cell alone."""
        return self.scores.parameters(genotype)

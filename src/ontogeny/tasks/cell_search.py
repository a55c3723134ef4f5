"""Find the cell whose net became most accurate, by asking for the accuracy of few."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key, Metrics, Task
from ontogeny.data.cells import CellTable


class CellSearch(Task):
    """A search over the cells of NAS-Bench-201: the loss is the share of wrong answers on test images, from its table.

    Genomes are `(6,)` whole numbers, an operation for each edge (`data.cells`); for NAS-Bench-Macro `(8,)`, a block for
    each layer (`data.macro_nets`).

    Args:
        table: as `data.load_cell_table` or `data.macro_nets.load_macro_table` returns it.
    """

    accuracy: jax.Array
    parameters: jax.Array
    genes: int = eqx.field(static=True)
    choices: int = eqx.field(static=True)

    def __init__(self, table: CellTable) -> None:
        self.accuracy = jnp.asarray(table.accuracy, jnp.float32)
        self.parameters = jnp.asarray(table.parameters, jnp.int32)
        self.genes, self.choices = table.genes, table.choices

    def init(self, key: Key) -> jax.Array:
        """A cell, all of which are alike likely."""
        return jax.random.randint(key, (self.genes,), 0, self.choices)

    def draw(self, key: Key, world: None) -> None:
        """Nothing: the table has means over trainings."""
        del key, world

    def loss(self, genome: jax.Array, batch: None) -> tuple[jax.Array, None]:
        """The share of wrong answers."""
        del batch
        return 1 - self.accuracy[self._number(genome)], None

    def measure(self, genome: jax.Array, key: Key) -> Metrics:
        """`loss`; `accuracy`; `parameters`; and `rank` among all cells, 1 for the best."""
        del key
        number = self._number(genome)
        accuracy = self.accuracy[number]
        rank = 1 + jnp.sum(self.accuracy > accuracy)
        found = {"accuracy": accuracy, "parameters": self.parameters[number], "rank": rank}
        return {"loss": 1 - accuracy, **{name: value.astype(jnp.float32) for name, value in found.items()}}

    def _number(self, genome: jax.Array) -> jax.Array:
        base = self.choices ** jnp.arange(self.genes - 1, -1, -1)
        return jnp.clip((genome * base).sum(), 0, len(self.accuracy) - 1)

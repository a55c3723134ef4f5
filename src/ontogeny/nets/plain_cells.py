"""A trained net of cells written out: plain Python that needs JAX alone, and its weights by name."""

from __future__ import annotations

import numpy as np

from ontogeny.data.cells import EDGES, OPERATIONS, cell_text
from ontogeny.nets.cell_net import CellNet
from ontogeny.nets.cell_operations import Convolution, Norm
from ontogeny.nets.passage import Passage

_EPSILON = 1e-5
_NAMES = ("a", "b", "c", "out")


def plain_weights(net: CellNet, moments: tuple[np.ndarray, ...]) -> dict[str, np.ndarray]:
    """Weights by name; each norm with its moments is one scale and one shift.

    Args:
        net: with the operations of one genotype alone.
        moments: of a passage of training pictures, in their order there.

    Returns:
        `stem`, `stage1.cell1.a-b`, …, `reduce1.first`, …, `last`, `weight` and `bias`; a convolution `name` has
        `name.scale` and `name.shift` beside it.
    """
    made: dict[str, np.ndarray] = {}
    given = iter(moments)

    def folded(name: str, norm: Norm, found: np.ndarray) -> None:
        scale = np.asarray(norm.scale) / np.sqrt(np.asarray(found[1]) + _EPSILON)
        made[f"{name}.scale"] = scale
        made[f"{name}.shift"] = np.asarray(norm.shift) - np.asarray(found[0]) * scale

    made["stem"] = np.asarray(net.stem)
    folded("stem", net.stem_norm, next(given))
    for stage, cells in enumerate(net.edges):
        if stage:
            between, found = net.reductions[stage - 1], next(given)
            for name, weight, place in (("first", between.first, 0), ("second", between.second, 1)):
                made[f"reduce{stage}.{name}"] = np.asarray(weight)
                folded(f"reduce{stage}.{name}", between.norms[place], found[place])
            made[f"reduce{stage}.past"] = np.asarray(between.past)
        for number, edges in enumerate(cells):
            for place in _order():
                found, (operation,) = next(given), edges[place].operations
                if isinstance(operation, Convolution):
                    name = f"stage{stage + 1}.cell{number + 1}.{_edge(place)}"
                    made[name] = np.asarray(operation.weight)
                    folded(name, operation.norm, found)
    folded("last", net.last_norm, next(given))
    return {**made, "weight": np.asarray(net.weight), "bias": np.asarray(net.bias)}


def plain_program(genotype: np.ndarray, cells: int, mean: np.ndarray, deviation: np.ndarray, classes: int) -> str:
    """A Python file that says what a picture shows, with the cell written out.

    Args:
        genotype: `(6,)` numbers of the operations of NAS-Bench-201.
        cells: in each stage.
        mean: of the channels of training pictures, 0 to 1.
        deviation: of them.
        classes: what the net tells apart.
    """
    lines = []
    for node in (1, 2, 3):
        parts = [_term(place, int(genotype[place])) for place in _order() if EDGES[place][1] == node]
        said = " + ".join(part for part in parts if part) or "jnp.zeros_like(a)"
        lines.append(f"    {_NAMES[node]} = {said}")
    return _PROGRAM.format(
        cell=cell_text(genotype),
        body="\n".join(lines),
        cells=cells,
        classes=classes,
        mean=[round(float(each), 6) for each in mean],
        deviation=[round(float(each), 6) for each in deviation],
    )


def moments_of(passage: Passage) -> tuple[np.ndarray, ...]:
    """The moments of a passage as arrays."""
    return tuple(np.asarray(each) for each in passage.moments)


def _order() -> list[int]:
    return [place for node in (1, 2, 3) for place, (_, to) in enumerate(EDGES) if to == node]


def _edge(place: int) -> str:
    sender, to = EDGES[place]
    return f"{_NAMES[sender]}-{_NAMES[to]}"


def _term(place: int, choice: int) -> str:
    sender = _NAMES[EDGES[place][0]]
    kind = OPERATIONS[choice]
    if kind == "none":
        return ""
    if kind == "skip_connect":
        return sender
    if kind == "avg_pool_3x3":
        return f"mean_of_neighbours({sender})"
    return f'convolution(weights, f"{{name}}.{_edge(place)}", {sender})'


_PROGRAM = '''"""{cell}

A trained net of this cell, written by Ontogeny. It needs jax and safetensors alone:

    python net.py weights.safetensors picture.npy

prints {classes} logits for each picture of `(count, height, width, channels)` or one, numbers from 0 to 1.
"""

import sys

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file

MEAN, DEVIATION = {mean}, {deviation}
CELLS = {cells}


def convolved(x, weight, stride=1):
    border = weight.shape[0] // 2
    form = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(x, weight, (stride, stride), [(border, border)] * 2, dimension_numbers=form)


def normed(weights, name, x):
    return x * weights[name + ".scale"] + weights[name + ".shift"]


def convolution(weights, name, x, stride=1):
    return normed(weights, name, convolved(jax.nn.relu(x), weights[name], stride))


def mean_of_neighbours(x):
    window = (1, 3, 3, 1), (1, 1, 1, 1), "SAME"
    count = jax.lax.reduce_window(jnp.ones_like(x), 0.0, jax.lax.add, *window)
    return jax.lax.reduce_window(x, 0.0, jax.lax.add, *window) / count


def cell(weights, name, a):
{body}
    return out


def reduced(weights, name, x):
    middle = convolution(weights, name + ".first", x, stride=2)
    images, height, width, channels = x.shape
    halves = x.reshape(images, height // 2, 2, width // 2, 2, channels).mean((2, 4))
    return convolution(weights, name + ".second", middle) + convolved(halves, weights[name + ".past"])


def logits(weights, images):
    x = (jnp.asarray(images) - jnp.asarray(MEAN)) / jnp.asarray(DEVIATION)
    border = 2 if x.shape[1] == 28 else -x.shape[1] % 4 // 2
    x = jnp.pad(x, ((0, 0), (border, border), (border, border), (0, 0)))
    x = normed(weights, "stem", convolved(x, weights["stem"]))
    for stage in (1, 2, 3):
        if stage > 1:
            x = reduced(weights, f"reduce{{stage - 1}}", x)
        for number in range(CELLS):
            x = cell(weights, f"stage{{stage}}.cell{{number + 1}}", x)
    last = jax.nn.relu(normed(weights, "last", x))
    return last.mean((1, 2)) @ weights["weight"] + weights["bias"]


if __name__ == "__main__":
    pictures = np.load(sys.argv[2])
    print(logits(load_file(sys.argv[1]), pictures if pictures.ndim == 4 else pictures[None]))
'''

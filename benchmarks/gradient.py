"""How near an evolution strategy's estimate comes to the gradient by backpropagation.

    python -m benchmarks.gradient RUN [--batches 6] [--sigmas 0.0005 0.002 0.008]

For the trained automaton of a run and one batch after another: the cosine between the gradient by
backpropagation and the estimate from as many orthogonal directions as weights, one-sided as `ontogeny grow`
takes it, and from both sides. Cells live or die by a threshold, which backpropagation does not see and a
difference of losses does, so that a cosine below 1 is not all error.
"""

import argparse
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from ontogeny.runs.folder import RunFolder
from ontogeny.strategies import orthogonal


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--batches", type=int, default=6)
    parser.add_argument("--sigmas", type=float, nargs="+", default=[0.0005, 0.001, 0.002, 0.004, 0.008])
    options = parser.parse_args()
    folder = RunFolder.open(options.run)
    task, net = folder.config.task.build(), folder.nca()
    arrays, static = eqx.partition(net, eqx.is_array)
    flat, shaped = ravel_pytree(arrays)

    def loss(weights: jax.Array, batch: object) -> jax.Array:
        return task.loss(eqx.combine(shaped(weights), static), batch)[0]

    count = 1 << (flat.size - 1).bit_length()
    directions = jax.vmap(lambda index: orthogonal(jax.random.key(0), index, flat.size))(jnp.arange(count))
    many = jax.jit(lambda members, batch: jax.lax.map(lambda one: loss(one, batch), members, batch_size=64))
    gradient = jax.jit(jax.grad(loss))
    for number in range(options.batches):
        batch = task.draw(jax.random.key(number), None)
        true = np.asarray(gradient(flat, batch), np.float64)
        print(f"batch {number}: loss {float(loss(flat, batch)):.4f}, norm of the gradient {np.linalg.norm(true):.3f}")
        for sigma in options.sigmas:
            up, down = (np.asarray(many(flat + s * directions, batch), np.float64) for s in (sigma, -sigma))
            single, double = ((weights @ np.asarray(directions)) for weights in (up - up.mean(), up - down))
            print(f"  sigma {sigma}: one-sided {cosine(single, true):.2f}, both sides {cosine(double, true):.2f}")


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    """The cosine between two vectors."""
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


if __name__ == "__main__":
    main()

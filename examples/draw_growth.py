"""Draw how a genome grows, as a strip of pictures: python examples/draw_growth.py genome.safetensors strip.png."""

import sys
from pathlib import Path

import jax
import numpy as np
from PIL import Image

import ontogeny
from ontogeny.kernels.nca import rollout
from ontogeny.nets.nca import seed_cell


def main(genome, out, size=40, updates=(0, 10, 20, 30, 40, 50, 64, 100, 200, 400), scale=5):
    """Write one picture for each of the numbers of updates, all from one growth."""
    net = ontogeny.load_nca(Path(genome))
    start = seed_cell(size, size, net.channels)
    grow = jax.jit(lambda steps: rollout(net, start, jax.random.bits(jax.random.key(0), (2,)), steps, longest=1000))
    pictures = []
    for count in updates:
        rgba = np.clip(np.asarray(grow(count))[..., :4], 0, 1)
        # The state is premultiplied; on white that leaves one minus alpha to be added.
        shown = rgba[..., :3] + 1 - rgba[..., 3:]
        pictures.append(np.pad(np.clip(shown, 0, 1), ((1, 1), (1, 1), (0, 0)), constant_values=1))
    strip = np.concatenate(pictures, axis=1)
    Image.fromarray((strip * 255).astype(np.uint8)).resize(
        (strip.shape[1] * scale, strip.shape[0] * scale), Image.Resampling.NEAREST
    ).save(out)


if __name__ == "__main__":
    main(*sys.argv[1:3])

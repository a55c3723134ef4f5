"""Draw how a genome grows, as a strip of pictures: python examples/draw_growth.py genome.safetensors strip.png 15."""

import sys
from pathlib import Path

import jax
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import ontogeny
from ontogeny.kernels.nca import rollout
from ontogeny.nets.nca import seed_cell


def main(genome, out, size=40, updates=(0, 1, 3, 6, 10, 15, 20, 30, 40, 100, 1000), side=180):
    """Write a picture for each of the numbers of updates, `side` pixels wide, all of one growth."""
    net = ontogeny.load_nca(Path(genome))
    start = seed_cell(size, size, net.channels)
    words = jax.random.bits(jax.random.key(0), (2,))
    grow = jax.jit(lambda steps: rollout(net, start, words, steps, longest=max(updates)))
    strip = Image.new("RGB", (len(updates) * (side + 20), side + 60), "white")
    draw, font = ImageDraw.Draw(strip), ImageFont.load_default(30)
    for place, count in enumerate(updates):
        rgba = np.clip(np.asarray(grow(count))[..., :4], 0, 1)
        # RGB is premultiplied: on white, one minus alpha comes on top.
        shown = np.clip(rgba[..., :3] + 1 - rgba[..., 3:], 0, 1)
        picture = Image.fromarray((shown * 255).astype(np.uint8)).resize((side, side), Image.Resampling.NEAREST)
        left = place * (side + 20) + 10
        strip.paste(picture, (left, 50))
        draw.rectangle((left - 1, 49, left + side, 50 + side), outline="gray")
        draw.text((left + side / 2, 25), f"{count:,}", "black", font, anchor="mm")
    strip.save(out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

"""How long a lifetime takes, beside one whose synapses look up their change one by one.

    python -m benchmarks.lifetimes [--data mnist] [--samples 60000] [--repeats 3] [--json FILE]

A net of 1,000 neurons, of which 500 fire once, or three times with synapses between them that change, lives through
images by rules that are tables of firing codes and change synapses on mistakes. `Ontogeny` is `nets.live`; `looked up`
the same lifetime with `table[code of sender, code of receiver]` for every synapse, as one would write it down. Both
live through the same samples in the same order, in turns, and must answer alike. Compilation is not counted. The
slower one gets a tenth of the samples where three rounds take it minutes, and its seconds are ten times what it took.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.data import load_lessons
from ontogeny.nets import Life, Lived, PlasticNet, Synapses, TableRules, Wiring, live
from ontogeny.nets.plastic import read


def looked_up(
    life: Life, rules: TableRules, wiring: Wiring, synapses: Synapses, samples: jax.Array, labels: jax.Array
) -> Lived:
    """The same, plainly: changes on mistakes, added."""

    def one(synapses: Synapses, each: tuple[jax.Array, jax.Array]) -> tuple[Synapses, jax.Array]:
        sample, label = each
        firing = life.net.firing(synapses, sample)
        said = jnp.argmax(read(synapses, firing))
        outputs = jnp.arange(synapses.read_out.shape[1])
        change = jnp.where(outputs == label, rules.read_out[firing.codes, 1][:, None], 0)
        change += jnp.where(outputs == said, rules.read_out[firing.codes, 0][:, None], 0)
        rate = life.rate * (said != label)
        recurrent = synapses.recurrent
        if rules.recurrent is not None:
            between = rules.recurrent[firing.codes[:, None], firing.codes[None, :]]
            recurrent = recurrent + rate * wiring.recurrent * between
        return synapses._replace(read_out=synapses.read_out + rate * change, recurrent=recurrent), said != label

    synapses, wrong = jax.lax.scan(one, synapses, (samples, labels))
    return Lived(synapses, wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--samples", type=int, default=60_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    lessons = load_lessons(options.data)
    parts = [np.concatenate(each) for each in zip(lessons.train, lessons.validation, strict=True)]
    order = np.resize(np.random.default_rng(0).permutation(len(parts[1])), options.samples)
    samples, labels = (jnp.asarray(part[order]) for part in parts)
    found = []
    for rounds in (1, 3):
        net = PlasticNet(1000, 500, rounds, again="input")
        wiring, synapses = net.wire(jax.random.key(0), samples.shape[1], int(labels.max()) + 1)
        codes = 2**rounds
        fires = (jnp.arange(codes) % 2)[:, None]
        between = None if rounds == 1 else 1e-4 * jax.random.normal(jax.random.key(1), (codes, codes))
        rules = TableRules(None, between, fires * jnp.asarray([-1.0, 1.0]))
        share = 1 if rounds == 1 else 10
        ways = {"Ontogeny": (live, 1), "looked up": (looked_up, share)}
        taken: dict[str, list[float]] = {name: [] for name in ways}
        answers = {}
        for turn in range(options.repeats + 1):
            for name, (way, less) in ways.items():
                seconds, wrong = timed(way, (Life(net), rules, wiring, synapses), samples, labels, less)
                answers[name] = wrong[: options.samples // share]
                if turn:
                    taken[name].append(seconds * less)
        alike = float(np.mean(answers["Ontogeny"] == answers["looked up"]))
        seconds = {name: statistics.median(each) for name, each in taken.items()}
        ratio = seconds["looked up"] / seconds["Ontogeny"]
        found.append({"rounds": rounds, "seconds": seconds, "ratio": ratio, "same_answers": alike})
        print(f"T = {rounds}: {seconds['Ontogeny']:.2f} s, looked up {seconds['looked up']:.2f} s; {ratio:.1f} times")
        print(f"  the same right and wrong answers to {alike:.2%} of the samples")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


def timed(
    way: Callable[..., Lived], given: tuple[object, ...], samples: jax.Array, labels: jax.Array, less: int
) -> tuple[float, np.ndarray]:
    """Seconds, and what was answered wrong, of the first samples, one in `less`."""
    count = len(labels) // less
    run = eqx.filter_jit(way)
    start = time.perf_counter()
    lived = jax.block_until_ready(run(*given, samples[:count], labels[:count]))
    return time.perf_counter() - start, np.asarray(lived.wrong)


if __name__ == "__main__":
    main()

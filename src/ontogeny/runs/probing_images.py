"""Probe a trained classifier of images, or the population that it comes from, and keep what was found."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax

from ontogeny.core import Genome
from ontogeny.errors import InputError, require
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.image_probes import IMAGE_PROBES
from ontogeny.runs.probe_fields import name_of, read_fields
from ontogeny.tasks import Classification
from ontogeny.tasks.classification import logits


@dataclasses.dataclass(frozen=True)
class ImageSubject:
    """What is probed.

    Attributes:
        task: with the test images.
        genome: the kept one.
        population: all members, stacked; `None` where the learner kept one genome.
        folder: the run that it comes from.
        name: the folder.
    """

    task: Classification
    genome: Genome
    population: Genome | None
    folder: RunFolder
    name: str

    def nets(self, kind: str) -> Genome:
        """What a probe looks at: the genome, or all members.

        Args:
            kind: the name of the probe.

        Raises:
            InputError: where it needs pixels or a population, and there are none.
        """
        probe = IMAGE_PROBES[kind]
        seen = getattr(self.folder.config.task, "components", None)
        hint = f"{self.name} reads {seen} principal components, and this probe changes pixels; give a run on pixels"
        require(seen is None or not probe.pixels, "probe", kind, hint)
        if not probe.several:
            return self.genome
        if self.population is None:
            hint = f"{self.name} kept one genome, and this probe needs a population; give a run of a hybrid learner"
            raise InputError("probe", kind, hint)
        return self.population


def image_subject_of_run(path: Path) -> ImageSubject:
    """The kept genome of a run that recognises images, and its population if it kept one.

    Raises:
        InputError: where there is no run, it has not ended, or it recognises no images.
    """
    folder = RunFolder.open(path)
    task = folder.config.task.build()
    label = folder.config.task.label
    require(isinstance(task, Classification), "run", str(path), f"it learned {label}, which recognises no images")
    assert isinstance(task, Classification)
    like = eqx.filter_eval_shape(task.init, jax.random.key(0))
    return ImageSubject(task, folder.genome(like), folder.population(like), folder, str(path))


def probe_images(subject: ImageSubject, kind: str, settings: Iterable[str] = (), seed: int = 0) -> dict[str, Any]:
    """Probe a classifier on the test images of its task, and keep what was found in the run's folder.

    Args:
        subject: what is probed.
        kind: a name of `IMAGE_PROBES`.
        settings: fields of the probe, such as `epsilon=0.05`.
        seed: of what is random about it.

    Returns:
        `run`, `probe`, the fields, `seed`, `images` (how many), `figures` by name, and tables.

    Raises:
        InputError: for a field that cannot be set so, or a run that cannot be probed so.
    """
    probe = IMAGE_PROBES[kind]
    require(0 <= seed < 2**32, "seed", seed, "give 0 to 4294967295")
    what = read_fields(probe.plain, settings, probe.fields)
    nets, test = subject.nets(kind), subject.task.data.test

    found = probe.figures(logits, nets, test, what, jax.random.key(seed))
    fields = {name: getattr(what, name) for name in probe.fields}
    result = {"probe": kind, **fields, "seed": seed, "images": len(test.labels), **found}
    subject.folder.write_probe(name_of(kind, what, probe.plain), result)
    return {"run": subject.name, **result}

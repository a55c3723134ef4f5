"""Progress on standard error: a live line in a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from ontogeny.cli.words import count_name, duration

if TYPE_CHECKING:
    from ontogeny.core import Progress

_LINE_SECONDS = 10.0


class Watcher:
    """A callback that shows where a run stands.

    Args:
        by: the learner's name.
    """

    def __init__(self, by: str) -> None:
        self._by = by
        self._live = sys.stderr.isatty()
        self._shown = time.monotonic()
        self._losses: dict[str, float] = {}
        self.drawn = False

    def __call__(self, progress: Progress) -> None:
        """Show it."""
        if progress.rows:
            self._losses = progress.rows[-1]
        now = time.monotonic()
        if not self._live and now - self._shown < _LINE_SECONDS:
            return
        self._shown = now
        text = self._text(progress)
        if self._live:
            sys.stderr.write(f"\r\x1b[2K{text}")
            self.drawn = True
        else:
            sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def _text(self, progress: Progress) -> str:
        parts = [f"{count_name(self._by)} {progress.step:,}"]
        for name, label in (("loss", "loss"), ("population_loss", "population")):
            if name in self._losses:
                parts.append(f"{label} {self._losses[name]:.3g}")
        parts.append(f"{progress.rate:,.1f}/s")
        parts.append(f"{progress.rate * progress.cost.evaluations / max(progress.step, 1):,.0f} evaluations/s")
        parts.append(duration(progress.cost.seconds))
        if math.isfinite(progress.remaining):
            parts.append(f"at most {duration(progress.remaining)} left")
        return " · ".join(parts)


@contextmanager
def watching(by: str, title: str, quiet: bool) -> Iterator[list[Watcher]]:
    """The callbacks of one run: a watcher, or none when quiet."""
    if quiet:
        yield []
        return
    print(title, file=sys.stderr, flush=True)
    watcher = Watcher(by)
    try:
        yield [watcher]
    finally:
        if watcher.drawn:
            sys.stderr.write("\n")


@contextmanager
def watching_each(quiet: bool) -> Iterator[Callable[[str, str], list[Watcher]]]:
    """For runs one after another: from a learner's name and a title to the callbacks of the next."""
    with ExitStack() as shown:

        def watch(by: str, title: str) -> list[Watcher]:
            shown.close()
            return shown.enter_context(watching(by, title, quiet))

        yield watch


def note_plain(quiet: bool) -> None:
    """Say once that the compiled kernels are missing, and that all works without them."""
    from ontogeny.kernels.native import why_plain

    # Who switched them off knows.
    if why_plain() and not quiet and os.environ.get("ONTOGENY_NATIVE") != "0":
        print(f"note: {why_plain()}; automata grow by the plain version, which is slower", file=sys.stderr)

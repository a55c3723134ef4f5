"""Which devices evaluate a population, and how many members at a time on each."""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
import os
from collections.abc import Iterator

import jax

from ontogeny.errors import require

_CACHE_BYTES = 256 * 1024
"""Half of a usual second-level cache: the state of a chunk should stay there."""

FEWEST = 16
"""Members of a chunk at least: what they share is read, and multiplied, once for each chunk."""

_THREADED_BYTES = 64 * 1024**2
"""What one chunk may take where the task spreads it over the cores and keeps to the caches itself."""

_ACCELERATOR_BYTES = 1024**3
"""What one chunk's largest operation may take on an accelerator."""


def claim_cores() -> None:
    """Make every core a JAX host device, unless JAX runs already or the user has chosen.

    XLA runs one program on one host device mostly on one core; a population spread over as
    many host devices as there are cores uses all of them.
    """
    if jax.config.jax_num_cpu_devices != -1:  # type: ignore[attr-defined]
        return
    if "xla_force_host_platform_device_count" in os.environ.get("XLA_FLAGS", ""):
        return
    # A RuntimeError says that JAX has started: then its devices stay as they are.
    with contextlib.suppress(RuntimeError):
        jax.config.update("jax_num_cpu_devices", usable_cores())


def usable_cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


@dataclasses.dataclass(frozen=True)
class Layout:
    """Where and in what portions a population is evaluated.

    Attributes:
        devices: how many devices share the members.
        chunk: how many members a device evaluates at once.
        threaded: whether a compiled kernel evaluates them, so that nothing of how members are made is fused into that.
    """

    devices: int = 1
    chunk: int = 8
    threaded: bool = False


def choose_layout(
    popsize: int, member_bytes: int, devices: int | None, chunk: int | None, *, threaded: bool = False
) -> Layout:
    """The layout to use: what is given, and for `None` what suits the machine.

    Args:
        popsize: members of a generation.
        member_bytes: what the largest operation on one member reads and writes.
        devices: how many devices, from 1 to those there are; `None` for all (for one, where
            the task is threaded and the devices are the cores of a processor).
        chunk: members at once on each, 1 or more; `None` for as many as the cache holds, 16 at least
            (on an accelerator, or threaded: as memory allows).
        threaded: whether the task uses all cores by itself.

    Raises:
        InputError: for more devices than there are, or a chunk below 1.
    """
    there = jax.local_device_count()
    require(devices is None or 1 <= devices <= there, "devices", devices, f"give 1 to {there}")
    require(chunk is None or chunk >= 1, "chunk", chunk, "give 1 or more")
    on_cpu = jax.default_backend() == "cpu"
    room = (_THREADED_BYTES if threaded else _CACHE_BYTES) if on_cpu else _ACCELERATOR_BYTES
    devices = devices or (1 if threaded and on_cpu else min(there, popsize))
    chunk = chunk or min(max(FEWEST, room // member_bytes), -(-popsize // devices))
    return Layout(devices, chunk, threaded and on_cpu)


_PLAIN = Layout()
_current: contextvars.ContextVar[Layout] = contextvars.ContextVar("layout", default=_PLAIN)


@contextlib.contextmanager
def using(layout: Layout) -> Iterator[None]:
    """Evaluate populations with this layout inside the `with` block."""
    token = _current.set(layout)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Layout:
    """The layout that is in force."""
    return _current.get()

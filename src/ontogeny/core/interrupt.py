"""Ctrl-C as a request to stop at the next good moment."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any


@contextlib.contextmanager
def stop_requests() -> Iterator[Callable[[], bool]]:
    """Turn the first SIGINT or SIGTERM into a flag; the second acts as usual.

    Yields:
        A function that says whether a stop was requested. Outside the main thread signals
        cannot be caught: there it stays false.
    """
    asked = False
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    usual: dict[int, Any] = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        del frame
        asked = True
        signal.signal(number, usual[number] or signal.SIG_DFL)

    for number in usual:
        signal.signal(number, ask)
    try:
        yield lambda: asked
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler or signal.SIG_DFL)

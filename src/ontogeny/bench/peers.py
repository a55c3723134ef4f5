"""The libraries that this one is measured beside, where they are installed."""

from __future__ import annotations

import importlib
import importlib.metadata
import os

PEERS = ("evosax", "evotorch", "cax", "torch")
"""What `pip install 'ontogeny[bench]'` brings."""

ENVIRONMENT = {
    # Threads of PyTorch wait by spinning for milliseconds. On a machine with other work that is
    # what a core does most of the time; with this they sleep soon, and lose little where all is quiet.
    "GOMP_SPINCOUNT": "1000",
    # Else EvoTorch writes its notices to standard output.
    "EVOTORCH_VERBOSE_LEVEL": "0",
}
"""What the peers read when they are imported, unless the user has set it."""

NOT_INSTALLED = "not installed: pip install 'ontogeny[bench]'"


def why_not(*modules: str) -> str:
    """Why these modules cannot be used; empty where they can."""
    for variable, value in ENVIRONMENT.items():
        os.environ.setdefault(variable, value)
    for name in modules:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if (error.name or "").split(".")[0] == name.split(".")[0]:
                return NOT_INSTALLED
            return f"does not import: {error}"
        except Exception as error:
            return f"does not import: {type(error).__name__}: {error}"
    return ""


def versions() -> dict[str, str | None]:
    """The versions of JAX and of the peers; `None` for what is not installed."""
    return {name: _version(name) for name in ("jax", *PEERS)}


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None

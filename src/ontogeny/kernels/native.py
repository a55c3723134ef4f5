"""The compiled kernels: found, loaded and registered once, or the reason why not."""

from __future__ import annotations

import ctypes
import functools
import os
from pathlib import Path

import jax

LIBRARY = Path(__file__).parent / "_native.so"
"""Where the installation puts the compiled kernels."""

NCA_ROLLOUT = "ontogeny_nca_rollout"
"""The name of the rollout kernel within XLA."""

NCA_GRADIENT = "ontogeny_nca_gradient"
"""That of the kernel of its gradient."""

LAYERS = "ontogeny_layers"
"""That of the kernel of layers in a row."""

LAYERS_ERROR = "ontogeny_layers_error"
"""That of the same with a comparison at the end."""

_SYMBOLS = {
    NCA_ROLLOUT: "OntogenyNcaRollout",
    NCA_GRADIENT: "OntogenyNcaGradient",
    LAYERS: "OntogenyLayers",
    LAYERS_ERROR: "OntogenyLayersError",
}


@functools.cache
def why_plain() -> str:
    """Why this process runs without compiled kernels; empty where it has them."""
    if os.environ.get("ONTOGENY_NATIVE", "1") == "0":
        return "ONTOGENY_NATIVE=0 switches the compiled kernels off"
    if not LIBRARY.exists():
        return "no compiled kernels: there was no C++ compiler when ontogeny was installed"
    try:
        library = ctypes.CDLL(str(LIBRARY))
        for name, symbol in _SYMBOLS.items():
            jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(library[symbol]), platform="cpu")
    except (OSError, AttributeError, RuntimeError, ValueError) as error:
        return f"the compiled kernels do not load ({error}); install ontogeny again"
    return ""


def instruction_set() -> str:
    """What the kernels use of this processor: `AVX-512`, `AVX2`, `SSE2`, `NEON` or `plain`; `XLA` without them."""
    if why_plain():
        return "XLA"
    name = ctypes.CDLL(str(LIBRARY)).OntogenyInstructionSet
    name.restype = ctypes.c_char_p
    return str(name().decode())

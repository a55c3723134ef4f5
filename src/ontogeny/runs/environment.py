"""What a run ran on: versions, devices, cores."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from typing import Any

_PACKAGES = ("ontogeny", "jax", "jaxlib", "equinox", "optax", "numpy")


def environment(command: str = "") -> dict[str, Any]:
    """Versions, devices and cores, as plain values."""
    import jax

    from ontogeny.core.devices import usable_cores
    from ontogeny.kernels.native import instruction_set

    devices = jax.local_devices()
    return {
        "command": command,
        "packages": {name: _version(name) for name in _PACKAGES},
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": usable_cores(),
        "backend": jax.default_backend(),
        "kernels": instruction_set(),
        "devices": [device.device_kind for device in devices],
    }


def command_line() -> str:
    """The command that was typed."""
    import shlex

    return shlex.join([os.path.basename(sys.argv[0]), *sys.argv[1:]])  # noqa: PTH119


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:  # noqa: PTH123
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"

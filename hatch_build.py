"""Compiles the native kernels when the package is installed; without a compiler it is installed without them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_KERNELS = "src/ontogeny/kernels"


class KernelBuildHook(BuildHookInterface):
    """Called by hatchling for wheels and for editable installations."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and make the wheel one for this kind of machine where that succeeds."""
        del version
        spec = importlib.util.spec_from_file_location("build", Path(self.root) / _KERNELS / "build.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        why = module.build()
        if why:
            print(f"ontogeny is installed without compiled kernels, and is slower: {why}", file=sys.stderr)
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["artifacts"].append(f"{_KERNELS}/_native.so")

"""Compile the native kernels: `python -m ontogeny.kernels.build`, and when the package is installed.

What computes is compiled once for each instruction set and chosen at run time, so that a library built here runs on
any processor of this kind. Imports nothing of the package: the installation runs this file before there is one.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
LIBRARY = HERE / "_native.so"

_FLAGS = ["-std=c++17", "-O3", "-fPIC", "-fvisibility=hidden"]
_X86 = {
    "avx2": ["-DONTOGENY_LANES=8", "-mavx2", "-mfma"],
    "avx512": ["-DONTOGENY_LANES=16", "-mavx512f", "-mavx512bw", "-mavx512vl", "-mfma", "-mprefer-vector-width=512"],
}


def instruction_sets() -> dict[str, list[str]]:
    """The compiler's flags for each instruction set of this kind of processor."""
    sets = {"plain": ["-DONTOGENY_LANES=4"]}
    return sets | _X86 if platform.machine().lower() in ("x86_64", "amd64") else sets


def sources(compiler: str, flags: list[str]) -> list[list[str]]:
    """The commands, without `-o`, that compile everything but the bindings to XLA."""
    commands = [
        [compiler, *flags, *options, f"-DONTOGENY_SET={name}", "-c", str(HERE / source)]
        for name, options in instruction_sets().items()
        for source in ("nca_rollout.cpp", "nca_gradient.cpp", "layers_forward.cpp")
    ]
    return [
        *commands,
        *([compiler, *flags, "-c", str(HERE / source)] for source in ("dispatch.cpp", "layers_sizes.cpp")),
    ]


def find_compiler() -> str | None:
    """`$CXX`, or the first of the usual compilers that there is."""
    for name in (os.environ.get("CXX"), "c++", "g++", "clang++"):
        if name and shutil.which(name):
            return name
    return None


def build(library: Path = LIBRARY) -> str:
    """Compile the kernels into `library`, which is replaced at once or not at all.

    Returns:
        Empty, or the reason why there is no library.
    """
    compiler = find_compiler()
    if compiler is None:
        return "there is no C++ compiler (set CXX to name one)"
    jaxlib = importlib.util.find_spec("jaxlib")
    if jaxlib is None or jaxlib.origin is None:
        return "there is no jaxlib, whose headers are needed"
    headers = Path(jaxlib.origin).parent / "include"
    bindings = [
        [compiler, *_FLAGS, "-isystem", str(headers), "-c", str(HERE / source)]
        for source in ("nca_ffi.cpp", "layers_ffi.cpp")
    ]
    with tempfile.TemporaryDirectory() as folder:
        commands = [*bindings, *sources(compiler, _FLAGS)]
        parts = [Path(folder) / f"{number}.o" for number in range(len(commands))]
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            failures = list(pool.map(_run, [[*c, "-o", str(part)] for c, part in zip(commands, parts, strict=True)]))
        result = Path(folder) / library.name
        failures += [_run([compiler, "-shared", *map(str, parts), "-o", str(result)])] if not any(failures) else []
        if any(failures):
            return next(failure for failure in failures if failure)
        # Beside the target first, so that a process that has the old one open keeps it.
        fresh = library.with_name(f"{library.name}.{os.getpid()}")
        shutil.copyfile(result, fresh)
        fresh.replace(library)
    return ""


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    first = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr[:200])
    return f"{Path(command[0]).name} failed: {first}"


if __name__ == "__main__":
    why = build()
    print(f"no compiled kernels: {why}" if why else f"compiled {LIBRARY}", file=sys.stderr)
    sys.exit(bool(why))

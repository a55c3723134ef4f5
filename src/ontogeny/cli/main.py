"""The `ontogeny` command."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import warnings
from pathlib import Path

import platformdirs
import typer

from ontogeny.cli import bench, compare, exporting, listing, probe, running, scoring, searching, study
from ontogeny.errors import OntogenyError

_CACHE_BYTES = 256 * 1024**2

app = typer.Typer(
    name="ontogeny",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Train the same network by evolution and by backpropagation, on equal terms, and see what comes out.",
    epilog="Start with:  ontogeny grow 🥕 --by es",
)
running.add_to(app)
probe.add_to(app)
compare.add_to(app)
listing.add_to(app)
bench.add_to(app)
scoring.add_to(app)
searching.add_to(app)
exporting.add_to(app)
study.add_to(app)


def keep_compiled_programs() -> None:
    """Let JAX keep what it compiles: the same command starts faster the next time.

    The folder is the user's cache, one for each kind of processor, since a program that was
    compiled for one may not run on another. JAX's own variables say otherwise.
    """
    processor = hashlib.sha256(processor_features().encode()).hexdigest()[:12]
    folder = Path(platformdirs.user_cache_dir("ontogeny")) / "compiled" / processor
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.3")
    os.environ.setdefault("JAX_COMPILATION_CACHE_MAX_SIZE", str(_CACHE_BYTES))
    # Where the cache cannot be written nothing is lost but time.
    warnings.filterwarnings("ignore", message=".*persistent compilation cache.*")


def processor_features() -> str:
    """What tells this kind of processor from others."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    return "\n".join(sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))}))


def main() -> None:
    """Run the command; failures are one line, with exit code 2 (input) or 1 (machine)."""
    keep_compiled_programs()
    try:
        app()
    except OntogenyError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone (`ontogeny runs | head`): not an error of ours.
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()

"""The `ontogeny` command."""

from __future__ import annotations

import sys

import typer

from ontogeny.cli import compare, listing, probe, running
from ontogeny.errors import OntogenyError

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


def main() -> None:
    """Run the command; failures are one line, with exit code 2 (input) or 1 (machine)."""
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

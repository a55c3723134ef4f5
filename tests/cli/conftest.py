import json

import pytest

from ontogeny.cli.main import main


@pytest.fixture
def ontogeny(monkeypatch, capsys):
    """Run the command in this process: arguments to (exit code, standard output, standard error)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["ontogeny", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture(scope="session")
def small() -> list[str]:
    """Options that make a growth of seconds."""
    fields = {"task.channels": 8, "task.hidden": 8, "task.steps": "[8, 12]"}
    return [part for name, value in fields.items() for part in ("--set", f"{name}={value}")]


@pytest.fixture(scope="session")
def grown(tmp_path_factory, small):
    """A small finished run."""
    folder = tmp_path_factory.mktemp("runs") / "ring"
    import subprocess
    import sys

    command = [sys.executable, "-m", "ontogeny", "grow", "ring", "--size", "7", *small, "--until", "steps=50"]
    done = subprocess.run(
        [*command, "--out", str(folder), "--json", "--no-report"], capture_output=True, text=True, check=True
    )
    return folder, json.loads(done.stdout)

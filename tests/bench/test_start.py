import pytest

from ontogeny.bench import start
from ontogeny.bench.options import Options
from ontogeny.errors import MachineError


def test_the_cache_is_empty_at_first_and_full_then(monkeypatch):
    seen = []

    def grow(folder):
        seen.append((folder, sorted(path.name for path in folder.iterdir())))
        (folder / "compiled").mkdir(exist_ok=True)
        return 8.0 if len(seen) % 2 else 2.0

    monkeypatch.setattr(start, "_grow", grow)
    table = start.run(Options(repeats=7), print)
    assert [files for _, files in seen] == [[], ["compiled"]] * 3
    assert len({folder for folder, _ in seen}) == 3
    assert [row["median_seconds"] for row in table.rows] == [8.0, 2.0]
    assert [len(row["seconds"]) for row in table.rows] == [3, 3]


def test_the_command_is_one_that_works(tmp_path, monkeypatch):
    fields = "--set task.channels=4 --set task.hidden=2 --set task.steps=[2,3] --set learner.popsize=2"
    monkeypatch.setattr(start, "_COMMAND", start._COMMAND.replace("--size 9", f"--size 4 {fields}"))
    assert start._grow(tmp_path) > 0
    assert list((tmp_path / "compiled").iterdir())


def test_a_command_that_fails_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(start, "_COMMAND", "grow heart --size 3")
    with pytest.raises(MachineError, match="size: 3"):
        start._grow(tmp_path)

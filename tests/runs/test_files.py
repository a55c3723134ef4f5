import pytest

from ontogeny.errors import MachineError
from ontogeny.runs.files import read_json, write_atomic, write_json


def test_an_old_file_stays_whole_where_the_new_one_cannot_be_written(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomic(path, "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(MachineError, match="No space left"):
        write_atomic(path, "new and longer")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"], "no temporary file is left"


def test_json_goes_there_and_back(tmp_path):
    value = {"loss": 0.1, "task": "🥕"}
    write_json(tmp_path / "deep" / "file.json", value)
    assert read_json(tmp_path / "deep" / "file.json") == value
    (tmp_path / "half.json").write_text('{"loss": 0.')
    with pytest.raises(MachineError, match="damaged"):
        read_json(tmp_path / "half.json")

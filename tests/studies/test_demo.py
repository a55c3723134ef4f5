from ontogeny.runs.folder import RunFolder
from ontogeny.studies.demo import demo, demo_target


def test_both_learners_grow_and_both_are_damaged(tmp_path):
    started = []

    def watch(by):
        started.append(by)
        return []

    folders = demo("ring", tmp_path, watch, {"es": {"steps": 25}, "adam": {"steps": 25}})
    assert started == ["es", "adam"]
    runs = [RunFolder.open(folder) for folder in folders]
    assert [run.result["by"] for run in runs] == ["es", "adam"]
    for run in runs:
        assert set(run.probes()) == {"growth", "erase", "erase-bottom"}
        assert run.result["loss"] < 0.45, "25 steps do something to a loss that starts above"


def test_without_a_network_it_grows_what_the_package_draws(tmp_path, monkeypatch):
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path))
    monkeypatch.setattr("ontogeny.data.emoji.SOURCE", "http://127.0.0.1:9")
    target, why = demo_target()
    assert target == "heart"
    assert "cannot download" in why

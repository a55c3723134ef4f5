import json

import pytest

SMALL = (
    "--set", "task.sets=2", "--set", "task.held_out=1", "--set", "task.lifetime=200", "--set", "task.lives=2",
    "--set", "task.measured_lives=2",
)  # fmt: skip


def test_rules_are_learned_reported_and_live_in_another_net(ontogeny, tmp_path):
    run = tmp_path / "rules"
    code, out, err = ontogeny(
        *("train", "plasticity-controlled-adam", *SMALL, "--set", "every=10", "--until", "steps=30"),
        *("--out", run, "--json"),
    )
    assert code == 0, err
    result = json.loads(out)
    assert result["test_accuracy"] > 0.6
    assert result["samples"] == 30 * 2 * 200
    assert (run / "report.html").exists()
    code, out, err = ontogeny(
        "probe", run, "lifetime", "--set", "data=digits", "--set", "width=60", "--set", "nets=2", "--json"
    )
    assert code == 0, err
    found = json.loads(out)
    assert found["samples"] == 1284
    assert len(found["accuracy"]) == len(found["averaged_perceptron"]) == 2
    assert min(found["accuracy"]) > 0.6
    assert len(found["by_class"]) == found["classes"] == 10
    assert (
        json.loads((run / "probes" / "lifetime-data-digits-width-60-nets-2.json").read_text())["accuracy"]
        == found["accuracy"]
    )
    code, out, _ = ontogeny("probe", run, "lifetime", "--set", "nets=1")
    assert code == 0
    assert "averaged perceptron" in out


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("task.data=cluster", "clusters"),
        ("task.fire=30", "task.fire"),
        ("task.plastic=[recurrent]", "task.plastic"),
        ("task.starts=[zero]", "task.starts"),
        ("task.sets=0", "task.sets"),
        ("task.held_out=-1", "task.held_out"),
        ("task.criterion=mistakes", "task.criterion"),
        ("task.rules=tabel", "table"),
        ("task.rules=ternary", "task.rules"),
        ("task.sharing=synapse", "one_net"),
        ("task.widths=[0]", "width"),
        ("task.data=clusters+mnist", "clusters"),
    ],
)
def test_bad_values_are_refused_in_one_line(ontogeny, tmp_path, fields, words):
    code, _, err = ontogeny(
        *("train", "plasticity-controlled-adam", *SMALL, "--set", fields, "--until", "steps=1"),
        *("--out", tmp_path / "run"),
    )
    assert code == 2
    assert words in err
    assert "Traceback" not in err
    assert not (tmp_path / "run").exists()


def test_rules_of_single_synapses_stay_in_their_net(ontogeny, tmp_path):
    run = tmp_path / "own"
    code, _, err = ontogeny(
        *("train", "plasticity-hebbian-es", *SMALL, "--set", "task.width=12", "--set", "task.fire=6"),
        *("--set", "task.sharing=synapse", "--set", "task.one_net=true", "--until", "steps=3", "--out", run),
    )
    assert code == 0, err
    code, _, _ = ontogeny("probe", run, "lifetime", "--set", "samples=100", "--set", "nets=1")
    assert code == 0
    for field in ("width=24", "data=digits", "data=halfspace"):
        code, _, err = ontogeny("probe", run, "lifetime", "--set", field)
        assert code == 2
        assert "sharing = synapse" in err


def test_probes_of_rules_are_refused_where_there_are_none(ontogeny, grown):
    code, _, err = ontogeny("probe", grown[0], "lifetime")
    assert code == 2
    assert "an image that grows" in err

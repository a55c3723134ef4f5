import json
import re


def test_studies_are_listed_with_their_budgets(ontogeny):
    code, out, _ = ontogeny("study")
    assert code == 0
    assert "growing: " in out
    assert "--budget smoke" in out
    code, out, _ = ontogeny("study", "--json")
    assert [each["name"] for each in json.loads(out)["studies"]] == [
        "growing",
        "autoencoder",
        "mixed",
        "plasticity",
        "architecture",
    ]


def test_the_smoke_budget_runs_to_a_page_and_goes_on_from_what_is_there(ontogeny, tmp_path):
    code, out, err = ontogeny("study", "growing", "--budget", "smoke", "--out", tmp_path / "study")
    assert code == 0, err
    page = (tmp_path / "study" / "report.html").read_text()
    assert str(tmp_path / "study" / "report.html") in out
    for words in (
        "What the text claims",
        "Sample pools do not matter",
        "heart 7×7, evolution, pool",
        "attack-pgd",
        "mutants a second",
        "figure 18",
    ):
        assert words in page
    shown = re.sub(r"data:image/png;base64,[^\"]*", "", page)
    assert "nan" not in shown.lower().replace("nano", "")
    files = sorted((tmp_path / "study" / "evidence").iterdir())
    assert len(files) == 7 * (14 + 1) + 2, "measurements, courses, experiments"
    times = [file.stat().st_mtime_ns for file in files]
    code, out, err = ontogeny("study", "growing", "--budget", "smoke", "--out", tmp_path / "study", "--json")
    assert code == 0
    assert "training" not in err
    found = json.loads(out)
    assert found["report"] == str(tmp_path / "study" / "report.html")
    assert {claim["verdict"] for claim in found["claims"]} <= {"holds", "holds only if", "does not hold", "undecided"}
    assert len(found["claims"]) > 7
    assert [file.stat().st_mtime_ns for file in files] == times


def test_unknown_names_are_refused_with_the_nearest(ontogeny):
    code, _, err = ontogeny("study", "growth")
    assert code == 2
    assert "growing" in err
    code, _, err = ontogeny("study", "growing", "--budget", "smok")
    assert code == 2
    assert "smoke" in err

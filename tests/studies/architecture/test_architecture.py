import dataclasses
import json

import numpy as np
import pytest

from ontogeny.data import cache_folder, cell_number, parse_cell
from ontogeny.report.study import write_study
from ontogeny.scores.graph import FEATURES, features
from ontogeny.scores.ranking import spearman
from ontogeny.studies.architecture import ArchitectureStudy
from ontogeny.studies.architecture.asking import by_accuracy
from ontogeny.studies.architecture.claims import claims_section
from ontogeny.studies.architecture.kept import EVIDENCE
from ontogeny.studies.architecture.plan import SMOKE, Scale, experiments
from ontogeny.studies.architecture.reading import BEST, TEXT, orders, predicted, share_worse
from ontogeny.studies.architecture.settings import FOUND, KNOWN
from ontogeny.studies.evidence import Evidence, collect
from ontogeny.studies.section import Claim

TINY = dataclasses.replace(SMOKE, cells=4, scores=("naswot", "log-synflow"), seeds=0)
HAS_TABLE = (cache_folder() / "nas").is_dir()


def kept(cells=400):
    """What comes with the package, of a study that scored so many cells."""
    plan = ArchitectureStudy().plan("quick")
    files = {file.stem: json.loads(file.read_text())["found"] for file in EVIDENCE.glob("*.json")}
    found = files["scores-seed-0"]
    for each in (found, found["scores"], found["accuracy"]):
        each.update({key: value[:cells] for key, value in each.items() if isinstance(value, list)})
    return Evidence(plan, {}, {}, files)


def test_what_is_kept_is_what_the_study_makes():
    marks = {f"{each.name}.json": each.mark for each in experiments(Scale())}
    files = {file.name: json.loads(file.read_text())["mark"] for file in EVIDENCE.glob("*.json")}
    assert files
    assert files == {name: marks[name] for name in files}
    assert set(marks) - set(files) <= {"first-population-seed-0.json"}, "what is timed is timed where it runs"
    quick, full = (ArchitectureStudy().plan(budget) for budget in ("quick", "full"))
    assert quick.kept_evidence == EVIDENCE
    assert full.kept_evidence is None


def test_the_page_has_everything(tmp_path):
    study = ArchitectureStudy()
    evidence = kept(120)
    sections = study.sections(evidence)
    page = write_study(study, "quick", evidence, sections, tmp_path / "report.html").read_text()
    for words in (
        "Figure 5: ntk",
        "Figure 6",
        "With a few labels",
        "regularised evolution",
        "log-synflow",
        "regret",
        "Own space: ntk",
        "elsewhere",
    ):
        assert words in page
    claims = [part for section in sections for part in section.parts if isinstance(part, Claim)]
    assert len(claims) == 5
    assert {claim.verdict for claim in claims} > {"holds"}


def test_verdicts_need_seeds_and_cells():
    evidence = kept(20)
    few = {name: each for name, each in evidence.experiments.items() if not name.endswith(("-1", "-2"))}
    section = claims_section(dataclasses.replace(evidence, experiments=few))
    assert {claim.verdict for claim in section.parts} == {"undecided"}


def test_a_small_scale_is_measured_and_found_again(tmp_path):
    plan = dataclasses.replace(ArchitectureStudy().plan("smoke"), experiments=experiments(TINY)[1:])
    said = []
    evidence = collect(plan, tmp_path, lambda *_: [], said.append)
    found = evidence.experiments["scores-seed-0"]
    assert {len(each) for each in found["scores"].values()} == {4}
    (file,) = (tmp_path / "evidence").glob("scores-seed-0.*")
    written = file.stat().st_mtime_ns
    collect(plan, tmp_path, lambda *_: [], said.append)
    assert file.stat().st_mtime_ns == written, "what was found is not measured again"


def test_of_known_cells_every_operation_lies_on_a_way_through():
    for cells in (*((text,) for text in KNOWN.values()), *FOUND.values()):
        for genotype in map(parse_cell, cells):
            assert features(genotype)[FEATURES.index("live edges")] == np.count_nonzero(genotype)


def test_cells_that_are_trained_are_those_that_were_found():
    evidence = kept()
    text, first = FOUND.values()
    for seed, cell in enumerate(text):
        assert evidence.experiments[f"by-scores-controlled-seed-{seed}"]["kept"][-1] == cell_number(parse_cell(cell))
    found = evidence.experiments["scores-seed-0"]
    assert found["cells"][int(np.argmax(orders(found)[BEST]))] == cell_number(parse_cell(first[0]))


def test_what_orders_cells_is_read_from_their_scores():
    found = kept().experiments["scores-seed-0"]
    accuracy = np.asarray(found["accuracy"]["cifar10"])
    every = orders(found)
    assert spearman(every[BEST], accuracy) > max(spearman(every[name], accuracy) for name in found["scores"])
    assert TEXT in every
    made = predicted({**found, "scores": {}}, "cifar10")
    assert np.median(made["graph"][128]) > np.median(made["graph"][16])


def test_a_known_cell_is_placed_among_random_ones():
    found = {"parameters": [1, 1], "flops": [1, 1], "depth": [1, 1], "scores": {"ntk": [5.0, None]}}
    assert share_worse(found, {"ntk": 9.0}, "ntk") == 0.5, "less is better, and what is not finite is worst"
    assert share_worse(found, {"ntk": 2.0}, "ntk") == 1.0


@pytest.mark.skipif(not HAS_TABLE, reason="needs the table")
def test_searches_of_a_table_are_averaged_over_seeds():
    found = by_accuracy("cifar10", 80, 4)
    for name in ("regularised evolution", "random search"):
        mean = np.asarray(found[name]["mean"])
        assert (np.diff(mean) >= 0).all()
        assert len(mean) == 80
        assert mean[-1] <= found["optimum"]
    assert np.all(np.asarray(found["random search"]["high"]) >= found["random search"]["mean"])

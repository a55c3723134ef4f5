import numpy as np
import pytest

from ontogeny.runs.config import RunConfig
from ontogeny.studies import studies
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing import GrowingStudy
from ontogeny.studies.growing.claims import claims_section
from ontogeny.studies.growing.models import kinds


@pytest.mark.parametrize("budget", GrowingStudy.budgets)
def test_every_model_of_every_budget_can_be_run(budget):
    plan = studies()["growing"].plan(budget)
    names = [model.name for model in plan.models]
    assert len(set(names)) == len(names)
    for model in plan.models:
        config = RunConfig.parse(model.tree)
        config.learner.build()
        assert not config.task.bias, "equal terms"
    assert len(plan.models) == {"smoke": 4, "quick": 8, "full": 16}[budget]
    assert len(plan.seeds) == {"smoke": 1, "quick": 3, "full": 5}[budget]


def evidence_of(es_end, adam_end, clamp=1.0, seeds=5):
    """Evidence whose losses are known, with a little spread over seeds."""
    chosen = kinds(["carrot"], [9])
    draw = np.random.default_rng(0)

    def near(value):
        return [value * factor for factor in 1 + 0.01 * draw.normal(size=seeds)]

    def at(value):
        return {"median": value}

    found = {}
    for kind in chosen:
        end = {"es": es_end, "adam": adam_end}[kind.by] * (0.5 if kind.pool else 1)
        found[kind.name, "growth"] = [{"steps": 2000, "loss": {"35": at(0.001), "2000": at(x)}} for x in near(end)]
        found[kind.name, "erase-bottom"] = [{"loss": {"end": at(x)}} for x in near(end)]
        found[kind.name, "free-signs-growing"] = [{"area": x} for x in near(end)]
        found[kind.name, "signs-growing"] = [{"area": 1.0} for _ in range(seeds)]
        found[kind.name, "clamp-growing"] = [{"area": clamp} for _ in range(seeds)]
    return chosen, Evidence(None, {}, found)


def verdicts(*arguments, **options):
    return [claim.verdict for claim in claims_section(*evidence_of(*arguments, **options)).parts]


def test_verdicts_follow_from_the_intervals():
    assert verdicts(0.01, 0.1) == ["holds", "does not hold", "does not hold", "holds", "does not hold"]
    assert verdicts(0.1, 0.01)[0] == "does not hold"
    assert verdicts(0.1, 0.01)[2:4] == ["holds", "does not hold"]
    assert verdicts(0.1, 0.1)[0] == "undecided"
    assert verdicts(0.1, 0.1, clamp=0.5)[4] == "undecided"
    assert verdicts(0.01, 0.1, seeds=3)[0] == "holds"
    assert set(verdicts(0.01, 0.1, seeds=2)) == {"undecided"}, "two seeds prove nothing"


def test_every_verdict_prints_its_interval():
    for claim in claims_section(*evidence_of(0.01, 0.1)).parts[:4]:
        assert "carrot-9: " in claim.because
        assert "95 % interval" in claim.because

import dataclasses

import numpy as np
import pytest

from ontogeny.report.compare import compare
from ontogeny.report.equal_cost import equal_cost
from ontogeny.report.groups import Entry, Group, group
from ontogeny.report.palette import tones


@dataclasses.dataclass(frozen=True)
class Named(Group):
    """A group whose task needs no folder."""

    task: str = "ring-7"  # type: ignore[assignment]
    measured: str = "ring-7"  # type: ignore[assignment]


def made(label, losses, costs=(10, 20, 30)):
    metrics = [
        {"loss": np.asarray(each), **{name: np.asarray(costs) * rate for name, rate in RATES.items()}}
        for each in losses
    ]
    return Named(label, tones(["es"])[0], tuple(Entry(None, {}, table) for table in metrics))


RATES = {"evaluations": 1, "flops": 100, "seconds": 0.5}


def test_each_stands_where_all_have_been():
    near = made("near", [[0.5, 0.4, 0.1]] * 5)
    far = made("far", [[0.6, 0.3, 0.2]] * 5, (5, 12, 22))
    lines = equal_cost([near, far])
    assert [line["currency"] for line in lines] == ["evaluations"] * 2 + ["flops"] * 2 + ["seconds"] * 2
    assert [line["spent"] for line in lines[::2]] == [22, 2200, 11]
    assert [line["loss"]["value"] for line in lines[:2]] == pytest.approx([0.4, 0.2])
    assert lines[0]["beats"]["far"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert lines[1]["beats"]["near"]["value"] == 1.0


def test_nothing_is_said_where_nothing_can_be_compared(runs, tmp_path):
    assert equal_cost([made("alone", [[0.5, 0.4, 0.3]])]) == []
    late = made("late", [[0.5, 0.4, 0.3]], (100, 200, 300))
    assert equal_cost([made("early", [[0.5, 0.4, 0.3]]), late]) == []
    other = dataclasses.replace(made("other", [[0.5, 0.4, 0.3]]), measured="another canvas")
    assert equal_cost([made("near", [[0.5, 0.4, 0.3]]), other]) == [], "their losses measure different things"
    empty = made("empty", [[]])
    assert {line["group"] for line in equal_cost([made("a", [[0.5] * 3]), made("b", [[0.4] * 3]), empty])} == {"a", "b"}
    few = equal_cost(group([runs["es0"], runs["adam"]])[0])
    assert {line["loss"]["low"] for line in few} == {None}, "one seed has no interval"
    assert compare([runs["es0"], runs["adam"]], tmp_path / "page.html")["equal_cost"] == few
    assert "Probability of a lower loss" in (tmp_path / "page.html").read_text()

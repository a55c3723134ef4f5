import numpy as np
import pytest

from ontogeny.report.study import write_study
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing import GrowingStudy
from ontogeny.studies.growing.measurements import open_subject
from ontogeny.studies.plan import Model, Plan
from ontogeny.studies.section import HeatMap, Scatter, Section, Spread, Strip, Table
from ontogeny.studies.spread import spread


def page_of(tmp_path, trainings, *cells):
    return page_with(tmp_path, trainings, Table(("model", "loss"), (("net", *cells),)))


def page_with(tmp_path, trainings, *parts):
    evidence = Evidence(Plan(tuple(trainings), (), 4, open_subject), {}, {})
    sections = [Section("Found", ("words",), parts)]
    return write_study(GrowingStudy(), "quick", evidence, sections, tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([2.31e-5, 1.9e-5, 4e-5], "2.3×10⁻⁵ [1.9×10⁻⁵, 4.0×10⁻⁵]"),
        ([0.25, np.nan], "0.25 (1 of 2)"),
        ([0.5], "0.50"),
        ([np.nan, np.nan], "–"),
    ],
)
def test_a_cell_has_its_interval_in_the_numbers_of_the_report(tmp_path, values, text):
    assert f'<td class="n">{text}</td>' in page_of(tmp_path, [], spread(np.asarray(values)))


def test_an_interval_is_that_of_the_seeds_with_a_number():
    assert spread(np.asarray([1.0, 3.0, np.nan])) == Spread(2.0, 1.0, 3.0, 2, 3)


def test_the_page_says_how_many_seeds_there_are(tmp_path):
    net, other = Model("net", {}), Model("other", {})
    mixed = page_of(tmp_path, [(net, 0), (net, 1), (other, 0)], 1.0)
    assert "2 models, 1 to 2 training seeds each" in mixed
    assert "Where there is one seed" in mixed
    assert "Where there is one seed" not in page_of(tmp_path, [(net, 0), (net, 1)], 1.0)
    one = page_of(tmp_path, [(net, 0)], 1.0)
    assert "1 model, 1 training seed each" in one
    assert "One seed shows that everything runs" in one


def test_a_page_shows_every_kind_of_part(tmp_path):
    picture = np.eye(4)
    middle = np.asarray([[0.1, 0.2], [0.4, np.nan]])
    page = page_with(
        tmp_path,
        [],
        HeatMap("settings", ("5", "20"), ("1", "4"), middle, middle / 2, middle, "members", "mutations", "<error>"),
        Scatter("latents", {"0": np.zeros((1, 2))}, note="one point"),
        Strip("targets", (("digits", (("seven", picture), ("", picture))),)),
        Strip("grids", (("decoded", (("all", np.ones((3, 3, 4, 4))),)),), across=1),
    )
    assert '<td style="--share: 5%">0.10<span class="ends">0.050–0.10</span></td>' in page
    assert "<td></td></tr>" in page, "a cell that is not known stays empty"
    assert "&lt;error&gt;: 0.10 <span" in page
    assert '<th scope="colgroup" colspan="2">mutations</th>' in page
    assert 'aria-label="latents: points' in page
    assert "one point" in page
    assert page.count("<figcaption>") == 2, "a picture without a caption has none"
    assert '<div class="strip">' in page
    assert '<div class="strip" style="--across: 1; --across-narrow: 1">' in page

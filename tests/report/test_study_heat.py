import numpy as np

from ontogeny.report.study_heat import heat_table
from ontogeny.studies.section import HeatMap


def table(middle, low=None, high=None):
    middle = np.asarray(middle)
    rows, columns = (tuple(map(str, range(count))) for count in middle.shape)
    ends = (middle if end is None else np.asarray(end) for end in (low, high))
    return heat_table(HeatMap("error", rows, columns, middle, *ends, "population", "mutations", "loss"))


def test_a_cell_has_two_digits_its_range_and_a_colour_by_the_logarithm():
    found = table([[0.01, 0.1], [1.0, np.nan]], [[0.01, 0.0912], [1, 0]], [[0.01, 0.123], [1, 0]])
    (_, (small, middle)), (_, (large, empty)) = found["rows"]
    assert (small["text"], small["ends"]) == ("0.010", "")
    assert (middle["text"], middle["ends"]) == ("0.10", "0.091–0.12")
    assert empty is None
    assert found["ends"] == ("0.010", "1.0")
    assert (small["share"], large["share"]) == found["shares"]
    assert abs(2 * middle["share"] - sum(found["shares"])) <= 1


def test_what_is_not_positive_is_coloured_by_the_number():
    (_, cells) = table([[-1.0, 0.0, 3.0]])["rows"][0]
    assert [cell["share"] for cell in cells] == [5, round(5 + 53 / 4), 58]


def test_equal_numbers_and_none_do_not_break():
    assert {cell["share"] for _, cells in table([[0.5, 0.5]])["rows"] for cell in cells} == {5}
    assert table([[np.nan, np.nan]])["ends"] is None

import pytest

from ontogeny.bench.options import SUITES, Options
from ontogeny.bench.suites import RUN
from ontogeny.errors import InputError


def test_every_suite_can_be_run():
    assert list(RUN) == list(SUITES)


def test_defaults_and_what_quick_changes():
    assert Options.parse(None, None, None, None, False) == Options()
    quick = Options.parse(None, None, None, None, True)
    assert (quick.repeats, quick.sizes, quick.only) == (3, (9,), tuple(SUITES))
    assert Options.parse(None, 9, None, "15", True) == Options(repeats=9, sizes=(15,), quick=True)


def test_lists_are_separated_by_commas():
    options = Options.parse("mlp, nca,mlp", None, 8, " 9,15", False)
    assert options.only == ("mlp", "nca")
    assert options.sizes == (9, 15)
    assert (options.members(256), Options().members(256)) == (8, 256)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (("nca,mpl", None, None, None), "only: 'mpl' cannot be used; did you mean mlp"),
        ((",", None, None, None), "only: ',' cannot be used; give one or more"),
        ((None, 0, None, None), "repeats: 0 cannot be used; give 1 or more"),
        ((None, None, 7, None), "popsize: 7 cannot be used; members come in pairs: give 8"),
        ((None, None, 0, None), "popsize: 0 cannot be used; give 2 or more"),
        ((None, None, None, "9,x"), "sizes: '9,x' cannot be used; give sides in cells"),
        ((None, None, None, "3"), "sizes: 3 cannot be used; give 4 to 256 cells"),
    ],
)
def test_what_cannot_be_used(values, words):
    with pytest.raises(InputError) as caught:
        Options.parse(*values, False)
    assert words in str(caught.value)

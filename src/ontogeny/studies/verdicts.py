"""From intervals to verdicts, by the same rule for every claim."""

from __future__ import annotations

from ontogeny.studies.ratio import Ratio
from ontogeny.studies.section import Verdict

ENOUGH = 3
"""With fewer seeds nothing follows."""

ALIKE = 2.0
"""Two things are alike where one is surely less than so many times the other, either way."""

Found = dict[str, Ratio]
"""A ratio for each thing that was looked at, such as a picture."""


def below_one(found: Found) -> Verdict:
    """Whether a ratio is surely below 1 on everything with seeds enough."""
    known = _enough(found)
    if known and all(each.high < 1 for each in known):
        return "holds"
    if known and all(each.low > 1 for each in known):
        return "does not hold"
    return "undecided"


def equal(found: Found) -> Verdict:
    """Whether two things are alike: surely within a factor of two on everything with seeds enough, or surely not."""
    known = _enough(found)
    if known and all(each.low > 1 / ALIKE and each.high < ALIKE for each in known):
        return "holds"
    if known and all(each.high < 1 / ALIKE or each.low > ALIKE for each in known):
        return "does not hold"
    return "undecided"


def _enough(found: Found) -> list[Ratio]:
    return [each for each in found.values() if each.seeds >= ENOUGH]


def numbers(found: Found) -> str:
    """The ratios with their intervals, and which of them can be judged, as sentences."""
    if not found:
        return "nothing to compare."
    judged = [name for name, each in found.items() if each.seeds >= ENOUGH]
    some = f" Judged on {', '.join(judged)} alone." if 0 < len(judged) < len(found) else ""
    return "; ".join(f"{name}: {each}" for name, each in found.items()) + f".{some}"

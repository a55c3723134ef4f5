import math

import pytest

from ontogeny.core import Until
from ontogeny.errors import InputError


def test_nothing_to_stop_at_is_refused():
    with pytest.raises(InputError, match=r"until.*steps, evaluations, seconds, loss, population_loss"):
        Until()


@pytest.mark.parametrize("field", ["steps", "evaluations", "seconds", "loss", "population_loss"])
@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan])
def test_limits_that_never_or_always_hold_are_refused(field, value):
    with pytest.raises(InputError, match=f"until.{field}"):
        Until(**{field: value})


@pytest.mark.parametrize("field", ["steps", "evaluations"])
def test_counts_are_whole_numbers(field):
    # Half a step can never be made: a loop that waits for it would not end.
    with pytest.raises(InputError, match=f"until.{field}"):
        Until(**{field: 2.5})


def test_parsed_texts_become_limits():
    until = Until.parse(["steps=1_000", "loss=0.003", "seconds=1.5", "population_loss=1e-2"])
    assert until == Until(steps=1000, loss=0.003, seconds=1.5, population_loss=0.01)
    assert isinstance(until.steps, int)


@pytest.mark.parametrize("alias", ["generations", "updates", "steps"])
def test_generations_and_updates_are_steps(alias):
    assert Until.parse([f"{alias}=7"]) == Until(steps=7)


def test_minutes_are_turned_into_seconds():
    assert Until.parse(["minutes=1.5"]) == Until(seconds=90.0)


def test_misspelt_limit_offers_the_right_name():
    with pytest.raises(InputError, match="evaluations"):
        Until.parse(["evalutions=10"])


@pytest.mark.parametrize("text", ["steps", "steps=", "steps=many", "loss=1,5"])
def test_limit_without_a_number_is_refused_with_an_example(text):
    with pytest.raises(InputError, match=r"give a number, as in --until"):
        Until.parse([text])


@pytest.mark.parametrize("text", ["steps=2.5", "evaluations=inf", "steps=nan"])
def test_text_with_half_a_step_is_refused(text):
    with pytest.raises(InputError, match="whole number"):
        Until.parse([text])

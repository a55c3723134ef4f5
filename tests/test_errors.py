import pytest

from ontogeny.errors import InputError, MachineError, OntogenyError, nearest, refuse, require


def test_message_names_the_field_its_value_and_what_to_give():
    with pytest.raises(InputError) as caught:
        require(False, "popsize", 3, "give an even number")
    assert "popsize" in str(caught.value)
    assert "3" in str(caught.value)
    assert "give an even number" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_text_values_are_quoted_so_that_an_empty_one_shows():
    assert "''" in str(InputError("name", "", "give a name"))


def test_require_lets_what_is_good_pass():
    require(True, "popsize", 4, "give an even number")


def test_refusing_a_misspelt_name_offers_the_nearest():
    with pytest.raises(InputError, match="did you mean worst-after") as caught:
        refuse("pool_rule", "worst-aftr", ["seed-first", "worst-after"])
    assert "seed-first" in str(caught.value), "there is room for so few"
    with pytest.raises(InputError, match=r"did you mean item-17 or") as caught:
        refuse("name", "item-17", [f"item-{number}" for number in range(10, 40)])
    assert "item-25" not in str(caught.value), "nobody reads thirty names"


def test_refusing_a_name_like_no_other_lists_all():
    with pytest.raises(InputError, match="choose from add, replace"):
        refuse("mode", "xyzzy", ["add", "replace"])


def test_nearest_ignores_case_and_puts_the_best_first():
    assert nearest("ADAMM", ["adamw", "sgd", "adam"])[0] == "adam"
    assert nearest("qqqq", ["adamw", "sgd"]) == []


def test_error_inside_a_section_names_the_section():
    inner = InputError("sigma", -1.0, "give a standard deviation above 0")
    outer = inner.inside("strategy")
    assert str(outer).startswith("strategy.sigma: -1.0")
    assert "give a standard deviation above 0" in str(outer)


def test_exit_codes_tell_a_wrong_input_from_a_failing_machine():
    assert (InputError("a", 1, "b").exit_code, MachineError("disk full").exit_code) == (2, 1)
    assert issubclass(InputError, OntogenyError)
    assert issubclass(MachineError, OntogenyError)

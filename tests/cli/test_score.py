import json

CELL = "|nor_conv_1x1~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_1x1~2|"


def test_a_cell_is_scored(ontogeny):
    options = ("score", CELL, "--images", "8", "--draws", "2", "--only", "naswot", "--only", "synflow")
    code, out, err = ontogeny(*options)
    assert code == 0, err
    assert "naswot" in out
    assert "parameters" in out
    code, out, _ = ontogeny(*options, "--json")
    found = json.loads(out)
    assert set(found["scores"]) == {"naswot", "synflow"}
    assert found["scores"]["naswot"]["higher"] is True


def test_bad_names_end_with_one_line(ontogeny):
    for arguments, words in (
        (("score", CELL, "--only", "naswott"), "naswot"),
        (("score", "net.py:Net"), "net.py"),
        (("score", CELL.replace("nor_conv_1x1", "nor_conv_1x2")), "nor_conv_1x1"),
        (("score", CELL, "--images", "3"), "images"),
    ):
        code, _, err = ontogeny(*arguments)
        assert code == 2
        assert words in err
        assert "Traceback" not in err


def test_cells_are_searched(ontogeny):
    options = ("search", "digits", "--objective", "parameters", "--objective", "naswot", "--popsize", "3")
    code, out, err = ontogeny(*options, "--generations", "2")
    assert code == 0
    assert "generation 2 of 2" in err
    assert "train the first: ontogeny train" in out
    code, out, err = ontogeny(*options, "--generations", "1", "--json", "--quiet")
    assert code == 0
    assert not err
    found = json.loads(out)
    assert set(found["front"][0]) == {"cell", "parameters", "naswot"}
    code, _, err = ontogeny("search", "digits", "--objective", "size")
    assert code == 2
    assert "did you mean" in err

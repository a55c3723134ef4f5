import tarfile

import numpy as np
import pytest

from ontogeny.data import cache_folder, cell_number, cell_text, load_cell_table, parse_cell
from ontogeny.data.cells import CELLS
from ontogeny.data.macro_nets import load_macro_table
from ontogeny.errors import InputError, MachineError

RESNET = "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|"
needs_table = pytest.mark.skipif(not (cache_folder() / "nas").is_dir(), reason="needs the table")


def test_a_cell_is_written_and_read():
    genotype = parse_cell(RESNET)
    np.testing.assert_array_equal(genotype, [3, 0, 3, 1, 0, 1])
    assert cell_text(genotype) == RESNET
    for number in (0, 1, 777, CELLS - 1):
        cell = np.stack(np.unravel_index(number, (5,) * 6))
        assert cell_number(cell) == number
        np.testing.assert_array_equal(parse_cell(cell_text(cell)), cell)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("|conv~0|+|none~0|none~1|+|none~0|none~1|none~2|", "nor_conv_3x3"),
        ("|none~0|+|none~0|none~1|", "six operations"),
        ("|none~1|+|none~0|none~1|+|none~0|none~1|none~2|", "six operations"),
        ("", "six operations"),
    ],
)
def test_what_is_no_cell_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        parse_cell(text)


@needs_table
@pytest.mark.parametrize(
    ("data", "optimum"), [("cifar10", 0.94373), ("cifar100", 0.73513), ("imagenet16-120", 0.47311)]
)
def test_the_table_is_that_of_the_benchmark(data, optimum):
    table = load_cell_table(data)
    assert table.accuracy.shape == (CELLS,)
    assert table.accuracy.max() == pytest.approx(optimum, abs=1e-5)
    # Nothing passes a cell without edges.
    assert table.accuracy[0] < 0.11
    assert table.parameters[cell_number(parse_cell(RESNET))] > table.parameters[0]


def test_an_unknown_set_and_a_damaged_archive_are_refused(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="cifar10"):
        load_cell_table("cifar")
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path))
    (tmp_path / "nas").mkdir()
    archive = tmp_path / "nas" / "nas-bench-201.tar.xz"
    archive.write_bytes(b"nothing")
    with pytest.raises(MachineError, match="delete it"):
        load_cell_table()
    with tarfile.open(archive, "w:xz"):
        pass
    with pytest.raises(MachineError, match="delete it"):
        load_cell_table()


@needs_table
def test_the_table_of_other_nets_is_that_of_its_benchmark():
    table = load_macro_table()
    assert table.accuracy.shape == (3**8,)
    assert (table.genes, table.choices) == (8, 3)
    best, same = (int(net, 3) for net in ("22212220", "22212202"))
    assert table.accuracy.argmax() in (best, same), "a block that does nothing may stand anywhere in its stage"
    assert table.accuracy[best] == table.accuracy[same] == pytest.approx(0.93127, abs=1e-5)
    assert table.parameters[0] == 387_882

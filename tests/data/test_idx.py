import gzip

import numpy as np
import pytest

from ontogeny.data.idx import read_idx
from ontogeny.errors import MachineError

# Written by hand from the description of the format: unsigned bytes, 2 by 3.
SIX = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3]) + bytes([1, 2, 3, 4, 5, 255])


def test_numbers_come_in_the_order_of_the_file(tmp_path):
    (tmp_path / "six.gz").write_bytes(gzip.compress(SIX))
    read = read_idx(tmp_path / "six.gz")
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, [[1, 2, 3], [4, 5, 255]])


def test_sizes_above_a_byte_are_big_endian(tmp_path):
    data = bytes([0, 0, 8, 1, 0, 0, 1, 2]) + bytes(258)
    (tmp_path / "long.gz").write_bytes(gzip.compress(data))
    assert read_idx(tmp_path / "long.gz").shape == (258,)


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(SIX[:-1]),
        gzip.compress(SIX + b"\0"),
        gzip.compress(bytes([0, 0, 13]) + SIX[3:]),
        gzip.compress(b"\0\0"),
        gzip.compress(SIX)[:-9],
        b"<html>",
        b"",
    ],
    ids=["short", "long", "floats", "no header", "cut off", "no gzip", "empty"],
)
def test_what_is_no_idx_file_is_told_with_its_path(tmp_path, content):
    (tmp_path / "bad.gz").write_bytes(content)
    with pytest.raises(MachineError, match=r"bad\.gz.*remove it"):
        read_idx(tmp_path / "bad.gz")

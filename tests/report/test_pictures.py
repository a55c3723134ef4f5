import base64
import io

import numpy as np
from PIL import Image

from ontogeny.report.pictures import grey, montage, png


def opened(address):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))))


def test_what_lies_outside_black_and_white_is_cut():
    picture = np.asarray([[0.0, 0.1, 0.5], [0.9, 2.0, np.nan]])
    np.testing.assert_array_equal(grey(picture, (0.1, 0.9)), [[0, 0, 128], [255, 255, 0]])


def test_states_have_colours_and_grey_pictures_none():
    np.testing.assert_array_equal(opened(png(np.asarray([[[0.5, 0, 0, 0.5]]]))), [[[255, 0, 0, 128]]])
    np.testing.assert_array_equal(opened(png(np.asarray([[0.0, 0.2, 1.0]]))), [[0, 51, 255]])


def test_a_grid_is_one_picture_of_its_pictures_in_their_places():
    grid = np.arange(24).reshape(2, 3, 2, 2) / 255
    expected = [[0, 1, 4, 5, 8, 9], [2, 3, 6, 7, 10, 11], [12, 13, 16, 17, 20, 21], [14, 15, 18, 19, 22, 23]]
    np.testing.assert_array_equal(opened(png(grid)), expected)
    np.testing.assert_array_equal(montage(np.arange(24).reshape(2, 3, 2, 2)), expected)

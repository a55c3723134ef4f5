import numpy as np
import pytest
from PIL import Image

from ontogeny.data import load_images, load_pictures
from ontogeny.data.images import places_of_first
from ontogeny.errors import InputError


def test_the_first_of_each_class_come_first_then_the_second():
    labels = np.asarray([2, 0, 2, 1, 0, 0, 1])
    assert places_of_first(labels, 6).tolist() == [1, 3, 0, 4, 6, 2]


def test_few_are_learned_by_heart_and_of_all_some_are_held_back():
    found, digits = load_pictures("digits", 10, 8), load_images("digits")
    assert found.validation is None
    assert found.test is None
    first = [int(np.flatnonzero(digits.train.labels == label)[0]) for label in range(10)]
    np.testing.assert_allclose(found.train, 0.1 + 0.8 * digits.train.images[first], atol=1e-6)
    whole = load_pictures("digits", None, 8, (0.0, 1.0))
    for name, part in whole.parts.items():
        images = getattr(digits, name)
        np.testing.assert_allclose(part, images.images, atol=1e-6)
        np.testing.assert_array_equal(getattr(whole.labels, name), images.labels)
    assert list(whole.parts) == ["train", "validation", "test"]
    assert found.labels.train.tolist() == list(range(10))
    assert found.labels.test is None


def test_pictures_are_brought_to_a_size():
    found = load_pictures("digits", 3, 28)
    assert found.train.shape == (3, 28, 28)
    assert found.train.dtype == np.float32
    assert 0.1 <= found.train.min() < found.train.max() <= 0.9001
    small = load_pictures("digits", 3, 4).train
    again = load_pictures("digits", 3, 8).train.reshape(3, 4, 2, 4, 2).mean((2, 4))
    assert np.abs(small - again).mean() < 0.1, "what is dark stays dark"


@pytest.mark.parametrize(("dtype", "white"), [(np.uint8, 255), (np.float64, 1)])
def test_an_array_of_ones_own(tmp_path, dtype, white):
    array = (np.random.default_rng(0).uniform(size=(40, 5, 5)) * white).astype(dtype)
    np.save(tmp_path / "mine.npy", array)
    found = load_pictures(str(tmp_path / "mine.npy"), None, 5, (0.0, 1.0))
    assert [len(part) for part in found.parts.values()] == [32, 4, 4]
    assert found.labels is None
    np.testing.assert_allclose(found.test, array[9::10] / white, atol=1e-6)
    few = load_pictures(str(tmp_path / "mine.npy"), 7, 5, (0.0, 1.0))
    np.testing.assert_allclose(few.train, array[:7] / white, atol=1e-6)


def test_a_folder_of_ones_own(tmp_path):
    rng = np.random.default_rng(0)
    arrays = rng.integers(0, 256, (3, 6, 4), np.uint8)
    for name, array in zip("bca", arrays, strict=True):
        Image.fromarray(array).save(tmp_path / f"{name}.png")
    (tmp_path / "notes.txt").write_text("no picture")
    found = load_pictures(str(tmp_path), None, 6, (0.0, 1.0))
    assert found.validation is None, "three are too few to hold any back"
    assert found.train.shape == (3, 6, 6)
    Image.fromarray(arrays[0]).resize((6, 6)).save(tmp_path / "d.png")
    with pytest.raises(InputError, match=r"d\.png: 6×6.*4×6"):
        load_pictures(str(tmp_path))
    (tmp_path / "d.png").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"d\.png.*no picture"):
        load_pictures(str(tmp_path))


def test_what_is_no_picture_is_refused(tmp_path):
    def refused(array, words):
        np.save(tmp_path / "bad.npy", array)
        with pytest.raises(InputError, match=words):
            load_pictures(str(tmp_path / "bad.npy"))

    refused(np.zeros((3, 4)), r"\(3, 4\).*count, height, width")
    refused(np.full((2, 3, 3), 7.0), "7.0.*0 to 1")
    refused(np.full((2, 3, 3), np.nan), "nan.*0 to 1")
    refused(np.full((2, 3, 3), "a"), "numbers")
    refused(np.zeros((0, 3, 3)), "no picture")
    np.savez(tmp_path / "several.npz", a=np.zeros(3))
    (tmp_path / "several.npz").rename(tmp_path / "several.npy")
    with pytest.raises(InputError, match="several arrays"):
        load_pictures(str(tmp_path / "several.npy"))
    (tmp_path / "deep").mkdir()
    Image.fromarray(np.full((4, 4), 40_000, np.uint16)).save(tmp_path / "deep" / "a.png")
    with pytest.raises(InputError, match="8 bits"):
        load_pictures(str(tmp_path / "deep"))
    with pytest.raises(InputError, match="size: 257"):
        load_pictures("digits", 1, 257)
    (tmp_path / "bad.npy").write_bytes(b"nothing")
    with pytest.raises(InputError, match="no array"):
        load_pictures(str(tmp_path / "bad.npy"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no picture file"):
        load_pictures(str(tmp_path / "empty"))
    with pytest.raises(InputError, match=r"mnits.*mnist"):
        load_pictures("mnits")
    with pytest.raises(InputError, match=r"samples: 0.*1 to 1,284"):
        load_pictures("digits", 0)
    with pytest.raises(InputError, match="limits"):
        load_pictures("digits", 1, 8, (0.9, 0.1))

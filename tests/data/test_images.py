import gzip
import hashlib

import numpy as np
import pytest

from ontogeny.data import cache_folder, images, load_images, principal_components, without_validation
from ontogeny.errors import InputError, MachineError

FILES = list(images.CHECKSUMS["mnist"])


def idx(array):
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


@pytest.fixture
def small_mnist(tmp_path, monkeypatch):
    """The files of a set of 30 and 7 images, 3×4, in place of the real one; the arrays in them."""
    rng = np.random.default_rng(0)
    shapes = ((30, 3, 4), (30,), (7, 3, 4), (7,))
    arrays = [rng.integers(0, 256 if len(shape) > 1 else 10, shape, np.uint8) for shape in shapes]
    (tmp_path / "mnist").mkdir()
    for name, array in zip(FILES, arrays, strict=True):
        monkeypatch.setitem(images.CHECKSUMS["mnist"], name, hashlib.sha256(idx(array)).hexdigest())
        (tmp_path / "mnist" / name).write_bytes(gzip.compress(idx(array)))
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path))
    monkeypatch.setitem(images.SOURCES, "mnist", "http://127.0.0.1:9")  # the discard port: nobody answers
    return arrays


def test_files_in_the_cache_are_read_and_every_twelfth_is_for_validation(small_mnist):
    pixels, labels, test_pixels, test_labels = small_mnist
    found = load_images("mnist")
    rest = [index for index in range(30) if index not in (11, 23)]
    np.testing.assert_array_equal(found.validation.labels, labels[[11, 23]])
    np.testing.assert_array_equal(found.train.labels, labels[rest])
    np.testing.assert_array_equal(found.test.labels, test_labels)
    np.testing.assert_allclose(found.validation.images, pixels[[11, 23]] / 255, atol=1e-7)
    np.testing.assert_allclose(found.train.images, pixels[rest] / 255, atol=1e-7)
    np.testing.assert_allclose(found.test.images, test_pixels / 255, atol=1e-7)
    for part in found:
        assert part.images.dtype == np.float32
        assert part.labels.dtype == np.int32


def test_a_few_are_the_first_of_each_class_and_need_no_test_images(small_mnist, tmp_path):
    for name in FILES[2:]:
        (tmp_path / "mnist" / name).unlink()
    pixels, labels, *_ = small_mnist
    rest = [index for index in range(30) if index not in (11, 23)]
    first = next(index for index in rest if labels[index] == labels[rest].min())
    found = images.first_of_each("mnist", 5)
    assert found.images.dtype == np.float32
    assert found.images.shape == (5, 3, 4)
    np.testing.assert_allclose(found.images[0], pixels[first] / 255, atol=1e-7)
    assert found.labels[0] == labels[first]
    with pytest.raises(InputError, match="1 to 28"):
        images.first_of_each("mnist", 29)
    with pytest.raises(InputError, match="did you mean mnist"):
        images.first_of_each("mnst", 1)


def test_without_a_network_the_digits_are_offered(small_mnist, tmp_path):
    (tmp_path / "mnist" / FILES[2]).unlink()
    with pytest.raises(MachineError, match=f"{FILES[2]}.*digits"):
        load_images("mnist")


def in_cache(folder):
    return all((cache_folder() / folder / name).is_file() for name in FILES)


@pytest.mark.parametrize(
    ("name", "folder", "train", "mean"),
    [
        ("mnist", "mnist", [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], 0.1307),
        ("fashion-mnist", "fashion_mnist", [6000] * 10, 0.2860),
    ],
)
def test_the_published_sets(name, folder, train, mean):
    if not in_cache(folder):
        pytest.skip(f"needs {name} in the cache")
    found = load_images(name)
    assert [len(part.labels) for part in found] == [55_000, 5_000, 10_000]
    assert {part.images.shape[1:] for part in found} == {(28, 28)}
    learned = np.concatenate([found.train.labels, found.validation.labels])
    np.testing.assert_array_equal(np.bincount(learned), train)
    # The mean over all 60,000, as people who normalise the images know it.
    average = (55 * found.train.images.mean(dtype=float) + 5 * found.validation.images.mean(dtype=float)) / 60
    assert average == pytest.approx(mean, abs=1e-4)
    assert found.train.images.max() == 1


def test_digits_need_no_files_and_their_parts_share_none(tmp_path, monkeypatch):
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path))
    found = load_images("digits")
    assert [len(part.labels) for part in found] == [1284, 257, 256]
    assert not list(tmp_path.iterdir())
    every = np.concatenate([part.images for part in found])
    assert every.shape == (1797, 8, 8)
    assert len(np.unique(every.reshape(1797, -1), axis=0)) == 1797
    assert (every.min(), every.max()) == (0, 1)
    for part in found:
        assert np.bincount(part.labels).min() > 0.06 * len(part.labels), "each digit is in each part"


def test_near_names_are_suggested():
    with pytest.raises(InputError, match="did you mean fashion-mnist"):
        load_images("fashion_mnist")
    with pytest.raises(InputError, match="choose from mnist, fashion-mnist, digits"):
        load_images("cats")


def test_principal_components_are_directions_of_the_training_images_alone():
    digits = load_images("digits")
    found = principal_components(digits, 20)
    assert [part.images.shape for part in found] == [(1284, 20), (257, 20), (256, 20)]
    for before, after in zip(digits, found, strict=True):
        np.testing.assert_array_equal(before.labels, after.labels)
    train = np.asarray(found.train.images, float)
    covariance = np.cov(train.T)
    np.testing.assert_allclose(train.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(covariance, np.diag(np.diag(covariance)), atol=1e-4)
    assert np.trace(covariance) / 20 == pytest.approx(1, abs=1e-4)
    assert (np.diff(np.diag(covariance)) < 0).all(), "from the direction in which they differ most"
    pixels = np.asarray(digits.train.images, float).reshape(1284, -1)
    values = np.linalg.eigvalsh(np.cov(pixels.T))[::-1]
    np.testing.assert_allclose(np.diag(covariance), values[:20] / values[:20].mean(), rtol=1e-3)
    changed = digits._replace(test=digits.test._replace(images=1 - digits.test.images))
    np.testing.assert_array_equal(principal_components(changed, 20).train.images, found.train.images)


@pytest.mark.parametrize("components", [0, 65])
def test_components_out_of_range_are_refused(components):
    with pytest.raises(InputError, match=r"components.*1 to 64"):
        principal_components(load_images("digits"), components)


def test_without_validation_all_images_stand_in_their_old_order(small_mnist):
    parts = load_images("mnist")
    whole = without_validation(parts)
    count = len(parts.train.labels) + len(parts.validation.labels)
    assert len(whole.train.labels) == count
    held_back = np.arange(count) % 12 == 11
    np.testing.assert_array_equal(whole.train.images[held_back], parts.validation.images)
    np.testing.assert_array_equal(whole.train.labels[~held_back], parts.train.labels)
    assert whole.validation is whole.test
    np.testing.assert_array_equal(whole.test.labels, parts.test.labels)
    assert len(without_validation(load_images("digits")).train.labels) == 1284 + 257

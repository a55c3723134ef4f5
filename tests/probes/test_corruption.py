import jax
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from ontogeny.errors import InputError
from ontogeny.probes import Corruption, accuracy, blurred, noisy, shifted


@pytest.mark.parametrize("sigma", [0.3, 1.0, 2.5])
def test_blur_is_the_gaussian_filter(sigma, digits):
    images = digits.images[:5, :, 1:]
    expected = [gaussian_filter(np.asarray(image, np.float64), sigma, mode="constant") for image in images]
    np.testing.assert_allclose(blurred(images, sigma), expected, atol=1e-6)


@pytest.mark.parametrize(("down", "right"), [(1, 0), (-2, 0), (0, 3), (2, -1), (0, 0), (9, 0)])
def test_a_shift_moves_pixels_and_zeros_come_in(down, right, digits):
    images = digits.images[:5, :, 1:]
    expected = np.zeros_like(images)
    for row in range(8):
        for column in range(7):
            if 0 <= row + down < 8 and 0 <= column + right < 7:
                expected[:, row + down, column + right] = images[:, row, column]
    np.testing.assert_array_equal(shifted(images, down, right), expected)


def test_noise_is_normal_clipped_and_repeats():
    grey = np.full((50, 28, 28), 0.5, np.float32)
    found = np.asarray(noisy(grey, 0.1, jax.random.key(0)))
    assert found.mean() == pytest.approx(0.5, abs=0.002)
    assert found.std() == pytest.approx(0.1, rel=0.02)
    np.testing.assert_array_equal(found, noisy(grey, 0.1, jax.random.key(0)))
    loud = np.asarray(noisy(grey, 5.0, jax.random.key(0)))
    assert (loud.min(), loud.max()) == (0, 1)


def test_accuracies_are_those_of_the_changed_images(logits, reader, digits):
    clean = float(accuracy(logits, reader, *digits))
    what = Corruption(noise=(0.0, 0.2, 1.0), blur=(0.1, 2.0), shift=(0, 1, 8))
    found = what.accuracies(logits, reader, *digits)
    assert {kind: list(each) for kind, each in found.items()} == {
        "noise": ["0.0", "0.2", "1.0"], "blur": ["0.1", "2.0"], "shift": ["0", "1", "8"],
    }  # fmt: skip
    assert found["noise"]["0.0"] == found["blur"]["0.1"] == found["shift"]["0"] == clean
    assert clean > found["noise"]["0.2"] > found["noise"]["1.0"]
    assert found["blur"]["2.0"] < 0.6
    ways = [shifted(digits.images, *way) for way in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    expected = np.mean([float(accuracy(logits, reader, moved, digits.labels)) for moved in ways])
    assert found["shift"]["1"] == pytest.approx(expected)
    assert found["shift"]["8"] < 0.25, "nothing is left to see"
    assert what.accuracies(logits, reader, *digits) == found
    assert what.accuracies(logits, reader, *digits, jax.random.key(1))["noise"] != found["noise"]


@pytest.mark.parametrize(
    ("field", "value"), [("noise", (-0.1,)), ("noise", (np.inf,)), ("blur", (0.0,)), ("shift", (1, -1))]
)
def test_bad_fields_are_refused(field, value):
    with pytest.raises(InputError, match=field):
        Corruption(**{field: value})


def test_images_need_rows_and_columns(logits, reader, digits):
    with pytest.raises(InputError, match=r"images.*height"):
        Corruption().accuracies(logits, reader, digits.images.reshape(256, -1), digits.labels)

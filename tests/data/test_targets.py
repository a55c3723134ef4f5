from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ontogeny.data import cache_folder, load_target
from ontogeny.data.drawn import DRAWN
from ontogeny.data.emoji import checksums, code_of, name_of
from ontogeny.errors import InputError

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "nca_targets_rgba_premultiplied.npz"


def in_cache(code: str) -> bool:
    return (cache_folder() / "emoji" / f"emoji_u{code}.png").is_file()


@pytest.mark.skipif(not REFERENCE.is_file() or not in_cache("1f430"), reason="needs the published targets")
@pytest.mark.parametrize(("name", "emoji"), [("carrot", "🥕"), ("rabbit", "🐰")])
@pytest.mark.parametrize("size", [9, 15])
def test_the_published_targets(name, emoji, size):
    with np.load(REFERENCE) as reference:
        np.testing.assert_allclose(load_target(emoji, size), reference[f"{name}{size}"], atol=1e-6)


@pytest.mark.skipif(not in_cache("1f955"), reason="needs the carrot")
def test_the_loss_of_an_empty_canvas_is_the_published_one():
    # Hestmark & Luu's carrot at 9×9: mean of the squared target 9.27e-2.
    assert (load_target("carrot", 9) ** 2).mean() == pytest.approx(9.27e-2, rel=1e-3)


@pytest.mark.parametrize("name", DRAWN)
def test_what_the_package_draws_fills_the_canvas_and_is_premultiplied(name):
    picture = load_target(name, 15)
    assert picture.shape == (15, 15, 4)
    assert picture.min() >= 0
    assert picture.max() <= 1
    assert (picture[..., :3] <= picture[..., 3:] + 1e-9).all()
    rows, columns = np.nonzero(picture[..., 3] > 0.3)
    assert rows.max() - rows.min() >= 10
    assert columns.max() - columns.min() >= 10
    assert picture[7, 7, 3] > 0.1 or name == "ring", "growth starts in the centre"


def test_padding_is_empty():
    padded = load_target("star", 9, padding=3)
    assert padded.shape == (15, 15, 4)
    np.testing.assert_array_equal(padded[3:-3, 3:-3], load_target("star", 9))
    assert padded.sum() == pytest.approx(load_target("star", 9).sum())


def test_an_image_file_that_is_not_square_is_centred(tmp_path):
    Image.new("RGB", (40, 20), (255, 0, 0)).save(tmp_path / "wide.png")
    picture = load_target(str(tmp_path / "wide.png"), 8)
    np.testing.assert_allclose(picture[3:5, :, :], np.broadcast_to([1, 0, 0, 1], (2, 8, 4)), atol=1e-6)
    assert picture[0].sum() == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("🥕", "1f955"),
        ("carrot", "1f955"),
        ("Rabbit Face", "1f430"),
        ("rabbit", "1f430"),
        ("❤️", "2764"),
        ("no emoji", None),
    ],
)
def test_emoji_by_themselves_and_by_name(text, code):
    assert code_of(text) == code


def test_names_for_folders():
    assert name_of("🥕") == "carrot"
    assert name_of("🐰") == "rabbit"
    assert name_of("heart") == "heart"
    assert name_of("some/logo.png") == "logo"


def test_every_checksum_is_one():
    assert len(checksums()) > 1500
    assert all(len(value) == 64 and int(value, 16) >= 0 for value in checksums().values())


def test_near_names_are_suggested():
    with pytest.raises(InputError, match="butterfly"):
        load_target("buterfly", 9)

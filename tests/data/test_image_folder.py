import numpy as np
import pytest
from PIL import Image

from ontogeny.data.image_folder import load_image_folder
from ontogeny.errors import InputError


@pytest.fixture
def photos(tmp_path):
    """Twelve red and seven blue pictures, wider than high."""
    for name, colour, count in (("red", (255, 0, 0), 12), ("blue", (0, 0, 255), 7)):
        (tmp_path / name).mkdir()
        for number in range(count):
            Image.new("RGB", (40, 20 + number), colour).save(tmp_path / name / f"{number:02}.png")
    (tmp_path / "notes.txt").write_text("not a class")
    return tmp_path


def test_classes_are_folders_and_every_part_has_all(photos):
    data = load_image_folder(photos, side=16)
    assert [len(part.labels) for part in data] == [8 + 5, 2 + 1, 2 + 1]
    for part in data:
        assert part.images.shape[1:] == (16, 16, 3)
        assert set(part.labels.tolist()) == {0, 1}
        for image, label in zip(part.images, part.labels, strict=True):
            np.testing.assert_allclose(image, np.broadcast_to([[0, 0, 1], [1, 0, 0]][label], image.shape))


def test_what_is_no_set_of_pictures_is_refused(photos, tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        load_image_folder(photos / "none")
    with pytest.raises(InputError, match="two or more classes"):
        load_image_folder(photos / "red")
    (photos / "blue" / "01.png").unlink()
    (photos / "blue" / "02.png").unlink()
    with pytest.raises(InputError, match="blue has 5"):
        load_image_folder(photos)
    (photos / "blue" / "03.png").write_bytes(b"nothing")
    (photos / "blue" / "08.png").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"03\.png"):
        load_image_folder(photos)

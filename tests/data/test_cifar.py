import hashlib
import io
import pickle
import tarfile

import numpy as np
import pytest
from PIL import Image

from ontogeny.data import cifar, load_cifar10
from ontogeny.errors import MachineError


def add(file, name, content):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    file.addfile(member, io.BytesIO(content))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path))
    (tmp_path / "cifar10").mkdir()
    return tmp_path / "cifar10"


def test_pictures_are_read_class_by_class(cache):
    with tarfile.open(cache / "cifar10-jpeg.tar.xz", "w:xz") as file:
        for part, count in (("test", 2), ("train", 3)):
            for label, name in enumerate(cifar.CLASSES):
                for place in range(count):
                    picture = io.BytesIO()
                    Image.new("RGB", (32, 32), (25 * label, 80 * place, 0)).save(picture, "JPEG", quality=95)
                    add(file, f"{part}/{name}/{place:04}.jpg", picture.getvalue())
    data = load_cifar10()
    assert [len(part.labels) for part in data] == [28, 2, 20]
    np.testing.assert_array_equal(data.test.labels, list(range(10)) * 2)
    assert data.test.images.shape == (20, 32, 32, 3)
    np.testing.assert_allclose(data.test.images[13, 5, 5], [75 / 255, 80 / 255, 0], atol=0.02)
    np.testing.assert_array_equal(data.validation.labels, [1, 3])
    few = load_cifar10(1)
    assert len(few.test.labels) == 10
    np.testing.assert_array_equal(few.test.images, data.test.images[:10])


def test_originals_are_read(cache, monkeypatch):
    rng = np.random.default_rng(0)
    pixels = {
        name: rng.integers(0, 256, (10, 3072), np.uint8) for name in ("data_batch_1", "data_batch_2", "test_batch")
    }
    path = cache / "cifar-10-python.tgz"
    with tarfile.open(path, "w:gz") as file:
        for name, rows in pixels.items():
            content = pickle.dumps({b"labels": list(range(10)), b"data": rows})
            add(file, f"cifar-10-batches-py/{name}", content)
    monkeypatch.setattr(cifar, "_CHECKSUM", hashlib.sha256(path.read_bytes()).hexdigest())
    data = load_cifar10()
    assert [len(part.labels) for part in data] == [19, 1, 10]
    first = pixels["data_batch_1"][3].reshape(3, 32, 32)
    np.testing.assert_allclose(data.train.images[3][7, 9] * 255, first[:, 7, 9], atol=1e-3)


def test_what_cannot_be_read_is_said(cache):
    (cache / "cifar10-jpeg.tar.xz").write_bytes(b"nothing")
    with pytest.raises(MachineError, match="cannot be read"):
        load_cifar10()

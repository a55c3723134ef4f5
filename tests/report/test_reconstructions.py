import base64
import io
import shutil

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from ontogeny.data import load_pictures
from ontogeny.errors import InputError
from ontogeny.report.html import write_report
from ontogeny.report.material import gather
from ontogeny.report.reconstructions import reconstructions
from ontogeny.runs.config import RunConfig
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.launch import start

LAYERS = ["dense 8 tanh", "dense 2 tanh", "dense 64", "reshape 1 8 8"]


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """A run that learns three digits by heart."""
    path = tmp_path_factory.mktemp("digits") / "run"
    task = {"name": "reconstruction", "data": "digits", "samples": 3, "size": 8, "layers": LAYERS}
    tree = {"task": task, "learner": {"by": "adam", "learning_rate": 0.02}, "until": {"steps": 60}, "every": 20}
    start(RunConfig.parse(tree), path)
    return RunFolder.open(path)


def test_pictures_stand_over_what_became_of_them(digits, tmp_path):
    (found,) = reconstructions(gather([digits]))
    assert len(found["pairs"]) == 3
    assert not found["held_back"]
    errors = [pair["error"] for pair in found["pairs"]]
    assert np.mean(errors) == pytest.approx(digits.result["loss"], rel=1e-4)
    originals = load_pictures("digits", 3, 8).train
    for pair, original in zip(found["pairs"], originals, strict=True):
        shown = Image.open(io.BytesIO(base64.b64decode(pair["original"].partition(",")[2])))
        np.testing.assert_allclose(np.asarray(shown) / 255, (original - 0.1) / 0.8, atol=0.003)
    text = write_report([digits], tmp_path / "page.html").read_text()
    assert "Pictures and what became of them" in text
    assert "Pictures that were learned, the first 3" in text
    assert all(pair["output"] in text for pair in found["pairs"])


def test_a_genome_that_does_not_fit_is_told_and_the_page_is_there(digits, tmp_path):
    other = RunFolder.open(shutil.copytree(digits.path, tmp_path / "other"))
    text = (other.path / "config.toml").read_text()
    (other.path / "config.toml").write_text(text.replace("dense 2 tanh", "dense 3 tanh"))
    page = write_report([digits, RunFolder.open(other.path)], tmp_path / "page.html").read_text()
    assert page.count("No pictures can be shown of it: weights.1") == 1
    assert "Pictures that were learned, the first 3" in page


def test_a_genome_is_read_as_the_task_has_it(digits):
    like = digits.config.task.build().init(jax.random.key(0))
    net = digits.genome(like)
    images = jnp.asarray(load_pictures("digits", 3, 8).train)
    assert float(jnp.abs(net(images) - images).mean()) == pytest.approx(digits.result["loss"], rel=1e-4)
    other = RunConfig.parse(
        {
            "task": {**digits.config.task.model_dump(), "layers": [LAYERS[0], "dense 3 tanh", *LAYERS[2:]]},
            "learner": {"by": "adam"},
            "until": {"steps": 1},
        }
    )
    with pytest.raises(InputError, match=r"weights.1.bias.*\(3,\)|weights.1.weight.*\(3, 8\)"):
        digits.genome(other.task.build().init(jax.random.key(0)))
    with pytest.raises(InputError, match="hidden"):
        digits.genome({"hidden": jnp.zeros(3)})

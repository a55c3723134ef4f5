import jax
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.runs.scoring import score_net, shown_images

CELL = "|nor_conv_1x1~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_1x1~2|"
OWN = """
import equinox as eqx
import jax

class Net(eqx.Module):
    first: eqx.nn.Linear
    last: eqx.nn.Linear

    def __init__(self, key):
        keys = jax.random.split(key)
        self.first = eqx.nn.Linear({pixels}, 20, key=keys[0])
        self.last = eqx.nn.Linear(20, 10, key=keys[1])

    def __call__(self, image):
        return self.last(jax.nn.relu(self.first(image.reshape(-1))))
"""


@pytest.fixture
def own(tmp_path):
    file = tmp_path / "my_net.py"
    file.write_text(OWN.format(pixels=64))
    return f"{file}:Net"


def test_a_net_of_ones_own_is_scored(own):
    found = score_net(own, images=8, draws=3, only=("naswot", "synflow", "snip"))
    assert found["parameters"] == 65 * 20 + 21 * 10
    assert found["flops"] == pytest.approx(2 * (64 * 20 + 20 * 10), rel=0.1)
    assert set(found["scores"]) == {"naswot", "synflow", "snip"}
    for each in found["scores"].values():
        assert np.isfinite(each["mean"])
        assert each["error"] > 0
    assert found["scores"] == score_net(own, images=8, draws=3, only=("naswot", "synflow", "snip"))["scores"]


def test_a_cell_is_scored_by_its_name():
    found = score_net(CELL, images=8, draws=1, only=("expressivity",))
    assert found["scores"]["expressivity"]["error"] is None
    assert found["scores"]["expressivity"]["mean"] > 0


def test_images_are_even_and_fill_what_cells_halve_twice():
    shown = shown_images("digits", 20)
    assert shown.images.shape == (20, 8, 8, 1)
    np.testing.assert_allclose(shown.images.mean(), 0, atol=1e-5)
    assert len(set(np.asarray(shown.labels).tolist())) == 10
    assert isinstance(jax.numpy.asarray(shown.images), jax.Array)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"only": ("naswott",)}, "naswot"),
        ({"only": ("zen",)}, "passage"),
        ({"data": "digit"}, "digits"),
        ({"images": 7}, "images"),
        ({"draws": 0}, "draws"),
    ],
)
def test_what_cannot_be_scored_is_refused(own, given, field):
    with pytest.raises(InputError, match=field):
        score_net(own, **{"images": 8, "draws": 1, **given})


def test_nets_that_do_not_take_the_images_are_refused(tmp_path):
    file = tmp_path / "other.py"
    file.write_text(OWN.format(pixels=65))
    with pytest.raises(InputError, match="does not take images"):
        score_net(f"{file}:Net", images=8)
    for name, words in (("Net", "my_net.py:Net"), (str(tmp_path / "none.py:Net"), "no file"), ("|conv~0|", "conv")):
        with pytest.raises(InputError, match=words):
            score_net(name, images=8)

import contextlib
import json

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from safetensors.numpy import save_file

from ontogeny.cli.main import main
from ontogeny.data import load_target
from ontogeny.errors import InputError
from ontogeny.nets import NCA
from ontogeny.runs.genomes import load_nca, load_tensors, save_genome


def grow_by_hand(hidden, output, bias, steps, size, rng):
    """The automaton once more, cell by cell in plain numpy, from the documentation alone."""
    channels = output.shape[0]
    x = np.zeros((size + 2, size + 2, channels))
    x[size // 2 + 1, size // 2 + 1, 3:] = 1
    sobel = np.asarray([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8

    def living(state):
        return np.asarray(
            [
                [state[r - 1 : r + 2, c - 1 : c + 2, 3].max() > 0.1 for c in range(1, size + 1)]
                for r in range(1, size + 1)
            ]
        )

    for _ in range(steps):
        before, new = living(x), x.copy()
        for r in range(1, size + 1):
            for c in range(1, size + 1):
                if rng.random() > 0.5:
                    continue
                near = x[r - 1 : r + 2, c - 1 : c + 2]
                seen = np.stack([x[r, c], np.tensordot(sobel, near, 2), np.tensordot(sobel.T, near, 2)], axis=-1)
                new[r, c] += output @ np.maximum(hidden @ seen.reshape(-1) + bias, 0)
        inner = new[1:-1, 1:-1]
        new[1:-1, 1:-1] = inner * (before & living(new))[..., None]
        x = new
    return x[1:-1, 1:-1]


def test_a_genome_from_outside_grows_as_an_independent_implementation_does(tmp_path, capsys, monkeypatch):
    rng = np.random.default_rng(0)
    channels, width, steps, size = 8, 6, 12, 7
    hidden = rng.normal(0, 0.3, (width, 3 * channels)).astype(np.float32)
    output = rng.normal(0, 0.15, (channels, width)).astype(np.float32)
    bias = rng.normal(0, 0.1, width).astype(np.float32)
    file = tmp_path / "outside.safetensors"
    save_file({"hidden.weight": hidden, "hidden.bias": bias, "output.weight": output}, file)
    target = load_target("heart", size)
    states = [grow_by_hand(hidden, output, bias, steps, size, rng) for _ in range(60)]
    by_hand = np.asarray([((state[..., :4] - target) ** 2).mean() for state in states])

    words = ["probe", "--genome", str(file), "growth", "--target", "heart", "--size", str(size)]
    options = ["--steps", str(steps), "--rollouts", "500", "--json"]
    monkeypatch.setattr("sys.argv", ["ontogeny", *words, *options])
    with contextlib.suppress(SystemExit):
        main()
    found = json.loads(capsys.readouterr().out)["loss"][str(steps)]
    error = by_hand.std() * np.sqrt(1 / 60 + 1 / 500)
    assert by_hand.std() > 0
    assert abs(found["mean"] - by_hand.mean()) < 4 * error
    assert abs(found["mean"] / by_hand.mean() - 1) < 0.5, "the error is small enough to tell something"


def test_names_and_shapes_are_the_documented_ones(tmp_path):
    net = NCA.create(jax.random.key(0), channels=5, hidden=7, bias=True)
    save_genome(tmp_path / "net.safetensors", net, {"fire_rate": "0.75"})
    tensors, about = load_tensors(tmp_path / "net.safetensors")
    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "hidden.weight": (7, 15),
        "hidden.bias": (7,),
        "output.weight": (5, 7),
    }
    assert about == {"fire_rate": "0.75"}
    back = load_nca(tmp_path / "net.safetensors")
    assert back.fire_rate == 0.75
    for one, two in zip(jax.tree.leaves(net), jax.tree.leaves(back), strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_user_net_is_saved_without_its_functions(tmp_path):
    net = eqx.nn.MLP(2, 1, 3, 1, key=jax.random.key(0))
    save_genome(tmp_path / "mlp.safetensors", net, {})
    tensors, _ = load_tensors(tmp_path / "mlp.safetensors")
    np.testing.assert_array_equal(tensors["layers.0.weight"], net.layers[0].weight)
    assert set(tensors) == {"layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"}


@pytest.mark.parametrize(
    ("tensors", "word"),
    [
        ({"hidden.weight": (4, 24)}, "output.weight"),
        ({"hidden.weight": (4, 23), "output.weight": (8, 4)}, "hidden.weight"),
        ({"hidden.weight": (4, 24), "output.weight": (8, 4), "extra": (1,)}, "extra"),
        ({"hidden.weight": (4, 24), "hidden.bias": (5,), "output.weight": (8, 4)}, "hidden.bias"),
    ],
)
def test_tensors_that_do_not_fit_are_named(tmp_path, tensors, word):
    file = tmp_path / "bad.safetensors"
    save_file({name: np.zeros(shape, np.float32) for name, shape in tensors.items()}, file)
    with pytest.raises(InputError, match=word):
        load_nca(file)


def test_weights_that_are_not_finite_are_refused(tmp_path):
    file = tmp_path / "nan.safetensors"
    save_file({"hidden.weight": np.full((4, 24), np.nan), "output.weight": np.zeros((8, 4))}, file)
    with pytest.raises(InputError, match="finite"):
        load_nca(file)


def test_half_precision_from_other_tools_is_read(tmp_path):
    file = tmp_path / "half.safetensors"
    save_file({"hidden.weight": np.ones((4, 24), np.float16), "output.weight": np.ones((8, 4), np.float64)}, file)
    assert load_nca(file).output.weight.dtype == jnp.float32

import json
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.data import load_images
from ontogeny.runs.folder import RunFolder

CELL = "|nor_conv_3x3~0|+|skip_connect~0|avg_pool_3x3~1|+|none~0|nor_conv_1x1~1|nor_conv_3x3~2|"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A cell that learned for a few steps, and which is not symmetric in any of its operations."""
    folder = tmp_path_factory.mktemp("runs") / "cell"
    fields = [("task.net", CELL), ("task.channels", 4), ("task.cells", 2), ("learner.schedule_steps", 20)]
    options = [part for name, value in fields for part in ("--set", f"{name}={json.dumps(value)}")]
    command = [sys.executable, "-m", "ontogeny", "train", "cell-digits", *options, "--until", "steps=20", "--no-report"]
    subprocess.run([*command, "--out", str(folder)], check=True, capture_output=True)
    return folder


def test_the_file_says_what_the_net_says_without_ontogeny(ontogeny, trained, tmp_path):
    code, out, err = ontogeny("export", trained, "--out", tmp_path / "taken", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert found["cell"] == CELL
    images = load_images("digits").test.images[:5]
    np.save(tmp_path / "pictures.npy", np.asarray(images)[..., None])
    # A program of its own: read alone, in a process that imports no Ontogeny.
    look = "import sys; sys.modules['ontogeny'] = None; import runpy; runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-c", f"import sys; sys.argv = sys.argv[1:]; {look}"]
    command += [found["net"], found["weights"], str(tmp_path / "pictures.npy")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    numbers = np.asarray([float(each) for each in said.replace("[", " ").replace("]", " ").split()]).reshape(5, 10)
    folder = RunFolder.open(trained)
    task = folder.config.task.build()
    net = folder.genome(task.init(jax.random.key(0)))
    expected = task.answers(net, jnp.asarray(task.data.test.images[:5]))
    np.testing.assert_allclose(numbers, expected, rtol=1e-3, atol=1e-3)
    assert (tmp_path / "taken" / "cell.png").read_bytes().startswith(b"\x89PNG")


def test_the_cell_is_written_out(ontogeny, trained):
    code, out, _ = ontogeny("export", trained)
    assert code == 0
    assert str(trained / "export" / "net.py") in out
    program = (trained / "export" / "net.py").read_text()
    assert 'b = convolution(weights, f"{name}.a-b", a)' in program
    assert "c = a + mean_of_neighbours(b)" in program
    assert 'out = convolution(weights, f"{name}.b-out", b) + convolution(weights, f"{name}.c-out", c)' in program


def test_runs_of_something_else_are_refused(ontogeny, grown):
    code, _, err = ontogeny("export", grown[0])
    assert code == 2
    assert "cell-digits" in err

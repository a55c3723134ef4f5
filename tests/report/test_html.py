import base64
import html.parser
import json
import re
import shutil

import jax
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.probes import SignAttack, WeightNoise, Wound, erase, frames
from ontogeny.report.html import write_report
from ontogeny.report.material import gather
from ontogeny.report.numbers import count, flops, number
from ontogeny.report.pictures import to_pixels
from ontogeny.runs.config import RunConfig
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.launch import start
from ontogeny.runs.probing import probe_disturbance, subject_of_run
from ontogeny.runs.published import STEPS, published

VOID = {"meta", "link", "img", "input", "br", "path", "use"}


class Page(html.parser.HTMLParser):
    """What the tests look at: whether tags close, what is loaded, ids, texts and embedded data."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.loads, self.ids, self.data, self.text, self.images = [], [], [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.loads += [values[name] for name in ("src", "href", "data", "action") if name in values]
        self.ids += [values["id"]] if "id" in values else []
        if tag == "img":
            assert values["alt"]
            self.images.append(values["src"])
        if tag not in VOID:
            self.open.append((tag, values))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop()[0] == tag

    def handle_data(self, data):
        tag, values = self.open[-1] if self.open else ("", {})
        if tag == "script" and values.get("type") == "application/json":
            self.data.append(json.loads(data))
        elif tag not in ("script", "style"):
            self.text.append(data)

    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def one(runs, tmp_path_factory):
    folder = runs["es0"]
    folder.write_probe(
        "erase-corner", erase(folder.nca(), ring(folder), Wound("square", 2, 0, 0, at=4), steps=12).to_json()
    )
    path = tmp_path_factory.mktemp("page") / "report.html"
    assert write_report([folder], path) == path
    return folder, path.read_text(), Page(path.read_text())


def ring(folder):
    return folder.config.task.picture()


def test_page_loads_nothing(one):
    _, text, page = one
    assert page.loads
    assert all(address.startswith(("data:", "#")) for address in page.loads)
    assert not re.search(r"https?://", text)
    assert "@import" not in text
    assert not re.search(r"url\((?!#|['\"]?data:)", text)


def test_ids_are_unique(one):
    assert len(set(one[2].ids)) == len(one[2].ids)


def test_page_tells_the_numbers_of_the_result(one):
    folder, _, page = one
    result, words = folder.result, page.words()
    for text in (number(result["loss"]), number(result["population_loss"]), count(result["evaluations"])):
        assert text in words
    assert " ".join(flops(result["flops"]).split()) in words
    assert "It stopped after the 6 generations that it was given." in words
    assert f"ontogeny train {folder.path}/config.toml" in words
    assert str(result["loss"]) in words  # the exact one, in the JSON


def test_frames_are_those_of_the_probe(one):
    folder, _, page = one
    data = next(data for data in page.data if data["mark"] == 0)
    canvas = data["canvases"][0]
    shown = np.frombuffer(base64.b64decode(canvas["frames"]), np.uint8).reshape(-1, 7, 7, 4)
    assert len(shown) == len(data["steps"]) == len(canvas["losses"])
    assert (data["steps"][0], data["steps"][-1]) == (0, 1000)
    expected = frames(folder.nca(), (7, 7), 1000, jax.random.key(0))
    np.testing.assert_array_equal(shown, to_pixels(expected[data["steps"]]))
    error = np.mean((expected[8] - ring(folder)) ** 2)
    assert canvas["losses"][data["steps"].index(8)] == number(float(error))


def test_all_erasures_are_shown_with_the_cells_gone(one):
    folder, _, page = one
    players = {data["mark"]: data for data in page.data if data["mark"]}
    assert sorted(players) == [4, 52]
    data = players[4]
    shown = np.frombuffer(base64.b64decode(data["canvases"][0]["frames"]), np.uint8).reshape(-1, 7, 7, 4)
    assert not shown[data["steps"].index(4), :2, :2].any()
    assert data["steps"][-1] == 12
    assert set(folder.probes()) == {"growth", "erase", "erase-corner"}
    for name in ("erase", "erase-corner"):
        assert number(folder.probes()[name]["loss"]["after"]["median"]) in page.words()


def test_disturbances_are_listed_with_their_settings_and_scores(one, tmp_path):
    assert "Other disturbances" not in one[2].words()
    folder = RunFolder.open(shutil.copytree(one[0].path, tmp_path / "run"))
    subject = subject_of_run(folder.path)
    noise = probe_disturbance(subject, "noise", WeightNoise(0.3), 10, 4, 0)
    once = probe_disturbance(subject, "signs", SignAttack(0.1, first=3, last=3), 10, 4, 0)
    words = Page(write_report([folder], tmp_path / "page.html").read_text()).words()
    assert "sigma 0.3" in words
    assert "strength 0.1, clamp True, first 3, last 3" in words
    for found in (noise, once):
        assert number(found["loss"]["10"]["median"]) in words
        assert number(found["area"], 2) in words


def test_probes_are_kept_until_the_genome_changes(one, tmp_path):
    folder = RunFolder.open(shutil.copytree(one[0].path, tmp_path / "run"))
    found = folder.probes()["growth"]
    folder.write_probe("growth", {**found, "rollouts": 12345})
    assert gather([folder])[0].growth["rollouts"] == 12345
    (folder.path / "genome.safetensors").touch()
    assert gather([folder])[0].growth == found
    assert folder.probes()["growth"] == found


def test_figures_are_kept_for_papers(one):
    found = {path.name for path in (one[0].path / "figures").iterdir()}
    assert found == {f"{name}.png" for name in ("growth", "strip", "loss", "training", "erase", "erase-corner")}


def test_several_runs_stand_side_by_side_with_a_careful_verdict(runs, tmp_path):
    path = write_report([runs["es0"], runs["adam"]], tmp_path / "both.html")
    page = Page(path.read_text())
    words = page.words()
    assert all(len(data["canvases"]) == 2 for data in page.data if data["mark"] in (0, 52))
    losses = {name: runs[name].result["loss"] for name in ("es0", "adam")}
    worse = max(losses, key=losses.get)
    assert f"{worse.strip('0')} ends worse than" in words or "no difference to speak of" in words
    assert "One seed is one seed" in words
    assert number(losses["adam"]) in words


def test_a_run_that_broke_is_still_reported(one, tmp_path):
    folder = RunFolder.open(shutil.copytree(one[0].path, tmp_path / "run"))
    shutil.rmtree(folder.path / "probes")
    result = {**folder.result, "loss": float("nan"), "population_loss": float("inf"), "stopped": "diverged"}
    (folder.path / "result.json").write_text(json.dumps(result))
    lines = (folder.path / "metrics.csv").read_text().splitlines()
    (folder.path / "metrics.csv").write_text(
        "\n".join([lines[0], *[re.sub(r"[^,]+$", "nan", row) for row in lines[1:]]]) + "\n"
    )
    scale_genome(folder, 1e6)
    words = Page(write_report([folder], tmp_path / "page.html").read_text()).words()
    assert "diverged" in words
    assert "not a number" in words
    scale_genome(folder, np.nan)
    assert "No pictures can be shown" in Page(write_report([folder], tmp_path / "page.html").read_text()).words()


def scale_genome(folder, factor):
    from safetensors.numpy import save

    from ontogeny.runs.genomes import load_tensors

    path = folder.path / "genome.safetensors"
    tensors, about = load_tensors(path)
    rng = np.random.default_rng(0)
    broken = {name: (rng.normal(size=value.shape) * factor).astype(np.float32) for name, value in tensors.items()}
    path.write_bytes(save(broken, about))


def test_a_run_without_a_genome_is_refused_with_the_way_on(one, tmp_path):
    folder = RunFolder.open(shutil.copytree(one[0].path, tmp_path / "run"))
    (folder.path / "genome.safetensors").unlink()
    with pytest.raises(InputError, match="ontogeny resume"):
        write_report([folder], tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


TASK = """
import jax, jax.numpy as jnp
from ontogeny.core import Task

class Bowl(Task):
    def init(self, key): return jnp.ones(3)
    def draw(self, key, world): return 0.1 * jax.random.normal(key, (3,))
    def loss(self, genome, batch): return jnp.sum((genome - batch) ** 2) - 1, None
"""


def test_a_task_of_ones_own_gets_everything_but_pictures(tmp_path):
    (tmp_path / "mine.py").write_text(TASK)
    tree = {"task": {"name": f"{tmp_path}/mine.py:Bowl"}, "learner": {"by": "es"}, "until": {"steps": 4}, "every": 2}
    start(RunConfig.parse(tree), tmp_path / "run")
    folder = RunFolder.open(tmp_path / "run")
    page = Page(write_report([folder], tmp_path / "page.html").read_text())
    assert number(folder.result["loss"]) in page.words()
    assert not page.images
    assert not page.data
    assert folder.probes() == {}


def test_text_from_a_configuration_is_escaped(one, tmp_path):
    folder = RunFolder.open(shutil.copytree(one[0].path, tmp_path / "<script>x"))
    scale_genome(folder, np.nan)  # no pictures: quicker
    text = write_report([folder], tmp_path / "page.html").read_text()
    assert "<script>x" not in text
    assert "&lt;script&gt;x" in text


def test_published_values_stand_beside_the_runs_that_they_belong_to():
    def found(by, optimizer=None, **task):
        learner = {"by": by, "optimizer": optimizer} if optimizer else {"by": by}
        return published(RunConfig.parse({"task": task, "learner": learner, "until": {"steps": 1}}))

    assert found("es", target="🥕").losses == (2.5e-4,) * len(STEPS)
    assert found("adam", target="carrot").losses[-1] == 1.5e-3
    assert found("adam", target="rabbit", size=15, pool=64, batch=8).losses[0] == 3.1e-4
    assert found("es", "muon", target="🥕") == found("es", target="🥕")
    assert found("adam", "sgd", target="🥕") is None
    assert found("ga", target="🥕") is None
    assert found("es", target="ring") is None
    assert found("es", target="🥕", padding=2) is None

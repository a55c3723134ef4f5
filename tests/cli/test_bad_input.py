"""What cannot be used gets one clear line and exit code 2 (1 where the machine failed)."""

import json
import resource
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ontogeny.data import images
from ontogeny.runs.checkpoints import list_checkpoints


def refused(outcome, code, *words):
    got, out, err = outcome
    assert got == code, err
    assert out == ""
    assert "Traceback" not in err
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    assert lines[0].startswith("error: ")
    for word in words:
        assert word in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grow", "carot"], ["target", "'carot'", "carrot"]),
        (["grow", "xyzzyq"], ["target", "heart"]),
        (["grow", "no/such.png"], ["target", "no such file"]),
        (["grow", "heart", "--size", "2"], ["size", "2", "4 to 256"]),
        (["grow", "heart", "--size", "5000"], ["size", "5000", "4 to 256"]),
        (["grow", "heart", "--by", "asm"], ["by", "'asm'", "adam"]),
        (["grow", "heart", "--set", "learner.popsize=1"], ["learner.popsize", "1", "2 or more"]),
        (
            ["grow", "heart", "--set", "learner.popsize=7", "--set", "learner.antithetic=true"],
            ["learner.popsize", "7", "even", "8"],
        ),
        (["grow", "heart", "--set", "learner.sigma=0"], ["learner.sigma", "above 0"]),
        (["grow", "heart", "--set", "learner.sigma=-0.1"], ["learner.sigma", "above 0"]),
        (["grow", "heart", "--set", "learner.popsise=8"], ["learner.popsise", "popsize"]),
        (["grow", "heart", "--set", "learner.popsize=many"], ["learner.popsize", "'many'", "integer"]),
        (["grow", "heart", "--set", "learner.optimizer=adem"], ["learner.optimizer", "adam"]),
        (["grow", "heart", "--set", "learner.schedule=cosin"], ["learner.schedule", "cosine"]),
        (["grow", "heart", "--set", "learner.shaping=rank"], ["learner.shaping", "centred-ranks"]),
        (["grow", "heart", "--set", "learner.devices=99"], ["learner.devices", "99"]),
        (["grow", "heart", "--set", "task.pool=4", "--set", "task.batch=1"], ["task.batch", "2 or more"]),
        (["grow", "heart", "--set", "task.steps=[9, 3]"], ["task.steps", "(9, 3)"]),
        (["grow", "heart", "--set", "popsize"], ["set", "field=value"]),
        (["grow", "heart", "--set", "tusk.size=9"], ["tusk", "task"]),
        (["grow", "heart", "--seed", "-1"], ["seed", "-1"]),
        (["grow", "heart", "--until", "los=0.1"], ["until", "los", "loss"]),
        (["grow", "heart", "--until", "loss=low"], ["until.loss", "low", "number"]),
        (["grow", "heart", "--until", "steps=0"], ["until.steps", "above 0"]),
        (["grow", "heart", "--by", "ga", "--set", "learner.selection=best"], ["learner.selection", "truncation"]),
        (["grow", "heart", "--by", "ga", "--set", "learner.elitism=64"], ["learner.elitism", "63"]),
        (["train", "carrot-9-ex"], ["config", "carrot-9-es"]),
        (["train", "mnist-adm"], ["config", "mnist-adam"]),
        (["train", "mnist-adam", "--set", "task.data=mnits"], ["task.data", "'mnits'", "mnist"]),
        (["train", "mnist-adam", "--set", "task.hidden=64"], ["task.hidden", "64", "list"]),
        (["train", "mnist-adam", "--set", "task.criterion=mistakes"], ["task.criterion", "no gradient"]),
        (
            ["train", "mnist-adam", "--set", "task.data=digits", "--set", "task.batch=5000"],
            ["task.batch", "5000", "1,284"],
        ),
        (["train", "nothing.toml"], ["config", "nothing.toml"]),
        (["train", "nothing.py:Task"], ["task.name", "no file"]),
        (["resume", "nowhere"], ["run", "nowhere", "no run folder"]),
        (["probe", "nowhere", "growth"], ["run", "nowhere"]),
        (["probe", "growth"], ["probe", "run folder"]),
        (["probe", "--genome", "no.safetensors", "growth"], ["genome", "no such file"]),
        (["list", "taks"], ["list", "tasks"]),
    ],
)
def test_one_line_and_exit_code_2(ontogeny, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    refused(ontogeny(*arguments, *(["-q"] if arguments[0] in ("grow", "train", "resume") else [])), 2, *words)
    assert not (tmp_path / "runs").exists(), "nothing is left behind"


def test_a_file_that_is_no_image(ontogeny, tmp_path):
    (tmp_path / "page.png").write_text("this is text")
    refused(ontogeny("grow", tmp_path / "page.png", "-q"), 2, "target", "no image")


def test_a_file_that_is_no_toml(ontogeny, tmp_path):
    (tmp_path / "bad.toml").write_text("[task\nname=")
    refused(ontogeny("train", tmp_path / "bad.toml", "-q"), 2, "config", "TOML")


def test_a_task_file_that_does_not_run_or_has_no_such_class(ontogeny, tmp_path):
    (tmp_path / "mine.py").write_text("import ontogeny\nclass Mine(ontogeny.Task):\n    pass\n")
    refused(ontogeny("train", f"{tmp_path}/mine.py:Mime", "-q"), 2, "Mime", "Mine")
    (tmp_path / "broken.py").write_text("1 / 0")
    refused(ontogeny("train", f"{tmp_path}/broken.py:Mine", "-q"), 2, "ZeroDivisionError")


def test_an_unwritable_folder(ontogeny, tmp_path):
    (tmp_path / "file").write_text("")
    refused(ontogeny("grow", "heart", "--out", tmp_path / "file" / "run", "-q"), 2, "out", "cannot write")


def test_a_folder_with_a_run_in_it(ontogeny, grown):
    refused(ontogeny("grow", "heart", "--out", grown[0], "-q"), 2, "out", "ontogeny resume")


def test_a_folder_of_a_newer_format(ontogeny, grown, tmp_path):
    folder = copy_of(grown[0], tmp_path)
    file = folder / "environment.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": 99}))
    refused(ontogeny("resume", folder, "-q"), 2, "format 99", "newer")


def test_a_damaged_folder(ontogeny, grown, tmp_path):
    folder = copy_of(grown[0], tmp_path)
    for checkpoint in list_checkpoints(folder / "checkpoints"):
        checkpoint.write_bytes(b"nothing")
    refused(ontogeny("resume", folder, "-q", "--until", "steps=60"), 1, "checkpoint")
    (folder / "config.toml").write_text("seed = ")
    refused(ontogeny("resume", folder, "-q"), 1, "config.toml", "damaged")
    (folder / "environment.json").write_text("{")
    refused(ontogeny("probe", folder, "growth"), 1, "environment.json", "damaged")


def test_two_processes_on_one_folder(ontogeny, grown):
    from ontogeny.runs.folder import RunFolder

    with RunFolder.open(grown[0]).lock():
        refused(ontogeny("resume", grown[0], "-q", "--until", "steps=60"), 2, "another process")


def test_a_full_disk_loses_nothing_that_was_saved(grown, tmp_path):
    folder = copy_of(grown[0], tmp_path)
    before = list_checkpoints(folder / "checkpoints")[0].read_bytes()
    command = [sys.executable, "-m", "ontogeny", "resume", str(folder), "-q", "--until", "steps=100"]

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=no_room)
    refused((done.returncode, done.stdout, done.stderr), 1, "cannot write", "what was saved before is whole")
    assert list_checkpoints(folder / "checkpoints")[0].read_bytes() == before
    again = subprocess.run([*command, "--json", "--no-report"], capture_output=True, text=True, check=True)
    assert json.loads(again.stdout)["generations"] == 100


def test_no_network(ontogeny, tmp_path, monkeypatch):
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path))
    monkeypatch.setattr("ontogeny.data.emoji.SOURCE", "http://127.0.0.1:9")  # the discard port: nobody answers
    refused(ontogeny("grow", "🥕", "-q"), 1, "cannot download", "heart")


def test_no_network_for_images(ontogeny, tmp_path, monkeypatch):
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path))
    monkeypatch.setitem(images.SOURCES, "mnist", "http://127.0.0.1:9")
    refused(ontogeny("train", "mnist-adam", "-q", "--out", tmp_path / "run"), 1, "cannot download", "digits")
    assert not (tmp_path / "run").exists()


def test_a_download_that_is_not_the_file(ontogeny, tmp_path, monkeypatch):
    class Portal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>please log in</html>")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path))
    monkeypatch.setattr("ontogeny.data.emoji.SOURCE", f"http://127.0.0.1:{server.server_port}")
    refused(ontogeny("grow", "🥕", "-q"), 1, "not the expected file")
    assert not (tmp_path / "emoji" / "emoji_u1f955.png").exists()
    server.shutdown()


def test_probe_input(ontogeny, grown, tmp_path):
    folder = grown[0]
    refused(ontogeny("probe", folder, "grwth"), 2, "probe", "growth")
    refused(ontogeny("probe", folder, "erase", "--square", 99), 2, "size", "99")
    refused(ontogeny("probe", folder, "noise", "--square", 2), 2, "square", "noise", "--set")
    refused(ontogeny("probe", folder, "growth", "--row", 0), 2, "row", "erase")
    refused(ontogeny("probe", folder, "attack", "--at", 60), 2, "at", "erase", "--set")
    refused(ontogeny("probe", folder, "noise", "--set", "sgma=2"), 2, "sgma", "sigma")
    refused(ontogeny("probe", folder, "noise", "--set", "sigma=many"), 2, "sigma", "many", "number")
    refused(ontogeny("probe", folder, "noise", "--set", "sigma=-1"), 2, "sigma", "0 or more")
    refused(ontogeny("probe", folder, "attack", "--set", "method=pdg"), 2, "method", "pgd")
    refused(ontogeny("probe", folder, "growth", "--set", "sigma=1"), 2, "set", "growth")
    refused(ontogeny("probe", folder, "erase", "--square", 2, "--bottom", 2), 2, "--square", "--bottom")
    refused(ontogeny("probe", folder, "erase", "--row", 7), 2, "row", "0 to 6")
    refused(ontogeny("probe", folder, "erase", "--steps", 20), 2, "steps", "52")
    refused(ontogeny("probe", folder, "growth", "--rollouts", 0), 2, "rollouts")
    (tmp_path / "no.safetensors").write_bytes(b"nothing at all")
    refused(ontogeny("probe", "--genome", tmp_path / "no.safetensors", "growth"), 2, "no safetensors")


def copy_of(folder, place):
    import shutil

    return shutil.copytree(folder, place / "copy")

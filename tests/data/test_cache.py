import gzip
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ontogeny.data.cache import contents_hash, fetch
from ontogeny.errors import MachineError

CONTENTS = b"seven digits and a letter" * 100
SHA256 = hashlib.sha256(CONTENTS).hexdigest()


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A cache in an empty folder, and a server: `(address, what it answers, how often it was asked)`."""
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path))
    answers, asked = [CONTENTS], []

    class Mirror(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answers[0])

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", answers, asked
    server.shutdown()


@pytest.mark.parametrize("name", ["file.bin", "file.gz"])
def test_a_file_is_downloaded_once(served, tmp_path, name):
    address, answers, asked = served
    answers[0] = gzip.compress(CONTENTS) if name.endswith(".gz") else CONTENTS
    for _ in range(2):
        path = fetch(f"{address}/{name}", f"some/{name}", SHA256, "")
        assert path == tmp_path / "some" / name
        assert path.read_bytes() == answers[0]
    assert asked == [f"/{name}"]


def test_a_compressed_file_is_known_by_its_contents(served, tmp_path):
    for level in (1, 9):
        (tmp_path / "file.gz").write_bytes(gzip.compress(CONTENTS, level, mtime=level))
        assert fetch(f"{served[0]}/file.gz", "file.gz", SHA256, "").exists()
    assert not served[2]


def test_a_damaged_file_is_downloaded_again(served, tmp_path):
    served[1][0] = whole = gzip.compress(CONTENTS)
    for bad in (whole[:-20], b"", gzip.compress(b"something else")):
        (tmp_path / "file.gz").write_bytes(bad)
        assert fetch(f"{served[0]}/file.gz", "file.gz", SHA256, "").read_bytes() == whole
    assert len(served[2]) == 3


def test_what_is_not_the_file_is_not_kept(served, tmp_path):
    served[1][0] = b"<html>please log in</html>"
    with pytest.raises(MachineError, match=r"not the expected file; do without"):
        fetch(f"{served[0]}/file", "some/file", SHA256, "do without")
    assert not list((tmp_path / "some").iterdir()), "nothing is left behind"


def test_without_a_network_an_old_file_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path))
    (tmp_path / "file").write_text("old")
    with pytest.raises(MachineError, match=r"cannot download .*; do without"):
        fetch("http://127.0.0.1:9/file", "file", SHA256, "do without")
    assert (tmp_path / "file").read_text() == "old"


def test_contents_of_a_plain_file_are_hashed_as_they_are(tmp_path):
    (tmp_path / "file").write_bytes(CONTENTS)
    assert contents_hash(tmp_path / "file") == SHA256

"""One folder of downloaded files, each checked against its SHA-256."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from pathlib import Path

import platformdirs

from ontogeny.errors import MachineError

VARIABLE = "ONTOGENY_DATA"
"""Environment variable that names the cache folder."""


def cache_folder() -> Path:
    """Where downloads are kept: `$ONTOGENY_DATA`, or the user's cache folder."""
    return Path(os.environ.get(VARIABLE) or platformdirs.user_cache_dir("ontogeny"))


def fetch(url: str, path: str, sha256: str, instead: str) -> Path:
    """The local copy of a file, downloaded at first use.

    Args:
        url: where it comes from.
        path: where it is kept, relative to the cache folder.
        sha256: what its contents must hash to; those of a `.gz` file uncompressed, since
            mirrors compress anew.
        instead: what a user without a network can do instead, for the error message.

    Raises:
        MachineError: where it is not in the cache and cannot be downloaded, or what was
            downloaded is not the file.
    """
    target = cache_folder() / path
    if target.is_file() and contents_hash(target) == sha256:
        return target
    # Not before: what is there already would come half a second later.
    import pooch
    import requests

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            fresh = Path(folder) / target.name
            pooch.HTTPDownloader(timeout=20)(url, str(fresh), None)
            if contents_hash(fresh) != sha256:
                raise MachineError(f"what {url} returned is not the expected file; {instead}")
            fresh.replace(target)
    except (requests.RequestException, OSError) as error:
        reason = type(error).__name__
        raise MachineError(f"cannot download {url} ({reason}) into {target.parent}; {instead}") from error
    return target


def contents_hash(path: Path) -> str:
    """SHA-256 of a file, of a `.gz` file uncompressed; empty where it is damaged."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, EOFError, zlib.error):
        return ""

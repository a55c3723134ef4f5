"""One folder of downloaded files, each checked against its SHA-256."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from ontogeny.errors import MachineError

VARIABLE = "ONTOGENY_DATA"
"""Environment variable that names the cache folder."""


def cache_folder() -> Path:
    """Where downloads are kept: `$ONTOGENY_DATA`, or the user's cache folder."""
    import pooch

    return Path(os.environ.get(VARIABLE) or pooch.os_cache("ontogeny"))


def fetch(url: str, path: str, sha256: str, instead: str) -> Path:
    """The local copy of a file, downloaded at first use.

    Args:
        url: where it comes from.
        path: where it is kept, relative to the cache folder.
        sha256: what its contents must hash to.
        instead: what a user without a network can do instead, for the error message.

    Raises:
        MachineError: where it is not in the cache and cannot be downloaded, or what was
            downloaded is not the file.
    """
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)
    target = cache_folder() / path
    if target.is_file() and pooch.file_hash(target) == sha256:
        return target
    try:
        downloader = pooch.HTTPDownloader(timeout=20)
        found = pooch.retrieve(url, f"sha256:{sha256}", target.name, target.parent, downloader=downloader)
    except (requests.RequestException, OSError) as error:
        reason = type(error).__name__
        raise MachineError(f"cannot download {url} ({reason}) into {target.parent}; {instead}") from error
    except ValueError as error:
        raise MachineError(f"what {url} returned is not the expected file; {instead}") from error
    return Path(found)

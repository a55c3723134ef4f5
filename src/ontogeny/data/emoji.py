"""Emoji pictures: noto-emoji's 128-pixel PNG files (Apache-2.0), by the emoji or its name."""

from __future__ import annotations

import functools
import unicodedata
from importlib import resources
from pathlib import Path

from ontogeny.data.cache import fetch
from ontogeny.data.drawn import DRAWN

COMMIT = "b3e3051a088047d19fd4d49b1c3ac42fb8c3aaf8"
SOURCE = f"https://raw.githubusercontent.com/googlefonts/noto-emoji/{COMMIT}/png/128"

_SHORT = {
    "rabbit": "1f430",
    "sunglasses": "1f60e",
    "fish": "1f41f",
    "tree": "1f384",
    "cat": "1f431",
    "dog": "1f436",
    "apple": "1f34e",
}
"""Short names whose Unicode name is longer, or names another picture than expected."""

_VARIATION = 0xFE0F


@functools.cache
def checksums() -> dict[str, str]:
    """SHA-256 by code, such as `1f955`; codes of a sequence are joined by `_`."""
    text = (resources.files("ontogeny.data") / "emoji_sha256.txt").read_text()
    return dict(line.split() for line in text.splitlines() if not line.startswith("#"))


@functools.cache
def names() -> dict[str, str]:
    """Codes by name: Unicode's, in lower case with hyphens, and some shorter ones."""
    found = {}
    for code in checksums():
        if "_" not in code:
            name = unicodedata.name(chr(int(code, 16)), "")
            found[name.lower().replace(" ", "-")] = code
    found.pop("", None)
    return found | _SHORT


def code_of(text: str) -> str | None:
    """The code of an emoji typed as itself or by name; `None` where it is neither."""
    points = [f"{ord(letter):04x}" for letter in text.strip() if ord(letter) != _VARIATION]
    if (code := "_".join(points)) in checksums():
        return code
    return names().get(text.strip().lower().replace(" ", "-").replace("_", "-"))


def picture(code: str) -> Path:
    """The PNG file of an emoji, 128×128 RGBA, downloaded at first use.

    Raises:
        MachineError: without a network, where it is not in the cache.
    """
    name = f"emoji_u{code}.png"
    instead = f"without a network, grow one of {', '.join(DRAWN)} or an image file of yours"
    return fetch(f"{SOURCE}/{name}", f"emoji/{name}", checksums()[code], instead)


def name_of(target: str) -> str:
    """A short name of a picture for folders and tables: `carrot` for 🥕, a file's stem."""
    code = code_of(target)
    if code is None:
        return Path(target).stem
    known = [name for name, other in _SHORT.items() if other == code]
    return (known or [name for name, other in names().items() if other == code] or [code])[0]

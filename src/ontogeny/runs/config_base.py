"""What all configurations share."""

from __future__ import annotations

import pydantic


class Config(pydantic.BaseModel):
    """A table of a configuration: unknown fields are refused, types are not guessed."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, strict=False)

"""Bodies by name: what they can do, and what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import jax
import jax.numpy as jnp

from ontogeny.errors import InputError, refuse, require

if TYPE_CHECKING:
    from ontogeny.tasks.environments import Environment


class Body(NamedTuple):
    """What differs from one body to another.

    Attributes:
        gains: `(actions,)`, what actions are multiplied by.
        parameters: of the environment, by name; those that are not named are as the environment has them.
    """

    gains: jax.Array
    parameters: dict[str, jax.Array]


def named_bodies(names: Sequence[str], environment: Environment) -> Body:
    """Bodies by name, stacked along a new first axis.

    Raises:
        InputError: for a name that says nothing, and for what the environment does not have.
    """
    gains, changes = zip(*(_body(name, environment) for name in names), strict=True)
    changed = sorted({parameter for each in changes for parameter in each})
    parameters = {
        name: jnp.asarray([each.get(name, environment.parameters[name]) for each in changes]) for name in changed
    }
    return Body(jnp.asarray(gains), parameters)


def _body(name: str, environment: Environment) -> tuple[list[float], dict[str, float]]:
    """Gains, and parameters that differ."""
    places = range(environment.actions)
    if name in ("whole", "reversed"):
        return [1.0 if name == "whole" else -1.0 for _ in places], {}
    kind, *lost = name.split()
    if kind == "without" and lost and all(each.isdecimal() for each in lost):
        hint = f"its actions are 0 to {environment.actions - 1}"
        require(all(int(each) in places for each in lost), "bodies", name, hint)
        return [0.0 if str(place) in lost else 1.0 for place in places], {}
    parameter, _, text = name.partition("=")
    try:
        value = float(text)
    except ValueError:
        hint = "give whole, reversed, without 0 1 (numbers of actions), or a parameter, such as length=1.5"
        raise InputError("bodies", name, hint) from None
    if parameter not in environment.parameters:
        refuse("bodies", parameter, environment.parameters or ["whole, reversed and without: it has no parameters"])
    return [1.0 for _ in places], {parameter: value}

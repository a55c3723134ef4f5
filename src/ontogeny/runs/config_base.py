"""What all configurations share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pydantic

from ontogeny.errors import InputError

if TYPE_CHECKING:
    from ontogeny.core import Learner, Task
    from ontogeny.runs.config import UntilConfig


class Config(pydantic.BaseModel):
    """A table of a configuration: unknown fields are refused, types are not guessed."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, strict=False)


class AnyTaskConfig(Config):
    """What the configurations of all tasks can do."""

    name: str

    training_only: ClassVar[frozenset[str]] = frozenset()
    """Fields that change how it is learned, and not what the held-out loss measures."""

    @property
    def measured(self) -> dict[str, object]:
        """What the held-out loss depends on: losses of two tasks that agree in this can be compared."""
        return {name: value for name, value in self.model_dump(mode="json").items() if name not in self.training_only}

    def build(self) -> Task:
        """The task; errors name the field as it stands in the configuration."""
        try:
            return self._build()
        except InputError as error:
            raise error.inside("task") from None

    def _build(self) -> Task:
        raise NotImplementedError

    def check(self, learner: AnyLearnerConfig, until: UntilConfig) -> None:
        """Refuse a learner that cannot learn this task as it is set, or a limit that it cannot have; none by default.

        Raises:
            InputError: naming the field, its value and what to give instead.
        """
        del learner, until

    @property
    def label(self) -> str:
        """A short name for folders and tables."""
        return self.name


class AnyLearnerConfig(Config):
    """What the configurations of all learners can do."""

    by: str

    gradients: ClassVar[bool] = False
    """Whether it needs a loss that has a gradient."""

    def build(self) -> Learner:
        """The learner; errors name the field as it stands in the configuration."""
        try:
            return self._build()
        except InputError as error:
            raise error.inside("learner") from None

    def _build(self) -> Learner:
        raise NotImplementedError

    def check(self, until: UntilConfig) -> None:
        """Refuse limits that it cannot learn until; none by default.

        Raises:
            InputError: naming the field, its value and what to give instead.
        """
        del until

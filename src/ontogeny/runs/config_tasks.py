"""Configurations of the tasks: the package's own, and the user's from a Python file."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pydantic
from pydantic import Field, SerializeAsAny

from ontogeny.errors import InputError, refuse, require
from ontogeny.runs.config_base import Config

if TYPE_CHECKING:
    import jax

    from ontogeny.core import Task
    from ontogeny.runs.config import UntilConfig
    from ontogeny.runs.config_learners import AnyLearnerConfig
    from ontogeny.tasks import Growing


class AnyTaskConfig(Config):
    """What the configurations of all tasks can do."""

    name: str

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


TaskConfig = SerializeAsAny[AnyTaskConfig]


class GrowingConfig(AnyTaskConfig):
    """Grow an image from one cell (`Growing`)."""

    name: Literal["growing"] = "growing"
    target: str = Field("🥕", description="an emoji, its name, an image file, or heart, ring, star, smiley")
    size: int = Field(9, description="side of the picture in cells, 4 to 256")
    padding: int = Field(0, description="empty cells on each side")
    channels: int = Field(16, description="state channels, 4 or more")
    hidden: int = Field(32, description="width of the hidden layer")
    bias: bool = Field(False, description="whether the hidden layer has a bias")
    fire_rate: float = Field(0.5, description="probability that a cell takes its change in a step")
    steps: tuple[int, int] = Field((30, 39), description="fewest and most updates of an episode")
    batch: int = Field(1, description="episodes in one evaluation")
    pool: int = Field(0, description="states in the sample pool; 0 for none")
    pool_rule: str = Field("worst-after", description="worst-after, worst-before or seed-first")
    damaged: int = Field(0, description="of a batch, how many lose a random disc first")
    dtype: str = Field("float32", description="float32 or float64")
    curriculum: list[int] = Field([], description="sides of smaller pictures to grow first, in this order")
    shorter: int = Field(0, description="updates that episodes are shorter by at the start")
    span: int = Field(0, description="training steps of the curriculum; 0 for none")

    def _build(self) -> Task:
        import jax
        import jax.numpy as jnp

        from ontogeny.tasks import Curriculum, Growing, SamplePool

        if self.dtype == "float64":
            jax.config.update("jax_enable_x64", True)
        pool = SamplePool(self.pool, self.pool_rule) if self.pool else None  # type: ignore[arg-type]
        goal = Growing(
            target=jnp.asarray(self.picture(), self.dtype if self.dtype in ("float32", "float64") else None),
            channels=self.channels,
            hidden=self.hidden,
            bias=self.bias,
            fire_rate=self.fire_rate,
            steps=self.steps,
            batch=self.batch,
            pool=pool,
            damaged=self.damaged,
            dtype=self.dtype,
        )
        return Curriculum(goal, self._smaller(goal), self.span, self.shorter) if self.span else goal

    def picture(self) -> Any:
        """The target, `(height, width, 4)`, premultiplied RGBA."""
        from ontogeny.data import load_target

        return load_target(self.target, self.size, self.padding)

    def _smaller(self, goal: Growing) -> jax.Array:
        """The pictures of the curriculum on the goal's grid, their seed cells in one place."""
        import jax.numpy as jnp

        from ontogeny.data import load_target
        from ontogeny.data.targets import SMALLEST

        side = goal.target.shape[0]
        grids = jnp.zeros((len(self.curriculum), *goal.target.shape), goal.target.dtype)
        for stage, size in enumerate(self.curriculum):
            hint = f"give sides of {SMALLEST} to {self.size}, the size"
            require(SMALLEST <= size <= self.size, "curriculum", self.curriculum, hint)
            start = side // 2 - size // 2
            picture = jnp.asarray(load_target(self.target, size), grids.dtype)
            grids = grids.at[stage, start : start + size, start : start + size].set(picture)
        return grids

    def check(self, learner: AnyLearnerConfig, until: UntilConfig) -> None:
        """Refuse a curriculum without a span, and one that the loss of a small picture could end."""
        del learner
        wanted = bool(self.curriculum or self.shorter)
        require(not wanted or self.span > 0, "task.span", self.span, "give the training steps of the curriculum")
        require(not self.span or wanted, "task.span", self.span, "give curriculum or shorter too, or leave it out")
        hint = "it is the small picture's under a curriculum: give loss in its place"
        require(not self.span or until.population_loss is None, "until.population_loss", until.population_loss, hint)

    @property
    def label(self) -> str:
        """The picture's name and size, such as `carrot-9`."""
        from ontogeny.data.emoji import name_of

        return f"{name_of(self.target)}-{self.size}"


class ClassificationConfig(AnyTaskConfig):
    """Recognise images (`Classification`)."""

    name: Literal["classification"] = "classification"
    data: str = Field("mnist", description="mnist, fashion-mnist or digits (needs no network)")
    components: int | None = Field(None, description="principal components that stand for an image; pixels if not set")
    hidden: list[int] = Field([128], description="widths of the hidden layers; [] for a linear classifier")
    batch: int = Field(256, description="images in one evaluation")
    criterion: str = Field("cross-entropy", description="cross-entropy, or mistakes (has no gradient)")
    replacement: bool = Field(False, description="draw each batch from all images; if not, in shuffled epochs")

    def _build(self) -> Task:
        from ontogeny.data import load_images, principal_components
        from ontogeny.tasks import Classification

        images = load_images(self.data)
        if self.components is not None:
            images = principal_components(images, self.components)
        return Classification(images, tuple(self.hidden), self.batch, self.criterion, self.replacement)

    def check(self, learner: AnyLearnerConfig, until: UntilConfig) -> None:
        """Refuse gradients of what has none, and batches of one's own from an epoch."""
        del until
        smooth = self.criterion != "mistakes" or learner.by != "adam"
        require(smooth, "task.criterion", self.criterion, "it has no gradient: give cross-entropy, or evolve")
        common = getattr(learner, "common_random_numbers", True)
        hint = "give true, or common random numbers: an epoch deals one batch to all members"
        require(self.replacement or common, "task.replacement", self.replacement, hint)

    @property
    def label(self) -> str:
        """The data, its components if they are set, and the hidden layers, such as `mnist-128`."""
        widths = map(str, [self.components, *self.hidden] if self.components else self.hidden)
        return f"{self.data}-{'-'.join(widths) or 'linear'}"


class UserTaskConfig(AnyTaskConfig):
    """A task of the user's: `file.py:ClassName`, and what its constructor takes."""

    model_config = pydantic.ConfigDict(extra="allow", frozen=True)

    def _build(self) -> Task:
        made = load_class(self.name)
        arguments = self.model_extra or {}
        allowed = list(inspect.signature(made).parameters)
        for name in arguments:
            if name not in allowed:
                refuse(name, arguments[name], allowed or ["nothing: the class takes no arguments"])
        try:
            return made(**arguments)
        except TypeError as error:
            raise InputError("name", self.name, f"its constructor refused: {error}") from None

    @property
    def label(self) -> str:
        """The name of the class."""
        return self.name.rpartition(":")[2]


TASKS: dict[str, type[AnyTaskConfig]] = {"growing": GrowingConfig, "classification": ClassificationConfig}
"""Configurations of the package's own tasks, by name."""


def task_config(values: dict[str, Any]) -> AnyTaskConfig:
    """The checked configuration of a task.

    Raises:
        InputError: naming the field, its value and what to give instead.
    """
    from ontogeny.runs.config import parse_model

    name = values.setdefault("name", "growing")
    require(isinstance(name, str), "task.name", name, "give a text")
    if ":" in name:
        return parse_model(UserTaskConfig, values, "task")
    if name not in TASKS:
        refuse("task.name", name, [*TASKS, "my_file.py:MyTask"])
    return parse_model(TASKS[name], values, "task")


def load_class(name: str) -> type[Task]:
    """The class of a `file.py:ClassName`.

    Raises:
        InputError: where there is no such file or class, the file does not run, or the
            class is no task.
    """
    from ontogeny.core import Task

    file, _, class_name = name.rpartition(":")
    path = Path(file).expanduser().resolve()
    require(path.is_file(), "name", name, f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(f"ontogeny_user_{path.stem}", path)
    require(
        spec is not None and spec.loader is not None,
        "name",
        name,
        "give a Python file, as in my_file.py:MyTask",
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise InputError("name", name, f"the file does not run: {type(error).__name__}: {error}") from error
    tasks = [key for key, value in vars(module).items() if inspect.isclass(value) and issubclass(value, Task)]
    own = [key for key in tasks if vars(module)[key].__module__ == module.__name__]
    if class_name not in own:
        refuse("name", class_name, own or ["a subclass of ontogeny.Task: the file has none"])
    found: type[Task] = vars(module)[class_name]
    return found

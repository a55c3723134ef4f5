"""Configuration of growing an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ontogeny.errors import require
from ontogeny.runs.config_base import AnyLearnerConfig, AnyTaskConfig

if TYPE_CHECKING:
    import jax

    from ontogeny.core import Task
    from ontogeny.runs.config import UntilConfig
    from ontogeny.tasks import Growing


class GrowingConfig(AnyTaskConfig):
    """Grow an image from one cell (`Growing`)."""

    training_only: ClassVar[frozenset[str]] = frozenset(
        {
            *("channels", "hidden", "bias", "batch", "pool", "pool_rule", "damaged", "damage", "dtype"),
            *("stillness", "critic", "curriculum", "shorter", "early_fire_rate", "span"),
        }
    )

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
    damaged: int = Field(0, description="of a batch, how many are damaged first")
    damage: str = Field("disc", description="disc, or half: one side of a random line")
    dtype: str = Field("float32", description="float32 or float64")
    stillness: float = Field(0.0, description="weight of what the last update changes in the loss")
    critic: float = Field(0.0, description="weight of a critic's judgement in the loss; 0 for none")
    curriculum: list[int] = Field([], description="sides of smaller pictures to grow first, in this order")
    shorter: int = Field(0, description="updates that episodes are shorter by at the start")
    early_fire_rate: float | None = Field(None, description="fire rate under the curriculum; as later if not set")
    span: int = Field(0, description="training steps of the curriculum; 0 for none")

    def _build(self) -> Task:
        import jax
        import jax.numpy as jnp

        from ontogeny.tasks import Criticised, Curriculum, Growing, SamplePool

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
            damage=self.damage,
            dtype=self.dtype,
            stillness=self.stillness,
        )
        if self.critic:
            return Criticised(goal, self.critic)
        if not self.span:
            return goal
        return Curriculum(goal, self._smaller(goal), self.span, self.shorter, self.early_fire_rate)

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
        wanted = bool(self.curriculum or self.shorter or self.early_fire_rate is not None)
        require(not wanted or self.span > 0, "task.span", self.span, "give the training steps of the curriculum")
        hint = "give curriculum, shorter or early_fire_rate too, or leave it out"
        require(not self.span or wanted, "task.span", self.span, hint)
        hint = "a curriculum has no critic: leave out one of critic and span"
        require(not (self.span and self.critic), "task.critic", self.critic, hint)
        plain = not (self.span or self.critic or self.stillness)
        hint = "under a curriculum, a critic or stillness it is not the picture's error: give loss in its place"
        require(plain or until.population_loss is None, "until.population_loss", until.population_loss, hint)

    @property
    def measured(self) -> dict[str, object]:
        """What the held-out loss depends on; `carrot` and 🥕 are one picture."""
        from ontogeny.data.emoji import code_of

        return {**super().measured, "target": code_of(self.target) or self.target}

    @property
    def label(self) -> str:
        """The picture's name and size, such as `carrot-9`."""
        from ontogeny.data.emoji import name_of

        return f"{name_of(self.target)}-{self.size}"

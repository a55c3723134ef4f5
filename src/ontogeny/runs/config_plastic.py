"""Configuration of learning to learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ontogeny.errors import require
from ontogeny.runs.config_base import AnyLearnerConfig, AnyTaskConfig

if TYPE_CHECKING:
    from ontogeny.core import Task
    from ontogeny.nets.lifetime import Life
    from ontogeny.runs.config import UntilConfig

HELD_OUT = 1_000_000
"""The first seed of generated sets that rules are measured on while they are learned."""

UNKNOWN = 2_000_000
"""The first seed of those that they are tested on at the end."""


class PlasticConfig(AnyTaskConfig):
    """Learn rules by which synapses change in a lifetime (`PlasticLearning`)."""

    training_only: ClassVar[frozenset[str]] = frozenset(
        {
            "sets",
            "rules",
            "plastic",
            "sharing",
            "clusters",
            "scale",
            "unseen",
            "lives",
            "measured_lives",
            "credit",
            "rate",
            "average",
            "normalise",
        }
    )

    name: Literal["plasticity"] = "plasticity"
    data: str = Field(
        "clusters",
        description="clusters, overlapping, halfspace, …-teacher, several joined by +, or images: mnist, digits, …",
    )
    sets: int = Field(8, description="generated sets to learn from")
    held_out: int = Field(8, description="generated sets to measure on, and as many to test on; 0 for the same sets")
    scaled: bool = Field(True, description="samples have a mean square of 1; if not, as they are generated")
    width: int = Field(20, description="neurons")
    widths: list[int] = Field([], description="further widths: lifetimes are shared out evenly among all")
    fire: int = Field(10, description="neurons that fire in a round, the strongest")
    rounds: int = Field(1, description="how often they fire, 1 to 8")
    density: float = Field(0.5, description="share of the possible synapses that there are")
    activation: str = Field("relu", description="relu, sigmoid or linear, before the strongest are found")
    again: str = Field(
        "drive", description="what comes in again in each round: drive, activity or input (the drive past the synapses)"
    )
    starts: list[str] = Field(
        ["normal", "normal", "zero"], description="first weights of input, recurrent and read-out: zero, ones, normal"
    )
    gain: str = Field("norm", description="what activity is divided by: norm, its root mean square, or none")
    rate: float = Field(0.3, description="what changes are multiplied by")
    multiplicative: bool = Field(False, description="changes are shares of the weight; if not, they are added")
    credit: str = Field(
        "soft", description="mistakes, samples, outputs, soft or reward: when and where the read-out changes"
    )
    by_width: bool = Field(
        True, description="changes are divided by the neurons that fire, so that any width learns alike"
    )
    normalise: str = Field("none", description="weights that changed are divided by: none, neuron, matrix, largest")
    average: bool = Field(True, description="answer by the mean of the read-out over the lifetime")
    rules: str = Field("table", description="table of firing codes, ternary, network, recurrent, or hebbian")
    plastic: list[str] = Field([], description="synapses that change beside the read-out: input, recurrent")
    sharing: str = Field("all", description="who shares a Hebbian rule: all synapses, neuron, cluster or synapse")
    clusters: int = Field(16, description="clusters of synapses that share a rule")
    scale: float = Field(1.0, description="standard deviation of new rules' numbers")
    lifetime: int = Field(1000, description="samples of a lifetime")
    unseen: int = Field(200, description="samples to be judged by that are not of the lifetime; 0 for the lifetime's")
    lives: int = Field(8, description="lifetimes in one evaluation")
    one_net: bool = Field(False, description="all lifetimes begin with the same net")
    criterion: str = Field("cross-entropy", description="cross-entropy, mistakes or double-softmax")
    measured_lives: int = Field(16, description="lifetimes to measure")

    def _build(self) -> Task:
        from ontogeny.data import IMAGES, load_lessons
        from ontogeny.tasks import PlasticLearning

        require(self.sets >= 1, "sets", self.sets, "give 1 or more")
        require(self.held_out >= 0, "held_out", self.held_out, "give 0 or more")

        def some(first: int, count: int) -> Any:
            seeds = range(first, first + (min(count, 1) if self.data in IMAGES else count))
            return tuple(load_lessons(self.data, seed, scaled=self.scaled) for seed in seeds) or None

        sets = some(0, self.sets)
        new = self.data not in IMAGES
        fields = (
            *("rules", "plastic", "sharing", "clusters", "scale", "lifetime", "unseen", "lives", "one_net"),
            *("criterion", "measured_lives"),
        )
        return PlasticLearning(
            sets,
            some(HELD_OUT, self.held_out) if new else None,
            some(UNKNOWN, self.held_out) if new else None,
            self.life(),
            others=tuple(self.life(width) for width in self.widths),
            classes=1 + max(int(part.labels.max()) for one in sets for part in one),
            **{name: getattr(self, name) for name in fields},
        )

    def life(self, width: int | None = None) -> Life:
        """The net, and how it lives.

        Args:
            width: another number of neurons, of which the same share fires.
        """
        from ontogeny.nets import Life, PlasticNet

        fields = ("rounds", "density", "activation", "again", "starts", "gain")
        fire = self.fire if width is None else max(1, round(width * self.fire / max(1, self.width)))
        net = PlasticNet(self.width if width is None else width, fire, **{name: getattr(self, name) for name in fields})
        ways = ("rate", "multiplicative", "credit", "by_width", "normalise", "average")
        return Life(net, **{name: getattr(self, name) for name in ways})

    def check(self, learner: AnyLearnerConfig, until: UntilConfig) -> None:
        """Refuse gradients of what has none."""
        del until
        for name, rough in (("criterion", "mistakes"), ("rules", "ternary")):
            smooth = getattr(self, name) != rough or not learner.gradients
            require(smooth, f"task.{name}", rough, "it has no gradient: give another, or evolve")

    @property
    def label(self) -> str:
        """The data, the neurons and the rounds, such as `clusters-20-T1`."""
        return f"{self.data}-{self.width}-T{self.rounds}"

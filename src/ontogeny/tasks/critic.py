"""Growing under the eyes of a critic, a small classifier that learns to tell grown pictures from real ones."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from ontogeny.core import Aux, Key, World
from ontogeny.errors import require
from ontogeny.nets.nca import NCA
from ontogeny.tasks.goal import GrowingTowards
from ontogeny.tasks.growing import GrowthBatch

_WIDTHS = (4, 16, 32)
_NOISE = 0.05


class Critic(eqx.Module):
    """Tells grown pictures from real ones: two convolutions with stride 2, the mean over places, a linear layer.

    Attributes:
        convolutions: the two.
        linear: from their channels to one number.
    """

    convolutions: tuple[eqx.nn.Conv2d, ...]
    linear: eqx.nn.Linear

    @classmethod
    def create(cls, key: Key) -> Critic:
        """A new critic."""
        *keys, last = jax.random.split(key, len(_WIDTHS))
        pairs = zip(_WIDTHS[:-1], _WIDTHS[1:], keys, strict=True)
        convolutions = tuple(eqx.nn.Conv2d(one, other, 3, 2, 1, key=each) for one, other, each in pairs)
        return cls(convolutions, eqx.nn.Linear(_WIDTHS[-1], 1, key=last))

    def __call__(self, picture: jax.Array) -> jax.Array:
        """How real a picture looks: a logit.

        Args:
            picture: `(height, width, 4)`.
        """
        seen = picture.transpose(2, 0, 1)
        for convolution in self.convolutions:
            seen = jax.nn.leaky_relu(convolution(seen), 0.2)
        return self.linear(seen.mean(axis=(1, 2)))[0]


class CriticWorld(NamedTuple):
    """What persists.

    Attributes:
        world: what the goal keeps.
        critic: as it is now.
        optimizer: the critic's optimizer's state.
    """

    world: World
    critic: Critic
    optimizer: optax.OptState


class CriticBatch(NamedTuple):
    """One evaluation.

    Attributes:
        batch: the goal's.
        critic: as it is now.
        key: for the noise that it sees pictures under.
    """

    batch: GrowthBatch
    critic: Critic
    key: Key


class Criticised(GrowingTowards):
    """Grow an image that a critic takes for the real one.

    To the goal's loss comes what it takes to convince the critic, `softplus(-logit)` (the non-saturating
    loss of Goodfellow et al. 2014, arXiv 1406.2661). The critic learns after each step, by Adam, from what the
    step grew and from as many copies of the target. It sees both under normal noise of 0.05, or a perfect picture would
    be told by its lack of noise. Its own arithmetic is not counted in the cost: it is small beside the growth.

    Attributes:
        goal: what is to be grown.
        weight: of the critic's judgement, above 0.
        learning_rate: of the critic, above 0.

    Raises:
        InputError: for a value out of range.
    """

    weight: float = eqx.field(static=True, default=0.01)
    learning_rate: float = eqx.field(static=True, default=1e-3)

    def __check_init__(self) -> None:
        require(self.weight > 0, "critic", self.weight, "give a weight above 0, or leave it out")
        require(self.learning_rate > 0, "learning_rate", self.learning_rate, "give a number above 0")

    def begin(self, key: Key) -> CriticWorld:
        """A new critic beside what the goal keeps."""
        own, other = jax.random.split(key)
        critic = Critic.create(own)
        return CriticWorld(self.goal.begin(other), critic, self._optimizer.init(eqx.filter(critic, eqx.is_array)))

    def draw(self, key: Key, world: CriticWorld) -> CriticBatch:
        """The goal's batch, and the critic."""
        own, other = jax.random.split(key)
        return CriticBatch(self.goal.draw(other, world.world), world.critic, own)

    def loss(self, genome: NCA, batch: CriticBatch) -> tuple[jax.Array, Aux]:
        """The goal's loss, and what it takes to convince the critic."""
        loss, aux = self.goal.loss(genome, batch.batch)
        logits = jax.vmap(batch.critic)(_noisy(aux[0][..., :4], batch.key))
        return loss + self.weight * jax.nn.softplus(-logits).mean(), aux

    def settle(self, world: CriticWorld, batch: CriticBatch, aux: Aux) -> CriticWorld:
        """One step of the critic's own learning."""
        keys = jax.random.split(batch.key)
        grown = _noisy(aux[0][..., :4], keys[0])
        real = _noisy(jnp.broadcast_to(self.goal.target, grown.shape), keys[1])

        def mistakes(critic: Critic) -> jax.Array:
            found = jax.nn.softplus(jax.vmap(critic)(grown)) + jax.nn.softplus(-jax.vmap(critic)(real))
            return found.mean()

        gradient = eqx.filter_grad(mistakes)(world.critic)
        updates, optimizer = self._optimizer.update(gradient, world.optimizer)
        critic = eqx.apply_updates(world.critic, updates)
        return CriticWorld(self.goal.settle(world.world, batch.batch, aux), critic, optimizer)

    @property
    def _optimizer(self) -> optax.GradientTransformation:
        return optax.adam(self.learning_rate)


def _noisy(pictures: jax.Array, key: Key) -> jax.Array:
    return pictures + _NOISE * jax.random.normal(key, pictures.shape, pictures.dtype)

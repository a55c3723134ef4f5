"""A task of your own: tell two spirals apart, and be judged by the share of mistakes.

The share of mistakes is flat almost everywhere: it has no gradient that descent could follow.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

import ontogeny


class MyTask(ontogeny.Task):
    """Two spirals in the plane, and a small network that says which of them a point is on.

    Attributes:
        turns: how far the spirals wind.
        width: units in each of the two hidden layers.
        surrogate: train on the cross-entropy, which has a gradient, in place of the mistakes.
    """

    turns: float = eqx.field(static=True, default=1.0)
    width: int = eqx.field(static=True, default=16)
    surrogate: bool = eqx.field(static=True, default=False)

    def init(self, key):
        """A new network: two inputs, two hidden layers, one output."""
        return eqx.nn.MLP(2, "scalar", self.width, 2, activation=jnp.tanh, key=key)

    def draw(self, key, world, count=256):
        """Points of both spirals with a little noise, and whether each is on the second."""
        key_along, key_second, key_noise = jax.random.split(key, 3)
        along = jnp.sqrt(jax.random.uniform(key_along, (count,), minval=0.02))
        second = jax.random.bernoulli(key_second, shape=(count,))
        angle = 2 * jnp.pi * self.turns * along + jnp.pi * second
        points = along[:, None] * jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=1)
        return points + 0.02 * jax.random.normal(key_noise, points.shape), second

    def loss(self, genome, batch):
        """The share of points on the wrong side; with `surrogate`, the cross-entropy."""
        points, second = batch
        logits = jax.vmap(genome)(points)
        if self.surrogate:
            return optax.sigmoid_binary_cross_entropy(logits, second).mean(), None
        return ((logits > 0) != second).mean(), None

    def measure(self, genome, key):
        """The share of mistakes on 4,096 fresh points, whatever was trained on."""
        points, second = self.draw(key, None, count=4096)
        return {"loss": ((jax.vmap(genome)(points) > 0) != second).mean()}

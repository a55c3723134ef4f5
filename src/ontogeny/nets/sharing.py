"""Which synapses share the numbers of their Hebbian rule: all, those of a neuron, clusters of them, or none."""

from __future__ import annotations

import abc
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.errors import require


class Sharing(eqx.Module):
    """The numbers of the rules of a layer's synapses."""

    @property
    @abc.abstractmethod
    def table(self) -> jax.Array:
        """As `Tables` has it: `(sender features, receiver features)`, or with `(senders, receivers)` behind."""


class ByAll(Sharing):
    """One rule for all synapses.

    Attributes:
        values: `(sender features, receiver features)`.
    """

    values: jax.Array

    @property
    def table(self) -> jax.Array:
        """As it stands."""
        return self.values


class BySynapse(Sharing):
    """A rule for each synapse (Najarro & Risi 2020).

    Attributes:
        values: `(sender features, receiver features, senders, receivers)`.
    """

    values: jax.Array

    @property
    def table(self) -> jax.Array:
        """As it stands."""
        return self.values


class ByNeuron(Sharing):
    """A rule for each neuron, and a synapse has the mean of its sender's and its receiver's (Ferigo et al. 2024).

    Attributes:
        senders: `(sender features, receiver features, senders)`.
        receivers: `(sender features, receiver features, receivers)`.
    """

    senders: jax.Array
    receivers: jax.Array

    @property
    def table(self) -> jax.Array:
        """The means."""
        return (self.senders[..., :, None] + self.receivers[..., None, :]) / 2


class ByCluster(Sharing):
    """A few rules, of which each synapse has one (Pedersen & Risi 2021).

    Attributes:
        values: `(rules, sender features, receiver features)`.
        members: `(senders, receivers)` integers, which rule a synapse has.
    """

    values: jax.Array
    members: jax.Array

    @property
    def table(self) -> jax.Array:
        """Each synapse with its rule."""
        return jnp.moveaxis(self.values[self.members], (2, 3), (0, 1))


def merged(rules: Sharing, clusters: int, seed: int = 0) -> ByCluster:
    """Put synapses whose rules are alike under one rule, the mean of theirs, by k-means (Pedersen & Risi 2021).

    Args:
        rules: `BySynapse` or `ByCluster`.
        clusters: how many rules there will be, 1 or more, no more than there are different ones.
        seed: of the first centres.

    Raises:
        InputError: for more clusters than there are rules.
    """
    from sklearn.cluster import KMeans

    table = np.asarray(rules.table)
    require(table.ndim == 4, "rules", type(rules).__name__, "give rules by synapse or by cluster")
    values = np.moveaxis(table, (0, 1), (2, 3))
    flat = values.reshape(-1, table.shape[0] * table.shape[1])
    most = len(np.unique(flat, axis=0))
    require(1 <= clusters <= most, "clusters", clusters, f"give 1 to {most}, the different rules that there are")
    found = KMeans(clusters, n_init=4, random_state=seed).fit(flat)
    centres = found.cluster_centers_.reshape(clusters, *table.shape[:2])
    return ByCluster(jnp.asarray(centres, table.dtype), jnp.asarray(found.labels_.reshape(table.shape[2:]), jnp.int32))


Shape = tuple[int, int]


def _by_all(key: Key, features: Shape, synapses: Shape, scale: float, clusters: int) -> Sharing:
    del synapses, clusters
    return ByAll(scale * jax.random.normal(key, features))


def _by_synapse(key: Key, features: Shape, synapses: Shape, scale: float, clusters: int) -> Sharing:
    del clusters
    return BySynapse(scale * jax.random.normal(key, (*features, *synapses)))


def _by_neuron(key: Key, features: Shape, synapses: Shape, scale: float, clusters: int) -> Sharing:
    del clusters
    keys = jax.random.split(key)
    made = (scale * jax.random.normal(each, (*features, count)) for each, count in zip(keys, synapses, strict=True))
    return ByNeuron(*made)


def _by_cluster(key: Key, features: Shape, synapses: Shape, scale: float, clusters: int) -> Sharing:
    values, members = jax.random.split(key)
    return ByCluster(
        scale * jax.random.normal(values, (clusters, *features)),
        jax.random.randint(members, synapses, 0, clusters),
    )


SHARINGS: dict[str, Callable[[Key, Shape, Shape, float, int], Sharing]] = {
    "all": _by_all,
    "neuron": _by_neuron,
    "cluster": _by_cluster,
    "synapse": _by_synapse,
}
"""New normal numbers by who shares them, from a key, how many features senders and receivers have, how many senders and
receivers there are, a standard deviation, and how many clusters; synapses are put into clusters at random."""

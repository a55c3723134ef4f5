"""Align the neurons of two nets before they are mixed (Ainsworth et al. 2023, "Git Re-Basin", arXiv 2209.04836).

The order of hidden neurons means nothing: two nets that compute the same may differ in every weight. Mixed as they
are, a child gets some neurons twice and others not at all.
"""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import optax.assignment

from ontogeny.nets.mlp import MLP
from ontogeny.nets.nca import Dense

_ROUNDS = 3
"""Each round goes through all layers; the weights hardly gain after the second."""


def aligned(reference: MLP, net: MLP) -> MLP:
    """The net with its hidden neurons in the order in which its weights are most like the reference's.

    It computes the same as before. Layer by layer, neurons are assigned so that the sum of products of the weights
    into and out of them is largest, given the order of the layers beside it (weight matching, algorithm 1).

    Args:
        reference: a net.
        net: another one of the same sizes.
    """
    layers = list(net.layers)
    for _ in range(_ROUNDS):
        for number in range(len(layers) - 1):
            here, after = reference.layers[number], reference.layers[number + 1]
            own, following = layers[number], layers[number + 1]
            alike = here.weight @ own.weight.T + after.weight.T @ following.weight
            if here.bias is not None and own.bias is not None:
                alike += jnp.outer(here.bias, own.bias)
            order = _assignment(alike)
            layers[number] = Dense(own.weight[order], None if own.bias is None else own.bias[order])
            layers[number + 1] = Dense(following.weight[:, order], following.bias)
    return dataclasses.replace(net, layers=tuple(layers))


def _assignment(alike: jax.Array) -> jax.Array:
    """For each row the column that it is given, so that the sum is largest."""
    rows, columns = optax.assignment.hungarian_algorithm(-alike)
    order: jax.Array = jnp.zeros(len(alike), jnp.int32).at[rows].set(columns)
    return order

"""Scores that look at what blocks of an untrained net pass on, and back."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import optax

from ontogeny.core import Key
from ontogeny.nets.passage import Passed


def expressivity(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Sum over blocks of the entropy of their channels' spectrum (Lee & Ham 2024, AZ-NAS, equations 3 and 4)."""
    del labels, key
    return sum(_entropies(net, images), jnp.zeros(()))


def progressivity(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """The least increase of that entropy from one block to the next (Lee & Ham 2024, equation 5)."""
    del labels, key
    found = _entropies(net, images)
    return jnp.min(jnp.asarray([after - before for before, after in itertools.pairwise(found)]))


def gaussian_distance(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """How far a small change of random input moves what the last block makes of it (Lin et al. 2021, section 3.2).

    In logarithms; what norms divide by is given back.
    """
    del labels
    keys = jax.random.split(key)
    plain = jax.random.normal(keys[0], images.shape)
    moved = plain + 0.01 * jax.random.normal(keys[1], images.shape)
    passage = net.passage(jnp.concatenate([plain, moved]))
    first, second = jnp.split(passage.blocks[-1], 2)
    logs = [0.5 * jnp.log(moments[..., 1, :].mean(-1) + 1e-12).sum() for moments in jax.tree.leaves(passage.moments)]
    return jnp.log(jnp.abs(first - second).mean()) + sum(logs, jnp.zeros(()))


def likeness_of_gradients(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """How little the gradients of summed logits by the images are alike (Mellor et al., version 1 of 2020, equation 4).

    −Σ log(v + k) + 1 / (v + k) of the spectrum v of their correlations, k = 1e-5.
    """
    del labels, key
    rows = jax.grad(lambda images: net.passage(images).logits.sum())(images).reshape(len(images), -1)
    values = jnp.linalg.eigvalsh(jnp.corrcoef(rows))
    small = 1e-5
    return -jnp.sum(jnp.log(jnp.maximum(values, 0) + small) + 1 / (jnp.maximum(values, 0) + small))


def correlation(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """How outputs' gradients correlate over 16 images, weighted by how alike the images are: |log |det||.

    Reolon (2021), in its words: one symmetric matrix, and without the tangent kernel's condition and the number of
    weights that its program multiplies it by.
    """
    del labels, key
    images = images[:16]
    _, back = jax.vjp(lambda images: net.passage(images).logits.sum(0), images)
    classes = net.passage(images[:1]).logits.shape[1]
    (gradients,) = jax.vmap(back)(jnp.eye(classes))
    rows = gradients.reshape(classes, len(images), -1)
    rows -= rows.mean(-1, keepdims=True)
    alike = jnp.einsum("cid,cjd->ij", rows, rows)
    far = jnp.mean((images[:, None] - images[None]) ** 2, (2, 3, 4))
    weighted = alike * (4 - jnp.minimum(far, 4))
    diagonal = jnp.sqrt(jnp.diagonal(weighted))
    _, log = jnp.linalg.slogdet(weighted / (diagonal[:, None] * diagonal[None]))
    return jnp.abs(log)


def _entropies(net: Passed, images: jax.Array) -> list[jax.Array]:
    found = []
    for block in net.passage(images).blocks:
        rows = block.reshape(-1, block.shape[-1])
        rows -= rows.mean(0)
        values = jnp.maximum(jnp.linalg.eigvalsh(rows.T @ rows), 0)
        share = values / jnp.maximum(values.sum(), 1e-30)
        found.append(-jnp.sum(jnp.where(share > 0, share * jnp.log(jnp.maximum(share, 1e-30)), 0)))
    return found


def trainability(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Mean over blocks of 2 − s − 1 / s: whether gradients keep their size on their way back through a block.

    s is the largest singular value of the block's Jacobian between channels, estimated by random signs that are sent
    back (Lee & Ham 2024, equations 6 to 9).
    """
    del labels
    blocks = net.passage(images).blocks
    none = tuple(jnp.zeros_like(block) for block in blocks)
    found = []
    for place in range(1, len(blocks)):
        signs = jax.random.rademacher(jax.random.fold_in(key, place), blocks[place].shape, jnp.float32)

        def sent(taps: tuple[jax.Array, ...], place: int = place, signs: jax.Array = signs) -> jax.Array:
            return jnp.vdot(signs, net.passage(images, taps=taps).blocks[place])

        back = jax.grad(sent)(none)[place - 1]
        if back.shape[1] != signs.shape[1]:
            count, height, width, _ = signs.shape
            fields = back.reshape(count, height, back.shape[1] // height, width, back.shape[2] // width, -1)
            back = fields.sum((2, 4))
        jacobian = jnp.einsum("bhwi,bhwo->io", back, signs) / signs[..., 0].size
        largest = jnp.linalg.svd(jacobian, compute_uv=False)[0]
        found.append(2 - largest - 1 / (largest + 1e-6))
    return jnp.mean(jnp.asarray(found))


def saliency(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Σ over blocks' channels and images of (Σ x · ∂L/∂x)² / 2 (Turner et al. 2020, equation 4, Fisher)."""
    del key
    blocks = net.passage(images).blocks

    def loss(taps: tuple[jax.Array, ...]) -> jax.Array:
        costs: jax.Array = optax.softmax_cross_entropy_with_integer_labels(
            net.passage(images, taps=taps).logits, labels
        )
        return costs.mean()

    gradients = jax.grad(loss)(tuple(jnp.zeros_like(block) for block in blocks))
    each = [jnp.sum((x * g).sum((1, 2)) ** 2) / 2 for x, g in zip(blocks, gradients, strict=True)]
    return sum(each, jnp.zeros(()))

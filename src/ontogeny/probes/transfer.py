"""Transfer of attacks: do images that were made to fool one net fool others too?"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Genome, Key
from ontogeny.errors import require
from ontogeny.probes.classifier import Array, Logits, accuracies, check_labelled
from ontogeny.probes.image_attack import ImageAttack


def transfer(
    logits: Logits,
    sources: Genome,
    targets: Genome,
    images: Array,
    labels: Array,
    attack: ImageAttack,
    key: Key | None = None,
) -> jax.Array:
    """The accuracy of each target on the images made against each source, `(sources, targets)`, 0 to 1.

    Each source is attacked once, and memory holds the attacked images of one source. With `spare_mistakes` it is the
    source's mistakes that are spared. It may be called inside a compiled program.

    Args:
        logits: of a net.
        sources: nets that are attacked, stacked along a first axis.
        targets: nets that are shown the images, likewise.
        images: `(count, ...)` in [0, 1].
        labels: `(count,)`, from 0.
        attack: how.
        key: of what is random about it, drawn anew for each source; `jax.random.key(0)` if not given.

    Raises:
        InputError: for another number of labels.
    """
    check_labelled(images, labels)
    key = jax.random.key(0) if key is None else key
    found: jax.Array = _transfer(attack, logits, sources, targets, jnp.asarray(images), jnp.asarray(labels), key)
    return found


@partial(jax.jit, static_argnums=(0, 1))
def _transfer(
    attack: ImageAttack,
    logits: Logits,
    sources: Genome,
    targets: Genome,
    images: jax.Array,
    labels: jax.Array,
    key: Key,
) -> jax.Array:
    count = len(jax.tree.leaves(sources)[0])

    def of_source(case: tuple[Genome, Key]) -> jax.Array:
        source, key = case
        moved = attack.attacked(logits, source, images, labels, key)
        return accuracies(logits, targets, moved, labels)

    found: jax.Array = jax.lax.map(of_source, (sources, jax.random.split(key, count)))
    return found


def transfer_summary(accuracies: Array, same: bool = True) -> dict[str, float]:
    """What a table of transfer says, as accuracies from 0 to 1.

    - `white_box`: the mean of nets attacked by themselves, the diagonal; only where sources and targets are the same.
    - `transferred`, `transferred_lowest`, `transferred_highest`: the mean, lowest and highest of all others. A mean
      that is no higher than `white_box` says that one net's attacks are everyone's.

    Args:
        accuracies: `(sources, targets)`, as `transfer` finds them.
        same: whether sources are targets, in the same order.

    Raises:
        InputError: where they are the same, and not as many of the one as of the other, or a single net.
    """
    table = np.asarray(accuracies, np.float64)
    if not same:
        return _spread(table)
    square = table.shape == (len(table), len(table)) and len(table) >= 2
    require(square, "accuracies", table.shape, "give (members, members), two or more; or same=False")
    return {"white_box": float(np.diag(table).mean()), **_spread(table[~np.eye(len(table), dtype=bool)])}


def _spread(values: np.ndarray) -> dict[str, float]:
    found = {"": values.mean(), "_lowest": values.min(), "_highest": values.max()}
    return {"transferred" + name: float(value) for name, value in found.items()}

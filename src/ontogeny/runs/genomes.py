"""Genomes as safetensors files, to and from other tools.

Tensors are named by their path in the genome, joined by dots. For the neural cellular automaton:
`hidden.weight` (hidden, 3 * channels), `hidden.bias` (hidden,) if there is one, and
`output.weight` (channels, hidden); see `ontogeny.nets.NCA`.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ontogeny.errors import InputError, require

if TYPE_CHECKING:
    from ontogeny.core import Genome
    from ontogeny.nets import NCA


def save_genome(path: Path, genome: Genome, about: dict[str, str]) -> None:
    """Write the arrays of a genome.

    Args:
        path: of the file.
        genome: a pytree; what is no array is left out.
        about: facts that go into the file's metadata, as JSON under the key `ontogeny`.

    Raises:
        MachineError: where the disk is full or the folder cannot be written.
    """
    import equinox as eqx
    import jax
    from safetensors.numpy import save

    from ontogeny.runs.files import write_atomic

    arrays = jax.tree_util.tree_leaves_with_path(eqx.filter(genome, eqx.is_array))
    tensors = {
        jax.tree_util.keystr(path, simple=True, separator="."): np.ascontiguousarray(leaf) for path, leaf in arrays
    }
    # One entry only: safetensors writes several in an order that differs from process to process.
    write_atomic(path, save(tensors, {"ontogeny": json.dumps(about, sort_keys=True, ensure_ascii=False)}))


def load_tensors(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The tensors and the metadata of a safetensors file.

    Raises:
        InputError: where there is no such file or it is no safetensors file.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        data = path.read_bytes()
        tensors = load(data)
        (length,) = struct.unpack("<Q", data[:8])
        metadata = json.loads(data[8 : 8 + length]).get("__metadata__") or {}
        facts = json.loads(metadata.pop("ontogeny", "{}"))
        about: dict[str, str] = {**metadata, **facts}
    except FileNotFoundError:
        raise InputError("genome", str(path), "there is no such file") from None
    except (OSError, SafetensorError, ValueError, struct.error) as error:
        raise InputError("genome", str(path), f"this is no safetensors file ({type(error).__name__})") from None
    return tensors, about


def load_like(path: Path, genome: Genome) -> Genome:
    """A genome from a file, of the structure of another.

    Args:
        path: of the file.
        genome: a pytree of arrays, or of their shapes (`jax.ShapeDtypeStruct`).

    Raises:
        InputError: for a tensor that is missing, too many or of another shape.
    """
    import jax
    import jax.numpy as jnp

    tensors, _ = load_tensors(path)
    leaves, tree = jax.tree_util.tree_flatten_with_path(genome)
    wanted = {jax.tree_util.keystr(place, simple=True, separator="."): leaf for place, leaf in leaves}
    hint = f"give {', '.join(wanted)}"
    require(set(tensors) == set(wanted), "genome", f"{path}: {', '.join(tensors)}", hint)
    for name, leaf in wanted.items():
        require(tensors[name].shape == leaf.shape, name, tensors[name].shape, f"give {leaf.shape}")
    return jax.tree.unflatten(tree, [jnp.asarray(tensors[name], leaf.dtype) for name, leaf in wanted.items()])


def load_stacked(path: Path, genome: Genome) -> Genome:
    """Several genomes from a file, stacked along a new first axis.

    Args:
        path: of the file.
        genome: one of them: a pytree of arrays, or of their shapes (`jax.ShapeDtypeStruct`).

    Raises:
        InputError: for a tensor that is missing, too many or of another shape.
    """
    import jax

    tensors, _ = load_tensors(path)
    count = min((len(tensor) for tensor in tensors.values() if tensor.ndim), default=0)
    stacked = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct((count, *leaf.shape), leaf.dtype), genome)
    return load_like(path, stacked)


def load_nca(path: Path, fire_rate: float | None = None) -> NCA:
    """A neural cellular automaton from a genome file, its sizes read off the shapes.

    Args:
        path: of the file.
        fire_rate: above 0, at most 1; `None` for what the file says, or else 0.5.

    Raises:
        InputError: for a tensor that is missing, unknown or of a shape that does not fit.
    """
    import jax.numpy as jnp

    from ontogeny.nets.nca import NCA, Dense

    tensors, about = load_tensors(path)
    names = {"hidden.weight", "output.weight", "hidden.bias"}
    for name in ("hidden.weight", "output.weight"):
        require(name in tensors, "genome", str(path), f"it lacks the tensor {name}; it has {', '.join(tensors)}")
    for name in tensors:
        require(
            name in names,
            "genome",
            str(path),
            f"it has an unknown tensor {name}; known are {', '.join(sorted(names))}",
        )
    output = tensors["output.weight"]
    require(
        output.ndim == 2 and output.shape[0] >= 4,
        "output.weight",
        output.shape,
        "give (channels, hidden), 4 channels or more",
    )
    channels, hidden = output.shape
    shapes = {"hidden.weight": (hidden, 3 * channels), "hidden.bias": (hidden,)}
    for name, shape in shapes.items():
        if name in tensors:
            require(tensors[name].shape == shape, name, tensors[name].shape, f"give {shape}, to fit output.weight")
    for name, tensor in tensors.items():
        require(bool(np.isfinite(tensor).all()), name, "NaN or infinity", "give finite weights")
    rate = fire_rate if fire_rate is not None else float(about.get("fire_rate", 0.5))
    require(0 < rate <= 1, "fire_rate", rate, "give a probability above 0, at most 1")
    weights = {name: jnp.asarray(tensor, jnp.float32) for name, tensor in tensors.items()}
    dense = Dense(weights["hidden.weight"], weights.get("hidden.bias"))
    return NCA(dense, Dense(weights["output.weight"], None), rate)

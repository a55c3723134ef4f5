"""What an autoencoder's convolutions see in a picture: figure 1 of Váradi (2021)."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.errors import require
from ontogeny.nets import Autoencoder
from ontogeny.nets.autoencoder import to_signal
from ontogeny.nets.layers import Dense
from ontogeny.nets.variational import Variational


def feature_maps(net: Autoencoder, images: np.ndarray | jax.Array) -> np.ndarray:
    """The maps that go into the encoder's first dense layer; of the published net one of 4×4 pixels a picture.

    Args:
        net: an autoencoder with layers before the first dense one.
        images: `(samples, height, width)`.

    Returns:
        `(samples, channels, height, width)`.

    Raises:
        InputError: for a net that begins with a dense layer: its maps are the pictures themselves.
    """
    flat = (number for number, layer in enumerate(net.layers) if isinstance(layer, Dense | Variational))
    last = next(flat, net.bottleneck + 1)
    require(last > 0, "layers", net.layers[0].name, "give a net with convolutions before its first dense layer")
    return np.asarray(jnp.moveaxis(net.run(to_signal(jnp.asarray(images)), 0, last), -1, 0))

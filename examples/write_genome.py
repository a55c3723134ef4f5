"""Write the weights of an automaton that was trained elsewhere, so that `ontogeny probe` can read them."""

# --8<-- [start:write]
import numpy as np
from safetensors.numpy import save_file


def write(path, first, bias, second):
    """Weights as numpy arrays: `(32, 48)`, `(32,)` or None, `(16, 32)`, for 16 channels and 32 units."""
    tensors = {"hidden.weight": first.astype(np.float32), "output.weight": second.astype(np.float32)}
    if bias is not None:
        tensors["hidden.bias"] = bias.astype(np.float32)
    save_file(tensors, path, metadata={"target": "🥕", "size": "9", "fire_rate": "0.5"})


# --8<-- [end:write]


def filter_major_to_channel_major(first, channels=16):
    """Reorder columns from all identities, all Sobel x, all Sobel y to the three of each channel."""
    return first.reshape(-1, 3, channels).swapaxes(1, 2).reshape(-1, 3 * channels)


if __name__ == "__main__":
    draw = np.random.default_rng(0)
    write("mine.safetensors", draw.uniform(-0.14, 0.14, (32, 48)), None, draw.normal(0, 0.01, (16, 32)))

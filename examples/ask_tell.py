"""Ask and tell: evolve something whose judge is not a JAX function, here a few lines of numpy."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

import ontogeny


def distance(angles):
    """How far a chain of links ends from the point (2, 1); any program could stand here.

    Args:
        angles: `(joints,)`, how much each joint bends; all links have length 1.
    """
    heading = np.cumsum(angles)
    end = np.array([np.cos(heading).sum(), np.sin(heading).sum()])
    return float(np.hypot(*(end - [2.0, 1.0])))


def main(generations=100):
    """Evolve the angles of four joints; return the mean genome and its distance."""
    strategy = ontogeny.OpenES(popsize=32, sigma=0.1, optimizer=optax.adam(0.1))
    state = strategy.init(jnp.zeros(4), jax.random.key(0))
    ask, tell = jax.jit(strategy.ask), jax.jit(strategy.tell)
    for _ in range(generations):
        members = np.asarray(ask(state))
        losses = [distance(member) for member in members]
        state = tell(state, jnp.asarray(losses))
    angles = np.asarray(strategy.genome(state))
    print(f"distance {distance(angles):.3f} with the angles {np.round(angles, 2)}")
    return angles, distance(angles)


if __name__ == "__main__":
    main()

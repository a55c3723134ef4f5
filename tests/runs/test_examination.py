import jax.numpy as jnp

from ontogeny.runs.examination import examine


def test_figures_on_test_data_are_named_as_such(quadratic):
    class Examined(type(quadratic())):
        def test(self, genome):
            return {"loss": jnp.sum(genome**2), "length": jnp.float32(genome.size)}

    plain = quadratic(size=3)
    task = Examined(plain.matrix, plain.start, plain.noise)
    assert examine(task, jnp.asarray([1.0, 2.0, 2.0])) == {"test_loss": 9.0, "test_length": 3.0}


def test_a_task_without_test_data_has_none(quadratic):
    assert examine(quadratic(), jnp.zeros(6)) == {}

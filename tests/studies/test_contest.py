import jax
import numpy as np

from ontogeny.studies.contest import follow

LAYERS = ["max-pool", "dense 2", "dense 4", "reshape 1 2 2", "unpool", "unpool"]
TASK = {"name": "reconstruction", "data": "digits", "samples": 3, "size": 8, "layers": LAYERS}
GA = {"by": "ga", "popsize": 4, "mutated": 2, "scale": 0.5}


def test_seeds_learn_side_by_side_as_they_would_alone():
    both = follow({"task": TASK, "learner": GA}, 400, 2, points=5)
    alone = follow({"task": TASK, "learner": GA}, 400, 1, points=5)
    assert both.evaluations.tolist() == sorted(set(both.evaluations.tolist()))
    assert both.evaluations[-1] == 400
    np.testing.assert_allclose(both.loss[:1], alone.loss, rtol=1e-5)
    assert (both.loss[:, -1] < both.loss[:, 0]).all()
    assert both.loss[0, -1] != both.loss[1, -1]
    nets = [jax.tree.map(lambda leaf, seed=seed: leaf[seed], both.genomes) for seed in (0, 1)]
    ends = [both.task.measure(net, jax.random.key(0))["loss"] for net in nets]
    np.testing.assert_allclose(both.loss[:, -1], ends, rtol=1e-5)


def test_gradients_count_their_evaluations_too():
    course = follow({"task": TASK, "learner": {"by": "adam", "batches": 2}}, 9, 1, points=3)
    assert course.evaluations.tolist() == [2, 4, 8], "four updates of two batches; the fifth would be too many"

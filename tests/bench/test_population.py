import numpy as np
import pytest

from ontogeny.bench import population
from ontogeny.bench.options import Options
from ontogeny.bench.peers import NOT_INSTALLED, why_not
from ontogeny.bench.population import CONTENDERS, OURS, Training

SMALL = Training(3, 10, 8, (20, 6, 5, 4))


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda contender: contender.name)
def test_nets_learn_by_heart(contender):
    if why_not(*contender.needs):
        pytest.skip("not installed")
    trial = contender.build(SMALL)
    assert trial.members == 30
    losses = [float(trial.call()) for _ in range(60)]
    assert losses[0] == pytest.approx(np.log(4), abs=0.2)
    assert np.mean(losses[-5:]) < losses[0] - 0.01


def test_images_are_the_same_for_all_and_mostly_dark():
    images, labels = SMALL.data
    assert images.shape == (80, 20)
    assert (images > 0).mean() == pytest.approx(0.2, abs=0.05)
    np.testing.assert_array_equal(labels, SMALL.data[1])


def test_the_table_without_peers(monkeypatch, no_peers):
    monkeypatch.setattr(population, "Training", lambda steps: SMALL)
    ours, other = population.run(Options(repeats=2), print).rows
    assert ours["contender"] == OURS
    assert ours["ontogeny_is_faster"] == 1
    assert ours["seconds_a_generation"] == pytest.approx(22 * 600 / ours["steps_per_second"])
    assert other == {"contender": "a loop over PyTorch modules", "missing": NOT_INSTALLED}

import jax
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.probes import ImageAttack, accuracies, accuracy, transfer, transfer_summary


def _net(stack, number):
    return jax.tree.map(lambda leaf: leaf[number], stack)


@pytest.mark.parametrize("attack", [ImageAttack("fgsm", 0.1), ImageAttack("fgsm", 0.2, spare_mistakes=True)])
def test_the_table_is_that_of_each_source_and_each_target(attack, logits, readers, digits):
    targets = jax.tree.map(lambda leaf: leaf[1:], readers)
    found = transfer(logits, readers, targets, *digits, attack)
    assert found.shape == (3, 2)
    for i in range(3):
        moved = attack.attacked(logits, _net(readers, i), *digits)
        for j in range(2):
            expected = accuracy(logits, _net(targets, j), moved, digits.labels)
            assert float(found[i, j]) == pytest.approx(float(expected), abs=1 / 256)


def test_a_net_is_fooled_best_by_its_own_images_and_chance_fools_none(logits, readers, digits):
    table = np.asarray(transfer(logits, readers, readers, *digits, ImageAttack("fgsm", 0.1)))
    clean = np.asarray(accuracies(logits, readers, *digits))
    for target in range(3):
        assert table[target, target] == table[:, target].min()
    found = transfer_summary(table)
    assert found["white_box"] < found["transferred"] - 0.05 < clean.mean() - 0.1
    by_chance = transfer(logits, readers, readers, *digits, ImageAttack("random", 0.1), jax.random.key(1))
    np.testing.assert_allclose(by_chance.mean(0), clean, atol=0.04)
    assert np.ptp(np.asarray(by_chance), axis=0).max() > 0, "each source has its own chances"


def test_a_summary_tells_the_diagonal_from_the_rest():
    table = np.asarray([[0.1, 0.5, 0.6], [0.7, 0.2, 0.8], [0.9, 0.4, 0.3]])
    expected = {"transferred": 3.9 / 6, "transferred_lowest": 0.4, "transferred_highest": 0.9}
    assert transfer_summary(table) == pytest.approx({"white_box": 0.2, **expected})
    assert transfer_summary(table[:2], same=False) == pytest.approx(
        {"transferred": 2.9 / 6, "transferred_lowest": 0.1, "transferred_highest": 0.8}
    )
    for wrong in (table[:2], table[:1, :1]):
        with pytest.raises(InputError, match="accuracies"):
            transfer_summary(wrong)


def test_each_image_needs_a_label(logits, readers, digits):
    with pytest.raises(InputError, match="labels"):
        transfer(logits, readers, readers, digits.images, digits.labels[:3], ImageAttack())

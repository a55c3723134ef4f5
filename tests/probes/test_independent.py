"""Probes of a genome file against an automaton written anew from its description, with numpy's random numbers."""

import numpy as np
import pytest

from ontogeny.data import load_target
from ontogeny.probes import SignAttack, Wound, erase, growth, respond
from ontogeny.runs.genomes import load_nca, load_tensors
from ontogeny.studies.growing.kept import GENOMES

SOBEL = np.asarray([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
ROLLOUTS = 128
STEPS = 60
LOOKS = (20, 35, 52, 53, 60)
WAYS = ("es", "adam-pool")
PATHS = [path for path in (GENOMES / f"carrot-9-{way}-seed0.safetensors" for way in WAYS) if path.exists()]
TARGET = load_target("heart", 9)


def neighbours(states):
    """The nine neighbours of all cells, with where they stand in a 3×3 filter."""
    padded = np.pad(states, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return {(row, column): padded[:, row : row + 9, column : column + 9] for row in range(3) for column in range(3)}


def filtered(around, weights):
    return sum(weights[place] * states for place, states in around.items() if weights[place])


def living(states):
    return np.max(list(neighbours(states[..., 3:4]).values()), axis=0) > 0.1


def independent(path, change):
    """Losses, `(rollouts, updates)`, of many rollouts; `change` is called after each update, counted from 1."""
    tensors, _ = load_tensors(path)
    first, second = tensors["hidden.weight"].astype(float), tensors["output.weight"].astype(float)
    rng = np.random.default_rng(7)
    states = np.zeros((ROLLOUTS, 9, 9, 16))
    states[:, 4, 4, 3:] = 1
    losses = []
    for step in range(1, STEPS + 1):
        before, around = living(states), neighbours(states)
        seen = np.stack([states, filtered(around, SOBEL), filtered(around, SOBEL.T)], axis=-1)
        change_of = np.maximum(seen.reshape(ROLLOUTS, 9, 9, 48) @ first.T, 0) @ second.T
        states = states + change_of * (rng.random((ROLLOUTS, 9, 9, 1)) < 0.5)
        states = states * (before & living(states))
        states = change(states, step)
        losses.append(((states[..., :4] - TARGET) ** 2).mean(axis=(1, 2, 3)))
    return np.asarray(losses).T


def assert_same_medians(ours, theirs):
    """Medians at some updates differ by no more than chance: five standard errors, by the bootstrap."""
    rng = np.random.default_rng(0)
    for look in LOOKS:
        sides = [np.log(losses[:, look - 1]) for losses in (ours, theirs)]
        draws = [np.median(rng.choice(side, (400, ROLLOUTS)), axis=1).std() for side in sides]
        assert abs(np.median(sides[0]) - np.median(sides[1])) < 5 * np.hypot(*draws) + 1e-3, look


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_growth_erasing_and_the_clamp_agree_with_an_independent_automaton(path):
    net = load_nca(path)
    mask = np.zeros((9, 9, 1), bool)
    mask[5:] = True

    def erased(states, step):
        return np.where(mask, 0, states) if step == 52 else states

    def clamped(states, step):
        return np.clip(states, 0, 1) if step <= 40 else states

    grown = growth(net, TARGET, steps=STEPS, rollouts=ROLLOUTS).curve.losses
    assert_same_medians(grown, independent(path, lambda states, step: states))
    hurt = erase(net, TARGET, Wound("bottom"), steps=STEPS, rollouts=ROLLOUTS).damaged.losses
    assert_same_medians(hurt, independent(path, erased))
    found = respond("clamp", net, TARGET, SignAttack(0.0, True, 1, 40), steps=STEPS, rollouts=ROLLOUTS)
    assert_same_medians(found.disturbed.losses, independent(path, clamped))


def test_there_is_a_genome_to_test_with():
    assert PATHS

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core import Until, train
from ontogeny.data import Pictures, load_pictures
from ontogeny.errors import InputError, MachineError
from ontogeny.learners import Descent, Evolution
from ontogeny.strategies import GA, Mutation, OpenES, Truncation
from ontogeny.tasks import Reconstruction
from ontogeny.tasks.reconstruction import CRITERIA, Originals, told_apart

KEY = jax.random.key(0)
LAYERS = ("dense 6 tanh", "dense 2 tanh", "dense 36", "reshape 1 6 6")
VARIATIONAL = ("dense 6 tanh", "variational 2", "dense 36", "reshape 1 6 6")


def tiny(count=5, held_back=False, **options):
    rng = np.random.default_rng(0)
    parts = [rng.uniform(0.1, 0.9, (number, 6, 6)).astype(np.float32) for number in (count, 3, 4)]
    data = options.pop("data", Pictures(*parts[: 3 if held_back else 1]))
    return Reconstruction(data, **{"layers": LAYERS, **options})


def by_hand(name, outputs, wanted):
    apart = outputs - wanted
    if name == "decorrelation":
        return 1 - np.corrcoef(outputs.ravel(), wanted.ravel())[0, 1]
    return {
        "mean-absolute": np.abs(apart).mean(),
        "mean-square": (apart**2).mean(),
        "root-mean-square": np.sqrt((apart**2).mean()),
    }[name]


@pytest.mark.parametrize("name", CRITERIA)
def test_the_loss_is_the_mean_of_the_criterion_over_pictures(name):
    task = tiny(criterion=name)
    net, batch = task.init(KEY), task.draw(KEY, None)
    outputs, images = np.asarray(net(batch.images), np.float64), np.asarray(batch.images, np.float64)
    each = [by_hand(name, *pair) for pair in zip(outputs, images, strict=True)]
    np.testing.assert_allclose(task.errors(net, batch), each, rtol=1e-4)
    assert float(task.loss(net, batch)[0]) == pytest.approx(np.mean(each), rel=1e-4)
    found = task.measure(net, KEY)
    assert float(found["loss"]) == pytest.approx(np.mean(each), rel=1e-4)
    assert float(found["mean_absolute"]) == pytest.approx(np.abs(outputs - images).mean(), rel=1e-4)


def test_diversity_takes_off_the_error_to_the_other_pictures():
    task, plain = tiny(diversity=0.5), tiny()
    net, batch = task.init(KEY), task.draw(KEY, None)
    outputs, images = np.asarray(net(batch.images)), np.asarray(batch.images)
    others = np.stack([np.delete(images, number, 0).mean(0) for number in range(5)])
    wanted = np.asarray(plain.errors(net, batch)) - 0.5 * np.abs(outputs - others).mean((1, 2))
    np.testing.assert_allclose(task.errors(net, batch), wanted, rtol=1e-4)
    assert float(task.measure(net, KEY)["loss"]) == pytest.approx(float(plain.measure(net, KEY)["loss"]))


@pytest.mark.parametrize("batch", [None, 2])
def test_by_sample_each_picture_is_an_objective(batch):
    task, plain = tiny(by_sample=True, batch=batch), tiny(batch=batch)
    net, originals = task.init(KEY), task.draw(KEY, task.begin(KEY))
    each, wanted, mean = jax.jit(
        lambda: (task.loss(net, originals)[0], plain.errors(net, originals), plain.loss(net, originals)[0])
    )()
    assert each.shape == (batch or 5,)
    np.testing.assert_allclose(task.outputs(net, originals), net(originals.images))
    np.testing.assert_array_equal(each, wanted)
    assert float(each.mean()) == pytest.approx(float(mean))


def test_outputs_are_told_apart_where_each_is_nearest_to_its_own():
    wanted = jnp.asarray([[0.0, 0.5, 1.0], [0.0, 0.5, 1.0]])
    assert float(told_apart(wanted + 0.2, wanted)) == 1
    assert float(told_apart(jnp.full((2, 3), 0.5), wanted)) == pytest.approx(1 / 3)
    assert float(told_apart(jnp.full((2, 3), jnp.nan), wanted)) == 0
    assert float(told_apart(wanted[:, ::-1], wanted)) == pytest.approx(1 / 3)


def test_a_variational_latent_is_drawn_and_pays_for_its_divergence():
    task = tiny(layers=VARIATIONAL, divergence=3.0, start="scaled")
    net, batch = task.init(KEY), task.draw(KEY, None)
    assert batch.noise.shape == (5, 2)
    means, logarithms = (np.asarray(each) for each in net.distribution(batch.images))
    drawn = net.decode(jnp.asarray(means + np.asarray(batch.noise) * np.exp(logarithms / 2)))
    nats = 0.5 * (means**2 + np.exp(logarithms) - logarithms - 1).sum(1)
    wanted = np.abs(np.asarray(drawn) - np.asarray(batch.images)).mean((1, 2)) + 3 * nats / 36
    np.testing.assert_allclose(task.errors(net, batch), wanted, rtol=1e-4)
    still = Originals(batch.images, jnp.zeros_like(batch.noise))
    assert float(tiny(layers=VARIATIONAL).loss(net, still)[0]) == pytest.approx(
        float(task.measure(net, KEY)["loss"]), rel=1e-4
    )


def test_what_was_held_back_is_measured_and_never_learned():
    task = tiny(held_back=True, batch=2)
    net, world = task.init(KEY), task.begin(KEY)
    seen = []
    for _ in range(2):
        batch = task.draw(KEY, world)
        seen += [int(np.abs(np.asarray(task.data.train) - image).sum((1, 2)).argmin()) for image in batch.images]
        world = task.settle(world, batch, None)
    assert len(set(seen)) == 4
    assert (task.episodes, task.samples) == (1, 2)
    for found, part in ((task.measure(net, KEY), task.data.validation), (task.test(net), task.data.test)):
        assert float(found["loss"]) == pytest.approx(float(jnp.abs(net(part) - part).mean()), rel=1e-4)
    assert tiny().test(net) == {}
    assert tiny().samples == 5


@pytest.mark.parametrize(
    "learner",
    [
        Evolution(OpenES(32, 0.1)),
        Evolution(GA(32, Truncation(0.01), Mutation(2, 1.0, "add", "uniform", common=True))),
        Descent(),
    ],
)
@pytest.mark.parametrize("by_sample", [False, True])
def test_every_learner_learns_to_reconstruct(learner, by_sample):
    task = tiny(2, by_sample=by_sample)
    run = train(task, learner, until=Until(steps=150), every=150)
    before = float(task.measure(task.init(KEY), KEY)["loss"])
    assert float(task.measure(run.genome, KEY)["loss"]) < 0.85 * before


def test_the_first_digits_are_the_published_ones_and_their_mean_costs_what_it_should():
    try:
        data = load_pictures("mnist", 10)
    except MachineError:
        pytest.skip("no MNIST here")
    images = np.asarray(data.train)
    assert np.abs(images - images.mean(0)).mean() == pytest.approx(0.103, abs=5e-4)
    assert np.abs(images - np.median(images, 0)).mean() == pytest.approx(0.087, abs=5e-4)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"batch": 6}, r"batch: 6.*1 to 5"),
        ({"start": "scald"}, r"start: 'scald'.*scaled"),
        ({"criterion": "mean-absolut"}, r"criterion.*mean-absolute"),
        ({"diversity": -1.0}, r"diversity: -1"),
        ({"diversity": 1.0, "batch": 1}, r"diversity: 1.*no others"),
        ({"divergence": 1.0}, r"divergence: 1.*variational"),
        ({"layers": ("reshape 1 6 6",)}, r"layers.*learns"),
        ({"layers": ("variational 6", "variational 2", *LAYERS[2:])}, r"layers.*one variational"),
        ({"data": Pictures(np.zeros((2, 6, 6, 3)))}, r"data.train: \(2, 6, 6, 3\)"),
        ({"data": Pictures(np.zeros((2, 6, 6), np.uint8))}, r"data.train: 'uint8'"),
        ({"data": Pictures(np.zeros((2, 6, 6)), np.zeros((2, 5, 6)))}, r"data.validation: \(2, 5, 6\)"),
        ({"layers": ("dense 3",)}, r"layers: '3×1×1'.*6×6"),
    ],
)
def test_what_cannot_be_is_refused(options, words):
    with pytest.raises(InputError, match=words):
        tiny(**options)


def test_it_may_pass_through_compiled_functions():
    task = tiny(held_back=True)
    net = task.init(KEY)
    assert float(eqx.filter_jit(lambda task, net: task.test(net)["loss"])(task, net)) > 0

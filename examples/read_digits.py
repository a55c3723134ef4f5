"""Read handwritten digits: the same network by gradients and by evolution, then the test images, once."""

import optax

import ontogeny


def main(updates=300, generations=300):
    """Train on the 8×8 digits that come with the package; return the test accuracies by learner."""
    task = ontogeny.Classification(ontogeny.load_images("digits"), hidden=(32,), batch=128)
    trainings = {
        "adam": (ontogeny.Descent(optax.adam(0.01)), updates),
        "es": (ontogeny.Evolution(ontogeny.OpenES(popsize=32, sigma=0.05, optimizer=optax.adam(0.03))), generations),
    }
    found = {}
    for name, (learner, steps) in trainings.items():
        run = ontogeny.train(task, learner, until=ontogeny.Until(steps=steps), seed=0)
        found[name] = float(task.test(run.genome)["accuracy"])
        print(f"{name}: {found[name]:.1%} of the test images after {run.cost.samples:,} samples")
    return found


if __name__ == "__main__":
    main()

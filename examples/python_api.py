"""Train from Python: grow a heart for a while, be broken off, go on, look at what came out."""

import ontogeny


def main(folder="runs/python-api", generations=200):
    """Grow a 9×9 heart by evolution; a second call with more generations goes on with it."""
    target = ontogeny.load_target("heart", 9)
    task = ontogeny.Growing(target)
    learner = ontogeny.Evolution(ontogeny.OpenES(popsize=64))
    until = ontogeny.Until(steps=generations, population_loss=0.003)
    run = ontogeny.train(task, learner, until=until, seed=0, run=ontogeny.Checkpoints(folder))
    found = ontogeny.growth(run.genome, target, steps=200, rollouts=16)
    print(f"{run.stopped}: loss {run.loss:.3g} after {run.cost.evaluations:,} evaluations")
    print(f"after 35 updates {found.curve.at(35)['median']:.3g}, after 200 {found.curve.at(200)['median']:.3g}")
    return run


if __name__ == "__main__":
    main()

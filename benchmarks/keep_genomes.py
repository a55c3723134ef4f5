"""Keep the genomes of a study or of one preset's run in the package, so that figures need no training.

    ontogeny study growing --budget full --out FOLDER
    python -m benchmarks.keep_genomes study growing FOLDER

    ontogeny train lizard-40-es --out RUN
    python -m benchmarks.keep_genomes run RUN lizard-40-es

What of the study is trained is kept, though not all of it may be.
"""

import argparse
from pathlib import Path

from ontogeny.runs.folder import RunFolder
from ontogeny.runs.presets import named_tree
from ontogeny.runs.probing import subject_of_run
from ontogeny.studies import studies
from ontogeny.studies.growing.kept import GENOMES
from ontogeny.studies.kept import keep_training
from ontogeny.studies.plan import Model
from ontogeny.studies.study import Study
from ontogeny.studies.training import Trained, train_model, training_name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    study = kinds.add_parser("study")
    study.add_argument("name", choices=studies())
    study.add_argument("folder", type=Path)
    run = kinds.add_parser("run")
    run.add_argument("folder", type=Path)
    run.add_argument("preset")
    options = parser.parse_args()
    if options.kind == "study":
        kept = keep_study(studies()[options.name], options.folder)
    else:
        kept = [keep_run(options.folder, options.preset)]
    for path in kept:
        print(path, path.stat().st_size, "bytes")


def keep_study(study: Study, folder: Path) -> list[Path]:
    """Keep what is trained of a study."""
    plan, genomes = study.plan("full"), study.plan("quick").kept
    assert genomes is not None
    kept = []
    for model, seed in plan.trainings:
        last = model.tree["until"]["steps"]
        if not (folder / "runs" / training_name(model, seed) / "milestones" / f"{last}.safetensors").exists():
            continue
        one = train_model(model, seed, folder, plan.opening, lambda *_: [], "")
        course = plan.course(one, folder) if plan.course else {}
        kept.append(keep_training(genomes, one, course))
    return kept


def keep_run(folder: Path, preset: str) -> Path:
    """Keep one run of a preset."""
    run = RunFolder.open(folder)
    subject = subject_of_run(folder)
    assert run.result is not None, "it has not ended"
    return keep_training(
        GENOMES, Trained(Model(preset, named_tree(preset)), run.config.seed, subject, run.result, folder=run), {}
    )


if __name__ == "__main__":
    main()

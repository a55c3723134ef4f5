"""Keep what experiments of a study found in the package, so that its page needs no hours.

    ontogeny study mixed --budget full --out FOLDER
    python -m benchmarks.keep_evidence mixed FOLDER [WORD …]

Kept is what the quick budget would make too, in the same way: experiments of other marks are passed over. With words,
only those whose name has one of them.
"""

import argparse
import json
from pathlib import Path

from ontogeny.runs.files import write_atomic
from ontogeny.studies import studies
from ontogeny.studies.study import Study


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=studies())
    parser.add_argument("folder", type=Path)
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    for path in keep(studies()[options.name], options.folder, options.words):
        print(path, path.stat().st_size, "bytes")


def keep(study: Study, folder: Path, words: list[str]) -> list[Path]:
    """Keep experiments of a study.

    Args:
        study: which; its quick budget says where they are kept.
        folder: of the study.
        words: of which a name must have one; none for all.
    """
    plan = study.plan("quick")
    assert plan.kept_evidence is not None
    kept = []
    for experiment in plan.experiments:
        file = folder / "evidence" / f"{experiment.name}.json"
        if not file.exists() or (words and not any(word in experiment.name for word in words)):
            continue
        found = json.loads(file.read_text())
        if found["mark"] == experiment.mark:
            path = plan.kept_evidence / file.name
            write_atomic(path, json.dumps(found, separators=(",", ":"), ensure_ascii=False) + "\n")
            kept.append(path)
    return kept


if __name__ == "__main__":
    main()

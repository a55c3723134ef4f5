"""Published systems, re-done."""

from __future__ import annotations

from ontogeny.studies.study import Study


def studies() -> dict[str, Study]:
    """The studies that there are, by name."""
    from ontogeny.studies.architecture import ArchitectureStudy
    from ontogeny.studies.autoencoder import AutoencoderStudy
    from ontogeny.studies.growing import GrowingStudy
    from ontogeny.studies.mixed import MixedStudy
    from ontogeny.studies.plasticity import PlasticityStudy

    every: tuple[Study, ...] = (
        GrowingStudy(),
        AutoencoderStudy(),
        MixedStudy(),
        PlasticityStudy(),
        ArchitectureStudy(),
    )
    return {study.name: study for study in every}

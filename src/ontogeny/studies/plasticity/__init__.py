"""Plasticity rules, evolved and learned by gradients (Joosten 2021; Cristian et al. 2021)."""

from ontogeny.studies.plasticity.study import PlasticityStudy

__all__ = ["PlasticityStudy"]

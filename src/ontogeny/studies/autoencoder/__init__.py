"""Váradi (2021): a genetic algorithm trains a deep convolutional autoencoder."""

from ontogeny.studies.autoencoder.study import AutoencoderStudy

__all__ = ["AutoencoderStudy"]

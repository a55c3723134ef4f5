"""Data: pictures to grow, labelled images, and the cache that downloads are kept in."""

from ontogeny.data.cache import cache_folder, fetch
from ontogeny.data.images import ImageSet, Labelled, load_images, principal_components, without_validation
from ontogeny.data.pictures import Classes, Pictures, load_pictures
from ontogeny.data.targets import load_target

__all__ = [
    "Classes", "ImageSet", "Labelled", "Pictures", "cache_folder", "fetch", "load_images", "load_pictures",
    "load_target", "principal_components", "without_validation",
]  # fmt: skip

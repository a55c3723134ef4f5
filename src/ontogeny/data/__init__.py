"""Data: pictures to grow, labelled images, and the cache that downloads are kept in."""

from ontogeny.data.cache import cache_folder, fetch
from ontogeny.data.generated import GENERATED, load_lessons
from ontogeny.data.images import IMAGES, ImageSet, Labelled, load_images, principal_components, without_validation
from ontogeny.data.pictures import Classes, Pictures, load_pictures
from ontogeny.data.targets import load_target

__all__ = [
    "GENERATED", "IMAGES", "Classes", "ImageSet", "Labelled", "Pictures", "cache_folder", "fetch", "load_images",
    "load_lessons", "load_pictures", "load_target", "principal_components", "without_validation",
]  # fmt: skip

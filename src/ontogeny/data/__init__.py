"""Data: pictures to grow, labelled images, and the cache that downloads are kept in."""

from ontogeny.data.cache import cache_folder, fetch
from ontogeny.data.cells import CELL_DATA, CellTable, cell_number, cell_text, load_cell_table, parse_cell
from ontogeny.data.cifar import load_cifar10
from ontogeny.data.generated import GENERATED, load_lessons
from ontogeny.data.images import IMAGES, ImageSet, Labelled, load_images, principal_components, without_validation
from ontogeny.data.pictures import Classes, Pictures, load_pictures
from ontogeny.data.targets import load_target

__all__ = [
    "CELL_DATA", "GENERATED", "IMAGES", "CellTable", "Classes", "ImageSet", "Labelled", "Pictures", "cache_folder",
    "cell_number", "cell_text", "fetch", "load_cell_table", "load_cifar10", "load_images", "load_lessons",
    "load_pictures", "load_target", "parse_cell", "principal_components", "without_validation",
]  # fmt: skip

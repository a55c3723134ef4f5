"""Data: pictures to grow, and the cache that downloads are kept in."""

from ontogeny.data.cache import cache_folder, fetch
from ontogeny.data.targets import load_target

__all__ = ["cache_folder", "fetch", "load_target"]

"""Query cache that forgets when a new release is swapped in."""

from __future__ import annotations

from typing import Any

from flask_caching.backends.filesystemcache import FileSystemCache

from superset_assets.runtime.place import serving_file


def release_stamp() -> str:
    """Identity of the serving file now in place; changes with every atomic swap."""
    try:
        stat = serving_file().stat()
    except FileNotFoundError:
        return "none"
    return f"{stat.st_ino}.{stat.st_mtime_ns}"


class ReleaseCache(FileSystemCache):
    """Files whose names carry the release, so that no figure of an older one is served from the cache."""

    @classmethod
    def factory(cls, app: Any, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> ReleaseCache:
        args.insert(0, config["CACHE_DIR"])
        kwargs.update(threshold=config["CACHE_THRESHOLD"])
        return cls(*args, **kwargs)

    def _get_filename(self, key: str) -> str:
        return super()._get_filename(f"{release_stamp()}:{key}")

"""Files that gateways drop into a folder: into landing (hashed, chained), out of the folder, and by their own names.

Generic over what the files hold: the fleets' positions and the stations' AIS messages are two kinds of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.settings import settings
from spark_jobs.ingest.landing import Delivery, Landing

SHOWN_SM3 = 12


@dataclass(frozen=True)
class LandedFile:
    """A file in landing. ``name``: as received; ``window``: local day of receipt."""

    name: str
    window: str
    payload_sm3: str
    path: Path


@dataclass(frozen=True)
class Kind:
    """Files of one feed. ``start``: how their names begin; ``suffixes``: ending → media type; ``window``: name → window
    of receipt like 2026-11-20T07, raises where the name has none."""

    feed: str
    start: str
    suffixes: Mapping[str, str]
    window: Callable[[str], str]

    def suffix_of(self, name: str) -> str:
        """The known ending of a file's name, empty where there is none."""
        return next((suffix for suffix in self.suffixes if name.endswith(suffix)), "")

    def dropped(self, folder: Path) -> list[Path]:
        """Files of this kind in the folder, by name. A gateway gives a file such a name when it is whole."""
        return sorted(path for path in folder.glob(f"{self.start}*") if self.suffix_of(path.name))

    def land(self, folder: Path, run_id: str) -> list[str]:
        """Land what is in the folder; returns the days of receipt. A file leaves it once it stands in the manifest.

        Raises:
            UnreadableFile: a name without its window; files before it are landed, it stays where it is.
        """
        landing, days = Landing(), set[str]()
        for path in self.dropped(folder):
            day = self.window(path.name)[:10]
            delivery = Delivery(path.read_bytes(), self.suffixes[self.suffix_of(path.name)], "", path.name)
            landing.land(self.feed, day, delivery, run_id)
            path.unlink()
            days.add(day)
        return sorted(days)

    def landed(self, last: str = "") -> list[LandedFile]:
        """Distinct payloads of the days of receipt up to ``last`` (empty: all), in order of name."""
        landing, found = Landing(), dict[str, LandedFile]()
        for day in landing.windows(self.feed):
            if last and day > last:
                continue
            for entry in landing.entries(self.feed, day):
                path = landing.folder(self.feed, day) / entry.payload_sm3
                found.setdefault(entry.payload_sm3, LandedFile(entry.request, day, entry.payload_sm3, path))
        return sorted(found.values(), key=lambda file: (file.name, file.payload_sm3))

    @contextmanager
    def under_own_names(self, files: list[LandedFile]) -> Iterator[dict[str, str]]:
        """Path → SM3 of links to the files under their names as received, which say window and format."""
        run = settings().run
        run.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=self.start, dir=run) as folder:
            links = {}
            for file in files:
                suffix = self.suffix_of(file.name)
                name = f"{file.name.removesuffix(suffix)}.{file.payload_sm3[:SHOWN_SM3]}{suffix}"
                link = Path(folder) / name
                os.symlink(file.path, link)
                links[str(link)] = file.payload_sm3
            yield links


def own_name(link: str, payload_sm3: str) -> str:
    """The name as received, of a link of ``under_own_names``."""
    return Path(link).name.replace(f".{payload_sm3[:SHOWN_SM3]}", "")

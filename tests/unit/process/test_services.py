"""Command lines of the services, as the supervisor gets them."""

from __future__ import annotations

from pathlib import Path

from infra.process import services
from infra.process.layout import Layout
from infra.process.service import Site
from infra.settings import Settings


def test_the_simulated_platforms_write_their_truth_and_what_they_served_into_the_lake(tmp_path: Path) -> None:
    place = Layout(tmp_path)
    place.prepare()
    values = {name: f"http://127.0.0.1:{7000 + i}" for i, name in enumerate(services.UPSTREAM_ADDRESSES)}
    argv = services._upstream(Site(place, Settings(home=tmp_path), values)).argv
    assert argv[argv.index("--truth") + 1] == str(tmp_path / "upstream" / "truth.jsonl")

"""The first load of ``make run``: range DAGs of all sources, gold and release, then the visualization centre.

What was asked first is kept in ``run/first_load.json``: a second run resumes the same windows and redoes nothing.
New windows come by the schedule afterwards.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from infra.bootstrap import digest
from infra.process import ownership
from infra.process.airflow_api import TASK_DONE, AirflowApi, AirflowRefused
from infra.process.registry import dag_registry, upstream_pools
from infra.process.services import PAGES_STAGE, POSITION_TRUCKS, live_gateways, superset_environment
from infra.process.supervision import Lake, start
from infra.settings import LOCAL_TZ, ROOT, Settings

# Months of enterprise reports and voyages up to the last full month; full days of meters and pollutants. By world.
DEMO_MONTHS = {"full": 24, "small": 3}
DEMO_DAYS = {"full": 3, "small": 1}
DEMO_POSITION_DAYS = {"full": 1, "small": 1}  # closed days of positions, by world
POSITIONS = "load_fleet_positions"
# Ships whose AIS messages are received on those days: a stated share of a traffic of about 3,000 a day. By world.
DEMO_SHIPS = {"full": 300, "small": 40}
POLL_S = 2.0
MEMORY_EVERY_S = 10.0  # summing the pages of all processes takes a fifth of a second
DAGS_WITHIN_S = 120.0
REASON = "first load"


class LoadFailed(RuntimeError):
    """A task of the load failed; the message names it and shows the end of its log."""


@dataclass(frozen=True)
class Load:
    """One run of a range DAG: its windows (both included), its id, its parameters."""

    dag_id: str
    first: str
    last: str
    run_id: str
    conf: dict[str, str] = field(hash=False)

    @property
    def span(self) -> str:
        """For people."""
        return f"{self.first} … {self.last}" if self.first else "all that was received"


def first_load(dag_id: str, first: str, last: str) -> Load:
    """The load of ``make run``; its run id is fixed, so that a repeated call finds the run."""
    run_id = "-".join(filter(None, ("first-load", first, last)))
    return Load(dag_id, first, last, run_id, {"from": first, "to": last, "reason": REASON})


def month_before(day: date, months: int) -> str:
    """The month ``months`` before ``day``'s, as ``YYYY-MM``."""
    index = day.year * 12 + day.month - 1 - months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def windows(settings: Settings, today: date) -> list[Load]:
    """The demonstration's loads, gold last.

    Months run from the first month on display to the running one, because a month's reports come in the next. Of a
    finished data set the small world takes the first window.
    """
    registry = dag_registry()
    months, days = DEMO_MONTHS[settings.world], DEMO_DAYS[settings.world]
    spans = {
        "month": (month_before(today, months), month_before(today, 0)),
        "day": (str(today - timedelta(days=days)), str(today - timedelta(days=1))),
    }
    found = []
    for family in registry.families():
        first, last = spans[family.grain]
        if family.closed:
            first, last = registry.closed_range(family)
            last = last if settings.world == "full" else first
        found.append(first_load(f"load_{family.source}", first, last))
    sent = today - timedelta(days=DEMO_POSITION_DAYS[settings.world])
    positions_load = first_load(POSITIONS, str(sent), str(today - timedelta(days=1)))
    return [*found, positions_load, first_load("load_gold", "", "")]


def planned(lake: Lake) -> list[Load]:
    """The loads as first asked for."""
    path = lake.place.run / "first_load.json"
    if not path.exists():
        now = lake.settings.now or datetime.now(LOCAL_TZ)
        found = windows(lake.settings, now.astimezone(LOCAL_TZ).date())
        path.write_text(json.dumps([vars(one) for one in found], indent=1))
    return [Load(**one) for one in json.loads(path.read_text())]


def gateways(lake: Lake, one: Load) -> dict[str, subprocess.Popen[bytes]]:
    """Start the simulated gateways of vehicles and stations of ships, which fill the drop folders; by the mark that
    says that they did, without those that did before."""
    days = (date.fromisoformat(one.last) - date.fromisoformat(one.first)).days + 1
    upstream, drop, world = lake.place.home / "upstream", lake.place.home / "drop", lake.settings.world
    wanted = {
        "positions_dropped": ["fleet", "positions", "--vehicles", str(POSITION_TRUCKS[world]), "--world", world],
        "ships_dropped": ["ais", "ships", "--ships", str(DEMO_SHIPS[world])],
    }
    found = {}
    for mark, (package, folder, *words) in wanted.items():
        if (lake.place.run / mark).exists():
            continue
        argv = [str(lake.settings.tools / "env" / "lake" / "bin" / "python"), "-m",
                f"infra.upstream.{package}.demonstration", "--drop", str(drop / folder), "--truth",
                str(upstream / package), "--day", one.first, "--days", str(days), "--seed",
                str(lake.settings.world_seed), *words]  # fmt: skip
        found[mark] = subprocess.Popen(argv, cwd=ROOT)
    return found


def dropped(lake: Lake, started: dict[str, subprocess.Popen[bytes]]) -> None:
    """Wait until the simulated gateways are done; raises LoadFailed where one failed."""
    for mark, gateway in started.items():
        if gateway.wait():
            raise LoadFailed(f"the simulated gateways ({mark}) failed (exit {gateway.returncode}), see above")
        (lake.place.run / mark).touch()


def load(lake: Lake, console: Console) -> int:
    """Load, build, publish, deploy, show the addresses; raises LoadFailed."""
    api = AirflowApi(lake.place, lake.values["LAKE_AIRFLOW_URL"])
    loads = planned(lake)
    steps = 4
    started = next((gateways(lake, one) for one in loads if one.dag_id == POSITIONS), {})
    _wait_for_dags(api, [one.dag_id for one in loads])
    dropped(lake, started)
    record = lake.place.run / "peak_memory_bytes"
    peak, looked = [int(record.read_text()) if record.exists() else 0], [0.0]

    def sample() -> None:
        if time.monotonic() - looked[0] < MEMORY_EVERY_S:
            return
        looked[0] = time.monotonic()
        peak[0] = max(peak[0], ownership.memory_pss(lake.instance))
        record.write_text(str(peak[0]))

    console.print(f"step 1 of {steps}: load {len(loads) - 1} sources through Airflow")
    follow(api, loads[:-1], console, sample)
    console.print(f"step 2 of {steps}: activity, emission, marts, release")
    follow(api, loads[-1:], console, sample)
    console.print(f"step 3 of {steps}: live view, visualization centre")
    live(lake)
    deploy(lake, console)
    console.print(f"step 4 of {steps}: documentation and pages")
    document(lake, console)
    start(lake, upstream_pools(), lambda text: console.print(f"  {text}"), PAGES_STAGE)
    sample()
    if lake.settings.now is None:
        _schedule(api)
    _farewell(lake, console, peak[0])
    return 0


def _wait_for_dags(api: AirflowApi, wanted: list[str]) -> None:
    until = time.monotonic() + DAGS_WITHIN_S
    while set(wanted) - set(api.dags()):
        errors = api.import_errors()
        if errors or time.monotonic() > until:
            missing = sorted(set(wanted) - set(api.dags()))
            raise LoadFailed(f"Airflow does not know {', '.join(missing)}\n" + "\n".join(errors))
        time.sleep(POLL_S)


def _begin(api: AirflowApi, one: Load) -> None:
    """Trigger the run, or let a failed one resume where it failed."""
    api.unpause(one.dag_id)
    run = api.trigger(one.dag_id, one.run_id, one.conf)
    if run.state == "failed":
        api.clear_failed(one.dag_id, one.run_id)


def follow(api: AirflowApi, loads: list[Load], console: Console, sample: Callable[[], None]) -> None:
    """Run the loads and show tasks done of all; raises LoadFailed when one has failed."""
    for one in loads:
        _begin(api, one)
    columns = (TextColumn("  {task.description:<22}"), BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("{task.fields[doing]}"))  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bars = {one: progress.add_task(one.dag_id, total=None, doing=one.span) for one in loads}
        waiting = list(loads)
        while waiting:
            standing = api.standing((one.dag_id, one.run_id) for one in waiting)
            for one in list(waiting):
                state, tasks = standing[one.dag_id, one.run_id]
                done = sum(task.state in TASK_DONE for task in tasks)
                doing = ", ".join(task.task_id for task in tasks if task.state == "running")
                progress.update(bars[one], total=len(tasks) or None, completed=done, doing=doing)
                if state == "failed":
                    raise LoadFailed(_explain(api, one))
                if state == "success":
                    waiting.remove(one)
                    counts = Counter(str(task.state) for task in tasks)
                    text = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
                    console.print(f"  {one.dag_id}: {one.span}: {text}")
            sample()
            if waiting:
                time.sleep(POLL_S)


def _explain(api: AirflowApi, one: Load) -> str:
    lines = [f"{one.dag_id} {one.span} failed; `make run` again resumes where it failed"]
    for task in api.tasks(one.dag_id, one.run_id):
        if task.state == "failed":
            try:
                tail = api.log_tail(one.dag_id, one.run_id, task)
            except AirflowRefused as refused:
                tail = f"    (no log: {refused})"
            lines.append(f"  task {task.task_id}:\n{tail}")
    return "\n".join(lines)


def _deployed_mark(lake: Lake) -> Path:
    return lake.place.home / "superset" / ".deployed"


def live(lake: Lake) -> None:
    """Let the live view begin with the last hour of positions; nothing to do where it began before."""
    mark = lake.place.run / "live_begun"
    if mark.exists():
        return
    python = str(lake.settings.tools / "env" / "lake" / "bin" / "python")
    env = {**os.environ, "LAKE_HOME": str(lake.place.home)}
    for argv in ([python, *live_gateways(lake.place, lake.settings)],
                 [str(ROOT / "bin" / "lake"), "fleet", "live", "--once"]):  # fmt: skip
        done = subprocess.run(argv, env=env, cwd=ROOT, check=False)
        if done.returncode:
            raise LoadFailed(f"beginning the live view failed (exit {done.returncode}), see above")
    mark.touch()


def deployed(lake: Lake) -> bool:
    """Whether the visualization centre was deployed before: its pages can start without a load."""
    return _deployed_mark(lake).exists()


def deploy(lake: Lake, console: Console) -> None:
    """Bring the visualization centre to its spec; nothing to do when neither spec nor code changed."""
    files = sorted(path for path in (ROOT / "superset_assets").rglob("*") if path.is_file() and path.suffix != ".pyc")
    stamp, mark = digest(*files), _deployed_mark(lake)
    if mark.exists() and mark.read_text() == stamp:
        console.print("  already deployed")
        return
    env = {**os.environ, **superset_environment(lake.place), "LAKE_HOME": str(lake.place.home)}
    done = subprocess.run([str(ROOT / "bin" / "lake"), "job", "deploy", "all"], env=env, cwd=ROOT, check=False)
    if done.returncode:
        raise LoadFailed(f"deploying the visualization centre failed (exit {done.returncode}), see above")
    mark.write_text(stamp)


def document(lake: Lake, console: Console) -> None:
    """Build the documentation of the release that is served; nothing to do when it was built already."""
    current, mark = lake.place.home / "serving" / "current.duckdb", lake.place.run / "documented"
    stamp = str(current.stat().st_mtime_ns)
    if mark.exists() and mark.read_text() == stamp:
        console.print("  documentation: already built")
        return
    env = {**os.environ, "LAKE_HOME": str(lake.place.home)}
    done = subprocess.run([str(ROOT / "bin" / "lake"), "docs", "build"], env=env, cwd=ROOT, check=False)
    if done.returncode:
        raise LoadFailed(f"building the documentation failed (exit {done.returncode}), see above")
    mark.write_text(stamp)


def _schedule(api: AirflowApi) -> None:
    """From now on windows come by themselves."""
    for dag_id, paused in api.dags().items():
        if paused and not dag_id.startswith("load_"):
            api.unpause(dag_id)


def _farewell(lake: Lake, console: Console, peak: int) -> None:
    where = lake.place.secrets
    for title, name, password in (
        ("可视化中心", "LAKE_SUPERSET_URL", "superset_admin_password"),
        ("Airflow", "LAKE_AIRFLOW_URL", "airflow_admin_password"),
    ):
        console.print(f"{title}: {lake.values[name]}   user admin, password: cat {where / password}")
    console.print(f"文档: {lake.values['LAKE_DOCS_URL']}")
    console.print("other users' passwords: superset_<user>_password beside them; to stop: make stop")
    console.print(f"peak memory of all processes while loading: {peak / 2**30:.1f} GiB (PSS)")

"""A small lake on the cluster topology of one machine, with jobs that are disturbed in the middle."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import psutil
from minio import Minio

from infra.process.supervision import process_ids
from infra.settings import ROOT
from infra.table_store import REGION
from tests.small_world import SmallWorld

DONE, NOTHING_TO_DO = 0, 99
NO_RETRY = (2, 65)
RESUMES = 4
BUCKET = "lake"
COMMIT = re.compile(r"/_delta_log/\d{20}\.json$")
DATA_FILE = re.compile(r"part-[^/\"]+\.parquet")


@dataclass(frozen=True)
class ComputeWorld(SmallWorld):
    """A lake of which only what stores and computes is started; ``topology`` as in the settings."""

    topology: str = "embedded"

    @property
    def env(self) -> dict[str, str]:
        return super().env | {"LAKE_TOPOLOGY": self.topology}

    @property
    def served(self) -> Path:
        """The file of the release that is served."""
        return self.home / "serving" / "current.duckdb"

    def start(self) -> None:
        """Start it; AssertionError with the command's output where that fails."""
        code, output = self.control("compute")
        assert code == 0, output[-4000:]

    def job(self, *words: str) -> subprocess.Popen[str]:
        """Start ``bin/lake job WORDS``."""
        argv = [str(ROOT / "bin" / "lake"), "job", *words]
        return subprocess.Popen(
            argv, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip

    def positions(self, day: str, vehicles: int) -> None:
        """Let the simulated gateways drop one day's positions of so many trucks."""
        argv = [sys.executable, "-m", "infra.upstream.fleet.demonstration", "--day", day, "--vehicles", str(vehicles),
                "--drop", str(self.home / "drop" / "positions"), "--truth", str(self.home / "upstream" / "fleet"),
                "--world", "small"]  # fmt: skip
        subprocess.run(argv, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, check=True)

    def take_identity(self, other: ComputeWorld) -> None:
        """Name vehicles by the key of another lake, so that tables of both can be compared."""
        for key in other.place.secrets.glob("hmac_identity.v*"):
            shutil.copy2(key, self.place.secrets / key.name)

    def done(self, *words: str) -> int:
        """Run one job to its end, as the scheduler would: again, a few times, where its exit code allows it."""
        told = []
        for _ in range(RESUMES + 1):
            job = self.job(*words)
            output, _ = job.communicate()
            if job.returncode in (DONE, NOTHING_TO_DO):
                return job.returncode
            told.append(f"exit {job.returncode}: {output[-3000:]}")
            if job.returncode in NO_RETRY:
                break
            self.start()
        raise AssertionError(f"lake job {' '.join(words)} did not get through:\n" + "\n".join(told))

    def disturbed(self, table: str, disturb: Callable[[], None], *words: str) -> set[str]:
        """Run one job, ``disturb`` in the middle of its write of ``table``, resume; the data files of that middle.

        The middle: the store holds new data files of the table that no commit names. The driver stands still while
        that is looked up, so the commit cannot come in between. The job may get through by itself or ask for another
        try, as long as it does not give up.
        """
        before, job, hit = self.uncommitted(table), self.job(*words), set[str]()
        while job.poll() is None and not hit:
            if self.uncommitted(table) - before:
                with self.halted("spark"):
                    hit = self.uncommitted(table) - before
                    if hit:
                        disturb()
        output, _ = job.communicate()
        assert hit, f"lake job {' '.join(words)} ended before it wrote: exit {job.returncode}\n{output[-3000:]}"
        assert job.returncode not in NO_RETRY, f"no other try was allowed: exit {job.returncode}\n{output[-3000:]}"
        print(f"disturbed {' '.join(words)}: exit {job.returncode}")
        self.start()
        self.done(*words)
        return hit

    @contextlib.contextmanager
    def halted(self, service: str) -> Iterator[None]:
        """What a supervised process started stands still meanwhile."""
        children = [child for pid in process_ids(self.place, service) for child in psutil.Process(pid).children()]
        for child in children:
            child.suspend()
        try:
            yield
        finally:
            for child in children:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.resume()

    @cached_property
    def store(self) -> Minio:
        """A client of the object store."""
        endpoint = urlsplit(self.values["LAKE_S3_ENDPOINT"])
        keys = self.secret("s3_access_key"), self.secret("s3_secret_key")
        return Minio(endpoint.netloc, access_key=keys[0], secret_key=keys[1], secure=False, region=REGION)

    def objects(self, table: str) -> set[str]:
        """Names of the objects of a table."""
        prefix = f"warehouse/{table.replace('.', '/')}/"
        return {str(one.object_name) for one in self.store.list_objects(BUCKET, prefix=prefix, recursive=True)}

    def uncommitted(self, table: str) -> set[str]:
        """File names of the table's data files that no commit names."""
        found = self.objects(table)
        data = {PurePosixPath(name).name for name in found if name.endswith(".parquet") and "/_delta_log/" not in name}
        if not data:
            return data
        for name in found:
            if COMMIT.search(name):
                with contextlib.closing(self.store.get_object(BUCKET, name)) as commit:
                    data -= set(DATA_FILE.findall(commit.read().decode()))
        return data

    def kill(self, service: str, with_children: bool = False) -> None:
        """kill -9 of a supervised process, and of what it started."""
        for pid in process_ids(self.place, service):
            children = psutil.Process(pid).children(recursive=True) if with_children else []
            os.kill(pid, signal.SIGKILL)
            for child in children:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()


@contextlib.contextmanager
def world(name: str, topology: str) -> Iterator[ComputeWorld]:
    """The lake ``name`` beside the tools, empty and started; its processes end with the block, its files stay."""
    tools = (ROOT / os.environ.get("LAKE_TOOLS", ".lake")).resolve()
    lake = ComputeWorld(tools / name, topology)
    lake.fresh()
    try:
        lake.start()
        yield lake
    finally:
        lake.control("stop")

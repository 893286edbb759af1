"""A small lake on the cluster topology of one machine, with jobs that are disturbed in the middle."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil
from minio import Minio

from infra.process.supervision import process_ids
from infra.settings import ROOT
from tests.small_world import SmallWorld

DONE, NOTHING_TO_DO = 0, 99
RESUMES = 4


@dataclass(frozen=True)
class ComputeWorld(SmallWorld):
    """A lake of which only what stores and computes is started; ``topology`` as in the settings."""

    topology: str = "embedded"

    @property
    def env(self) -> dict[str, str]:
        return super().env | {"LAKE_TOPOLOGY": self.topology}

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

    def done(self, *words: str) -> None:
        """Run one job to its end, as the scheduler would: again, a few times, where it fails."""
        told = []
        for _ in range(RESUMES + 1):
            job = self.job(*words)
            output, _ = job.communicate()
            if job.returncode in (DONE, NOTHING_TO_DO):
                return
            told.append(f"exit {job.returncode}: {output[-1500:]}")
            self.start()
        raise AssertionError(f"lake job {' '.join(words)} did not get through:\n" + "\n".join(told))

    def disturbed(self, table: str, disturb: Callable[[], None], *words: str) -> None:
        """Run one job; once ``table`` has an object that it did not have, ``disturb`` and resume."""
        before, job, hit = self.objects(table), self.job(*words), False
        while job.poll() is None and not hit:
            if self.objects(table) - before:
                disturb()
                hit = True
            with contextlib.suppress(subprocess.TimeoutExpired):
                job.wait(timeout=0.05)
        output, _ = job.communicate()
        assert hit, f"lake job {' '.join(words)} ended before it wrote: exit {job.returncode}\n{output[-3000:]}"
        print(f"disturbed {' '.join(words)}: exit {job.returncode}")
        self.start()
        self.done(*words)

    def objects(self, table: str) -> set[str]:
        """Names of the objects of a table."""
        endpoint = urlsplit(self.values["LAKE_S3_ENDPOINT"])
        keys = self.secret("s3_access_key"), self.secret("s3_secret_key")
        store = Minio(endpoint.netloc, access_key=keys[0], secret_key=keys[1], secure=False, region="us-east-1")
        listed = store.list_objects("lake", prefix=f"warehouse/{table.replace('.', '/')}/", recursive=True)
        return {str(one.object_name) for one in listed}

    def kill(self, service: str, with_children: bool = False) -> None:
        """kill -9 of a supervised process, and of what it started."""
        for pid in process_ids(self.place, service):
            children = psutil.Process(pid).children(recursive=True) if with_children else []
            os.kill(pid, signal.SIGKILL)
            for child in children:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()


def world(name: str, topology: str) -> ComputeWorld:
    """The lake ``name`` beside the tools, empty and started."""
    tools = (ROOT / os.environ.get("LAKE_TOOLS", ".lake")).resolve()
    fresh = ComputeWorld(tools / name, topology)
    fresh.fresh()
    fresh.start()
    return fresh

"""``python -m infra.upstream``: serves simulated platforms."""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from infra.upstream.auth import load_credentials
from infra.upstream.clock import Clock
from infra.upstream.platforms import APPS
from infra.upstream.rates import load_rates
from infra.upstream.server import HOST, Plan, serve


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Command line; see README.md."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.upstream", description="Serve simulated government platforms."
    )
    parser.add_argument("--platform", choices=[*APPS, "all"], default="all")
    parser.add_argument(
        "--port", required=True, help="one port, or one per platform separated by commas; 0: any free one"
    )
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--world", choices=["full", "small"], default="full")
    parser.add_argument("--seed", type=int, default=20241101)
    parser.add_argument("--now", type=datetime.fromisoformat, help="fixes the clock; ISO 8601 with an offset")
    parser.add_argument("--instance", default="unnamed", help="id that /healthz answers with")
    parser.add_argument("--credentials", type=Path, required=True, help="JSON file, see README.md")
    parser.add_argument("--fault-rates", type=Path, help="YAML file that overrides fault_rates.yaml")
    parser.add_argument(
        "--truth", type=Path, help="write the truth file of the demonstration windows here, in the background"
    )
    return parser.parse_args(argv)


def ports_of(platform: str, text: str) -> dict[str, int]:
    """Ports by platform; ValueError when the numbers do not fit."""
    names = list(APPS) if platform == "all" else [platform]
    numbers = [int(part) for part in text.split(",")]
    if len(numbers) == 1 and numbers[0]:
        numbers = [numbers[0] + i for i in range(len(names))]
    elif len(numbers) == 1:
        numbers = [0] * len(names)
    if len(numbers) != len(names):
        raise ValueError(f"--port names {len(numbers)} ports for {len(names)} platforms ({', '.join(names)})")
    return dict(zip(names, numbers, strict=True))


def journal_of(truth: Path | None) -> Path | None:
    """Journal of faults of single responses, started afresh beside the truth file: ``truth-served.jsonl``."""
    if truth is None:
        return None
    truth.parent.mkdir(parents=True, exist_ok=True)
    journal = truth.with_name(f"{truth.stem}-served.jsonl")
    journal.write_text("", encoding="utf-8")
    return journal


def write_truth(options: argparse.Namespace, clock: Clock) -> subprocess.Popen[bytes]:
    """Starts writing the truth file beside the servers, at low priority."""
    command = [sys.executable, "-m", "infra.upstream.truth", "--out", str(options.truth), "--world", options.world]
    command += ["--seed", str(options.seed), "--now", clock.now().isoformat(), "--nice"]
    command += ["--fault-rates", str(options.fault_rates)] if options.fault_rates else []
    return subprocess.Popen(command)


def main(argv: list[str] | None = None) -> int:
    """Serves until a signal; exit code 2 when the options do not fit together."""
    options = arguments(argv)
    writer = None
    try:
        clock = Clock(options.now)
        plan = Plan(
            ports=ports_of(options.platform, options.port),
            world=options.world,
            seed=options.seed,
            clock=clock,
            instance=options.instance,
            credentials=load_credentials(options.credentials),
            rates=load_rates(options.fault_rates),
            host=options.host,
            journal=journal_of(options.truth),
        )
        writer = write_truth(options, clock) if options.truth else None
        asyncio.run(serve(plan))
    except (ValueError, OSError) as reason:
        print(f"upstream: {reason}", file=sys.stderr)
        return 2
    finally:
        if writer is not None and writer.poll() is None:
            writer.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main())

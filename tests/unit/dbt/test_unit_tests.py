"""dbt's own unit tests, on what calculates; a build leaves them out, so they run here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.settings import ROOT

RUN = """
import json, shutil, sys
from pathlib import Path
from spark_jobs.jobs import marts
work = marts.build_folder()
copy = Path(sys.argv[1])
shutil.copyfile(work / "build.duckdb", copy / "build.duckdb")
facts = json.loads((work / "built.json").read_text(encoding="utf-8"))
marts.set_environment(copy / "build.duckdb", facts["table_versions"])
marts.run_dbt(["test", "--select", "test_type:unit", *marts.options(copy / "target")])
results = json.loads((copy / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
print(json.dumps({r["unique_id"]: r["status"] for r in results if r["unique_id"].startswith("unit_test.")}))
"""


def test_unit_tests_of_the_models_pass(published: Path, tmp_path: Path) -> None:
    environment = dict(os.environ) | {"LAKE_HOME": str(published), "PYTHONPATH": str(ROOT)}
    script = tmp_path / "run.py"
    script.write_text(f"if __name__ == '__main__':\n{''.join('    ' + line + chr(10) for line in RUN.splitlines())}")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(done.stdout.splitlines()[-1])
    assert len(results) >= 5
    assert set(results.values()) == {"pass"}

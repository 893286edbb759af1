"""The roles of the eight machines: their playbook parses, their templates render into what their programs accept."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.bootstrap import tools_home
from infra.process import airflow, credentials, layout
from infra.settings import ROOT, Settings

DEPLOY = ROOT / "infra" / "deploy"
INVENTORY = DEPLOY / "inventory" / "example"
ROLES = DEPLOY / "roles"
UNITS = {
    "app-1": [("superset/templates/lake-superset.service.j2", "lake-superset.service")],
    "data-1": [
        ("minio/templates/minio.service.j2", "minio.service"),
        ("spark/templates/lake-spark-worker.service.j2", "lake-spark-worker.service"),
        ("common/templates/lake-home.mount.j2", "srv-lake.mount"),
    ],
    "analysis-1": [
        ("spark/templates/lake-spark-master.service.j2", "lake-spark-master.service"),
        ("spark/templates/lake-connect.service.j2", "lake-connect.service"),
        ("airflow/templates/airflow.service.j2", "lake-airflow-api.service", "lake-airflow-api"),
        ("airflow/templates/airflow.service.j2", "lake-airflow-scheduler.service", "lake-airflow-scheduler"),
        ("live/templates/lake-live.service.j2", "lake-live.service"),
    ],
}
FILES: dict[str, list[tuple[str, ...]]] = {
    "app-1": [*UNITS["app-1"], ("superset/templates/superset.env.j2", "superset.env"),
              ("nginx/templates/lake.conf.j2", "lake.conf")],
    "data-1": [*UNITS["data-1"], ("minio/templates/minio.env.j2", "minio.env"),
               ("postgres/templates/lake.conf.j2", "postgres.conf"),
               ("postgres/templates/pg_hba.conf.j2", "pg_hba.conf"),
               ("postgres/templates/databases.sql.j2", "databases.sql")],
    "data-2": [],
    "analysis-1": [*UNITS["analysis-1"], ("lake/templates/lake.env.j2", "lake.env"),
                   ("lake/templates/settings.env.j2", "settings.env"),
                   ("airflow/templates/airflow.env.j2", "airflow.env")],
}  # fmt: skip


def program(name: str) -> str:
    """A program of the environment from which the roles are rolled out."""
    found = tools_home() / "env" / "deploy" / "bin" / name
    assert found.exists(), f"{found} is missing: run `make deploy-tools`"
    return str(found)


def run(*argv: str, **env: str) -> str:
    """Output of a command that must succeed."""
    own = {"ANSIBLE_CONFIG": str(DEPLOY / "ansible.cfg"), "ANSIBLE_LOCAL_TEMP": "/dev/shm/ansible-tests", **env}
    done = subprocess.run(
        argv, cwd=DEPLOY, env={**os.environ, **own}, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def example_secrets() -> dict[str, object]:
    """The vault's example, filled in."""
    given = yaml.safe_load((INVENTORY / "group_vars" / "all" / "vault.yml.example").read_text(encoding="utf-8"))
    return {
        name: {inner: f"secret-of-{inner}" for inner in value} if isinstance(value, dict) else f"secret-of-{name}"
        for name, value in given.items()
    }


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of all rendered templates: ``<machine>.<file>``."""
    folder = tmp_path_factory.mktemp("rendered")
    secrets = folder / "secrets.json"
    secrets.write_text(json.dumps(example_secrets()))
    out = folder / "out"
    out.mkdir()
    given = json.dumps({"roles_folder": str(ROLES), "out": str(out), "secrets": str(secrets), "files": FILES})
    playbook = str(Path(__file__).with_name("render.yml"))
    python = "ansible_python_interpreter={{ ansible_playbook_python }}"
    run(program("ansible-playbook"), "-i", str(INVENTORY / "hosts.yml"), playbook, "-e", given, "-e", python)
    for machine in FILES:
        for name, text in json.loads((out / f"{machine}.json").read_text(encoding="utf-8")).items():
            (out / f"{machine}.{name}").write_text(text, encoding="utf-8")
    return out


def settings_of(path: Path) -> dict[str, str]:
    """Name → value of an environment file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_playbook_parses() -> None:
    assert "site.yml" in run(program("ansible-playbook"), "--syntax-check", "site.yml")


def test_no_template_is_left_unrendered() -> None:
    there = {str(path.relative_to(ROLES)) for path in ROLES.glob("*/templates/*")}
    assert there == {entry[0] for entries in FILES.values() for entry in entries}


def test_the_inventory_has_the_eight_machines() -> None:
    children = yaml.safe_load((INVENTORY / "hosts.yml").read_text(encoding="utf-8"))["all"]["children"]
    counts = {name: len(group["hosts"]) for name, group in children.items()}
    assert counts == {"application": 2, "data": 4, "analysis": 2, "postgres": 2}


def test_settings_are_those_that_the_platform_reads(rendered: Path) -> None:
    found = Settings(_env_file=rendered / "analysis-1.settings.env")
    assert found.topology == "cluster"
    assert found.spark_master == "spark://192.0.2.31:7077"
    assert found.spark_driver_host == "192.0.2.31"
    assert found.spark_remote.startswith("sc://127.0.0.1:"), "Connect asks nobody's name: never beyond the machine"
    assert found.warehouse_url == "s3a://lake/warehouse"
    assert found.metastore_url == "postgresql://hive@192.0.2.21:5432/metastore"


def test_airflow_is_set_as_on_one_machine(rendered: Path, tmp_path: Path) -> None:
    place = layout.Layout(tmp_path / "home")
    place.prepare()
    credentials.ensure_secrets(place)
    values: Mapping[str, str] = layout.ensure_settings(place, {})
    own = airflow.environment(place, tools_home(), dict(values))
    wanted = {name for name in own if name.startswith("AIRFLOW__")}
    found = settings_of(rendered / "analysis-1.airflow.env")
    assert {name for name in found if name.startswith("AIRFLOW__")} == wanted
    same = wanted - {name for name in wanted if re.search("FOLDER|DIRECTORY|KEY|URL|HOST|PORT|CONN|SECRET|FILE", name)}
    differing = {name for name in same if found[name] != own[name]}
    assert differing <= {
        "AIRFLOW__CORE__PARALLELISM", "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG", "AIRFLOW__OPENLINEAGE__TRANSPORT",
        "AIRFLOW__SECRETS__BACKEND_KWARGS",
    }  # fmt: skip
    for name in ("AIRFLOW__OPENLINEAGE__TRANSPORT", "AIRFLOW__SECRETS__BACKEND_KWARGS"):
        assert json.loads(found[name]).keys() == json.loads(own[name]).keys()


def test_secrets_are_those_that_the_platform_asks_for() -> None:
    given = example_secrets()["vault_lake_secrets"]
    assert isinstance(given, dict)
    assert set(given) == set(credentials.GENERATED)


def test_the_object_store_spans_the_four_data_machines(rendered: Path) -> None:
    volumes = settings_of(rendered / "data-1.minio.env")["MINIO_VOLUMES"].strip('"').split()
    assert volumes == [f"http://192.0.2.2{n}:9000/srv/minio/drive-1" for n in (1, 2, 3, 4)]


def test_the_database_lets_in_whom_it_must_and_nobody_without_a_password(rendered: Path) -> None:
    rules = [line.split() for line in (rendered / "data-1.pg_hba.conf").read_text().splitlines()]
    remote = [rule for rule in rules if rule and rule[0] == "host"]
    assert {rule[4] for rule in remote} == {"scram-sha-256"}
    assert ["host", "metastore", "hive", "192.0.2.31/32", "scram-sha-256"] in remote
    assert not any("0.0.0.0" in rule[3] or rule[1] == "all" for rule in remote)


def test_a_refused_driver_is_not_started_again(rendered: Path) -> None:
    assert "RestartPreventExitStatus=69\n" in (rendered / "analysis-1.lake-connect.service").read_text()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of the test's own, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "carbon.example.org")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    places = folder / "site.crt", folder / "site.key"
    places[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    places[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return places


def test_the_site_has_tls_and_slows_down_who_guesses_passwords(rendered: Path) -> None:
    text = (rendered / "app-1.lake.conf").read_text()
    assert text.count("{") == text.count("}")
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    assert "limit_req zone=lake_login" in text.split("location = /login/")[1].split("}")[0]
    for location in ("/airflow/", "/docs/"):
        assert "deny all;" in text.split(f"location {location}")[1].split("}")[0]


def test_nginx_understands_the_site(rendered: Path, tmp_path: Path) -> None:
    site, (public, private) = (rendered / "app-1.lake.conf").read_text(), certificate(tmp_path)
    site = site.replace("/etc/nginx/tls/site.crt", str(public)).replace("/etc/nginx/tls/site.key", str(private))
    assert str(public) in site and str(private) in site
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{site}\n}}\n")
    nginx = shutil.which("nginx")
    if nginx:  # a machine without it has checked all that can be checked by reading
        done = subprocess.run([nginx, "-t", "-c", str(whole)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_units_have_what_systemd_wants(rendered: Path) -> None:
    for machine, units in UNITS.items():
        for unit in units:
            text = (rendered / f"{machine}.{unit[1]}").read_text()
            sections = re.findall(r"^\[(\w+)\]$", text, re.MULTILINE)
            assert sections == ["Unit", "Mount" if unit[1].endswith("mount") else "Service", "Install"]
            for command in re.findall(r"^ExecStart\w*=(.*)$", text, re.MULTILINE):
                assert command.startswith("/"), f"{unit[1]}: {command}"
                assert "{{" not in command


def test_nothing_of_this_machine_is_in_the_roles() -> None:
    found = [
        str(path)
        for path in DEPLOY.rglob("*")
        if path.suffix in {".yml", ".j2", ".cfg", ".example"}
        and re.search(r"/root\b|/work\b|/tmp\b|pypi\.|proxy\.golang", path.read_text(encoding="utf-8"))
    ]
    assert not found

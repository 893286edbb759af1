"""The four servers over HTTP: who is let in, pages, documents that fit their own schemas, faults of transport."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
from lxml import etree

from infra.upstream.auth import signature
from infra.upstream.transport import KINDS
from tests.unit.upstream.conftest import FIXTURES, NOW, Servers, run_servers

MARCH = {"updated_since": "2026-03-01T00:00:00+08:00", "updated_before": "2026-04-01T00:00:00+08:00"}
PAGES = {
    "enterprises": "EnterprisePage",
    "energy-reports": "EnergyReportPage",
    "activity-reports": "ActivityReportPage",
    "emission-reports": "EmissionReportPage",
    "targets": "TargetPage",
}


def check(document: dict[str, Any], schema: str, body: Any) -> None:
    """Validates a body against a named schema of an OpenAPI document."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    jsonschema.Draft202012Validator(whole).validate(body)


def signed(servers: Servers, path: str, query: str = "", **changed: str) -> httpx.Response:
    stamp, nonce, key = str(int(time.time())), f"n{time.monotonic_ns()}", servers.credentials["metering"]
    mark = signature(key["app_secret"], "GET", path, query, stamp, nonce)
    headers = {"X-App-Key": key["app_key"], "X-Timestamp": stamp, "X-Nonce": nonce, "X-Signature": mark} | changed
    return servers.http.get(servers.url["metering"] + path + (f"?{query}" if query else ""), headers=headers)


def ships(servers: Servers, resource: str, **query: Any) -> httpx.Response:
    asked = {"from": "2026-09-01", "to": "2026-10-01", "page": 1, "pageSize": 200} | query
    headers = {"X-API-Key": servers.credentials["ship_energy"]["api_key"]}
    return servers.http.get(f"{servers.url['ship_energy']}/service/{resource}", params=asked, headers=headers)


@pytest.mark.parametrize("resource", list(PAGES))
def test_reporting_pages_fit_the_openapi_document(servers: Servers, resource: str) -> None:
    document = servers.http.get(servers.url["reporting"] + "/openapi.json").json()
    window = MARCH | {"updated_since": "2026-01-01T00:00:00+08:00"}
    body = servers.records(resource, **window).json()
    assert body["data"]
    check(document, PAGES[resource], body)
    broken = json.loads(json.dumps(body))
    broken["data"][0]["version"] = "first"
    with pytest.raises(jsonschema.ValidationError):
        check(document, PAGES[resource], broken)


def test_pages_by_cursor_are_the_whole_window(servers: Servers) -> None:
    whole = servers.records("energy-reports", **MARCH, limit=1000).json()
    assert whole["next_cursor"] is None and len(whole["data"]) > 50
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = servers.records("energy-reports", **MARCH, limit=7, cursor=cursor).json()
        assert len(page["data"]) <= 7
        found += page["data"]
        cursor = page["next_cursor"]
    assert found == whole["data"]


def test_nothing_is_known_before_its_time(servers: Servers) -> None:
    late = {"updated_since": "2026-11-20T00:00:00+08:00", "updated_before": "2027-06-01T00:00:00+08:00"}
    data = servers.records("energy-reports", **late).json()["data"]
    assert all(row["updated_at"] <= NOW for row in data)
    assert servers.records("energy-reports", updated_since="2026-12-01T00:00:00+08:00").json()["data"] == []


@pytest.mark.parametrize("header", ["", "Bearer 1.2", "Basic cmVhZGVyOndvcmQ="])
def test_reporting_refuses_without_a_token(servers: Servers, header: str) -> None:
    answer = servers.http.get(servers.url["reporting"] + "/api/v1/targets", headers={"Authorization": header})
    assert answer.status_code == 401 and "/oauth2/token" in answer.json()["error"]


@pytest.mark.parametrize("wrong", [{"client_secret": "guess"}, {"client_id": "other"}, {"grant_type": "password"}])
def test_tokens_are_for_the_right_client_only(servers: Servers, wrong: dict[str, str]) -> None:
    form = {"grant_type": "client_credentials", **servers.credentials["reporting"]} | wrong
    assert servers.http.post(servers.url["reporting"] + "/oauth2/token", data=form).status_code == 401


def test_a_token_with_a_moved_expiry_is_refused(servers: Servers) -> None:
    expiry, mac = servers.token().split(".")
    headers = {"Authorization": f"Bearer {int(expiry) + 1}.{mac}"}
    assert servers.http.get(servers.url["reporting"] + "/api/v1/targets", headers=headers).status_code == 401


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "many"}, {"updated_since": "March"}, {"cursor": "%%%"}])
def test_wrong_questions_are_named(servers: Servers, query: dict[str, str]) -> None:
    answer = servers.records("energy-reports", **query)
    assert answer.status_code == 400 and next(iter(query)) in answer.json()["error"]


def test_meter_files_fit_the_openapi_document(servers: Servers) -> None:
    document = servers.http.get(servers.url["metering"] + "/openapi.json").json()
    for path, query, schema in (("/meters", "as_of=2026-10-01", "Meter"), ("/readings/202611211005", "", "Reading")):
        answer = signed(servers, path, query)
        lines = gzip.decompress(answer.content).decode().splitlines()
        names = lines[0].split(",")
        assert len(lines) > 20
        for line in lines[1:]:
            check(document, schema, dict(zip(names, line.split(","), strict=True)))


@pytest.mark.parametrize(
    "changed",
    [
        {"X-App-Key": "x"},
        {"X-Signature": "0" * 64},
        {"X-Timestamp": "1000000000"},
        {"X-Nonce": ""},
        {"X-Nonce": "other"},
    ],
)
def test_metering_refuses_a_wrong_signature(servers: Servers, changed: dict[str, str]) -> None:
    assert signed(servers, "/meters", **changed).status_code == 401


def test_metering_takes_a_nonce_once_and_signs_the_query(servers: Servers) -> None:
    first = signed(servers, "/meters", "as_of=2026-10-01")
    again = servers.http.send(first.request)
    assert (first.status_code, again.status_code) == (200, 401) and "Nonce" in again.json()["error"]
    moved = signed(servers, "/meters", "as_of=2026-10-01")
    moved.request.url = moved.request.url.copy_with(query=b"as_of=2026-10-02")
    moved.request.headers["X-Nonce"] = "fresh"
    assert servers.http.send(moved.request).status_code == 401


@pytest.mark.parametrize(("slot", "status"), [("202611220755", 200), ("202611220800", 404), ("202611211003", 400)])
def test_a_meter_file_exists_when_its_five_minutes_are_over(servers: Servers, slot: str, status: int) -> None:
    assert signed(servers, f"/readings/{slot}").status_code == status


@pytest.mark.parametrize("resource", ["ships", "voyage-reports", "annual-reports"])
def test_ship_pages_fit_the_xsd(servers: Servers, resource: str) -> None:
    address = f"{servers.url['ship_energy']}/service/{resource}/schema.xsd"
    schema = etree.XMLSchema(etree.fromstring(servers.http.get(address).content))
    page = etree.fromstring(ships(servers, resource).content)
    assert len(page) and schema.validate(page), schema.error_log
    page[0].find("version").text = "first"
    assert not schema.validate(page)


def test_ship_pages_by_number_are_the_whole_window(servers: Servers) -> None:
    whole = etree.fromstring(ships(servers, "voyage-reports", pageSize=500).content)
    ids = [r.findtext("voyage_id") for r in whole]
    assert len(ids) == int(whole.get("total")) > 20
    pages = [etree.fromstring(ships(servers, "voyage-reports", pageSize=9, page=n).content) for n in range(1, 99)]
    assert [r.findtext("voyage_id") for page in pages for r in page] == ids
    assert {page.get("pages") for page in pages} == {str(-(-len(ids) // 9))}


def test_ships_refuse_a_wrong_key_and_a_wrong_page(servers: Servers) -> None:
    address = servers.url["ship_energy"] + "/service/ships?from=2026-09-01&to=2026-10-01"
    assert servers.http.get(address, headers={"X-API-Key": "guess"}).status_code == 401
    assert servers.http.get(address).status_code == 401
    assert ships(servers, "ships", page=0).status_code == 400
    assert ships(servers, "ships", **{"from": ""}).status_code == 400


def test_a_snapshot_fits_the_openapi_document_and_is_sent_once(servers: Servers) -> None:
    base = servers.url["pollutant"]
    document = servers.http.get(base + "/openapi.json").json()
    answer = servers.http.get(base + "/v1/snapshots/202611211030")
    check(document, "Snapshot", answer.json())
    known = {"If-None-Match": answer.headers["etag"]}
    again = servers.http.get(base + "/v1/snapshots/202611211030", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert servers.http.get(base + "/v1/snapshots/202611211100", headers=known).status_code == 200
    for slot, status in (("202611220830", 404), ("202611211015", 400), ("x", 400)):
        assert servers.http.get(f"{base}/v1/snapshots/{slot}").status_code == status


@pytest.fixture(scope="module")
def unruly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    yield from run_servers(tmp_path_factory.mktemp("unruly"), FIXTURES / "transport_faults.yaml")


def test_transport_faults_strike_once_at_the_stated_rate(unruly: Servers) -> None:
    seen: Counter[str] = Counter()
    for half_hour in range(200):
        day, rest = divmod(half_hour, 48)
        address = f"{unruly.url['pollutant']}/v1/snapshots/202610{day + 1:02d}{rest // 2:02d}{30 * (rest % 2):02d}"
        first = attempt(unruly, address)
        seen[first] += 1
        assert attempt(unruly, address) == "good"
    for kind in ("too_many_requests", "server_error", "cut_body", "good"):
        assert 25 <= seen[kind] <= 75, seen
    assert set(seen) <= {*KINDS, "good"}


def attempt(servers: Servers, address: str) -> str:
    """What one request met with."""
    try:
        answer = servers.http.get(address)
    except httpx.RemoteProtocolError:
        return "cut_body"
    if answer.status_code == 429:
        assert int(answer.headers["retry-after"]) >= 1
        return "too_many_requests"
    return "server_error" if answer.status_code == 503 else "good"

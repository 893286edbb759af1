"""Who sees what, walked with real log-ins: role × dashboard, role × dataset × rows, and the passport of a figure."""

import json
import re

import pytest

from superset_assets.compiler.keys import key
from superset_assets.compiler.spec import load
from superset_assets.deployment import gate
from superset_assets.deployment.gate import dashboard_datasets
from superset_assets.runtime.audit_chain import broken_links
from tests.e2e.dashboards import post
from tests.e2e.test_dashboards_browser import site  # noqa: F401 - the fixture

pytestmark = pytest.mark.e2e
SPEC = load()
USERS = SPEC.roles["users"]
RESTRICTED = {
    name for name, user in USERS.items() if any(SPEC.roles["roles"][r].get("restricted") for r in user["roles"])
}


def roles_of(user):
    return [SPEC.roles["roles"][role] for role in USERS[user]["roles"]]


def readable(user):
    """Datasets of the user's roles, granted or reached through a dashboard."""
    names = set()
    for name in USERS[user]["roles"]:
        role = SPEC.roles["roles"][name]
        names |= set(SPEC.datasets) if role["like"] == "Admin" else set(gate.readable(SPEC, name))
        for slug in role.get("dashboards", []):
            names |= dashboard_datasets(SPEC, slug)
    return names


@pytest.fixture(scope="session")
def sessions(site):  # noqa: F811
    """A signed-in client for each user."""
    found = {user: site.session(user) for user in USERS}
    for user, client in found.items():
        assert client.get("/api/v1/me/").status_code == 200, f"{user} could not sign in"
    return found


@pytest.fixture(scope="session")
def dataset_ids(sessions):
    """Dataset key → Superset's number, found by uuid."""
    ids, page = {}, 0
    while found := sessions["administrator"].get(f"/api/v1/dataset/?q=(page:{page},page_size:100)").json()["result"]:
        for row in found:
            detail = sessions["administrator"].get(f"/api/v1/dataset/{row['id']}").json()["result"]
            ids[detail["uuid"]] = row["id"]
        page += 1
    return {name: ids[key("dataset", name)] for name in SPEC.datasets}


def rows(client, number, columns):
    """(status, rows) of a query for distinct values of ``columns``."""
    query = {"columns": columns, "metrics": [], "row_limit": 10000, "filters": []}
    answer = post(client, "/api/v1/chart/data", {"datasource": {"id": number, "type": "table"}, "queries": [query]})
    return answer.status_code, answer.json()["result"][0]["data"] if answer.status_code == 200 else []


@pytest.mark.parametrize("user", USERS)
def test_dashboards_open_for_exactly_the_roles_they_were_given_to(sessions, user):
    given = {slug for role in roles_of(user) for slug in role.get("dashboards", [])}
    for slug in SPEC.dashboards:
        status = sessions[user].get(f"/api/v1/dashboard/{slug}").status_code
        assert (status == 200) == (slug in given), f"{user}, {slug}: {status}"


@pytest.mark.parametrize("user", USERS)
def test_datasets_answer_exactly_the_roles_that_may_read_them(sessions, dataset_ids, user):
    allowed = readable(user)
    for name, number in dataset_ids.items():
        column = next(iter(SPEC.datasets[name]["columns"]))
        status, _ = rows(sessions[user], number, [column])
        assert (status == 200) == (name in allowed), f"{user}, {name}: {status}"


@pytest.mark.parametrize("user", sorted(RESTRICTED))
def test_a_restricted_user_never_gets_a_row_outside_the_rule(sessions, dataset_ids, user):
    seen = 0
    for rule in SPEC.roles["rules"]:
        if not set(rule["roles"]) & set(USERS[user]["roles"]):
            continue
        column = rule["clause"].split(" = ")[0]
        for name in rule["datasets"]:
            _, mine = rows(sessions[user], dataset_ids[name], [column])
            _, everyone = rows(sessions["regulator"], dataset_ids[name], [column])
            values = {row[column] for row in mine}
            assert len(values) <= 1, f"{user}, {name}: {values}"
            assert values <= {row[column] for row in everyone}
            seen += len(values)
            given = USERS[user]["scope"][column]
            assert values <= {given} if isinstance(given, str) else True
    assert seen > 0, f"{user} sees nothing at all: the rules were not tested"


@pytest.mark.parametrize("user", sorted(RESTRICTED))
def test_a_foreign_dashboard_named_in_the_request_opens_nothing(sessions, dataset_ids, user):
    """DASHBOARD_RBAC grants datasets through a dashboard: one that the user was not given must not do so."""
    board = sessions["administrator"].get("/api/v1/dashboard/industry").json()["result"]["id"]
    query = {"columns": ["month"], "metrics": [], "row_limit": 10}
    body = {"datasource": {"id": dataset_ids["agg_carbon_city_month"], "type": "table"}, "queries": [query]}
    body["form_data"] = {"dashboardId": board}
    assert post(sessions[user], "/api/v1/chart/data", body).status_code == 403


def passport_row(sessions, dataset_ids, user):
    """The address of some passport that ``user`` can be shown, as the table's link gives it."""
    _, found = rows(sessions[user], dataset_ids["agg_carbon_enterprise_month"], ["passport", "enterprise_code"])
    links = [re.search(r'href="([^"]+)"', row["passport"])[1] for row in found if row["passport"]]
    official = [link for link in links if "account=official" in link]
    assert official, f"{user} has no link to a passport"
    return official[0]


@pytest.mark.parametrize("user", USERS)
def test_a_passport_opens_and_adds_up_for_whoever_sees_the_row(sessions, dataset_ids, user):
    page = sessions[user].get(passport_row(sessions, dataset_ids, user))
    assert page.status_code == 200
    assert "各部分相加等于本数" in page.text
    assert "SM3 已由落地字节重新计算，全部一致" in page.text


@pytest.mark.parametrize("user", sorted(RESTRICTED))
def test_a_passport_stays_shut_for_rows_outside_the_rule(sessions, dataset_ids, user):
    column = next(iter(USERS[user]["scope"]))
    _, mine = rows(sessions[user], dataset_ids["agg_carbon_enterprise_month"], [column])
    own = {row[column] for row in mine}
    _, all_rows = rows(sessions["regulator"], dataset_ids["agg_carbon_enterprise_month"], ["passport", column])
    foreign = [row["passport"] for row in all_rows if row["passport"] and row[column] not in own]
    assert foreign, "the world has no row outside this user's rule"
    for link in foreign[:5]:
        answer = sessions[user].get(re.search(r'href="([^"]+)"', link)[1])
        assert answer.status_code == 404
        assert "组成" not in re.sub(r"<style.*?</style>", "", answer.text)


def test_a_wrong_password_is_refused_and_audited(site):  # noqa: F811
    client = site.session("regulator", password="not the password")
    assert client.get("/api/v1/me/").status_code == 401
    lines = [json.loads(line) for line in (site.home / "superset" / "audit.jsonl").read_text().splitlines()]
    assert any(line["action"] == "login_failed" and line["user"] == "regulator" for line in lines)


def test_log_ins_and_passports_are_in_an_unbroken_audit_chain(site, sessions, dataset_ids):  # noqa: F811
    sessions["auditor"].get(passport_row(sessions, dataset_ids, "auditor"))
    path = site.home / "superset" / "audit.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    done = {(line["action"], line["user"]) for line in lines}
    assert ("login", "auditor") in done and ("passport", "auditor") in done
    secret = (site.home / "run" / "secrets" / "superset_audit_key").read_text().strip()
    assert list(broken_links(path, secret.encode())) == []


def test_nobody_gets_in_without_signing_in(site):  # noqa: F811
    import httpx

    client = httpx.Client(base_url=site.url, follow_redirects=False, timeout=60)
    assert client.get("/passport?mart=agg_carbon_enterprise_month&measure=co2_t").status_code == 302
    assert client.get("/api/v1/dashboard/industry").status_code in (401, 403, 404)
    assert client.get("/healthz").json()["service"] == "superset"

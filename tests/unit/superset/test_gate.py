"""The gate: no restricted role sees a dataset without a row rule, whichever way it would come to it."""

import copy
from dataclasses import replace

from superset_assets.compiler.spec import load
from superset_assets.deployment.gate import dashboard_datasets, readable, uncovered

SPEC = load()
RESTRICTED = [name for name, role in SPEC.roles["roles"].items() if role.get("restricted")]


def changed(change):
    roles = copy.deepcopy(SPEC.roles)
    change(roles)
    return replace(SPEC, roles=roles)


def test_the_spec_passes_and_has_restricted_roles():
    assert RESTRICTED
    assert uncovered(SPEC) == []


def test_a_rule_taken_away_is_found_for_every_dataset_it_covered():
    rule = SPEC.roles["rules"][0]

    def without(roles):
        roles["rules"].pop(0)

    found = uncovered(changed(without))
    for dataset in rule["datasets"]:
        assert any(dataset in line for line in found), dataset


def test_a_dashboard_given_to_a_restricted_role_brings_its_datasets():
    role, slug = RESTRICTED[0], "industry"
    found = uncovered(changed(lambda roles: roles["roles"][role]["dashboards"].append(slug)))
    ruled = {name for rule in SPEC.roles["rules"] if role in rule["roles"] for name in rule["datasets"]}
    expected = dashboard_datasets(SPEC, slug) - ruled - set(SPEC.roles["roles"][role]["open_datasets"])
    assert expected
    assert {line.split("dataset ")[1] for line in found if slug in line} == expected


def test_rules_filter_on_columns_their_datasets_have():
    for rule in SPEC.roles["rules"]:
        column = rule["clause"].split(" = ")[0]
        for name in rule["datasets"]:
            assert column in SPEC.datasets[name]["columns"], f"{rule['name']}: {name} has no {column}"


def test_a_dataset_for_some_roles_only_is_kept_from_the_others():
    closed = [name for name, dataset in SPEC.datasets.items() if "only" in dataset]
    assert closed
    for role in (name for name, rule in SPEC.roles["roles"].items() if rule.get("datasets") == "all"):
        for name in closed:
            assert (name in readable(SPEC, role)) == (role in SPEC.datasets[name]["only"]), (role, name)
    assert not set(closed) & {name for role in RESTRICTED for name in readable(SPEC, role)}


def test_a_dashboard_with_a_closed_dataset_is_refused_to_others():
    closed = {name for name, dataset in SPEC.datasets.items() if "only" in dataset}
    slug = next(slug for slug in SPEC.dashboards if dashboard_datasets(SPEC, slug) & closed)
    found = uncovered(changed(lambda roles: roles["roles"]["核查员"]["dashboards"].append(slug)))
    assert any("核查员" in line and "for other roles only" in line for line in found)

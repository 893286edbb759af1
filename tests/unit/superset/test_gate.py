"""The gate: no restricted role sees a dataset without a row rule, whichever way it would come to it."""

import copy
from dataclasses import replace

from superset_assets.compiler.spec import load
from superset_assets.deployment.gate import dashboard_datasets, uncovered

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

"""Row rules of scoped roles: filled from the user's scope, and never with anything but a plain value."""

import copy
from dataclasses import replace

import pytest

from superset_assets.compiler.spec import SpecError, load
from superset_assets.deployment.scopes import ScopedRole, clause, scope_of

SPEC = load()
DISTRICT = ScopedRole("区级监管", (("district_code", "310115"),))


def test_a_rule_is_filled_with_the_scope():
    rule = {"name": "r", "clause": "district_code = '{district_code}'"}
    assert clause(rule, DISTRICT) == "district_code = '310115'"
    assert DISTRICT.name == "区级监管·310115"


def test_a_rule_on_a_column_the_scope_lacks_is_refused():
    with pytest.raises(SpecError, match="enterprise_code"):
        clause({"name": "r", "clause": "enterprise_code = '{enterprise_code}'"}, DISTRICT)


@pytest.mark.parametrize("value", ["310115' OR '1'='1", "", "a b", "310115;--"])
def test_a_scope_that_is_no_plain_value_is_refused(value):
    roles = copy.deepcopy(SPEC.roles)
    user = next(name for name, one in roles["users"].items() if "district_code" in one.get("scope", {}))
    roles["users"][user]["scope"] = {"district_code": value}
    with pytest.raises(SpecError, match="letters, digits"):
        scope_of(replace(SPEC, roles=roles), user, {})

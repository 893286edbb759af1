"""Roles, dashboard grants, row rules and users, as the spec says; what it no longer grants is taken back."""

from __future__ import annotations

from typing import Any

from superset_assets.compiler.keys import key
from superset_assets.compiler.spec import Spec, SpecError
from superset_assets.deployment.assets import tables_by_name
from superset_assets.deployment.gate import readable
from superset_assets.deployment.scopes import ScopedRole, clause, scope_of
from superset_assets.runtime.place import secret

# Names of the roles and rules this deployment owns end in no mark; it only deletes scoped ones, which carry this sign.
SCOPE_SIGN = "·"


def _role(name: str, rule: dict[str, Any], names: list[str], tables: dict[str, Any]) -> Any:
    """The role with exactly the permissions of the spec; ``names``: the datasets it may read."""
    from superset.extensions import security_manager

    role = security_manager.find_role(name) or security_manager.add_role(name)
    dropped = set(rule.get("drop", []))
    kept = [
        one
        for source in [rule["like"], *rule.get("also", [])]
        for one in security_manager.find_role(source).permissions
        if one.permission.name not in dropped
    ]
    granted = [security_manager.add_permission_view_menu("datasource_access", tables[one].perm) for one in names]
    if rule.get("sql_lab"):
        granted.append(security_manager.add_permission_view_menu("database_access", tables[names[0]].database.perm))
    role.permissions = list(dict.fromkeys([*kept, *granted]))
    return role


def _scoped_roles(spec: Spec, tables: dict[str, Any]) -> tuple[dict[str, list[ScopedRole]], list[str]]:
    """(user → scoped roles, users whose scope has no data yet)."""
    scoped: dict[str, list[ScopedRole]] = {}
    waiting = []
    for name, user in spec.roles["users"].items():
        restricted = [role for role in user["roles"] if spec.roles["roles"][role].get("restricted")]
        if not restricted:
            continue
        scope = scope_of(spec, name, tables)
        if scope is None:
            waiting.append(name)
            continue
        scoped[name] = [ScopedRole(role, scope) for role in restricted]
    return scoped, waiting


def _dashboards(spec: Spec, roles: dict[str, tuple[str, Any]]) -> None:
    from superset.extensions import db, security_manager
    from superset.models.dashboard import Dashboard

    editing = {base for base, rule in spec.roles["roles"].items() if rule.get("edits")}
    names = [name for name, user in spec.roles["users"].items() if editing & set(user["roles"])]
    editors = [user for user in (security_manager.find_user(name) for name in ["admin", *names]) if user]
    for slug in spec.dashboards:
        board = db.session.query(Dashboard).filter_by(uuid=key("dashboard", slug)).one()
        # A dashboard without roles would be open to whoever may read its datasets, so it always has some.
        granted = [role for base, role in roles.values() if slug in spec.roles["roles"][base].get("dashboards", [])]
        if not granted:
            raise SpecError(f"dashboard {slug} is given to no role in roles.yaml")
        board.roles = granted
        board.owners = editors
        for chart in board.slices:
            chart.owners = editors


def _rules(spec: Spec, scoped: set[ScopedRole], roles: dict[str, tuple[str, Any]], tables: dict[str, Any]) -> int:
    from superset.connectors.sqla.models import RowLevelSecurityFilter
    from superset.extensions import db

    known = {one.name: one for one in db.session.query(RowLevelSecurityFilter)}
    count = 0
    for rule in spec.roles["rules"]:
        for role in sorted((one for one in scoped if one.base in rule["roles"]), key=lambda one: one.name):
            name = f"{rule['name']}{SCOPE_SIGN}{role.name}"
            one = known.pop(name, None) or RowLevelSecurityFilter(name=name)
            one.filter_type, one.clause, one.group_key = "Regular", clause(rule, role), None
            one.tables = [tables[dataset] for dataset in rule["datasets"]]
            one.roles = [roles[role.name][1]]
            db.session.add(one)
            count += 1
    for left in known.values():
        db.session.delete(left)
    return count


def _users(spec: Spec, scoped: dict[str, list[ScopedRole]], roles: dict[str, tuple[str, Any]]) -> int:
    from superset.extensions import security_manager

    count = 0
    for name, user in spec.roles["users"].items():
        open_roles = [role for role in user["roles"] if not spec.roles["roles"][role].get("restricted")]
        wanted = [roles[role][1] for role in [*open_roles, *(one.name for one in scoped.get(name, []))]]
        if not wanted:
            continue
        found = security_manager.find_user(name)
        if found is None:
            password = secret(f"superset_{name}_password", create=True)
            if not security_manager.add_user(name, user["title"], "（演示）", f"{name}@localhost", wanted, password):
                raise SpecError(f"user {name} could not be created; see Superset's log")
        elif set(found.roles) != set(wanted):
            found.roles = wanted
        count += 1
    return count


def apply(spec: Spec) -> dict[str, Any]:
    """Bring roles, grants, rules and users to the spec; returns how many there are."""
    from superset.extensions import db

    tables = tables_by_name(spec)
    scoped, waiting = _scoped_roles(spec, tables)
    in_use = {role for roles in scoped.values() for role in roles}
    roles: dict[str, tuple[str, Any]] = {}
    for name, rule in spec.roles["roles"].items():
        names = sorted(role.name for role in in_use if role.base == name) if rule.get("restricted") else [name]
        roles |= {one: (name, _role(one, rule, readable(spec, name), tables)) for one in names}
    rules = _rules(spec, in_use, roles, tables)
    users = _users(spec, scoped, roles)
    _dashboards(spec, roles)
    db.session.flush()
    return {"roles": len(roles), "rules": rules, "users": users, "users_without_data": waiting}

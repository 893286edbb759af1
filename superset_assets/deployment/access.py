"""Roles, dashboard grants, row rules and users, as the spec says; what it no longer grants is taken back."""

from __future__ import annotations

from typing import Any

from superset_assets.compiler.keys import key
from superset_assets.compiler.spec import Spec, SpecError
from superset_assets.deployment.assets import tables_by_name
from superset_assets.runtime.place import secret


def _role(spec: Spec, name: str, rule: dict[str, Any], tables: dict[str, Any]) -> Any:
    from superset.extensions import security_manager

    role = security_manager.find_role(name) or security_manager.add_role(name)
    if rule["like"] == "Admin":
        role.permissions = list(security_manager.find_role("Admin").permissions)
        return role
    dropped = set(rule.get("drop", []))
    kept = [
        one
        for source in [rule["like"], *rule.get("also", [])]
        for one in security_manager.find_role(source).permissions
        if one.permission.name not in dropped and f"{one.permission.name}:{one.view_menu.name}" not in dropped
    ]
    names = list(tables) if rule.get("datasets") == "all" else rule.get("datasets", [])
    granted = [security_manager.add_permission_view_menu("datasource_access", tables[one].perm) for one in names]
    if rule.get("sql_lab"):
        granted.append(security_manager.add_permission_view_menu("database_access", tables[names[0]].database.perm))
    role.permissions = list(dict.fromkeys([*kept, *granted]))
    return role


def _dashboards(spec: Spec, roles: dict[str, Any]) -> None:
    from superset.extensions import db
    from superset.models.dashboard import Dashboard

    for slug in spec.dashboards:
        board = db.session.query(Dashboard).filter_by(uuid=key("dashboard", slug)).one()
        # A dashboard without roles would be open to whoever may read its datasets, so it always has some.
        granted = [roles[name] for name, rule in spec.roles["roles"].items() if slug in rule.get("dashboards", [])]
        if not granted:
            raise SpecError(f"dashboard {slug} is given to no role in roles.yaml")
        board.roles = granted


def _rules(spec: Spec, roles: dict[str, Any], tables: dict[str, Any]) -> int:
    from superset.connectors.sqla.models import RowLevelSecurityFilter
    from superset.extensions import db

    known = {one.name: one for one in db.session.query(RowLevelSecurityFilter)}
    for rule in spec.roles["rules"]:
        one = known.pop(rule["name"], None) or RowLevelSecurityFilter(name=rule["name"])
        one.filter_type, one.clause, one.group_key = "Regular", rule["clause"], rule.get("group")
        one.description = rule.get("note", "")
        one.tables = [tables[name] for name in rule["datasets"]]
        one.roles = [roles[name] for name in rule["roles"]]
        db.session.add(one)
    for left in known.values():
        db.session.delete(left)
    return len(spec.roles["rules"])


def _users(spec: Spec, roles: dict[str, Any]) -> int:
    from superset.extensions import security_manager

    for name, user in spec.roles["users"].items():
        wanted = [roles[role] for role in user["roles"]]
        found = security_manager.find_user(name)
        if found is None:
            created = security_manager.add_user(
                name,
                user["title"],
                user.get("unit", "演示"),
                f"{name}@localhost",
                wanted,
                password=secret(f"superset_{name}_password", create=True),
            )
            if not created:
                raise SpecError(f"user {name} could not be created; see Superset's log")
        elif set(found.roles) != set(wanted):
            found.roles = wanted
    return len(spec.roles["users"])


def apply(spec: Spec) -> dict[str, int]:
    """Bring roles, grants, rules and users to the spec; returns how many there are."""
    from superset.extensions import db

    tables = tables_by_name(spec)
    roles = {name: _role(spec, name, rule, tables) for name, rule in spec.roles["roles"].items()}
    _dashboards(spec, roles)
    rules = _rules(spec, roles, tables)
    users = _users(spec, roles)
    db.session.flush()
    return {"roles": len(roles), "rules": rules, "users": users}

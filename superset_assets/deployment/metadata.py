"""Superset's own metadata: schema, permissions, the administrator."""

from __future__ import annotations

from pathlib import Path

from superset_assets.runtime.place import secret

ADMINISTRATOR = "admin"


def migrate() -> None:
    """Bring the schema to this version and synchronise built-in roles. Does nothing slow when already there."""
    import superset
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from flask_migrate import upgrade
    from superset.extensions import appbuilder, db, security_manager

    folder = str(Path(superset.__file__).parent / "migrations")
    with db.engine.connect() as connection:
        current = set(MigrationContext.configure(connection).get_current_heads())
    if current == set(ScriptDirectory(folder).get_heads()):
        return
    upgrade(directory=folder)
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    db.session.commit()


def administrator() -> None:
    """The administrator's account, acting for this deployment."""
    from flask import g
    from superset.extensions import security_manager

    user = security_manager.find_user(ADMINISTRATOR)
    if user is None:
        user = security_manager.add_user(
            ADMINISTRATOR,
            "平台",
            "管理员",
            "admin@localhost",
            security_manager.find_role("Admin"),
            password=secret("superset_admin_password", create=True),
        )
    g.user = user

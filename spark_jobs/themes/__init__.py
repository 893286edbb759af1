"""Thematic databases: from ``dbt_project/themes/*.yaml`` to dbt properties, Superset datasets and pages."""

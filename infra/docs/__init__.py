"""The documentation site: dbt docs, data dictionary, Data Docs; built offline, served on this machine only."""

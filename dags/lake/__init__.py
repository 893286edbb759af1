"""What the DAGs share: the registry of feeds, the job operator, alerts, the secrets backend.

Imports Airflow and PyYAML only; the lake's own code runs in its own environment, behind ``bin/lake``.
"""

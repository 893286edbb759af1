"""How the platform runs on one machine: ports, secrets, supervisor, readiness, first load.

``python -m infra.process run|start|stop|status|clean``; everything it starts carries ``LAKE_INSTANCE`` in its
environment, so that what belongs to this ``LAKE_HOME`` can be told from anything else on the machine.
"""

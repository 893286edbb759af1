"""Sub-commands of ``lake``: one module each, named as the command (``-`` becomes ``_``).

A module has a first docstring line (the short help) and ``app``, a ``typer.Typer`` or a plain function.
"""

"""Where a figure comes from: the graph of tables, releases, trace, passport, verification."""

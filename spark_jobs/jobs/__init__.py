"""One module per step of ``lake job``: ``run(target, window_from, window_to) -> exit code``."""

FEEDS_AT_ONCE = 2  # statements of one job that wait on the server at the same time

"""The seed of code names: what each contract's codes are called in Chinese, for marts to show beside a code."""

from __future__ import annotations

import csv
import io
import re

from spark_jobs.contracts import load_contracts

_CHINESE = re.compile("[\u4e00-\u9fff]")


def text() -> str:
    """CSV of feed, field, code and its Chinese name; a field whose codes the upstream writes as they are has none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["feed", "field", "code", "code_zh"])
    for contract in load_contracts().values():
        for field in contract.fields:
            if any(map(_CHINESE.search, field.codes)):
                named = {label: code for label, code in field.codes.items() if label != code}
                rows = ([contract.feed, field.name, code, label] for label, code in named.items())
                writer.writerows(rows)
    return out.getvalue()

"""Published expectation pages ask no other machine for anything."""

from __future__ import annotations

from spark_jobs.engine.data_docs import cut_off

PAGE = """<html><head><link rel="stylesheet" href="https://cdn.example/b.css"/>
<script src="//cdn.example/j.js"></script><style>@import url("https://fonts.example/x.css");
.a{background:url('https://pictures.example/a.png')}</style></head>
<body><img src="https://pictures.example/b.png"><img src="static/own.png"><p>结果</p></body></html>"""


def test_outside_resources_are_cut_and_own_ones_stay(tmp_path):
    page = tmp_path / "sub" / "index.html"
    page.parent.mkdir()
    page.write_text(PAGE, encoding="utf-8")
    assert cut_off(tmp_path) == 1
    text = page.read_text(encoding="utf-8")
    assert ".example" not in text
    assert 'src="static/own.png"' in text
    assert "结果" in text
    assert cut_off(tmp_path) == 0

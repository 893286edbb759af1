"""Pull-back: an edit in Superset becomes the smallest change of the spec, and no edit becomes none."""

import copy

import pytest

from superset_assets.compiler.charts import chart_params
from superset_assets.compiler.keys import key
from superset_assets.compiler.layout import chart_numbers, positions
from superset_assets.compiler.spec import load
from superset_assets.pull.merge import merge_dashboard
from superset_assets.pull.text import canonical, difference

SPEC = load()
SLUG = "industry"


def deployed(slug=SLUG):
    """What Superset holds right after a deployment."""
    board = SPEC.dashboards[slug]
    numbers = chart_numbers(board)
    charts = {
        key("chart", slug, name): {
            "id": numbers[name],
            "name": chart["name"],
            "viz": chart["viz"],
            "dataset": key("dataset", chart["dataset"]),
            "params": copy.deepcopy(chart_params(SPEC, slug, name)),
        }
        for name, chart in board["charts"].items()
    }
    return {"title": board["title"], "position": positions(SPEC, slug), "charts": charts}


@pytest.mark.parametrize("slug", SPEC.dashboards)
def test_nothing_edited_is_no_difference(slug):
    assert difference(slug, SPEC.dashboards[slug], merge_dashboard(SPEC, slug, deployed(slug))) == ""


def changed_lines(state):
    text = difference(SLUG, SPEC.dashboards[SLUG], merge_dashboard(SPEC, SLUG, state))
    return [line for line in text.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_a_renamed_chart_is_one_changed_line():
    state = deployed()
    state["charts"][key("chart", SLUG, "energy_total")]["name"] = "全市能耗"
    lines = changed_lines(state)
    assert len(lines) == 2
    assert "全市能耗" in lines[1]


def test_a_changed_parameter_appears_and_empty_controls_do_not():
    state = deployed()
    params = state["charts"][key("chart", SLUG, "sankey")]["params"]
    params |= {"color_scheme": "lakeBlues", "annotation_layers": [], "time_range_endpoints": None, "slice_id": 7}
    lines = changed_lines(state)
    assert any("lakeBlues" in line for line in lines)
    assert not any(word in line for line in lines for word in ("annotation", "endpoints", "slice_id"))


def test_a_moved_and_a_resized_cell():
    state = deployed()
    state["position"]["CHART-sankey"]["meta"]["height"] = 99
    assert [line for line in changed_lines(state) if "99" in line]


def test_a_chart_the_analyst_added_and_one_removed():
    state = deployed()
    board = SPEC.dashboards[SLUG]
    identity = "11111111-2222-4333-8444-555555555555"
    state["charts"][identity] = {
        "id": 900,
        "name": "新图",
        "viz": "pie",
        "dataset": key("dataset", "agg_energy_type_month"),
        "params": {"viz_type": "pie", "metric": "energy_wtce", "groupby": ["energy_type_zh"]},
    }
    node = copy.deepcopy(state["position"]["CHART-sankey"])
    node |= {"id": "CHART-new", "meta": {"chartId": 900, "width": 4, "height": 40, "uuid": identity}}
    state["position"]["CHART-new"] = node
    row = next(n for n in state["position"].values() if isinstance(n, dict) and "CHART-sankey" in n.get("children", []))
    row["children"] = ["CHART-new" if child == "CHART-sankey" else child for child in row["children"]]
    merged = merge_dashboard(SPEC, SLUG, state)
    assert merged["charts"]["added_11111111"] == {
        "name": "新图", "viz": "pie", "dataset": "agg_energy_type_month", "metric": "energy_wtce",
        "groupby": ["energy_type_zh"],
    }  # fmt: skip
    assert "sankey" in board["charts"] and "sankey" not in merged["charts"]


def test_the_written_form_reads_back_the_same():
    import yaml

    assert yaml.safe_load(canonical(SPEC.dashboards[SLUG])) == SPEC.dashboards[SLUG]

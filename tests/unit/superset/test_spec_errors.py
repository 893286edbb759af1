"""A wrong spec is refused with its place and the mend."""

import copy

import pytest
import yaml

from superset_assets.compiler import spec as specs

BASE = yaml.safe_load((specs.SPEC / "datasets.yaml").read_text(encoding="utf-8"))
CHART = {"name": "一", "viz": "table", "dataset": "agg_carbon_city_month", "metrics": ["co2_wt"], "groupby": ["month"]}


def board(charts=1, width=4, **changes):
    named = {f"c{number}": {**CHART, **changes} for number in range(charts)}
    rows = [[{"chart": name, "w": width, "h": 10}] for name in named]
    return {"slug": "x", "title": "x", "charts": named, "tabs": [{"key": "t", "title": "一页", "rows": rows}]}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"dataset": "nowhere"}, "dataset 'nowhere' is not in datasets.yaml"),
        ({"metrics": ["profit"]}, "has no metric 'profit'"),
        ({"groupby": ["planet"]}, "has no column 'planet'"),
        ({"where": [["planet", "=", 1]]}, "has no column 'planet'"),
        ({"colour": "red"}, "unknown key colour"),
    ],
)
def test_a_chart_that_names_what_is_not_there(changed, message):
    with pytest.raises(specs.SpecError, match=message):
        specs._check_dashboard("x.yaml", board(**changed), BASE)


def test_nine_charts_on_a_tab_are_too_many():
    specs._check_dashboard("x.yaml", board(8), BASE)
    with pytest.raises(specs.SpecError, match="9 charts; at most 8"):
        specs._check_dashboard("x.yaml", board(9), BASE)


def test_a_row_wider_than_the_grid():
    with pytest.raises(specs.SpecError, match="13 columns wide"):
        specs._check_dashboard("x.yaml", board(width=13), BASE)


def test_a_chart_defined_but_not_placed():
    one = board(2)
    one["tabs"][0]["rows"].pop()
    with pytest.raises(specs.SpecError, match="'c1' is placed 0 times"):
        specs._check_dashboard("x.yaml", one, BASE)


def test_a_restricted_user_without_a_scope():
    loaded = specs.load()
    roles = copy.deepcopy(loaded.roles)
    name = next(user for user, content in roles["users"].items() if "scope" in content)
    del roles["users"][name]["scope"]
    with pytest.raises(specs.SpecError, match="so the user needs a scope"):
        specs._check_roles(roles, loaded.datasets, loaded.dashboards)

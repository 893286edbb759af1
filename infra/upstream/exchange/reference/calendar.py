"""Days of the calendar with 调休, as the State Council's notices have them (package chinesecalendar, MIT)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar

from infra.upstream.clock import FIRST_MONTH
from infra.upstream.exchange.resource import Month, Resource, Row, known_at, register_version
from infra.upstream.world.model import World

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
LAST_YEAR = max(chinese_calendar.holidays).year
NOTICE = "国务院办公厅关于部分节假日安排的通知（{year}年）"


def _days(world: World, known: Month) -> Iterator[Row]:
    """All days from 2023 to the end of the last year of which the notice is out."""
    day = date(*FIRST_MONTH, 1)
    while day.year <= min(known[0] + 1, LAST_YEAR):
        off, holiday = chinese_calendar.get_holiday_detail(day)
        weekend = day.weekday() >= 5
        yield (
            day.isoformat(),
            day.isoweekday(),
            "N" if off else "Y",
            "Y" if weekend and not off else "N",
            "Y" if off and not weekend and chinese_calendar.is_in_lieu(day) else "N",
            NAMES.get(holiday or "", holiday or ""),
            NOTICE.format(year=day.year),
            register_version(known),
            known_at(world.seed, known, "calendar", day),
        )
        day += timedelta(days=1)


DAY = Resource(
    name="calendar_day",
    title_zh="日历（含调休）",
    columns=(
        "day", "weekday", "is_workday", "is_make_up", "is_in_lieu", "holiday_name", "notice", "version", "updated_at",
    ),
    rows=_days,
    key=("day",),
    register=True,
)  # fmt: skip

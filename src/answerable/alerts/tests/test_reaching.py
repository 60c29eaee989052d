"""By which way, and when."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from answerable.alerts.reaching import Contact, Quiet, can_be_reached, tries

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NIGHT = Quiet(time(22), time(7), SHANGHAI)
#: 02:00 in Shanghai.
AT = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)


def planned(*contacts: Contact, **how: object) -> list[tuple[int, float]]:
    return [
        (one.contact, (one.at - AT).total_seconds())
        for one in tries(contacts, **({"is_urgent": True, "at": AT} | how))  # type: ignore[arg-type]
    ]


def test_every_way_at_its_own_time():
    push, sms, call = Contact(1, "push"), Contact(2, "sms", 1, 60), Contact(3, "voice", 2, 180)
    assert planned(call, sms, push) == [(1, 0), (2, 60), (3, 180)]


def test_ways_that_nobody_has_shown_to_work_come_last():
    new, dead, good = (
        Contact(1, "sms", is_verified=False),
        Contact(2, "voice", is_failing=True),
        Contact(3, "email", 5, 120),
    )
    assert planned(new, dead, good) == [(3, 120), (1, 180), (2, 180)]
    assert planned(new) == [(1, 0)], "better than nothing, and at once"


def test_a_way_may_be_for_what_is_urgent_alone():
    sms, mail = Contact(1, "sms", calm_after_s=None), Contact(2, "email", urgent_after_s=None)
    assert planned(sms, mail) == [(1, 0)]
    assert planned(sms, mail, is_urgent=False) == [(2, 0)]


def test_where_no_way_is_meant_for_what_is_urgent_every_way_is():
    assert planned(Contact(1, "email", urgent_after_s=None)) == [(1, 0)]


def test_quiet_hours_hold_back_what_is_not_urgent():
    sms = Contact(1, "sms")
    assert planned(sms, quiet=NIGHT) == [(1, 0)]
    assert planned(sms, quiet=NIGHT, is_urgent=False) == [(1, 5 * 3600)]


@pytest.mark.parametrize(
    ("local", "ends"),
    [("21:59", "21:59"), ("22:00", "07:00"), ("06:59", "07:00"), ("07:00", "07:00"), ("12:00", "12:00")],
)
def test_the_edges_of_quiet_hours(local: str, ends: str):
    at = datetime.combine(datetime(2026, 3, 2).date(), time.fromisoformat(local), tzinfo=SHANGHAI)  # noqa: DTZ001
    assert NIGHT.end_after(at).astimezone(SHANGHAI).strftime("%H:%M") == ends


def test_quiet_hours_that_end_in_the_hour_that_daylight_saving_skips():
    quiet = Quiet(time(22), time(2, 30), BERLIN)
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30, half an hour before the clocks go to 03:00
    end = quiet.end_after(at)
    assert timedelta() <= end - at <= timedelta(hours=1)


def test_who_is_only_told_gets_it_once():
    assert planned(Contact(1, "push"), Contact(2, "sms"), is_told_only=True) == [(1, 0)]


def test_nobody_without_any_way_counts_as_reached():
    assert not can_be_reached([])
    assert can_be_reached([Contact(1, "landline", is_verified=False)])

"""Who is on duty, as ids: what alarms need of duty's queries."""

from __future__ import annotations

import importlib.util
from datetime import datetime
from typing import Any


def _duty() -> Any:
    if importlib.util.find_spec("answerable.duty.queries") is None:
        return None
    return importlib.import_module("answerable.duty.queries")


def of_line(line_id: int, at: datetime, role_id: int | None = None) -> list[int]:
    """The staff on duty on a line (in one role), the one who stays until relieved among them."""
    duty = _duty()
    return [one.staff_id for one in duty.on_duty(line_id, at, role_id)] if duty else []


def of_body(authority_id: int, at: datetime, _role_id: int | None = None) -> list[int]:
    """Everyone on duty for a body."""
    duty = _duty()
    return [one.staff_id for one in duty.who_is_on_duty(authority_id, at)] if duty else []

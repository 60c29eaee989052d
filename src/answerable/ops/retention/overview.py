"""What is kept how long, why, what ran when, what was destroyed, and what is overdue: one table, from all rooms."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps

from answerable.config import columns as of_packages
from answerable.core.keeping import Kept
from answerable.core.register import ACCUSED, PERSON, STAFF
from answerable.ops.models import Destroyed, KeepingRun

#: A run that does not come for so long has stopped.
LATE = timedelta(hours=3)


@dataclass(frozen=True)
class Row:
    """One kind of data as it stands now. `state` is a name of ui.states."""

    kind: Kept
    destroyed: int
    overdue: int
    run: KeepingRun | None
    state: str

    @property
    def is_counted(self) -> bool:
        """Whether it is known how much of it is overdue."""
        return self.kind.overdue is not None

    @property
    def is_failing(self) -> bool:
        return self.run is not None and self.run.failing_since is not None


def kinds() -> list[Kept]:
    """Every kind that a room's `keeping.py` names, in the order of the rooms."""
    found: list[Kept] = []
    for config in apps.get_app_configs():
        if config.name.startswith("answerable."):
            found += getattr(_module(f"{config.name}.keeping"), "KEPT", ())
    return found


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name != name:
            raise
        return None


def rows(now: datetime, month: date) -> list[Row]:
    """Each kind with what was destroyed of it in a month."""
    destroyed = dict(Destroyed.objects.filter(month=month).values_list("kind", "number"))
    runs = {run.name: run for run in KeepingRun.objects.all()}
    return [_row(kind, destroyed.get(kind.code, 0), runs, now) for kind in kinds()]


def _row(kind: Kept, destroyed: int, runs: dict[str, KeepingRun], now: datetime) -> Row:
    overdue = kind.overdue(now) if kind.overdue else 0
    run = runs.get(kind.run)
    state = "quiet"
    if kind.run:
        is_late = run is None or run.ran_at is None or run.ran_at < now - LATE
        state = "fault" if is_late or (run and run.failing_since) else "ok"
    return Row(kind, destroyed, overdue, run, state)


def without_time() -> list[str]:
    """Models that hold something of a person or of staff, for which no room says how long: named, not hidden."""
    named = {model for kind in kinds() for model in kind.models}
    return sorted(model for model in _about_people() if model not in named)


def _about_people() -> Iterator[str]:
    about = {PERSON, ACCUSED, STAFF}
    for config in apps.get_app_configs():
        module = _module(f"{config.name}.columns") if config.name.startswith("answerable.") else None
        for model, columns in (module.COLUMNS if module else {}).items():
            if any(whose in about for whose, _ in columns.values()):
                yield f"{config.label}.{model}"
    for name, columns in of_packages.COLUMNS.items():
        if any(whose in about for whose, _ in columns.values()):
            yield name

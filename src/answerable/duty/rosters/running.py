"""What a run of the solver says, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from answerable.duty.models import Line, SolveRun
from answerable.duty.roster_wording import joined, rule_text
from answerable.ui.templatetags.ui import day_text


@dataclass(frozen=True)
class ConflictShown:
    """What cannot be filled, and a sentence for everything that stands against it."""

    head: str
    reasons: list[str]


def conflict_lines(run: SolveRun, line: Line, names: Mapping[int, str]) -> list[ConflictShown]:
    """The smallest sets of rules that cannot hold together."""
    roles = {role.pk: str(role) for role in line.roles.all()}
    found = []
    for one in run.conflicts:
        cells = [_cell(key, roles) for key, _count in one["cells"]]
        if len(cells) == 1:
            head = _("Nobody is left for: %(cells)s.") % {"cells": cells[0]}
        else:
            head = _("These cannot all be filled: %(cells)s.") % {"cells": joined(cells)}
        reasons = [
            rule_text(code, name=names.get(person, "?")) for person, codes in one["people"] for code in codes
        ]
        reasons += [
            rule_text("apart", name=names.get(first, "?"), other=names.get(second, "?"))
            for first, second in one["apart"]
        ]
        if not reasons:
            reasons = [_("Too few people of the line may stand there at all.")]
        found.append(ConflictShown(head, reasons))
    return found


def _cell(key: str, roles: Mapping[int, str]) -> str:
    start, _pattern, role = key.split("|")
    at = timezone.localtime(datetime.fromisoformat(start))
    return _("%(role)s on %(day)s") % {"day": day_text(at.date()), "role": roles.get(int(role), "?")}

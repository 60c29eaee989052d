"""The end of a response: lifted by its commander's signature, when nothing of it is open (art. 86)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from answerable.incidents import access, alarms, planned, queries, rules, steps
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident, IncidentRole, LevelChange
from answerable.incidents.rules import CannotAct, OpenEnd
from answerable.incidents.wording import joined
from answerable.orgs.queries import local_today
from answerable.record.actors import Actor

#: How long personal data of an emergency are kept where no plan says (art. 85).
RETENTION_DAYS = 90
#: So many open things are named in the refusal's sentence; all of them stand in its facts and on the page.
NAMED = 5


class StillOpen(CannotAct):
    """Something is open; `ends` names all of it."""

    def __init__(self, ends: list[OpenEnd]) -> None:
        super().__init__("still_open", what=joined(end.what for end in ends[:NAMED]))
        self.ends = ends


@transaction.atomic(durable=True)
def stand_down(
    *,
    incident_id: UUID,
    grounds: str,
    measures: str,
    by: Actor,
    now: datetime,
    seen_version: int | None = None,
) -> Incident:
    """Lift the response. `measures`: what goes on afterwards; published with the grounds, as at its beginning.

    Raises NotTheirs for anybody but the commander, StillOpen with everything that is open; nothing is changed then.
    The roles' alarms and the reports that are owed from here on follow from the act.
    """
    incident = steps.lock_active(incident_id, seen_version)
    access.require_commander(by, incident, now)
    # Whoever opens something locks the incident first, so nothing comes between this look and the end.
    ends = queries.open_ends(incident, now=now)
    if ends:
        raise StillOpen(ends)
    grounds = steps.cleaned(grounds, most=steps.LONGEST_ENTRY)
    measures = steps.cleaned(measures, most=steps.LONGEST_ENTRY)
    if not grounds:
        raise CannotAct("grounds_missing")
    rules.require_of_nobody(grounds, measures)
    change = LevelChange.objects.create(
        incident=incident,
        before=incident.response_level,
        after=None,
        grounds=grounds,
        measures=measures,
        at=now,
        by_id=by.staff,
        post_id=by.post_id,
    )
    told = queries.holders(incident)
    IncidentRole.objects.filter(incident=incident, until_at=None).update(until_at=now)
    keep = timedelta(days=_retention(incident))
    steps.changed(
        incident,
        state=Incident.State.STOOD_DOWN,
        stood_down_at=now,
        personal_data_until=local_today(incident.authority, now) + keep,
    )
    body = {
        "from": change.before,
        "grounds_sha256": steps.digest(grounds),
        "measures_sha256": steps.digest(measures),
        "drill": incident.is_drill,
    }
    steps.act(incident, IncidentAct.STOOD_DOWN, by=by, now=now, body=body)
    alarms.tell_level(incident, "incident_lifted", change.pk, by=by, now=now, told=told)
    return incident


def _retention(incident: Incident) -> int:
    if incident.plan_version is None:
        return RETENTION_DAYS
    return planned.file_of(incident.plan_version).retention_days

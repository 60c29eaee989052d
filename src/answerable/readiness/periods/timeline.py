"""What happened to a period, in words: its acts, newest first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.orgs.standing import standing
from answerable.readiness.periods.act_kinds import PeriodAct as A
from answerable.readiness.periods.models import Period
from answerable.record.models import Act
from answerable.record.queries import shown
from answerable.ui.parts import TimelineEntry

#: The newest that the page shows; a season has a few dozen.
MOST = 60

WORDS: dict[str, Any] = {
    A.PLANNED: gettext_lazy("Planned"),
    A.CHANGED: gettext_lazy("Changed before it was announced"),
    A.PLACES_SET: gettext_lazy("Holds at other places from now on"),
    A.DEMAND_SET: gettext_lazy("Asks for something more"),
    A.DEMAND_REMOVED: gettext_lazy("Asks for something no more"),
    A.ANNOUNCED: gettext_lazy("Announced"),
    A.BEGUN: gettext_lazy("Began"),
    A.PROLONGED: gettext_lazy("Prolonged"),
    A.ENDED: gettext_lazy("Ended"),
    A.CALLED_OFF: gettext_lazy("Called off"),
    A.SURPRISE_CALLED: gettext_lazy("A roll call by surprise"),
}
_TONES: dict[str, str] = {A.ANNOUNCED: "soon", A.BEGUN: "info", A.ENDED: "ok"}


def timeline_of(period: Period) -> list[TimelineEntry]:
    rows = Act.objects.filter(matter_id=period.pk).select_related("opening").order_by("-seq")
    posts = standing().posts
    found = []
    for act in map(shown, rows[:MOST]):
        post = posts.get(act.post_id or 0)
        found.append(
            TimelineEntry(
                at=act.at,
                what=str(WORDS[act.kind]),
                who=f"{post.unit} · {post}" if post is not None else _("the system"),
                body=act.why,
                tone=_TONES.get(act.kind, ""),
            )
        )
    return found

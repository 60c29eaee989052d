"""For how long what was gathered for an emergency is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from answerable.core.keeping import Kept
from answerable.incidents.models import Incident
from answerable.incidents.reviews.personal import OVER


def _overdue(now: datetime) -> int:
    rows = Incident.objects.filter(state__in=OVER, personal_data_gone_at=None)
    return rows.filter(personal_data_until__lt=(now - timedelta(days=2)).date()).count()


KEPT = (
    Kept(
        "incidents.personal",
        _("Numbers to call back and photographs of an emergency"),
        _("As many days after its end as its plan says, else 90. A refused or blurred photograph goes at once."),
        _("Emergency Response Law, article 85: used for the emergency alone, then destroyed."),
        ("incidents.Photo",),
        "destroy personal data",
        _overdue,
        _("The response is not over, or was taken up again."),
    ),
    Kept(
        "incidents.file",
        _("The file of an emergency: log, orders, reports, who held which role"),
        _("Kept, as the file of a response is; it names posts and those who served, and nobody who was in danger."),
        _("So that the review can be read and the response be answered for."),
        (
            "incidents.Incident", "incidents.Entry", "incidents.Strand", "incidents.IncidentRole", "incidents.Task",
            "incidents.LevelChange", "incidents.Report", "incidents.Sent", "incidents.PublicWarning", "incidents.Promise", "incidents.Requisition", "incidents.Plan",
            "incidents.PlanVersion", "incidents.Review", "incidents.Lesson", "incidents.Drill",
        ),
    ),
)  # fmt: skip

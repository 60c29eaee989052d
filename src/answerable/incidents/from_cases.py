"""An urgent case may be about a hazard: its page leads to the first call. Hazard and place cross, and nothing else."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from answerable.cases.desk.beside import Link, offers
from answerable.cases.models import Case
from answerable.cases.rules import WORKING
from answerable.incidents.models import Incident
from answerable.orgs.models import Staff


@offers
def first_call(case: Case, staff: Staff) -> Link | None:
    """To the call that was taken from this case, else to the form of one; only where somebody is in danger."""
    if not case.is_urgent or case.state not in WORKING:
        return None
    known = (
        Incident.objects.filter(from_case=case.pk).order_by("-reported_at").values_list("pk", "code").first()
    )
    if known is not None:
        return Link(
            _("Incident %(code)s") % {"code": known[1]}, reverse("incidents:incident", args=[known[0]])
        )
    return Link(_("Call it in as an incident"), f"{reverse('incidents:new')}?case={case.pk}")

"""What `answerable check` asks of publishing: is there a month that could not be made, and does nothing stand still?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from answerable.core import clock
from answerable.core.checks import Fault
from answerable.core.sentences import sentence
from answerable.figures.published.drawing import month_name
from answerable.figures.published.models import Layout
from answerable.figures.published.rules import FAULTS, CannotPublish

#: Counting and laying out take minutes; whatever waits for longer waits for a worker.
WAITS = timedelta(hours=1)


def check_layouts() -> Iterator[Fault]:
    """Every month that was due is made, or somebody is told why it is not."""
    late = Q(ended_at=None, asked_at__lt=clock.now() - WAITS)
    rows = Layout.objects.filter(late | Q(refused__in=FAULTS)).select_related("authority")
    for row in rows.order_by("authority", "period"):
        facts = {"body": row.authority.name, "period": month_name(row.period)}
        if row.refused:
            yield Fault(
                "figures_not_made",
                _("The figures of %(body)s for %(period)s were not made. %(why)s")
                % (facts | {"why": sentence(CannotPublish(row.refused))}),
                _("See and check → Published figures has a button to count them again."),
            )
        else:
            yield Fault(
                "figures_wait",
                _("The figures of %(body)s for %(period)s have waited for more than an hour to be counted.")
                % facts,
                _("See that a worker runs: answerable worker."),
            )

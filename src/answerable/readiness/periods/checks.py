"""What `answerable check` asks of readiness periods: does one run without what it demands?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from answerable.core import clock
from answerable.core.checks import Fault
from answerable.readiness.periods import looking, queries
from answerable.readiness.periods.models import Period
from answerable.ui.flow import in_a_row

#: Told one by one; the rest is on its page.
SPELT_OUT = 3


def check_periods() -> Iterator[Fault]:
    """What a running period demands is there."""
    now = clock.now()
    rows = Period.objects.filter(state__in=queries.STANDS, from_at__lte=now, until_at__gt=now)
    for period in rows.select_related("authority", "unit").order_by("from_at", "pk"):
        with timezone.override(period.authority.zone):
            missing = looking.missing_of(looking.look_at(period, now=now))
        if not missing:
            continue
        facts = {
            "period": str(period),
            "body": period.authority,
            "count": len(missing),
            "what": in_a_row(f"{one.text}: {one.said}" for one in missing[:SPELT_OUT]),
        }
        yield Fault(
            "period_missing",
            _("“%(period)s” (%(body)s) runs. Not met of its demands: %(count)s. %(what)s") % facts,
            _("Open it under Readiness periods: each demand leads to where it is mended."),
        )

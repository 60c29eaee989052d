"""What `answerable check` asks of mailboxes: do they open, and does somebody look at what was not taken up?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from answerable.cases.mailbox import wording
from answerable.cases.mailbox.access import LOOK
from answerable.cases.mailbox.models import Mailbox, Outcome
from answerable.core import clock
from answerable.core.checks import Fault
from answerable.orgs.models import Post

#: A server may be away for so long before anybody is told.
AWAY = timedelta(hours=1)
#: So long something may wait before somebody is asked to look.
WAITS = timedelta(days=7)


def check_mailboxes() -> Iterator[Fault]:
    """Each opens, its unit has somebody who may look, and nothing waits for weeks."""
    now = clock.now()
    for row in Mailbox.objects.filter(is_paused=False).select_related("unit").order_by("pk"):
        facts = {"address": row.address, "unit": row.unit.name}
        if row.state not in (Mailbox.State.FINE, Mailbox.State.NEW) and (
            row.worked_at is None or row.worked_at < now - AWAY
        ):
            yield Fault(
                "mailbox_shut",
                _("The mailbox %(address)s cannot be read. %(why)s")
                % (facts | {"why": wording.state(row)[1]}),
                _("Put it right under Mailboxes in the desk; what arrives meanwhile waits there."),
            )
        if not Post.objects.filter(unit=row.unit, role__in=LOOK, closed_on=None).exists():
            yield Fault(
                "mailbox_nobody",
                _("Nobody in %(unit)s may look at what %(address)s did not take up.") % facts,
                _("Name a unit with a clerk or a leader under Mailboxes in the desk."),
            )
        waiting = row.mails.filter(outcome=Outcome.WAITING, taken_at__lt=now - WAITS).count()
        if waiting:
            yield Fault(
                "mailbox_waits",
                _("%(count)s messages to %(address)s have waited for more than a week.")
                % (facts | {"count": waiting}),
                _(
                    "Have somebody in %(unit)s look at them under Mailboxes: a person's matter may be among them."
                )
                % facts,
            )

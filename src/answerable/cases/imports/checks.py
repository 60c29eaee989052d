"""What `answerable check` asks of imports: has one stopped by itself?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from answerable.cases.imports.deciding import CannotImport
from answerable.cases.imports.models import Import
from answerable.core.checks import Fault
from answerable.core.sentences import sentence


def check_imports() -> Iterator[Fault]:
    """None waits for somebody to put right what ended it."""
    rows = Import.objects.filter(state=Import.State.FAILED).select_related("authority")
    for row in rows.order_by("begun_at"):
        yield Fault(
            "import_failed",
            _("Taking over from %(source)s for %(body)s could not go on. %(why)s")
            % {
                "source": row.source,
                "body": row.authority.name,
                "why": sentence(CannotImport(row.failed)),
            },
            _("An administrator finds it under Taking matters over, with a button to try it again."),
        )

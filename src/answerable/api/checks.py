"""What `answerable check` asks of the keys that other systems have: does each still open what it was given for?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from answerable.api.models import ApiClient
from answerable.core import clock
from answerable.core.checks import Fault


def check_keys_of_the_closed() -> Iterator[Fault]:
    """No system stands before a closed door without anybody knowing: its unit, or the post that answers, was closed."""
    live = Q(expires_at=None) | Q(expires_at__gt=clock.now())
    closed = Q(unit__closed_on__isnull=False) | Q(post__closed_on__isnull=False)
    rows = ApiClient.objects.filter(live, closed, revoked_at=None).select_related("unit", "post")
    for row in rows.order_by("pk"):
        gone = row.unit if row.unit is not None and row.unit.closed_on is not None else row.post
        yield Fault(
            "key_of_the_closed",
            _("The key of “%(name)s” opens nothing any more: %(gone)s is closed.")
            % {"name": row.name, "gone": gone},
            _(
                "Under “Keys for other systems”, give the system a new key, or take this one back where it is not needed."
            ),
        )

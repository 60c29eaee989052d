"""Which office a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from answerable.ops.environment import CannotStart
from answerable.ops.terminal import gettext as _

if TYPE_CHECKING:
    from answerable.orgs.models import Authority


def office(code: str) -> Authority:
    """The office of this code, or the only one. Raises CannotStart."""
    from answerable.orgs.models import Authority

    inside = Authority.objects.filter(is_outside=False).order_by("code")
    found = list(inside.filter(code=code) if code else inside)
    if len(found) == 1:
        return found[0]
    if not inside.exists():
        raise CannotStart(_("There is no office yet. Make one first: answerable createadmin"))
    raise CannotStart(
        _("Say for which office: --office CODE, with one of: %(codes)s.")
        % {"codes": ", ".join(inside.values_list("code", flat=True))}
    )

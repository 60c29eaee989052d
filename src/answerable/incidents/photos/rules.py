"""What may be done with a photograph of the hazard. Pure."""

from __future__ import annotations

import math
from typing import Any

from answerable.core.pixels import Box
from answerable.core.sentences import N_, Said

MOST_BOXES = 60


class CannotKeepPhoto(Said):
    """A photograph that is not taken, or a check that is not made; nothing was changed."""

    sentences = {
        "no_picture": N_("This is no photograph. Send a picture as JPEG or PNG."),
        "too_large": N_(
            "This photograph is larger than %(limit)s MB. Take it anew with a smaller size, or send a part."
        ),
        "id_taken": N_("Another photograph has this number already. Nothing was changed."),
        "checked": N_("Somebody has checked this photograph already. Nothing was changed."),
        "closed": N_("This photograph does not open any more: it was destroyed, or its key is lost."),
        "no_boxes": N_(
            "Nothing is marked. Mark what must not be seen, or say that there is nothing to hide."
        ),
        "bad_boxes": N_(
            "The marks could not be read. Mark them again, or put a copy beside it that you made yourself."
        ),
    }


def boxes_of(told: Any) -> list[Box]:
    """Marks as the page sends them: [[x, y, width, height], …] in fractions of the picture. Raises CannotKeepPhoto."""
    if not isinstance(told, list) or len(told) > MOST_BOXES:
        raise CannotKeepPhoto("bad_boxes")
    found = []
    for one in told:
        is_box = isinstance(one, list) and len(one) == 4 and all(type(n) in (int, float) for n in one)
        if not is_box or not all(math.isfinite(n) and -1 <= n <= 2 for n in one):
            raise CannotKeepPhoto("bad_boxes")
        x, y = max(0.0, one[0]), max(0.0, one[1])
        width, height = min(1.0, one[0] + one[2]) - x, min(1.0, one[1] + one[3]) - y
        if width > 0 and height > 0:
            found.append(Box(x, y, width, height))
    return found

"""What may be done with a photograph of the hazard. Pure."""

from __future__ import annotations

from answerable.core.sentences import N_, Said


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
    }

"""What the person may rely on: rights.md in plain words, one promise for each rule, in its order."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# (number of the rule, promise, what it means here)
PROMISES: tuple[tuple[int, Any, Any], ...] = (
    (
        1,
        _("You are not put on a list"),
        _(
            "What you tell us belongs to this one matter. Nothing here joins your matters together, and nobody is "
            "sorted by who they are, what they believe, or how often they complain."
        ),
    ),
    (
        2,
        _("You are not followed"),
        _(
            "We keep no network address and no trail of where you were. Faces are not recognised. Pictures lose "
            "their hidden data when they arrive, and a person looks at them before anyone else may."
        ),
    ),
    (
        3,
        _("You are never turned away"),
        _(
            "Every matter is registered. If it belongs to another office, it is passed on and you are told where. "
            "You can raise it to the level above at any time."
        ),
    ),
    (
        4,
        _("Nobody leans on you"),
        _(
            "We reach you only in the way you chose, and never through family, employer or landlord. Only you can "
            "withdraw, agree to mediation, or say that it is solved. A withdrawal is undone by one click."
        ),
    ),
    (
        5,
        _("Whoever you complain about does not hold the file"),
        _(
            "If your matter is about how an official or an office behaved, they can neither handle it nor read it, "
            "nor learn that it was you."
        ),
    ),
    (
        6,
        _("You see who looked"),
        _(
            "Your name is locked away from your matter. Whoever opens it has to give a reason, and you see at once "
            "which post looked, when, and why."
        ),
    ),
    (
        7,
        _("The clock cannot be turned back"),
        _("Each date follows from what was done and from a rule. The page shows you how it was counted."),
    ),
    (
        8,
        _("Your word counts at the end"),
        _(
            "If you say “not solved”, that stands beside the office's “solved”, in the file and in the published "
            "figures."
        ),
    ),
    (
        9,
        _("Erased means gone"),
        _(
            "When the time for keeping it is over, or when you ask and the law allows, your name and your words are "
            "destroyed everywhere, copies included."
        ),
    ),
    (
        10,
        _("Figures never point at you"),
        _(
            "What is published is counts. Small numbers are left out, so that nobody can be guessed from them."
        ),
    ),
    (
        11,
        _("Speaking together is not an emergency"),
        _(
            "Emergency plans are for floods, fires and the like. If people gather peacefully, what they ask for is "
            "registered as their matters, with receipts; nobody is photographed or listed."
        ),
    ),
    (
        12,
        _("Staff are people too"),
        _("Telephone numbers of staff on duty serve to reach them on duty, and are deleted afterwards."),
    ),
)

# (what, how long, what for)
STORED: tuple[tuple[Any, Any, Any], ...] = (
    (
        _("On your device, if you choose one: a cookie with your language"),
        _("until you close the browser or press “Leave now”"),
        _("so that you need not choose again"),
    ),
    (
        _("On your device: a cookie that protects forms"),
        _("until you close the browser or press “Leave now”"),
        _("so that no other site can send a form in your name"),
    ),
    (
        _("On your device, while you fill in a form: a cookie that opens it"),
        _(
            "until you close the browser or press “Leave now”; a form that you did not save then opens no more"
        ),
        _("so that you can go back a question; it is only a random number"),
    ),
    (
        _("On your device, while you read your matter: a cookie that keeps the page open"),
        _("until 20 minutes pass without a click, you close the browser, or you press “Leave”"),
        _("so that you need not type code and secret for every click; it is only a random number"),
    ),
    (
        _("With us, sealed: a form that you began and did not send"),
        _("a day after your last answer, or 30 days if you save it under a return code"),
        _("so that you can stop and go on"),
    ),
    (
        _("With us: what you write and the files you add"),
        _("as long as the matter is open, then as the law says, then erased"),
        _("so that it can be answered"),
    ),
    (
        _("With us, locked apart: your name and how to reach you, if you give them"),
        _("the same"),
        _("so that you can be answered"),
    ),
    (
        _("With us: that someone tried codes from one place, as a scrambled number"),
        _("at most an hour"),
        _("so that nobody can guess your code"),
    ),
)

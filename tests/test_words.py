"""Translations as Django lays them over one another."""

from __future__ import annotations

from django.utils import translation

from answerable.ops import messages


def test_no_package_speaks_over_our_words():
    """Catalogues of apps listed earlier win; what a sign-in package calls 代码 is an 编号 here."""
    shadowed = []
    with translation.override("zh-hans"):
        for room in messages.rooms():
            for (context, text), message, place in messages._entries(messages.catalogue_path(room)):
                if not isinstance(message.id, str):
                    continue
                said = translation.pgettext(context, text) if context else translation.gettext(text)
                if said != message.string:
                    shadowed.append(f"{place}: {text!r} is said {said!r}, not {message.string!r}")
    assert not shadowed, "\n".join(shadowed)

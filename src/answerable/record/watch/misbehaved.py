"""What a log did that no honest and sound log does, in one sentence each. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.core.sentences import N_, Said


class Misbehaved(Said):
    """`evidence`: the files that show it, by name."""

    sentences = {
        "signature_wrong": N_(
            "The head of the log bears a false signature in the name of %(key)s: it was changed on the way, or forged."
        ),
        "foreign_key": N_(
            "The head of %(origin)s is not signed by the key that you know. No entry of the log that your key signed names a new one."
        ),
        "another_log": N_("What is served here is the log %(origin)s, and you follow another one."),
        "shrunk": N_(
            "The log %(origin)s has shrunk: it had %(before)s entries and now shows %(now)s. Entries were taken back, "
            "or an older database was put in its place."
        ),
        "forked": N_(
            "The log %(origin)s was rewritten: its first %(before)s entries are not those that it showed before. Both "
            "heads bear its signature, which proves it to anybody."
        ),
        "entry_rewritten": N_(
            "The log %(origin)s now shows another entry at place %(index)s than before. The signed head still fits "
            "what was seen before."
        ),
        "bundle_malformed": N_("The entries in %(path)s are cut off or have wrong lengths."),
        "entry_strange": N_(
            "Entry %(index)s is none that this log may hold: it has a wrong type or a wrong length."
        ),
        "tile_lies": N_(
            "The tile %(path)s is not what the entries say, and the signed head is: a bit has changed there, or "
            "somebody changed it."
        ),
        "entries_lie": N_(
            "The entries do not lead to the signed head, and the tiles do: entries were changed, first in %(path)s."
        ),
        "unproved": N_(
            "The log %(origin)s has signed a head of %(now)s entries that neither its entries nor its tiles lead to."
        ),
        "missing": N_(
            "The log %(origin)s has signed a head of %(now)s entries and does not show them: %(path)s is not there."
        ),
        "too_long": N_("The log shows more in %(path)s than can be there."),
        "quorum_not_met": N_(
            "Too few of the witnesses that your policy asks for have signed the log's head."
        ),
        "cosignature_wrong": N_(
            "The log's head bears a false signature in the name of the witness %(witness)s."
        ),
        "epoch_foreign_key": N_(
            "The office says that its log began anew as %(origin)s, under a key that the old one does not vouch for. Get "
            "that key from somebody you trust and follow the new log under it."
        ),
        "epoch_denies": N_(
            "The log began anew as %(origin)s and says that the old one ended with %(size)s entries. It showed %(before)s, "
            "or others."
        ),
        "epoch_malformed": N_(
            "The log %(origin)s does not begin with the entry that says what came before it."
        ),
    }

    def __init__(self, code: str, evidence: Mapping[str, bytes] | None = None, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.evidence = dict(evidence or {})

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.code, self.evidence, self.facts)


def _again(code: str, evidence: dict[str, bytes], facts: dict[str, Any]) -> Misbehaved:
    return Misbehaved(code, evidence, **facts)

"""Verdicts in plain words: the same sentences on the command line and on the page that runs in a browser."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from django.utils.translation import gettext

from answerable.core.sentences import N_
from answerable.record.invalid import Invalid
from answerable.record.promised import Promise
from answerable.record.verifying import ActFacts, Gap, Outcome, Verdict

HEADLINES = {
    Outcome.PROVED: N_("Proved"),
    Outcome.PROMISED: N_("Promised, not yet proved"),
    Outcome.NOT_PROVED: N_("Not proved"),
    Outcome.UNREADABLE: N_("Cannot be read"),
}

WINDOWS_LINES = "windows_lines"
REASONS = {
    "not_a_receipt": N_("This is no receipt. A receipt's first line is c2sp.org/tlog-proof@v1."),
    WINDOWS_LINES: N_(
        "Something on the way has rewritten the ends of the file's lines, as Windows programs do when they save or send "
        "a text. Fetch it again, and keep it as a file without opening and saving it."
    ),
    "truncated": N_("Something is missing at the end: the file was cut off. Fetch it again."),
    "malformed": N_("Lines of the receipt are missing, changed or out of order. Fetch it again."),
    "too_long": N_("The file is too long for what it should be. Was it the right one?"),
    "signature_malformed": N_(
        "A signature line of the receipt is not written as it should be. Fetch it again."
    ),
    "too_many_signatures": N_("The receipt bears more than 16 signatures; none was looked at."),
    "checkpoint_malformed": N_(
        "The signed head in the receipt is not written as it should be. Fetch it again."
    ),
    "index_outside": N_("The receipt names an entry beyond the end of the log that it speaks of."),
    "path_length": N_("The receipt has too few or too many lines for the place that it names."),
    "not_an_opening": N_("The opening is no opening file. An opening's first line is answerable/opening/v1."),
    "opening_malformed": N_("The opening file is damaged. Fetch it again."),
    "policy_without_log": N_("The policy names no log, so there is nobody to believe."),
    "promise_malformed": N_(
        "Something of the promise is missing or was changed. Scan it again, or fetch it again."
    ),
    "promise_key_unknown": N_(
        "This is a promise, signed under the name %(detail)s, and you named no such key. Promises have a key of their "
        "own: it stands beside the log's own, under promise-vkey."
    ),
    "promise_foreign_key": N_(
        "The promise names the key %(detail)s, but not the one that you named signed it: somebody else made it, or "
        "the key was changed and yours is an old one."
    ),
    "promise_signature_wrong": N_(
        "The signature under the promise does not fit: the promise was changed after it was signed."
    ),
    "leaf_unknown": N_(
        "The receipt does not say what it stands for. Add the opening file, without which nothing can be proved."
    ),
    "opening_mismatch": N_(
        "The opening belongs to another receipt, or was changed: it is not what was recorded here."
    ),
    "foreign_key": N_(
        "The receipt names your log, but the log's key did not sign it: somebody else made it, or the key was "
        "changed and your policy is an old one."
    ),
    "another_log": N_("The receipt is of another log (%(detail)s), which your policy does not name."),
    "wrong_origin": N_(
        "Your log's key signed this, but as the head of another log (%(detail)s). Such a receipt proves nothing."
    ),
    "signature_wrong": N_(
        "The log's signature does not fit: the signed head was changed after it was signed."
    ),
    "cosignature_wrong": N_(
        "The signature of a witness (%(detail)s) does not fit: the receipt was changed, or the witness was "
        "impersonated."
    ),
    "quorum_not_met": N_(
        "Too few of the witnesses that your policy asks for have signed. If the act is recent, fetch the receipt "
        "again later."
    ),
    "reordered": N_("Lines of the receipt have changed places, so it proves nothing. Fetch it again."),
    "not_in_tree": N_(
        "The act is not in the log at this place: the receipt was changed, or what it stands for was."
    ),
    "record_unreadable": N_("It is in the log, but what it holds is no act that this program can read."),
    "time_contradicted": N_(
        "A witness saw it in the log before the time that the act itself bears. One of the clocks is wrong, or "
        "the act was dated falsely."
    ),
}

#: Time-stamps are looked at by the command line alone: a browser page checks no certificates.
STAMP_REASONS = {
    "stamp_malformed": N_(
        "The time-stamp is no answer of a time-stamping authority (RFC 3161), or is damaged."
    ),
    "certificate_malformed": N_("The authority's certificate is no PEM file with certificates."),
    "stamp_refused": N_("The time-stamp says that the authority refused to give one."),
    "stamp_foreign": N_("The time-stamp is not signed by the authority whose certificate you named."),
    "stamp_mismatch": N_(
        "The time-stamp belongs to another head of the log than this receipt. Get both files from the same place."
    ),
    "stamp_contradicted": N_(
        "The authority stamped it before the time that the act itself bears. One of the clocks is wrong, or the act "
        "was dated falsely."
    ),
}

GAPS = {
    Gap.INCLUDED: N_(
        "that it is in the log by now. Only its receipt proves that; fetch it where you got this."
    ),
    Gap.CONTENT: N_(
        "what the act says. This receipt carries no content; add the opening file to prove that too."
    ),
    Gap.UNTIL: N_("by when it was recorded. Nobody outside the office has confirmed a time."),
    Gap.VIEWS: N_("that everybody is shown this same log. Your policy asks for no witness."),
    Gap.CLAIMED: N_("when it happened. That is somebody's word; when it was recorded is another matter."),
    Gap.TRUTH: N_("that what was recorded is true. A receipt proves only that it was recorded."),
}

FACTS = {
    "act": N_("This act is in the signed log; were it changed or removed, this receipt would show it:"),
    "text": N_(
        "This public entry is in the signed log; were it changed or removed, this receipt would show it:"
    ),
    "closed": N_(
        "The act that this receipt stands for is in the signed log; were it changed or removed, this receipt would show it."
    ),
    "place": N_("It is entry %(place)s of %(size)s in the log %(log)s."),
    "kind": N_("What was recorded: %(kind)s, act %(seq)s of the matter %(matter)s."),
    "between": N_(
        "It was recorded between %(from)s (by the office's clock) and %(until)s (seen by %(witnesses)s)."
    ),
    "since": N_("It was recorded at %(from)s, by the office's own clock."),
    "before": N_("It was recorded before %(until)s (seen by %(witnesses)s)."),
    "undated": N_("The receipt does not say when it was recorded."),
    "claimed": N_("It is said to have happened at %(at)s."),
    "claimed_by": N_("It is said to have happened at %(at)s; said by: %(who)s."),
    "promised": N_(
        "The office promised in writing, at %(at)s by its own clock, to publish this act in its log %(log)s by %(by)s."
    ),
    "promise_broken": N_(
        "If the log does not show it by then, this file proves that the promise was broken. The leaf to look for: %(leaf)s"
    ),
    "gaps": N_("Not proved:"),
}

STAMP_FACTS = {
    "stamped": N_("It existed before %(at)s: the authority %(who)s has put that time on the log's head."),
    "unstamped": N_(
        "A time-stamp lies beside it; to have it checked too, name the authority's certificate: --authority"
    ),
}


def headline(verdict: Verdict) -> str:
    return _said(HEADLINES[verdict.outcome], {})


def sentences(verdict: Verdict) -> list[str]:
    """What is proved and what is not, or what is wrong, in the current language."""
    if verdict.promise is not None:
        return _of_promise(verdict, verdict.promise)
    if verdict.outcome != Outcome.PROVED:
        return [_said((REASONS | STAMP_REASONS)[verdict.code], {"detail": plain(verdict.detail)})]
    kind = "act" if verdict.act else "text" if verdict.record else "closed"
    place = {"place": verdict.index + 1, "size": verdict.size, "log": plain(verdict.log)}
    lines = [_said(FACTS[kind], {})]
    if verdict.act:
        lines.append(_kind(verdict.act))
    elif verdict.record:
        lines.append(plain(verdict.record.decode(errors="replace")))
    lines += [_when(verdict), *_stamped(verdict), *_claimed(verdict.act), _said(FACTS["place"], place)]
    return [*lines, *_gaps(verdict)]


def reason(fault: Invalid) -> str:
    """Why a policy cannot be followed: a sentence where there is one for it, else its code and the line."""
    return _said(REASONS[fault.code], {}) if fault.code == WINDOWS_LINES else str(fault)


def _of_promise(verdict: Verdict, promise: Promise) -> list[str]:
    times = {"at": second(promise.time), "by": second(promise.deadline)}
    lines = [_said(FACTS["promised"], {**times, "log": plain(verdict.log)})]
    if verdict.act:
        lines += [_kind(verdict.act), _when(verdict), *_claimed(verdict.act)]
    lines.append(_said(FACTS["promise_broken"], {"leaf": promise.leaf.hex()}))
    return [*lines, *_gaps(verdict)]


def _gaps(verdict: Verdict) -> list[str]:
    return [_said(FACTS["gaps"], {}), *(f"– {_said(GAPS[gap], {})}" for gap in verdict.gaps)]


def _kind(act: ActFacts) -> str:
    facts = {"kind": plain(act.kind), "seq": act.seq, "matter": plain(act.matter)}
    return _said(FACTS["kind"], facts)


def _when(verdict: Verdict) -> str:
    facts = {"witnesses": ", ".join(plain(one.witness) for one in verdict.sightings)}
    since = verdict.act.recorded_at if verdict.act else None
    if since:
        facts["from"] = instant(since)
    if verdict.seen_at is not None:
        # A witness's clock may be a little behind; the record is not older than itself.
        seen = datetime.fromtimestamp(verdict.seen_at, UTC)
        facts["until"] = instant(max(seen, since) if since else seen)
    if verdict.seen_at is None:
        return _said(FACTS["since" if since else "undated"], facts)
    return _said(FACTS["between" if since else "before"], facts)


def _stamped(verdict: Verdict) -> list[str]:
    if verdict.stamp is None:
        return []
    at = datetime.fromtimestamp(verdict.stamp.time, UTC)
    return [_said(STAMP_FACTS["stamped"], {"at": instant(at), "who": plain(verdict.stamp.authority)})]


def _claimed(act: ActFacts | None) -> list[str]:
    if act is None or act.happened_at is None:
        return []
    facts = {"at": instant(act.happened_at), "who": plain(act.claimed_by)}
    return [_said(FACTS["claimed_by" if act.claimed_by else "claimed"], facts)]


def _said(template: str, facts: Mapping[str, object]) -> str:
    return gettext(template) % facts


def instant(at: datetime) -> str:
    """A time as this computer's owner reads it, with its distance from UTC."""
    try:
        local = at.astimezone()
    except (OverflowError, ValueError):  # the first or last day that a calendar has
        local = at.astimezone(UTC)
    zone = local.strftime("%z")
    return f"{local.year:04}-{local:%m-%d %H:%M:%S} (UTC{zone[:3]}:{zone[3:5]})"


def second(seconds: int) -> str:
    return instant(datetime.fromtimestamp(seconds, UTC))


def plain(text: str) -> str:
    """Text out of a receipt, without what could move a cursor or hide a word."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)

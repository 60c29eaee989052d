"""One look at a log: is it what it was, and more? No Django, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from answerable.core import disk
from answerable.core.sentences import N_, Said
from answerable.record import checkpoints, notes
from answerable.record import policy as policies
from answerable.record.checkpoints import Checkpoint
from answerable.record.cosignatures import cosignatures
from answerable.record.encoding import from_decimal
from answerable.record.invalid import Invalid
from answerable.record.notes import Note, VerifierKey
from answerable.record.policy import Policy
from answerable.record.watch import notices, rebuilding
from answerable.record.watch import seen as states
from answerable.record.watch.asking import CannotLook, Line
from answerable.record.watch.misbehaved import Misbehaved
from answerable.record.watch.seen import Seen

MAX_TEXT = 1 << 16
QUIET_SECONDS = 3600
#: A look goes over what is new; so often one goes over everything, so that an old tile that rotted is found.
WHOLE_SECONDS = 7 * 86_400


class Notice(Said):
    """What a look found, where nothing is amiss."""

    sentences = {
        "first": N_(
            "%(origin)s: %(size)s entries, made again from the first to the last; the signed head fits."
        ),
        "grown": N_("%(origin)s: grown from %(before)s to %(size)s entries; the old ones are unchanged."),
        "same": N_("%(origin)s: %(size)s entries, unchanged since the last look."),
        "quiet": N_(
            "%(origin)s has not grown for %(hours)s hours. An office that works adds entries all the time, even "
            "without matters: ask it whether its log stands still."
        ),
        "key_changed": N_(
            "The log has a new key, and the old one has signed that: from now on it signs with %(key)s."
        ),
        "epoch": N_(
            "The log began anew as %(origin)s (%(why)s); the old one was %(after)s and ended with %(size)s entries. "
            "Lost of it: %(lost)s. Follow up what was lost: receipts for those entries prove that they were there."
        ),
        "epoch_unsure": N_(
            "The office does not know where the old log ended. You saw %(before)s entries of %(after)s; its signed head is "
            "kept among the evidence. Show it to the office."
        ),
        "whole": N_("The log was made again from its first entry, and it still is what was seen before."),
        "witnessed": N_("Witnesses that your policy names have signed it: %(names)s."),
    }


@dataclass
class Report:
    seen: Seen | None = None
    notices: list[Notice] = field(default_factory=list)


def look(line: Line, folder: Path, believed: Policy | None, *, now: int, is_whole: bool = False) -> Report:
    """Look once, and remember what was seen. Raises Misbehaved (evidence is kept by `kept`) and CannotLook.

    `is_whole`: make the log again from its first entry, not from where the last look ended; once a week it is anyway.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with disk.folder_locked(folder):
            return _Look(line, folder, believed or Policy(()), now).run(is_whole=is_whole)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotLook("state_unwritable", path=str(folder), reason=reason) from error


class _Look:
    def __init__(self, line: Line, folder: Path, believed: Policy, now: int) -> None:
        self.line, self.folder, self.believed, self.now = line, folder, believed, now
        self.report = Report()

    def run(self, *, is_whole: bool) -> Report:
        seen = states.load(self.folder)
        if seen is None:
            seen = self._first()
        else:
            seen = self._with_policy(seen)
        if seen.size and (is_whole or not 0 <= self.now - seen.whole_at < WHOLE_SECONDS):
            seen = self._again(seen)
        seen = self._through_epochs(seen)
        self.report.seen = self._to_newest(seen)
        return self.report

    def _first(self) -> Seen:
        """Nothing was seen yet: the origin is that of a key that the reader names, whatever the log says."""
        logs = self.believed.logs
        here = [log for log in logs if log.url.rstrip("/") == self.line.url.rstrip("/")] or list(logs)
        if not here:
            raise CannotLook("no_key")
        origins = {log.key.name for log in here}
        if len(origins) > 1:
            origin = self._head("")[1].origin
            if origin not in origins:
                raise Misbehaved("another_log", origin=origin)
        else:
            (origin,) = origins
        keys = tuple(log.key for log in here if log.key.name == origin)
        base, _slash, number = origin.rpartition("/")
        is_later = from_decimal(number) is not None and self._head("")[1].origin == base
        return Seen(origin, keys, prefix=f"{number}/" if is_later else "", grown_at=self.now)

    def _with_policy(self, seen: Seen) -> Seen:
        """Keys that the reader names now are believed too, but for those that the log itself has retired."""
        named = [log.key for log in self.believed.logs if log.key.name == seen.origin]
        others = [log.key for log in self.believed.logs]
        known = {key.public for key in (*seen.keys, *seen.retired)}
        if others and not named and not any(key.public in known for key in others):
            raise CannotLook("state_of_another", path=str(self.folder / states.NAME), origin=seen.origin)
        new = tuple(key for key in named if key not in seen.keys and key not in seen.retired)
        return replace(seen, keys=(*seen.keys, *new))

    def _get(self, prefix: str) -> rebuilding.Get:
        return lambda path, limit: self.line.get(prefix + path, limit=limit)

    def _head(self, prefix: str) -> tuple[bytes, Checkpoint, Note]:
        """The head that is served, by whomever it is signed. Raises CannotLook."""
        return self._opened(prefix + "checkpoint")

    def _opened(self, path: str) -> tuple[bytes, Checkpoint, Note]:
        data = self.line.get(path, limit=MAX_TEXT)
        try:
            note = notes.parse(data)
            return data, checkpoints.parse_body(note.text), note
        except Invalid:
            raise CannotLook("not_a_checkpoint", url=self.line.url + path) from None

    # ------------------------------------------------------------ to the newest head

    def _to_newest(self, seen: Seen) -> Seen:
        data, head, note = self._head(seen.prefix)
        evidence = {"checkpoint.before": seen.note, "checkpoint.now": data}
        if head.origin != seen.origin:
            raise Misbehaved("another_log", evidence, origin=head.origin)
        if not _has_signed(note, seen.keys, evidence):
            seen = self._through_changed_keys(seen, head, note, evidence)
        self._require_witnesses(note, evidence)
        before = seen
        seen = self._on_to(seen, head, data, evidence)
        if not before.note:
            self._say("first", origin=seen.origin, size=seen.size)
        elif seen.size > before.size:
            self._say("grown", origin=seen.origin, before=before.size, size=seen.size)
        elif not any(notice.code == "epoch" for notice in self.report.notices):
            self._say("same", origin=seen.origin, size=seen.size)
            if self.now - seen.grown_at >= QUIET_SECONDS:
                self._say("quiet", origin=seen.origin, hours=(self.now - seen.grown_at) // 3600)
        return seen

    def _on_to(
        self,
        seen: Seen,
        head: Checkpoint,
        data: bytes,
        evidence: dict[str, bytes],
        *,
        shown: int | None = None,
    ) -> Seen:
        """To a head that is signed by a key of the log's; remembered when it was made again from the entries."""
        if head.size < seen.size:
            raise Misbehaved("shrunk", evidence, origin=seen.origin, before=seen.size, now=head.size)
        done, texts = rebuilding.rebuild(seen, head, data, self._get(seen.prefix), shown=shown)
        if not seen.size:
            done = replace(done, whole_at=self.now)
        for _place, text in texts:
            done = self._with_text(done, text)
        if done.size > seen.size:
            done = replace(done, grown_at=self.now)
        states.save(self.folder, done)
        return done

    def _with_text(self, seen: Seen, text: bytes) -> Seen:
        said = notices.read(text)
        if (
            not isinstance(said, notices.KeyChange)
            or said.old not in seen.keys
            or said.new.name != seen.origin
        ):
            return seen
        self._say("key_changed", key=said.new)
        retired = (*seen.retired, *(key for key in seen.keys if key != said.new))
        return replace(seen, keys=(said.new,), retired=retired)

    def _through_changed_keys(
        self, seen: Seen, head: Checkpoint, note: Note, evidence: dict[str, bytes]
    ) -> Seen:
        """Follow the log's key from one that is known to the one that signs now: each change was signed by both."""
        foreign = Misbehaved("foreign_key", evidence, origin=head.origin)
        if head.size <= seen.size:
            raise foreign
        try:
            for place, text in rebuilding.texts(seen.size, head.size, head.size, self._get(seen.prefix)):
                said = notices.read(text)
                if not isinstance(said, notices.KeyChange) or said.old not in seen.keys:
                    continue
                data, change, signed = self._opened(f"{seen.prefix}key-change/{place}")
                kept = {**evidence, "checkpoint.key-change": data}
                if change.origin != seen.origin or not place < change.size <= head.size:
                    raise foreign
                if not _has_signed(signed, [said.old], kept) or not _has_signed(signed, [said.new], kept):
                    raise foreign
                seen = self._on_to(seen, change, data, kept, shown=head.size)
        except (CannotLook, Invalid) as fault:
            if isinstance(fault, CannotLook) and fault.code != "missing":
                raise
            raise foreign from None
        if not _has_signed(note, seen.keys, evidence):
            raise foreign
        return seen

    def _require_witnesses(self, note: Note, evidence: dict[str, bytes]) -> None:
        names = {witness.key: name for name, witness in self.believed.witnesses.items()}
        try:
            found = sorted(names[one.key] for one in cosignatures(note, names))
        except Invalid as error:
            raise Misbehaved("cosignature_wrong", evidence, witness=error.detail) from error
        if not self.believed.is_met(found):
            raise Misbehaved("quorum_not_met", evidence)
        if found:
            self._say("witnessed", names=", ".join(found))

    def _again(self, seen: Seen) -> Seen:
        """The whole log once more, up to what was seen last."""
        head = Checkpoint(seen.origin, seen.size, seen.root)
        fresh = replace(seen, size=0, root=Seen("", ()).root, edge={})
        shown = max(seen.size, self._head(seen.prefix)[1].size)
        done, _texts = rebuilding.rebuild(fresh, head, seen.note, self._get(seen.prefix), shown=shown)
        self._say("whole")
        return replace(done, grown_at=seen.grown_at, whole_at=self.now)

    # ------------------------------------------------------------ into a new epoch

    def _through_epochs(self, seen: Seen) -> Seen:
        """Where the log began anew: to the epoch that is in use, one after the other."""
        in_use = self._number_in_use(seen)
        number = _number(seen.prefix)
        while number < in_use:
            number += 1
            seen = self._into_epoch(seen, f"{number}/")
        return seen

    def _number_in_use(self, seen: Seen) -> int:
        """What the log's own policy file says; a mirror may have none. It is followed, not believed."""
        try:
            policy = policies.parse(self.line.get("policy", limit=MAX_TEXT))
        except (CannotLook, Invalid) as fault:
            if isinstance(fault, CannotLook) and fault.code != "missing":
                raise
            return 0
        base = seen.origin.removesuffix("/" + seen.prefix.rstrip("/")) if seen.prefix else seen.origin
        numbers = [
            from_decimal(log.key.name.removeprefix(base + "/"))
            for log in policy.logs
            if log.key.name.startswith(base + "/")
        ]
        return max((number for number in numbers if number is not None and number < 10_000), default=0)

    def _into_epoch(self, seen: Seen, prefix: str) -> Seen:
        data, head, note = self._head(prefix)
        evidence = {"checkpoint.before": seen.note, "checkpoint.now": data}
        keys = tuple(VerifierKey(head.origin, key.type, key.public) for key in seen.keys)
        if not _has_signed(note, keys, evidence):
            raise Misbehaved("epoch_foreign_key", evidence, origin=head.origin)
        get = self._get(prefix)
        first = (
            [text for place, text in rebuilding.texts(0, 1, head.size, get) if place == 0]
            if head.size
            else []
        )
        said = notices.read(first[0]) if first else None
        if not isinstance(said, notices.NewEpoch) or said.origin != head.origin:
            raise Misbehaved("epoch_malformed", evidence, origin=head.origin)
        is_other = said.after != seen.origin or (said.size == seen.size and said.root != seen.root)
        is_less = said.size < seen.size and not said.is_unsure
        if seen.note and (is_other or is_less):
            raise Misbehaved("epoch_denies", evidence, origin=head.origin, size=said.size, before=seen.size)
        retired = tuple(VerifierKey(head.origin, key.type, key.public) for key in seen.retired)
        fresh = Seen(head.origin, keys, retired, prefix=prefix, grown_at=self.now)
        done, _texts = rebuilding.rebuild(fresh, head, data, get)
        self._say(
            "epoch",
            origin=head.origin,
            after=said.after,
            size=said.size,
            lost=said.lost or "?",
            why=said.why,
        )
        if said.is_unsure and said.size < seen.size:
            self._say("epoch_unsure", after=seen.origin, before=seen.size)
        states.keep_evidence(self.folder, f"epoch-{prefix.rstrip('/')}", evidence)
        states.save(self.folder, done)
        return done

    def _say(self, code: str, **facts: object) -> None:
        self.report.notices.append(Notice(code, **facts))


def _has_signed(note: Note, keys: Sequence[VerifierKey], evidence: dict[str, bytes]) -> bool:
    try:
        return bool(note.verify(keys))
    except Invalid as error:
        raise Misbehaved("signature_wrong", evidence, key=error.detail) from error


def _number(prefix: str) -> int:
    return int(prefix.rstrip("/")) if prefix else 1

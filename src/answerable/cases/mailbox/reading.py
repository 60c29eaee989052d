"""What an e-mail is and what it says, however broken it arrives. Pure: no Django, no clock, no network.

Headers that name networks and machines are read by nobody and kept nowhere (rights, rule 2).
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parseaddr
from enum import StrEnum

from answerable.cases.mailbox.html_text import words_of

#: Parts inside parts inside parts; what lies deeper is not looked for.
DEPTH = 12
PARTS = 200
HEADER = 4000
#: Of a body, in bytes; longer ones are cut, and it is said.
BODY = 2 << 20
#: Lines times the marks that divide parts: the standard library holds each line against every mark around it, and forty
#: megabytes in a hundred layers would hold the worker up for an hour.
MOST_WORK = 30_000_000

#: Our own messages to a person: `<delivery.token@answerable>`; others of ours have no token.
OURS = re.compile(r"<([0-9a-f-]{36})(?:\.([a-z2-7]{20,80}))?@answerable>")
_PLUS = re.compile(r"\+([a-z2-7]{20,80})@", re.IGNORECASE)
_AUTOMATIC_SUBJECT = re.compile(
    r"^\s*(?:re\s?[:：]\s?)?(?:自动回复|自動回覆|自动答复|外出|不在办公室|automatic reply|auto(?:matic)?[- ]?(?:reply|response)"
    r"|out of (?:the )?office|undeliver|delivery (?:status|failure)|mail delivery|returned mail|退信|系统退信)",
    re.IGNORECASE,
)
_ROBOTS = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+.-].*)?@", re.IGNORECASE
)
#: Labels that mean a smaller set than what is really sent (GB 18030-2022 holds both).
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "ascii": "utf-8",
}
_GUESSES = ("utf-8", "gb18030")
#: Codecs of this language, of names and of none: no mail is written in them, and two megabytes of punycode take minutes.
_NO_LABELS = frozenset(
    {
        "punycode",
        "idna",
        "unicode_escape",
        "raw_unicode_escape",
        "unicode_internal",
        "undefined",
        "mbcs",
        "oem",
    }
)


class _ShortHeaders(email.policy.Compat32):
    """The beginning of each header. One of a megabyte of encoded words, or of parameters of a type, takes the standard
    library hours, and reading into parts asks for those already."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: 4 * HEADER]


_POLICY = _ShortHeaders()


class Kind(StrEnum):
    LETTER = "letter"
    BOUNCE = "bounce"
    #: The rest waits for somebody to look at it; the value is the reason.
    AUTOMATIC = "automatic"
    LIST = "list"
    SPAM = "spam"
    OWN = "own"
    NO_SENDER = "no_sender"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class File:
    name: str
    data: bytes


@dataclass(frozen=True)
class Letter:
    """One message. `name` tells it from every other one: the same again has the same name."""

    kind: Kind
    name: str
    sender: str = ""
    sender_name: str = ""
    message_id: str = ""
    subject: str = ""
    text: str = ""
    tokens: tuple[str, ...] = ()
    deliveries: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    is_cut: bool = False


def read(raw: bytes, *, own: str = "", is_cut: bool = False) -> Letter:
    """Whatever came. `own`: the mailbox's own address; `is_cut`: only the beginning of a very long message is here."""
    try:
        begins = _bounded(raw)
        message = email.message_from_bytes(begins, policy=_POLICY)
        return _read(message, raw, own.lower(), is_cut or len(begins) < len(raw))
    except (
        Exception
    ):  # the standard library's readers fail in many ways on what strangers send, RecursionError too
        return Letter(Kind.UNREADABLE, _name("", "", raw), is_cut=is_cut)


def _bounded(raw: bytes) -> bytes:
    """So much of its beginning as is read in seconds; all of any message that a person sends."""
    while raw.count(b"\n") * (1 + raw.lower().count(b"boundary")) > MOST_WORK:
        raw = raw[: len(raw) // 2]
    return raw


def _read(message: Message, raw: bytes, own: str, is_cut: bool) -> Letter:
    subject = " ".join(header(message, "Subject").split())
    sender_name, sender = _sender(message)
    about = header(message, "In-Reply-To") + " " + header(message, "References")
    found = OURS.findall(about)
    to = " ".join(header(message, name) for name in ("To", "Cc", "Delivered-To", "X-Original-To"))
    tokens = [token for _id, token in found if token]
    tokens += [one.lower() for one in _PLUS.findall(to)]
    kind, deliveries = _kind(message, sender, subject, own)
    parts = _Parts()
    if kind is not Kind.BOUNCE:
        parts.take(message)
    text = parts.text
    message_id = " ".join(header(message, "Message-ID").split())
    return Letter(
        kind=kind,
        name=_name(message_id, subject + "\0" + text, raw),
        sender=sender,
        sender_name=sender_name,
        message_id=message_id,
        subject=subject,
        text=text,
        tokens=tuple(dict.fromkeys(tokens)),
        deliveries=tuple(dict.fromkeys(deliveries)),
        files=tuple(parts.files),
        is_cut=is_cut or parts.is_cut,
    )


def _name(message_id: str, said: str, raw: bytes) -> str:
    """A second copy of a message has the same name; another message under a copied Message-ID has not."""
    if not message_id:
        return hashlib.sha256(raw).hexdigest()
    return hashlib.sha256((message_id + "\0" + said).encode("utf-8", "replace")).hexdigest()


def header(message: Message, name: str) -> str:
    """A header's text: encoded words decoded, raw bytes read as UTF-8 or GB 18030, never an exception."""
    raw = message.get(name)
    if raw is None:
        return ""
    try:
        pieces = decode_header(raw)
    except Exception:  # an encoded word that is none
        return _plain(str(raw)[:HEADER])
    said = ""
    for piece, charset in pieces[:500]:
        said += _plain(piece) if isinstance(piece, str) else decoded(piece, charset or "")
    return said[:HEADER]


def _plain(said: str) -> str:
    return decoded(said.encode("ascii", "surrogateescape"), "") if not said.isascii() else said


def decoded(data: bytes, charset: str) -> str:
    """Bytes as text: by their label where it holds, else by what they look like; broken characters as �."""
    label = charset.strip("\"' ").lower()
    if label.replace("-", "_") in _NO_LABELS | {"unknown_8bit"}:
        label = ""
    tried = [_WIDER.get(label, label), *_GUESSES] if label else list(_GUESSES)
    for name in tried:
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def _sender(message: Message) -> tuple[str, str]:
    raw = str(message.get("From", ""))[:HEADER]
    _unused, address = parseaddr(raw)
    name, _unused = parseaddr(header(message, "From"))
    if not address or "@" not in address or address.startswith("@") or not address.isascii():
        return "", ""
    if len(getaddresses([raw])) > 1:
        return "", ""  # several authors: nobody can tell who wrote
    return " ".join(name.split())[:120], address.strip()


def _kind(message: Message, sender: str, subject: str, own: str) -> tuple[Kind, list[str]]:
    """What it is, and of a report the ids of our messages that it is about (RFC 3464, RFC 3834)."""
    if message.get_content_type() == "multipart/report":
        failed, ids = _report(message)
        return (Kind.BOUNCE if failed and ids else Kind.AUTOMATIC), ids
    if (own and sender.lower() == own) or OURS.search(header(message, "Message-ID")):
        return Kind.OWN, []
    if any(name in message for name in ("List-Id", "List-Unsubscribe", "List-Post")):
        return Kind.LIST, []
    precedence = header(message, "Precedence").strip().lower()
    if precedence in ("bulk", "list"):
        return Kind.LIST, []
    said = header(message, "Auto-Submitted").split(";")[0].strip().lower()
    if (
        (said and said != "no")
        or precedence in ("junk", "auto_reply")
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Failed-Recipients"))
        or header(message, "Return-Path").strip() == "<>"
        or _ROBOTS.match(sender)
        or _AUTOMATIC_SUBJECT.match(subject)
    ):
        return Kind.AUTOMATIC, []
    if header(message, "X-Spam-Flag").strip().lower() == "yes":
        return Kind.SPAM, []
    return (Kind.LETTER if sender else Kind.NO_SENDER), []


def _report(message: Message) -> tuple[bool, list[str]]:
    failed, ids = False, []
    for part in _walk(message):
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failed |= bool(re.search(r"(?im)^action:[ \t]*failed[ \t]*$", part.as_string()))
        elif kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            ids += [found[0] for found in OURS.findall(part.as_string())]
    return failed, ids


def _walk(message: Message, depth: int = 0) -> Iterator[Message]:
    yield message
    inside = message.get_payload()
    if depth < DEPTH and message.is_multipart() and isinstance(inside, list):
        for part in inside:
            if isinstance(part, Message):
                yield from _walk(part, depth + 1)


@dataclass
class _Parts:
    """The words of a message, and the files with it."""

    words: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    is_cut: bool = False
    seen: int = 0

    @property
    def text(self) -> str:
        return "\n\n".join(self.words).strip()

    def take(self, message: Message, depth: int = 0) -> None:
        self.seen += 1
        if depth > DEPTH or self.seen > PARTS:
            self.is_cut = True
            return
        kind, inside = message.get_content_type(), message.get_payload()
        if kind == "message/rfc822" and isinstance(inside, list) and inside and depth:
            self._attached(inside[0], depth)
        elif kind == "multipart/alternative" and isinstance(inside, list):
            self._alternative([part for part in inside if isinstance(part, Message)], depth)
        elif message.is_multipart() and isinstance(inside, list):
            for part in inside:
                if isinstance(part, Message):
                    self.take(part, depth + 1)
        else:
            self._leaf(message, kind)

    def _alternative(self, parts: list[Message], depth: int) -> None:
        """The plain words where there are any; of the rest only what is no second telling of them."""
        plain = [part for part in parts if part.get_content_type() == "text/plain" and _bytes(part).strip()]
        for part in parts:
            if not plain or part in plain or part.get_content_type() not in ("text/html", "text/plain"):
                before = list(self.words)
                self.take(part, depth + 1)
                if plain and part not in plain:
                    self.words = before

    def _leaf(self, part: Message, kind: str) -> None:
        name = _file_name(part)
        is_file = part.get_content_disposition() == "attachment" or bool(name)
        data = _bytes(part)
        if kind in ("text/plain", "text/html") and not is_file:
            if len(data) > BODY:
                data, self.is_cut = data[:BODY], True
            said = decoded(data, str(part.get_content_charset() or ""))
            said = words_of(said) if kind == "text/html" else said.replace("\r\n", "\n")
            if said.strip():
                self.words.append(said.strip())
        elif data:
            self.files.append(File(name or f"part-{self.seen}{_SUFFIXES.get(kind, '')}", data))

    def _attached(self, message: object, depth: int) -> None:
        """A message in a message: its words as a file; where it came from stays out."""
        if not isinstance(message, Message):
            return
        apart = _Parts(seen=self.seen)
        apart.take(message, depth + 1)
        self.seen, self.is_cut = apart.seen, self.is_cut or apart.is_cut
        _unused, address = parseaddr(header(message, "From"))
        head = [header(message, "Subject"), address, header(message, "Date")]
        said = "\n".join(filter(None, (" ".join(one.split()) for one in head))) + "\n\n" + apart.text
        self.files += [File(f"message-{self.seen}.txt", said.encode()), *apart.files]


_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf", "text/html": ".html"}


def _bytes(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except Exception:  # base64 that is none
        data = str(part.get_payload()).encode("utf-8", "replace")
    return data if isinstance(data, bytes) else b""


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # a name in an encoding that is none
        return "file"
    if not name:
        return ""
    try:
        pieces = decode_header(name[:HEADER])
    except Exception:
        return str(name)[:200]
    return "".join(
        piece if isinstance(piece, str) else decoded(piece, charset or "") for piece, charset in pieces
    )[:200]

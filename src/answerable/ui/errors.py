"""Error pages that need no database, and that give back what was typed."""

from __future__ import annotations

import errno
import re
import sys
from dataclasses import dataclass, replace
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import loader

from answerable.core.sentences import Said

_SECRET_WORDS = ("password", "secret", "otp", "csrf")
# Sent again, but nothing to read: a form's own token makes a second press find the first one's result.
_MUTE_WORDS = ("token", "seen_")
# What a page's own controls send (a button, a choice): words of this program, not of whoever wrote.
_OURS = re.compile(r"[a-z0-9_:.-]+")
# Characters from which a value is shown again, so that it can be copied; six say something in Chinese.
_SHOWN_FROM = 6


@dataclass(frozen=True)
class Typed:
    """A form as it arrived: hidden values to send again, the long ones to read, what had to be left out."""

    action: str
    csrf_token: str
    values: list[tuple[str, str]]
    shown: list[str]
    lost_files: bool
    lost_secrets: bool

    @property
    def written(self) -> list[tuple[str, str]]:
        """What is shown, each with the name of its field."""
        return _written(self.values)

    def not_in(self, said: str) -> Typed:
        """Without the long values that stand in `said` already: the first of two presses sent them. Spaces and lines are
        not looked at, since what was kept was cleaned first."""
        there = _squeezed(said)
        sent = {pair for pair in self.written if _squeezed(pair[1]) in there}
        values = [pair for pair in self.values if pair not in sent]
        return replace(self, values=values, shown=[value for _name, value in _written(values)])


def _squeezed(words: str) -> str:
    return "".join(words.split())


def typed_in(request: HttpRequest) -> Typed | None:
    """What a POST carried, without secrets and files, or None when there is nothing to give back."""
    if request.method != "POST":
        return None
    try:
        posted, files = request.POST, request.FILES
        pairs = [(name, value) for name, values in posted.lists() for value in values]
        csrf = get_token(request)
    except Exception:  # the body could not be read: a broken upload must not break the error page
        return None
    kept = [(n, str(v)) for n, v in pairs if not _is_secret(n)]
    lost_secrets = any(_is_secret(n) and n != "csrfmiddlewaretoken" and v for n, v in pairs)
    if not kept:
        return None
    shown = [value for _name, value in _written(kept)]
    return Typed(request.get_full_path(), csrf, kept, shown, bool(files), lost_secrets)


def is_database_away(error: BaseException | None) -> bool:
    """Whether `error` says that PostgreSQL cannot be reached or cannot save (not that it refused what was asked).

    SQLSTATE class 08, 53 and 57P0x, 58030, or none at all, as a broken connection has none (PostgreSQL, appendix A).
    """
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.__cause__, "sqlstate", None)
    return code is None or code.startswith(("08", "53")) or code in ("57P01", "57P02", "57P03", "58030")


def is_in_the_way(error: BaseException | None) -> bool:
    """Whether PostgreSQL gave this one up because two waited for each other: nothing was written, and it can be sent again."""
    return getattr(getattr(error, "__cause__", None), "sqlstate", None) in ("40P01", "55P03")


def is_disk_full(error: BaseException | None) -> bool:
    """Whether `error` comes from a full disk: the database's (SQLSTATE 53100) or this process's own."""
    while error is not None:
        if getattr(error, "sqlstate", None) == "53100":
            return True
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__
    return False


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: a 503 that says so when nothing can be saved, else the 500 page; both keep what was typed."""
    error = sys.exc_info()[1]
    full, locked = is_disk_full(error), isinstance(error, Said) and error.is_outage
    if full or locked or is_database_away(error):
        return database_away(request, is_full=full, is_locked=locked)
    if is_in_the_way(error):
        return database_away(request, is_busy=True)
    return _page(request, "500.html", 500, typed=typed_in(request))


def database_away(
    request: HttpRequest, *, is_full: bool = False, is_locked: bool = False, is_busy: bool = False
) -> HttpResponse:
    """503 with what was typed, and a button to send it again. `is_full`: because a disk has no room left;
    `is_locked`: because what is under lock can be neither opened nor locked away; `is_busy`: because somebody else wrote
    to the same at the same instant.
    """
    why = {"is_full": is_full, "is_locked": is_locked, "is_busy": is_busy}
    response = _page(request, "503.html", 503, typed=typed_in(request), **why)
    response["Retry-After"] = "1" if is_busy else "30"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler400`."""
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler403`: what was given to PermissionDenied is shown, so give it a translated sentence or nothing.

    Long texts that were typed are shown to be copied: the matter may have gone elsewhere while somebody wrote."""
    typed = typed_in(request)
    shown = typed.shown if typed else []
    return _page(request, "403.html", 403, reason=str(exception or ""), shown=shown)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler404`: the same page whether a thing does not exist or is not open to the reader.

    Whoever wrote while it went elsewhere gets their own long texts back, and nothing else."""
    typed = typed_in(request)
    shown = typed.shown if typed else []
    return _page(request, "404.html", 404, at_desk=request.path.startswith("/desk/"), shown=shown)


def not_done(request: HttpRequest, why: str, *, to: str) -> HttpResponse | None:
    """409 for what could not be done, with the long texts that were typed, to be copied, and the way on to `to`; None
    where nothing was typed."""
    typed = typed_in(request)
    if typed is None or not typed.shown:
        return None
    return _page(request, "409.html", 409, reason=why, shown=typed.shown, lost_files=typed.lost_files, to=to)


def not_allowed(request: HttpRequest) -> HttpResponse:
    """405 for whoever looks at an address that only takes what a form sends."""
    return _page(request, "405.html", 405, at_desk=request.path.startswith("/desk/"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """`CSRF_FAILURE_VIEW`: long texts are shown to be copied, but nothing can be sent from a page we do not trust."""
    typed = typed_in(request)
    return _page(request, "403_csrf.html", 403, shown=typed.shown if typed else [])


def signed_out(request: HttpRequest) -> HttpResponse | None:
    """403 with what was typed in a form that came after the sign-in had ended; None where nothing was typed."""
    typed = typed_in(request)
    return _page(request, "signed_out.html", 403, typed=typed) if typed is not None else None


def too_many(request: HttpRequest, *, retry_after: int) -> HttpResponse:
    """429. `retry_after` in seconds; the page says minutes."""
    minutes = max(1, -(-retry_after // 60))
    response = _page(request, "429.html", 429, minutes=minutes)
    response["Retry-After"] = str(retry_after)
    return response


def _page(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    """Rendered without context processors: none of them may ask the database here."""
    context["request_id"] = getattr(request, "request_id", "")
    response = HttpResponse(loader.render_to_string(template, context), status=status)
    response["Cache-Control"] = "no-store"
    return response


def _written(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, text) for name, text in pairs if not name.startswith(_MUTE_WORDS) and _is_writing(text)]


def _is_writing(value: str) -> bool:
    return len(value) >= _SHOWN_FROM and not _OURS.fullmatch(value)


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET_WORDS)

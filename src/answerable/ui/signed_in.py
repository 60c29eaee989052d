"""Pages for staff: whoever is not signed in (any more) is asked to, and loses nothing of what they typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from answerable.ui.errors import signed_out

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Let only a signed-in member of staff in. A page leads to the sign-in and back; a form that was sent after the
    sign-in had ended comes back with its words, to be sent again from a page that stays open meanwhile."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if cast(Any, request).user.is_authenticated:
            return view(request, *args, **kwargs)
        return signed_out(request) or redirect_to_login(request.get_full_path())

    return entered

"""What the worker does for figures, at once; and what a number opens, page by page."""

from __future__ import annotations

import re

from django.test import Client

from answerable.core import clock
from answerable.figures import counting
from answerable.record import reactions

#: A number of duty, responses, rounds or reports: the address of its list, the list's name, what is written, and beside.
NUMBER = re.compile(
    r'href="(/desk/figures/things/\?[^"]*list=(\w+)[^"]*)">([^<]+)</a>(?: <span class="row-sub">([^<]+))?'
)


def count() -> None:
    """React to every act, then count what it concerns."""
    while reactions.dispatch(clock.now()):
        pass
    assert not reactions.backlog(), "a reaction failed; its act is not counted yet"
    while counting.count_due():
        pass


def rows_behind(browser: Client, address: str) -> int:
    """How many different rows the list at an address has, over all its pages."""
    where, query = address.replace("&amp;", "&").split("?")
    seen: list[str] = []
    while True:
        answer = browser.get(f"{where}?{query}")
        assert answer.status_code == 200, query
        page = answer.content.decode()
        seen += re.findall(r"<tr data-row>.*?</tr>", page, re.DOTALL)
        more = re.search(r'rel="next" href="\?([^"]+)"', page)
        if more is None:
            assert len(set(seen)) == len(seen), f"a row stands on two pages of {address}"
            return len(seen)
        query = more[1].replace("&amp;", "&")

"""What stands around every page of the desk, asked for in one statement: is anybody in danger, do notices wait, which
views are kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import HttpRequest

from answerable.cases.access import Reader
from answerable.cases.models import SavedView
from answerable.core.statements import prepared, written_out

_KEPT = "_answerable_glance"

# The first two are nearly always answered with no, and are then all that is asked; see `case_open_danger` for the one.
_GLANCE = """SELECT EXISTS (SELECT FROM cases_case WHERE is_danger_told AND ended_at IS NULL),
    EXISTS (SELECT FROM alerts_notice WHERE post_id = ANY(%s) AND seen_at IS NULL),
    (SELECT json_agg(json_build_array(id, post_id, name, query) ORDER BY name)
        FROM cases_saved_view WHERE post_id = ANY(%s))::text"""


@dataclass(frozen=True)
class Glance:
    """`is_danger_told`: of any open matter of the installation, readable or not. `saved`: the posts' views, by name."""

    is_danger_told: bool
    has_unseen: bool
    saved: list[SavedView]


def glance(request: HttpRequest, reader: Reader) -> Glance:
    """Asked once a request, whoever wants to know."""
    kept: Glance | None = getattr(request, _KEPT, None)
    if kept is None:
        posts = [post.pk for post in reader.posts]
        with prepared() as cursor:
            cursor.execute(*written_out(_GLANCE, [posts, posts]))
            danger, unseen, saved = cursor.fetchone()
        views = [
            SavedView(id=pk, post_id=post, name=name, query=query)
            for pk, post, name, query in json.loads(saved or "[]")
        ]
        kept = Glance(danger, unseen, views)
        setattr(request, _KEPT, kept)
    return kept

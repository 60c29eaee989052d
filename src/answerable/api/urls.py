"""/api/v1/…, and what describes it: /api/v1/openapi.json."""

from __future__ import annotations

from django.urls import URLResolver, path

from answerable.api.answers import Api, known_queries_only, refuse_all
from answerable.api.reading import BodyParser
from answerable.api.resources import acts, cases, duty, figures, incidents, rounds, webhooks

api = Api(
    title="Answerable",
    version="1",
    description=(
        "What other systems may do: hand cases in and ask how they stand, call incidents in and read them, see which "
        "posts are on duty, check the public log. Every case is registered; the receipt names who answers for it and "
        "by when. No scope opens an identity or a case about somebody's conduct. Errors carry a stable code and a "
        "sentence in the language of Accept-Language."
    ),
    docs_url=None,
    parser=BodyParser(),
    urls_namespace="api",
)
api.add_decorator(known_queries_only)
for _room in (cases, incidents, duty, rounds, figures, acts, webhooks):
    api.add_router("", _room.router)
refuse_all(api)

urlpatterns: list[URLResolver] = [path("", api.urls)]  # type: ignore[arg-type]

"""`/figures/`: what everybody may see and take away. Only what is frozen is served; no address computes anything.

No cookie, no script, no form: one copy serves all who ask, and it is asked for again by its tag.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from answerable.figures.published import drawing, files, front, queries
from answerable.figures.published.measures import BY_NAME, FAMILY_WORDS, MEASURES, TABLES, TableName
from answerable.figures.published.models import Edition
from answerable.figures.published.suppression import LEAST
from answerable.orgs.models import Authority
from answerable.record.overview import overview
from answerable.ui.for_everybody import context_of, public_page

PAGE_S, FILE_S = 300, 24 * 3600


def body_of(code: str) -> Authority:
    found = queries.publishing_body(code)
    if found is None:
        raise Http404
    return found


@public_page(PAGE_S)
def start(request: HttpRequest) -> HttpResponse:
    """The only body's page; where there are several, their list."""
    bodies = queries.publishing_bodies()
    if len(bodies) == 1:
        return _front(request, bodies[0])
    return render(request, "published/start.html", context_of(request) | {"bodies": bodies})


@public_page(PAGE_S)
def body(request: HttpRequest, code: str) -> HttpResponse:
    return _front(request, body_of(code))


def _front(request: HttpRequest, body: Authority) -> HttpResponse:
    """The newest month in one sentence, how promises were kept, the record, and everything to take away."""
    with timezone.override(body.zone):
        context = context_of(request) | front.context(body) | {"log": overview()}
        return render(request, "published/body.html", context)


@public_page(PAGE_S)
def edition(request: HttpRequest, code: str, period: str, number: int = 0) -> HttpResponse:
    """One month or year as it was published."""
    body, found = _edition(code, period, number)
    content = found.content
    with timezone.override(body.zone):
        context = context_of(request) | {
            "body": body,
            "edition": found,
            "title": drawing.month_name(period),
            "says": front.sentence(content),
            "charts": front.whole_charts(content),
            "tables": [
                (table["table"], files.table_word(table["table"]))
                for table in content["tables"]
                if table["table"] != TableName.PROMISE
            ],
            "editions": queries.editions_of(body, period),
            "files": found.files.order_by("pk"),
            "conduct": content.get("conduct"),
            "months": [(month, drawing.month_name(month)) for month in content.get("months", ())],
            "digest": bytes(found.sha256).hex(),
        }
        return render(request, "published/edition.html", context)


def _edition(code: str, period: str, number: int) -> tuple[Authority, Edition]:
    body = body_of(code)
    found = queries.released(body, period, number)
    if found is None:
        raise Http404
    return body, found


@public_page(PAGE_S)
def table(request: HttpRequest, code: str, period: str, number: int, name: str) -> HttpResponse:
    """One table of an edition: every family that is shown, as a chart and a table."""
    body, found = _edition(code, period, number)
    chosen = next((one for one in found.content["tables"] if one["table"] == name), None)
    if chosen is None or name == TableName.PROMISE:
        raise Http404
    shown = [one for one in chosen["families"] if front.is_drawn(one)]
    context = context_of(request) | {
        "body": body,
        "edition": found,
        "title": drawing.month_name(period),
        "table": files.table_word(name),
        "means": _(TABLES[TableName(name)].means),
        "charts": front.table_charts(chosen, shown),
        "held": [drawing.family_name(one["family"]) for one in chosen["families"] if not one["lines"]],
    }
    return render(request, "published/table.html", context)


@public_page(PAGE_S)
def dictionary(request: HttpRequest, code: str) -> HttpResponse:
    """What each column and measure means, the licence, and what is done to small numbers, in plain words."""
    body = body_of(code)
    context = context_of(request) | {
        "body": body,
        "setting": queries.setting_of(body),
        "below": LEAST - 1,
        "columns": [(name, _(means)) for name, _kind, means in files.COLUMNS],
        "tables": [(str(name), _(said.name), _(said.means)) for name, said in TABLES.items()],
        "families": [
            {
                "name": name,
                "words": _(words),
                "measures": [
                    (one, _(MEASURES[one].name), _(MEASURES[one].means)) for one in BY_NAME[name].measures
                ],
            }
            for name, words in FAMILY_WORDS.items()
        ],
    }
    return render(request, "published/dictionary.html", context)


# ---------------------------------------------------------------- files


@require_safe
def file(request: HttpRequest, code: str, period: str, number: int, name: str) -> HttpResponse:
    """A file of an edition, byte for byte as it was frozen. It never changes; its digest is its tag."""
    body, found = _edition(code, period, number)
    row = found.files.filter(name=name).first() if name in files.MEDIA else None
    if row is None:
        raise Http404
    etag = quote_etag(bytes(row.sha256).hex()[:32])
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(bytes(row.content), content_type=row.media_type)
        stem, _dot, ending = name.rpartition(".")
        saved = f"{body.code}-{period}-{number}-{stem}.{ending}"
        response["Content-Disposition"] = f'attachment; filename="{saved}"'
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={FILE_S}, immutable"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def everything(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """The newest edition of every month and year in one CSV, streamed out of the frozen files one after the other."""
    body = body_of(code)
    response = StreamingHttpResponse(_joined(body), content_type=files.MEDIA[files.CSV])
    response["Content-Disposition"] = f'attachment; filename="{body.code}-figures.csv"'
    response["Cache-Control"] = f"public, max-age={PAGE_S}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _joined(body: Authority) -> Iterator[bytes]:
    for at, content in enumerate(queries.csv_files(body)):
        yield content if at == 0 else content.partition(b"\r\n")[2]

"""Work lists: what is mine, my units', late; filters in the address; search; saved views; many given at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from answerable.cases import queries
from answerable.cases.access import readable_among, readable_cases
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.desk.filters import LISTS, FilterForm, Filters, read_filters
from answerable.cases.desk.glance import glance
from answerable.cases.desk.rows import Shape, lines_of, title_of
from answerable.cases.models import Case, SavedView
from answerable.cases.naming import name_all
from answerable.cases.queries import COUNT_TO, FOUND_TO, PAGE, TITLE_CHARS, Cursor, Listed, ListName
from answerable.cases.rules import ROLES, WORKING, CannotAct, Doing
from answerable.cases.services import grouping
from answerable.core import codes
from answerable.core.sentences import sentence
from answerable.core.text import clean_line
from answerable.orgs.models import Post
from answerable.orgs.queries import is_filled
from answerable.orgs.standing import standing
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part
from answerable.ui.parts import Tab

DANGER_SHOWN = 20
SAVED_VIEWS = 20  # a post's names; more would not be found again


@dataclass(frozen=True)
class Pages:
    """Where this page stands: keyset pages know their neighbours, and count up from where they began."""

    first: int
    last: int
    count: str
    previous_url: str
    next_url: str


def _said_count(count: int | None) -> str:
    if count is None:
        return ""
    return f"{COUNT_TO}+" if count > COUNT_TO else str(count)


def tabs_for(desk: Desk, current: ListName, counts: dict[ListName, int] | None = None) -> list[Tab]:
    """The lists that this reader's roles make sense of; late and lifted ones are never left out."""
    names = [n for n in ListName if n is not ListName.ALL]
    roles = desk.reader.roles
    if not roles & ROLES[Doing.HANDLE]:
        names = [n for n in names if n not in (ListName.MINE, ListName.SIGN)]
    elif not roles & ROLES[Doing.SIGN]:
        names.remove(ListName.SIGN)
    counts, address = counts or {}, reverse("desk:worklist")
    return [
        Tab(
            name=str(LISTS[name]),
            url=f"{address}?list={name}",
            is_current=name is current,
            count=_said_count(counts.get(name)),
            is_counted=name is not ListName.ENDED,
        )
        for name in names
    ]


def first_list(desk: Desk) -> ListName:
    """Where the day begins: the first of these lists that holds anything; one's own where none does."""
    names = [ListName.MINE, ListName.SIGN, ListName.UNIT, ListName.SUPERVISED]
    if not desk.reader.roles & ROLES[Doing.SIGN]:
        names.remove(ListName.SIGN)
    if not desk.reader.roles & ROLES[Doing.HANDLE]:
        names.remove(ListName.MINE)
    plain = read_filters(QueryDict(), desk).wanted
    filled = (name for name in names if queries.listed(replace(plain, name=name), desk.reader, desk.now).rows)
    return next(filled, names[0])


@desk_view
@require_safe
def worklist(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One list under its filters; the address is the whole state of it."""
    fallback = ListName.MINE if request.GET.get("list") in set(ListName) else first_list(desk)
    return _list_page(request, desk, read_filters(request.GET, desk, fallback=fallback))


@desk_view
@require_safe
def search(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was typed into the search box: a matter's code leads to it, words lead to a list of all that hold them."""
    said = request.GET.get("q", "").strip()
    if codes.is_valid(said):
        found = (
            readable_cases(desk.reader)
            .filter(code=codes.normalise(said))
            .values_list("pk", flat=True)
            .first()
        )
        if found is not None:
            return go(request, reverse("desk:case", args=[found]))
    return _list_page(request, desk, read_filters(request.GET, desk, fallback=ListName.ALL))


def _list_page(request: HttpRequest, desk: Desk, filters: Filters) -> HttpResponse:
    after, before = Cursor.parse(request.GET.get("after", "")), Cursor.parse(request.GET.get("before", ""))
    page = queries.listed(filters.wanted, desk.reader, desk.now, after=after, before=before)
    if before is not None and len(page.rows) < PAGE:
        # Stepped back past the beginning: show the first page whole.
        after = before = None
        page = queries.listed(filters.wanted, desk.reader, desk.now)
    shape = Shape(
        can_mark=bool(desk.reader.roles & ROLES[Doing.ASSIGN]) and filters.name is not ListName.ENDED,
        has_unit=len(desk.reader.unit_ids) > 1,
        own_dates=queries.watching_dates([case.pk for case in page.rows], desk.reader)
        if filters.name is ListName.SUPERVISED
        else {},
    )
    around = glance(request, desk.reader)
    context = {
        "filters": filters,
        "filter_form": FilterForm(filters.address, desk=desk) if request.GET.get("filter") else None,
        "chips": filters.chips(),
        "rows": lines_of(page.rows, desk, shape),
        "danger": _in_danger(desk) if around.is_danger_told else [],
        "pages": _pages(request, desk, filters, page, after=after, before=before),
        "tabs": tabs_for(desk, filters.name),
        "counts_url": f"{reverse('desk:counts')}?list={filters.name}",
        "saved": around.saved,
        "can_assign": shape.can_mark,
        "can_export": bool(desk.reader.roles & ROLES[Doing.EXPORT]),
        "posts": _assignable(desk),
        "many_units": shape.has_unit,
        "address": filters.address.urlencode(),
        "sought_code": filters.name is ListName.ALL and codes.is_valid(filters.wanted.words),
        "clear_url": filters.list_address(filters.name),
    }
    return page_or_part(request, "desk/worklist.html", "list", context)


def _in_danger(desk: Desk) -> list[tuple[str, Case]]:
    """Open matters of the reader's units in which the person said that life or health is in danger, oldest first.

    They stand on top of every list until they are decided, whatever the list shows and filters.
    """
    rows = readable_cases(desk.reader).filter(is_danger_told=True, ended_at=None, state__in=WORKING)
    rows = rows.annotate(title=F("text__title"), opening=Left("text__claim", TITLE_CHARS))
    found = list(rows.order_by("received_at", "pk")[:DANGER_SHOWN])
    name_all(found)
    return [(title_of(case), case) for case in found]


def _pages(
    request: HttpRequest,
    desk: Desk,
    filters: Filters,
    page: Listed,
    *,
    after: Cursor | None,
    before: Cursor | None,
) -> Pages:
    start = _number(request.GET.get("from", "")) if after or before else 1
    last = start + len(page.rows) - 1
    has_next = page.has_more if before is None else True
    has_previous = (after is not None) if before is None else page.has_more
    return Pages(
        first=start if page.rows else 0,
        last=last if page.rows else 0,
        count=_count(desk, filters, page, is_whole=not (after or before or page.has_more)),
        previous_url=_page_url(filters, "before", page.first, max(1, start - PAGE)) if has_previous else "",
        next_url=_page_url(filters, "after", page.last, last + 1) if has_next and page.last else "",
    )


def _count(desk: Desk, filters: Filters, page: Listed, *, is_whole: bool) -> str:
    """An honest count: exact, or "1000+". A common word's hits are counted no further than they were looked for."""
    if is_whole:
        return str(len(page.rows))
    if page.is_common:
        plain = filters.name is ListName.ALL and len(filters.chips()) == 1
        return f"{FOUND_TO}+" if plain else ""
    return _said_count(queries.count_listed(filters.wanted, desk.reader, desk.now, page))


def _number(said: str) -> int:
    return max(1, int(said[:7])) if said.isascii() and said.isdigit() else 1


def _page_url(filters: Filters, key: str, cursor: Cursor | None, start: int) -> str:
    address = filters.address.copy()
    address[key] = str(cursor)
    address["from"] = str(start)
    return "?" + address.urlencode()


@desk_view
@require_safe
def filters(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form of the filters: asked for when it is opened."""
    fallback = ListName.MINE if request.GET.get("list") in set(ListName) else first_list(desk)
    found = read_filters(request.GET, desk, fallback=fallback)
    form = FilterForm(found.address, desk=desk)
    return render(request, "desk/parts/filters.html", {"filters": found, "filter_form": form})


@desk_view
@require_safe
def counts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The tabs with their counts: asked for after the page, so that the list itself never waits for them."""
    said = request.GET.get("list", "")
    current = ListName(said) if said in set(ListName) else ListName.MINE
    plain = read_filters(QueryDict(), desk)
    names = [ListName(tab.url.rsplit("=", 1)[1]) for tab in tabs_for(desk, current)]
    found = queries.tab_counts(
        plain.wanted, desk.reader, desk.now, [n for n in names if n is not ListName.ENDED]
    )
    return render(request, "desk/parts/tabs.html", {"tabs": tabs_for(desk, current, found)})


def _assignable(desk: Desk) -> list[Post]:
    """Posts of their units that can be given a case: somebody holds them."""
    roles = ("clerk", "handler", "leader", "reviewer")
    found = standing()
    posts = [post for unit in desk.reader.unit_ids for post in found.posts_in.get(unit, ())]
    able = [p for p in posts if p.closed_on is None and p.role in roles and is_filled(p.pk, desk.now)]
    return sorted(able, key=lambda post: (post.unit.path, post.pk))


@desk_view
@require_POST
def assign_many(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give the marked rows to one post; what cannot go there is named with its reason."""
    back = reverse("desk:worklist") + "?" + request.POST.get("address", "")
    marked = map(_uuid, request.POST.getlist("case")[:PAGE])
    ids = list(dict.fromkeys(pk for pk in marked if pk is not None))
    to = request.POST.get("to_post", "")
    post = next((p for p in _assignable(desk) if str(p.pk) == to), None)
    if not ids or post is None:
        flash.warn(request, _("Mark at least one row, and choose the post to give it to."))
        return go(request, back)
    visible = readable_among(desk.reader, ids)
    able = [case for case in visible if desk.reader.can(Doing.ASSIGN, case)]
    if not able:
        raise PermissionDenied(_("None of your posts may give these matters to someone."))
    by = desk.reader.actor_on(Doing.ASSIGN, able[0])
    outcome = grouping.assign_cases(case_ids=[c.pk for c in able], to_post=post.pk, by=by, now=desk.now)
    if outcome.given:
        text = ngettext(
            "%(count)s matter given to %(post)s.", "%(count)s matters given to %(post)s.", outcome.given
        )
        flash.done(request, text % {"count": outcome.given, "post": post.name})
    unable = [(case.code, CannotAct("not_yours")) for case in visible if case not in able]
    for code, refusal in [*outcome.refused, *unable]:
        if refusal.code == "already_so":
            flash.warn(request, _("%(code)s is with %(post)s already.") % {"code": code, "post": post.name})
            continue
        flash.warn(
            request, _("%(code)s stays where it is: %(why)s") % {"code": code, "why": sentence(refusal)}
        )
    if gone := len(ids) - len(visible):
        text = ngettext(
            "%(count)s marked matter is not open to you any more, and stays where it is.",
            "%(count)s marked matters are not open to you any more, and stay where they are.",
            gone,
        )
        flash.warn(request, text % {"count": gone})
    return go(request, back)


def _uuid(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


@desk_view
@require_POST
def save_view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the present filters under a name, for the post: whoever holds it next finds them too.

    Words that were searched for are not kept: they may be a person's name, and no erasure would find them here.
    """
    address = QueryDict(request.POST.get("address", "")[:2000])
    filters = read_filters(address, desk, fallback=first_list(desk))
    name = clean_line(request.POST.get("name", "")[:400], limit=400).text[:80]
    kept = filters.address.copy()
    kept.pop("q", None)
    query = kept.urlencode()
    posts = [p for p in desk.reader.posts if p.unit_id in desk.reader.unit_ids]
    if not name:
        flash.warn(request, _("Give the view a name, so that you find it again."))
    elif len(query) > 600 or SavedView.objects.filter(post=posts[0]).count() >= SAVED_VIEWS:
        flash.warn(request, _("No more views fit here. Take one away first."))
    else:
        SavedView.objects.update_or_create(post=posts[0], name=name, defaults={"query": query})
        flash.done(request, _("The view is kept as “%(name)s”.") % {"name": name})
    return go(request, f"{reverse('desk:worklist')}?{query}")


@desk_view
@require_POST
def drop_view(request: HttpRequest, desk: Desk, view_id: int) -> HttpResponse:
    """Take a saved view away; the matters in it are untouched."""
    if not SavedView.objects.filter(pk=view_id).exists():  # sent twice
        return go(request, reverse("desk:worklist"))
    view = get_object_or_404(SavedView, pk=view_id, post__in=desk.reader.posts)
    view.delete()
    flash.done(request, _("The view “%(name)s” is gone.") % {"name": view.name})
    return go(request, f"{reverse('desk:worklist')}?{view.query}")

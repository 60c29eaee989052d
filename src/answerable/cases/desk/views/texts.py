"""The canned texts: what there is, one to write or change, one to retire and put back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.desk.forms import Line, Words
from answerable.cases.packs import load_pack
from answerable.cases.rules import Doing
from answerable.cases.services import texts
from answerable.cases.services.texts import Wording
from answerable.core.refusals import Changed, NotYours
from answerable.core.sentences import Said, sentence
from answerable.orgs.models import Authority, CannedText, Unit
from answerable.record.actors import Actor, ActorKind
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part

TEXT_LIMIT = 5_000


class TextForm(forms.Form):
    """A canned text in both languages. Where it belongs is chosen once, when it is first written."""

    use_required_attribute = False

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    whose = forms.ChoiceField(label=gettext_lazy("Who uses it"))
    kind = forms.ChoiceField(label=gettext_lazy("For which kind of matter"), required=False)
    name_zh = Line(label=gettext_lazy("Name, in Chinese"), max_length=80, required=False)
    name_en = Line(label=gettext_lazy("Name, in English"), max_length=80, required=False)
    body_zh = Words(label=gettext_lazy("Text, in Chinese"), limit=TEXT_LIMIT, required=False)
    body_en = Words(label=gettext_lazy("Text, in English"), limit=TEXT_LIMIT, required=False)

    def __init__(self, data: Any = None, *, desk: Desk, text: CannedText | None = None) -> None:
        names = ("kind", "name_zh", "name_en", "body_zh", "body_en")
        start = {name: getattr(text, name) for name in names} | {"seen_version": text.version} if text else {}
        super().__init__(data, initial=start, auto_id="text-%s")
        homes = homes_of(desk)
        bodies = {text.authority} if text else {authority for authority, _unit in homes.values()}
        self.fields["kind"].choices = kinds_of(bodies)  # type: ignore[attr-defined]
        self.homes = homes
        if text is None:
            self.fields["whose"].choices = [(key, _home_words(*home)) for key, home in homes.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["whose"]
        for name in ("body_zh", "body_en"):
            self.fields[name].widget.attrs["rows"] = 6

    @property
    def wording(self) -> Wording:
        data = self.cleaned_data
        names = ("name_zh", "name_en", "body_zh", "body_en", "kind")
        return Wording(**{name: data[name].strip() for name in names})


def _home_words(authority: Authority, unit: Unit | None) -> str:
    if unit is None:
        return _("the whole body: %(body)s") % {"body": authority.name}
    return _("%(unit)s and the units below it") % {"unit": unit.name}


def homes_of(desk: Desk) -> dict[str, tuple[Authority, Unit | None]]:
    """Where this reader may keep texts, by the value of the choice: their units, and bodies they sit on top of."""
    posts = desk.reader.posts
    units = Unit.objects.filter(pk__in=desk.reader.unit_ids, closed_on=None).select_related("authority")
    kept = [
        unit for unit in units.order_by("authority", "path") if texts.keeps(posts, unit.authority_id, unit)
    ]
    found: dict[str, tuple[Authority, Unit | None]] = {}
    for unit in kept:
        if unit.parent_id is None and texts.keeps(posts, unit.authority_id, None):
            found[f"a{unit.authority_id}"] = (unit.authority, None)
        else:
            found[f"u{unit.pk}"] = (unit.authority, unit)
    return found


def kinds_of(bodies: set[Authority]) -> list[tuple[str, str]]:
    language = get_language() or "en"
    found = {k.code: k.title.in_language(language) for body in bodies for k in load_pack(body.pack).kinds}
    return [("", _("any kind")), *found.items()]


def _actor(desk: Desk, authority_id: int, unit: Unit | None) -> Actor:
    """The reader under the post that keeps these texts; raises NotYours."""
    for post in desk.reader.posts:
        if texts.keeps([post], authority_id, unit):
            return Actor(
                ActorKind.STAFF, staff_id=desk.reader.staff.pk, post_id=post.pk, unit_id=post.unit_id
            )
    raise NotYours("unit_may_not", doing="texts")


@desk_view
@require_safe
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All texts that the reader's units use, under those whose they are; retired ones at the end."""
    if not desk.reader.roles & texts.ROLES:
        raise NotYours("role_may_not", doing=str(Doing.WRITE))
    rows = list(texts.texts_seen_by(desk.reader))
    kinds = dict(kinds_of({row.authority for row in rows}))
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row.retired_at is None:
            groups.setdefault(_home_words(row.authority, row.unit), []).append(_shown(row, desk, kinds))
    context = {
        "groups": list(groups.items()),
        "retired": [_shown(row, desk, kinds) for row in rows if row.retired_at is not None],
        "can_write": bool(homes_of(desk)),
    }
    return page_or_part(request, "desk/texts.html", "main", context)


def _shown(row: CannedText, desk: Desk, kinds: dict[str, str]) -> dict[str, Any]:
    bodies = (("zh-hans", row.body_zh), ("en", row.body_en))
    return {
        "text": row,
        "kind": kinds.get(row.kind, row.kind) if row.kind else "",
        "bodies": [(code, body) for code, body in bodies if body],
        "is_kept": texts.keeps(desk.reader.posts, row.authority_id, row.unit),
    }


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Write a text."""
    if not homes_of(desk):
        raise NotYours("role_may_not", doing=str(Doing.WRITE))
    form = TextForm(request.POST if request.method == "POST" else None, desk=desk)
    if request.method == "POST" and form.is_valid():
        authority, unit = form.homes[form.cleaned_data["whose"]]
        try:
            texts.write_text(
                authority=authority,
                unit=unit,
                wording=form.wording,
                by=_actor(desk, authority.pk, unit),
                now=desk.now,
            )
        except Said as refusal:
            form.add_error(None, sentence(refusal))
        else:
            flash.done(request, _("The text is there to start from."))
            return go(request, reverse("desk:texts"))
    return _page(request, form)


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, desk: Desk, text_id: int) -> HttpResponse:
    """Change a text. Where a colleague changed it meanwhile, theirs is shown beside, and one's own stays typed."""
    text = _text(desk, text_id)
    by = _actor(desk, text.authority_id, text.unit)
    form = TextForm(request.POST if request.method == "POST" else None, desk=desk, text=text)
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen_version"] or 0
        try:
            changed = texts.change_text(
                text_id=text.pk, wording=form.wording, by=by, seen_version=seen, now=desk.now
            )
        except Changed:
            data = request.POST.copy()
            text.refresh_from_db()
            data["seen_version"] = str(text.version)
            return _page(request, TextForm(data, desk=desk, text=text), text, status=409, other=text)
        except Said as refusal:
            form.add_error(None, sentence(refusal))
        else:
            undo_to = reverse("desk:undo_text", args=[text.pk, changed.version])
            words = _("Changed. What it said before stays in the record.")
            flash.done(request, words, undo_to=undo_to if changed.version != seen else "")
            return go(request, reverse("desk:texts"))
    return _page(request, form, text)


@desk_view
@require_POST
def undo(request: HttpRequest, desk: Desk, text_id: int, seen: int) -> HttpResponse:
    """Take the last change of a text back; a colleague's later one is not taken back with it."""
    text = _text(desk, text_id)
    by = _actor(desk, text.authority_id, text.unit)
    try:
        again = texts.undo_change(text_id=text.pk, by=by, seen_version=seen, now=desk.now)
    except Changed:
        flash.warn(request, _("A colleague changed this text meanwhile. Here is what it says now."))
    except Said as refusal:
        flash.warn(request, sentence(refusal))
    else:
        undo_to = reverse("desk:undo_text", args=[text.pk, again.version])
        flash.done(request, _("It says again what it said before."), undo_to=undo_to)
    return go(request, reverse("desk:texts"))


def _page(
    request: HttpRequest, form: TextForm, text: CannedText | None = None, *, status: int = 0, **more: Any
) -> HttpResponse:
    context = {"form": form, "text": text, "whose": _home_words(text.authority, text.unit) if text else ""}
    code = status or (422 if form.errors else 200)
    return page_or_part(request, "desk/text.html", "main", context | more, status=code)


@desk_view
@require_POST
def retire(request: HttpRequest, desk: Desk, text_id: int) -> HttpResponse:
    """Take a text out of what is offered, or put it back (`back=1`)."""
    text = _text(desk, text_id)
    by = _actor(desk, text.authority_id, text.unit)
    said = request.POST.get("version", "")
    seen = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else text.version
    is_back = request.GET.get("back") == "1"
    service = texts.restore_text if is_back else texts.retire_text
    try:
        service(text_id=text.pk, by=by, seen_version=seen, now=desk.now)
    except Changed:
        flash.warn(request, _("A colleague changed this text meanwhile. Here is what it says now."))
    else:
        undo = reverse("desk:retire_text", args=[text.pk]) + ("" if is_back else "?back=1")
        words = _("The text is offered again.") if is_back else _("The text is not offered any more.")
        flash.done(request, words, undo_to=undo)
    return go(request, reverse("desk:texts"))


def _text(desk: Desk, text_id: int) -> CannedText:
    found = texts.texts_seen_by(desk.reader).filter(pk=text_id).first()
    if found is None:
        raise Http404
    return found

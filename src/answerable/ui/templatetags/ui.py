"""The components, as tags. One example of each is in docs/reference/components.md and on /style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from answerable.ui import icons, states
from answerable.ui.flash import undo_address
from answerable.ui.paging import Page
from answerable.ui.parts import Clock, FileRow, FilterChip, Tab, TimelineEntry

register = template.Library()
PARTS = "ui/parts/"
_ROWS = 5

# --- small marks -------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "clock" %}`: hidden from screen readers unless it has a label."""
    return icons.icon(name, label=label)


@register.simple_tag
def state(name: Any, word: str | Promise = "") -> SafeString:
    """`{% state case.state %}` or `{% state "waiting" _("waiting for you") %}`: word, shape and colour."""
    look = states.look_of(name)
    return format_html(
        '<span class="state tone-{}">{}{}</span>',
        look.tone,
        icons.icon(look.shape),
        word or look.word or name,
    )


@register.simple_tag
def moment(at: datetime | None, only: str = "") -> SafeString:
    """`{% moment at %}`: an instant in the reader's words and the office's zone; only="time" for the hour."""
    if at is None:
        return format_html("{}", "—")
    local = timezone.localtime(at)
    text = local.strftime("%H:%M") if only == "time" else f"{day_text(local.date())} {local:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), text)


@register.simple_tag
def day(on: date | None, weekday: bool = True) -> SafeString:
    """`{% day on %}`: "Thursday 3 December 2026" or 2026年12月3日（星期四）."""
    if on is None:
        return format_html("{}", "—")
    if isinstance(on, datetime):
        on = timezone.localtime(on).date()
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), day_text(on, weekday=weekday))


def day_text(on: date, *, weekday: bool = False) -> str:
    """A day in words of the active language."""
    if (get_language() or "").startswith("zh"):
        text = f"{on.year}年{on.month}月{on.day}日"
        return text + formats.date_format(on, "（l）") if weekday else text
    return formats.date_format(on, "l j F Y" if weekday else "j F Y")


@register.filter
def filesize(size: int) -> str:
    """Bytes as KB or MB with one decimal, as people read them."""
    for unit, step in (("MB", 1_000_000), ("KB", 1_000)):
        if size >= step:
            return f"{size / step:.1f} {unit}".replace(".0 ", " ")
    return f"{size} B"


# --- forms -------------------------------------------------------------------------------------------------


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "one"


def _css(widget: forms.Widget) -> str:
    own = str(widget.attrs.get("class", ""))
    if isinstance(widget, forms.Textarea):
        base = "textarea"
    elif isinstance(widget, forms.Select):
        base = "select"
    elif isinstance(widget, forms.CheckboxInput):
        base = ""
    else:
        base = "input input-date" if isinstance(widget, forms.DateInput) else "input"
    return f"{base} {own}".strip()


@register.inclusion_tag(PARTS + "field.html")
def field(
    bound: BoundField,
    *,
    label: str = "",
    hint: str = "",
    heading: bool = False,
    autocomplete: str = "",
    size: str = "",
    rows: int | None = None,
    keep: bool = False,
) -> dict[str, Any]:
    """`{% field form.x %}`: label, hint, error, control.

    heading: the label is the page's h1. size: "short", "date" or "code". autocomplete: an HTML token or "off".
    keep: the desk may keep a draft of it in this browser (never on the portal).
    """
    widget = bound.field.widget
    kind = _kind(widget)
    base = bound.id_for_label or bound.auto_id or bound.html_name
    base = str(bound.auto_id or base)
    help_text = hint or bound.help_text
    limit = getattr(bound.field, "max_length", None)
    counts = isinstance(widget, forms.Textarea) and limit
    described = [
        f"{base}-{part}"
        for part, there in (("hint", help_text), ("error", bound.errors), ("count", counts))
        if there
    ]
    attrs: dict[str, Any] = {"class": f"{_css(widget)} {'input-' + size if size else ''}".strip()}
    attrs["aria-describedby"] = " ".join(described) if described and kind != "choices" else False
    attrs["aria-invalid"] = "true" if bound.errors else False
    if autocomplete:
        attrs["autocomplete"] = autocomplete
    if isinstance(widget, forms.Textarea):
        # A hard maxlength would cut a pasted text without a word; the count and the server's answer say it instead.
        attrs.update({"maxlength": False, "data-autosize": True, "cols": False})
        own = str(widget.attrs.get("rows", "10"))
        attrs["rows"] = rows or (_ROWS if own == "10" else own)  # 10 is Django's, asked for by nobody
        if limit:
            attrs.update({"data-count": limit, "data-count-to": f"{base}-count"})
    if keep:
        attrs["data-keep"] = True
    return {
        "bound": bound,
        "kind": kind,
        "base": base,
        "label": label or bound.label,
        "hint": help_text,
        "heading": heading,
        "errors": _errors(bound),
        "described": " ".join(described),
        "is_optional": not bound.field.required and kind != "check",
        "control": "" if kind == "choices" else bound.as_widget(attrs=attrs),
        "choices": _choices(bound) if kind == "choices" else (),
        "limit": f"{limit:,}" if counts else None,  # 100,000: six figures in a row are not read
    }


def _errors(bound: BoundField) -> list[str]:
    """The field's errors; what Django says of an empty or a long field is said as one says it to a person."""
    said = []
    for error in bound.errors.as_data():
        if error.code == "required" and error.message == forms.Field.default_error_messages["required"]:
            choose = _kind(bound.field.widget) == "choices" or isinstance(bound.field.widget, forms.Select)
            said.append(gettext("Please choose an answer.") if choose else gettext("Please fill this in."))
        elif error.code == "max_length" and error.params and "show_value" in error.params:
            fits = {"found": error.params["show_value"], "limit": error.params["limit_value"]}
            said.append(gettext("This has %(found)s characters; %(limit)s fit here.") % fits)
        else:
            said += [str(message) for message in error.messages]
    return said


def _choices(bound: BoundField) -> list[dict[str, Any]]:
    hints = getattr(bound.field.widget, "hints", {})
    return [
        {
            "tag": choice.tag(),
            "id": choice.id_for_label,
            "label": choice.choice_label,
            "hint": hints.get(str(choice.data["value"]), ""),
        }
        for choice in bound.subwidgets
    ]


@register.inclusion_tag(PARTS + "error_summary.html")
def error_summary(*shown: forms.BaseForm) -> dict[str, Any]:
    """`{% error_summary form %}`: on top of the page, takes the focus, links to each field. Empty without errors."""
    rows: list[tuple[str, str]] = []
    for form in shown:
        if not form.is_bound:
            continue
        rows += [("", str(error)) for error in form.non_field_errors()]
        for bound in form:
            first = f"{bound.auto_id}_0" if _kind(bound.field.widget) == "choices" else bound.id_for_label
            rows += [
                (first, gettext("%(question)s – %(error)s") % {"question": bound.label, "error": error})
                for error in _errors(bound)
            ]
    return {"rows": rows}


# --- a case ------------------------------------------------------------------------------------------------


@register.inclusion_tag(PARTS + "deadline.html")
def deadline(clock: Clock | None) -> dict[str, Any]:
    """`{% deadline clock %}` with a ui.parts.Clock: the sentence, and "Why this date?" under it."""
    return {"clock": clock, "tone": states.look_of(clock.state).tone if clock and clock.state else ""}


@register.inclusion_tag(PARTS + "timeline.html")
def timeline(entries: Iterable[TimelineEntry]) -> dict[str, Any]:
    """`{% timeline entries %}` with ui.parts.TimelineEntry, in the order given."""
    return {"entries": list(entries)}


@register.simple_tag
def facts(pairs: Sequence[tuple[Any, Any]]) -> SafeString:
    """`{% facts pairs %}`: a definition list of (term, text). Pairs without text are left out."""
    rows = format_html_join(
        "",
        "<div><dt>{}</dt><dd>{}</dd></div>",
        ((term, text) for term, text in pairs if text not in (None, "")),
    )
    return format_html('<dl class="facts">{}</dl>', rows)


@register.inclusion_tag(PARTS + "files.html")
def files(rows: Iterable[FileRow]) -> dict[str, Any]:
    """`{% files rows %}` with ui.parts.FileRow."""
    return {"rows": list(rows)}


# --- blocks ------------------------------------------------------------------------------------------------


@register.simple_block_tag
def disclosure(content: str, summary: str, open: bool = False) -> SafeString:
    """`{% disclosure _("Why this date?") %}…{% enddisclosure %}`: works without JavaScript."""
    return format_html(
        '<details class="disclosure"{}><summary>{}{}</summary><div class="disclosure-body">{}</div></details>',
        SafeString(" open" if open else ""),
        icons.icon("next"),
        summary,
        content,
    )


@register.simple_block_tag
def actions(content: str) -> SafeString:
    """`{% actions %}<button class="button">Send the decision</button>{% endactions %}`: the verbs of a page."""
    return format_html('<div class="actions">{}</div>', content)


@register.simple_block_tag
def nothing(content: str, title: str) -> SafeString:
    """`{% nothing _("Nothing waits for you") %}why, and what to do{% endnothing %}`: the empty state."""
    return format_html('<div class="empty"><h2>{}</h2>{}</div>', title, content)


# --- lists -------------------------------------------------------------------------------------------------


@register.inclusion_tag(PARTS + "tabs.html")
def tabs(items: Sequence[Tab], label: str) -> dict[str, Any]:
    """`{% tabs items _("Lists") %}` with ui.parts.Tab: links, not widgets."""
    return {"items": items, "label": label}


@register.inclusion_tag(PARTS + "pages.html", takes_context=True)
def pages(context: Context, page: Page, param: str = "page") -> dict[str, Any]:
    """`{% pages page %}` with ui.paging.Page: "1–50 of 1000+", previous and next; keeps the address's filters."""
    return {
        "page": page,
        "previous_url": _address(context, **{param: page.number - 1 if page.number > 2 else None}),
        "next_url": _address(context, **{param: page.number + 1}),
    }


@register.simple_tag(takes_context=True)
def sort_head(context: Context, key: str, label: str, css: str = "", param: str = "sort") -> SafeString:
    """`{% sort_head "due" _("Due") %}`: a th whose link sorts by `key`, a second time the other way (`-key`)."""
    request = context.get("request")
    now = request.GET.get(param, "") if request else ""
    asked = f"-{key}" if now == key else key
    direction = {key: "ascending", f"-{key}": "descending"}.get(now)
    mark = {key: "↑", f"-{key}": "↓"}.get(now, "")
    return format_html(
        '<th scope="col" class="{}"{}><a href="{}">{}{}</a></th>',
        css,
        format_html(' aria-sort="{}"', direction) if direction else "",
        _address(context, **{param: asked, "page": None}),
        label,
        format_html(' <span aria-hidden="true">{}</span>', mark) if mark else "",
    )


@register.inclusion_tag(PARTS + "filter_chips.html")
def filter_chips(chips: Sequence[FilterChip], clear_url: str = "") -> dict[str, Any]:
    """`{% filter_chips chips clear_url %}` with ui.parts.FilterChip: what is filtered, each with a way out."""
    return {"chips": chips, "clear_url": clear_url}


def _address(context: Context, **changes: Any) -> str:
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return "?" + query.urlencode()


@register.inclusion_tag(PARTS + "steps.html")
def steps(number: int, of: int) -> dict[str, Any]:
    """`{% steps 3 8 %}`: "Question 3 of 8" and a thin bar."""
    return {"number": number, "of": of}


# --- messages ----------------------------------------------------------------------------------------------


@register.inclusion_tag(PARTS + "flashes.html", takes_context=True)
def flashes(context: Context) -> dict[str, Any]:
    """`{% flashes %}`: the region where messages appear; both shells already hold it."""
    return {
        "rows": [_flash(message) for message in context.get("messages") or ()],
        "csrf_token": context.get("csrf_token"),
        "away": gettext("That did not get through. What you typed is still here; please try again."),
    }


def _flash(message: Message) -> dict[str, Any]:
    tone = {"success": "ok", "warning": "soon", "error": "late"}.get(message.level_tag, "info")
    mark = {"ok": "tick", "soon": "diamond", "late": "triangle", "info": "circle"}[tone]
    return {
        "text": message.message,
        "tone": tone,
        "mark": mark,
        "undo": undo_address(message.extra_tags or ""),
    }


@register.inclusion_tag(PARTS + "undo.html", takes_context=True)
def undo(context: Context, text: str, url: str) -> dict[str, Any]:
    """`{% undo _("You withdrew this matter.") url %}`: a standing line with a way back, by POST."""
    return {
        "text": text,
        "undo": url,
        "tone": "info",
        "mark": "circle",
        "csrf_token": context.get("csrf_token"),
    }

"""Writing a decision: its parts beside the case, kept as a draft, previewed as the letter, signed and sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.cases import letters
from answerable.cases.desk import forms, together
from answerable.cases.desk.casepage import CasePage
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.desk.views.case import case_context, gone_elsewhere, may_draft, refusal_words
from answerable.cases.desk.wording import outcome_words
from answerable.cases.digests import digest
from answerable.cases.models import Decision
from answerable.cases.rules import CannotDecide, Doing
from answerable.cases.services import deciding, grouping
from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.orgs.models import Post
from answerable.ui import flash
from answerable.ui.fields import CheckCards, RadioCards
from answerable.ui.htmx import go, page_or_part

# Parts that other fields of the page fill.
ELSEWHERE = ("outcome", "remedies")


def said_in(draft: Decision) -> dict[str, str]:
    """What a draft says, by the same codes as the form's."""
    return {"outcome": draft.outcome} | draft.parts


def field_of(code: str) -> str:
    """The field in which it is said."""
    return code if code == "outcome" else f"part_{code}"


def _mark_of(text: str) -> str:
    """A few signs by which a form knows what it showed."""
    return digest(text.replace("\r\n", "\n").strip())[:12]


class DecisionForm(forms.VerbForm):
    """The parts that the pack demands, as fields; the outcome; what the office says of its being solved."""

    use_required_attribute = False
    seen_draft = django_forms.IntegerField(widget=django_forms.HiddenInput)
    seen_parts = django_forms.CharField(widget=django_forms.HiddenInput, required=False)
    seen_members = django_forms.CharField(widget=django_forms.HiddenInput, required=False)
    outcome = django_forms.ChoiceField(label=gettext_lazy("Outcome"), required=False, widget=RadioCards)
    office_solved = django_forms.NullBooleanField(
        label=gettext_lazy("What was asked for is done already"),
        widget=django_forms.CheckboxInput,
        required=False,
        help_text=gettext_lazy("The office's word. The person's own word stands beside it."),
    )
    members = django_forms.TypedMultipleChoiceField(
        label=gettext_lazy("Send the same decision to the matters answered together with this one"),
        help_text=gettext_lazy(
            "Each of them names what its own person asked for. Everything else goes to all: write nothing there that tells "
            "who the others are."
        ),
        required=False,
        coerce=str,
        widget=CheckCards,
    )

    def prepare(self) -> None:
        language = get_language() or "en"
        pack, draft = self.page.pack, self.page.draft
        self.choose(
            "outcome",
            [(o.code, o.title.in_language(language)) for o in pack.outcomes_at(self.page.case.stage)],
        )
        self.part_codes: list[str] = []
        self.demanded = ["outcome"]
        for part in pack.decision_parts:
            if part.code in ELSEWHERE:
                continue
            title = part.title.in_language(language)
            hint = _("Article %(article)s") % {"article": part.article} if part.article else ""
            field = forms.Words(label=title, required=False, help_text=hint)
            field.widget.attrs["rows"] = 3
            self.fields[f"part_{part.code}"] = field
            self.part_codes.append(part.code)
            if part.required:
                self.demanded.append(f"part_{part.code}")
        reasons = {m.pk: together.why_no_decision(m, self.page.case) for m in self.page.members}
        members = [m for m in self.page.members if not reasons[m.pk]]
        self.cannot = [why for why in reasons.values() if why]
        if members:
            self.choose("members", [(str(m.pk), m.code) for m in members])
            self.fields["members"].widget.hints = self.page.member_titles
        else:
            del self.fields["members"]
        self._start(draft, members)
        self._see(members)
        self._mark(True)

    def _mark(self, required: bool) -> None:
        for name in self.demanded:
            self.fields[name].required = required

    def full_clean(self) -> None:
        """A draft may lack parts that the page marks as demanded; sending is checked by the service."""
        self._mark(False)
        super().full_clean()
        self._mark(True)

    def _start(self, draft: Decision | None, members: list[Any]) -> None:
        self.initial.setdefault("seen_draft", draft.version if draft else 0)
        self.initial["members"] = [str(m.pk) for m in members]
        if draft is not None:
            self.initial["outcome"] = draft.outcome
            self.initial.update({f"part_{code}": text for code, text in draft.parts.items()})
        elif "claim" in self.part_codes and not self.is_bound:
            self.initial["part_claim"] = self.page.text.wants or self.page.text.claim

        begun = {code: str(self.initial.get(field_of(code), "")) for code in self.said_codes}
        self.initial["seen_parts"] = ",".join(f"{code}:{_mark_of(text)}" for code, text in begun.items())

    def _see(self, members: list[Any]) -> None:
        """Which versions of the others this page shows, and which ones the page that was sent had shown."""
        self.initial["seen_members"] = ",".join(f"{member.pk}:{member.version}" for member in members)
        self.members_seen: dict[Any, int] = {}
        if self.is_bound:
            pairs = (pair.partition(":") for pair in self.data.get("seen_members", "").split(","))
            seen = {pk: version for pk, _colon, version in pairs if version.isdecimal() and len(version) < 10}
            self.members_seen = {m.pk: int(seen[str(m.pk)]) for m in members if str(m.pk) in seen}

    def see_members_anew(self) -> None:
        """The sender was told which of them has changed: the next time they have seen it."""
        data = cast(QueryDict, self.data).copy()
        data["seen_members"] = self.initial["seen_members"]
        self.data = data

    def beside(self, theirs: Mapping[str, str]) -> tuple[list[str], list[str]]:
        """Of what a colleague's draft says, what was left as it was here since, and what both changed."""
        seen = dict(pair.partition(":")[::2] for pair in self.cleaned_data.get("seen_parts", "").split(","))
        taken: list[str] = []
        clash: list[str] = []
        for code, mine in self.said.items():
            other = theirs.get(code, "")
            if other == mine or seen.get(code) == _mark_of(other):
                continue
            (taken if seen.get(code) == _mark_of(mine) else clash).append(code)
        return taken, clash

    @property
    def parts(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(f"part_{code}", "") for code in self.part_codes}

    @property
    def said_codes(self) -> list[str]:
        """What a draft says, so that nobody's is lost beside a colleague's: the outcome, and the parts."""
        return ["outcome", *self.part_codes]

    @property
    def said(self) -> dict[str, str]:
        return {"outcome": self.cleaned_data.get("outcome", "")} | self.parts

    def in_words(self, code: str, said: str) -> str:
        """A colleague's word as the page shows it: a part as it is, an outcome by its title."""
        if code != "outcome":
            return said
        return outcome_words(self.page.case, said) if said else _("No outcome is chosen.")

    def is_filled_in(self) -> bool:
        """Whether no blank of a canned text is left: a draft may have some, what is sent may not."""
        for code, text in self.parts.items():
            try:
                forms.require_no_blanks(text)
            except django_forms.ValidationError as left:
                self.add_error(f"part_{code}", left)
        return not self.errors

    def part_fields(self) -> list[Any]:
        return [self[f"part_{code}"] for code in self.part_codes]


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, desk: Desk, case_id: UUID) -> HttpResponse:
    """Write the decision of the present stage: keep it, put it before the leader, or sign and send it."""
    page = CasePage(desk, case_id)
    if not page.can(Doing.HANDLE):
        return gone_elsewhere(request, page, Doing.HANDLE)
    if not may_draft(page):
        if request.method == "POST":
            flash.warn(
                request, _("This is not possible any more: the matter has moved on. Here is where it stands.")
            )
        return go(request, reverse("desk:case", args=[case_id]))
    if request.method != "POST":
        return _page(request, page, DecisionForm(page=page))
    form = DecisionForm(request.POST, page=page)
    if not form.is_valid():
        return _page(request, page, form, status=422)
    try:
        if request.POST.get("do") == "send":
            return _send(request, page, form)
        return _keep(request, page, form, is_ready=request.POST.get("do") == "ready")
    except Changed:
        return _stale(request, desk, case_id, form)
    except CannotDecide as refusal:
        if refusal.code == "draft_changed":
            return _stale(request, desk, case_id, form)
        if refusal.code == "member_changed":
            form.see_members_anew()
        _point_at(form, refusal)
    except Refusal as refusal:
        if isinstance(refusal, NotYours):
            raise
        form.add_error(None, refusal_words(refusal))
    return _page(request, page, form, status=422)


def _point_at(form: DecisionForm, refusal: CannotDecide) -> None:
    """Put the refusal at the fields that it is about."""
    if refusal.code == "parts_missing":
        for code in refusal.facts["codes"]:
            if code in form.part_codes:
                form.add_error(f"part_{code}", _("The rule demands this part."))
        if not form.errors:
            form.add_error(None, refusal_words(refusal))
    elif refusal.code in ("outcome_missing", "outcome_unknown"):
        form.add_error("outcome", refusal_words(refusal))
    else:
        form.add_error(None, refusal_words(refusal))


def _keep(request: HttpRequest, page: CasePage, form: DecisionForm, *, is_ready: bool) -> HttpResponse:
    # A leader who corrects what waits for their signature keeps it there; by anybody else it is taken back.
    was_ready, signs = page.case.is_draft_ready, _signs_itself(page)
    deciding.draft_decision(
        case_id=page.case.pk,
        outcome=form.cleaned_data["outcome"],
        parts=form.parts,
        by=page.desk.reader.actor_on(Doing.HANDLE, page.case),
        seen_draft=form.cleaned_data["seen_draft"],
        now=page.desk.now,
        is_ready=is_ready or (was_ready and signs),
    )
    if was_ready and not is_ready and not signs:
        flash.done(
            request,
            _("The draft is kept, and is no longer before the leader. Put it there again when it is done."),
        )
    elif is_ready:
        flash.done(request, _("The draft is before the leader for signature."))
        return go(request, reverse("desk:case", args=[page.case.pk]))
    else:
        flash.done(request, _("The draft is kept."))
    return go(request, reverse("desk:decide", args=[page.case.pk]) + "?sent=draft")


def _signs_itself(page: CasePage) -> bool:
    """Whether the reader signs under a post of their own. Who only stands in may leave it to whoever holds the post."""
    return page.may_sign and not page.desk.reader.actor_on(Doing.SIGN, page.case).stands_in


def _send(request: HttpRequest, page: CasePage, form: DecisionForm) -> HttpResponse:
    by = page.desk.reader.actor_on(Doing.SIGN, page.case)
    members = [UUID(pk) for pk in form.cleaned_data.get("members") or ()]
    said: dict[str, Any] = {
        "outcome": form.cleaned_data["outcome"],
        "parts": form.parts,
        "by": by,
        "seen_version": form.cleaned_data["seen_version"],
        "now": page.desk.now,
        "office_solved": bool(form.cleaned_data.get("office_solved")),
    }
    if not form.is_filled_in():
        return _page(request, page, form, status=422)
    if form.cleaned_data["seen_draft"] != (page.draft.version if page.draft else 0):
        raise CannotDecide("draft_changed")
    if members:
        sent = grouping.decide_together(
            case_id=page.case.pk, members=members, seen_members=form.members_seen, **said
        )
        text = ngettext(
            "The decision was sent in %(count)s matter.", "The decision was sent in %(count)s matters.", sent
        )
        flash.done(request, text % {"count": sent})
    else:
        deciding.send_decision(case_id=page.case.pk, **said)
        flash.done(request, _("The decision was sent. The person can read it at once."))
    for text in together.left_out(page.members, members, lambda m: together.why_no_decision(m, page.case)):
        flash.warn(request, text)
    return go(request, reverse("desk:case", args=[page.case.pk]) + "?sent=decision")


def _stale(request: HttpRequest, desk: Desk, case_id: UUID, form: DecisionForm) -> HttpResponse:
    """Two people wrote: what only the other one changed is taken in, what both changed is shown above one's own."""
    page = CasePage(desk, case_id, Doing.HANDLE)
    if not may_draft(page):
        flash.warn(
            request,
            _("A colleague has decided this matter meanwhile. Your text was not sent; here is what was."),
        )
        return go(request, reverse("desk:case", args=[case_id]))
    data = request.POST.copy()
    data["seen_version"], data["seen_seq"] = str(page.case.version), str(page.seen_seq)
    data["seen_draft"] = str(page.draft.version if page.draft else 0)
    fresh = DecisionForm(page=page)
    data["seen_parts"] = fresh.initial["seen_parts"]
    theirs = said_in(page.draft) if page.draft is not None else {}
    taken, clash = form.beside(theirs) if page.draft is not None else ([], [])
    for code in taken:
        data[field_of(code)] = theirs.get(code, "")
    again = DecisionForm(data, page=page)
    again.is_valid()
    changed = page.since(form.cleaned_data.get("seen_seq") or 0)
    return _page(
        request,
        page,
        again,
        status=409,
        changed=changed,
        is_stale=True,
        other=page.draft if clash else None,
        taken=taken,
        clash=clash,
    )


def _page(
    request: HttpRequest, page: CasePage, form: DecisionForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    more["may_put_up"] = not _signs_itself(page)
    context = case_context(page, form=form, canned=forms.canned_texts(page), **more)
    other = context.get("other")
    titles = {code: form.fields[field_of(code)].label for code in form.said_codes}
    if other is not None:
        theirs = said_in(other)
        clash = [(code, theirs.get(code, "")) for code in context["clash"]]
        context["other_parts"] = [(titles[code], form.in_words(code, said)) for code, said in clash]
    context["taken_in"] = [titles[code] for code in form.said_codes if code in context.get("taken", ())]
    return page_or_part(request, "desk/decide.html", "main", context, status=status)


@desk_view
@require_POST
def preview(request: HttpRequest, desk: Desk, case_id: UUID) -> HttpResponse:
    """The letter as it would be sent, from what is typed now; nothing is kept by it."""
    page = CasePage(desk, case_id, Doing.HANDLE)
    form = DecisionForm(request.POST, page=page)
    if not form.is_valid():
        return _page(request, page, form, status=422)
    signs = page.can(Doing.SIGN)
    post_id = desk.reader.actor_on(Doing.SIGN, page.case).post_id if signs else page.case.leader_post_id
    pdf = letters.preview_letter(
        page.case,
        outcome=form.cleaned_data["outcome"],
        parts=form.parts,
        post=Post.objects.select_related("unit__authority").get(pk=post_id or 0),
        now=desk.now,
    )
    return _pdf(pdf, f"{page.case.code}-preview.pdf")


@desk_view
@require_safe
def letter(request: HttpRequest, desk: Desk, case_id: UUID, decision_id: int) -> HttpResponse:
    """The letter of a sent decision, to print or to hand over."""
    page = CasePage(desk, case_id)
    decision = next((d for d in page.sent if d.pk == decision_id), None)
    if decision is None:
        raise Http404
    return _pdf(letters.letter_of(decision), f"{page.case.code}-{decision.stage}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response

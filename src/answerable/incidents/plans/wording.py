"""What is wrong in a plan file, as sentences in the reader's language. Pure: translated where they are said."""

from __future__ import annotations

from collections.abc import Mapping

from answerable.core import sentences
from answerable.core.sentences import N_
from answerable.incidents.plans.faults import Fault

SENTENCES: dict[str, str] = {
    # The file.
    "too_large": N_("This is larger than 512 kB; a plan is a few pages."),
    "not_utf8": N_("This is not UTF-8 text; save the file as UTF-8."),
    "control": N_("There is a sign here that cannot be seen (a control character); take it out."),
    "tab": N_("This line begins with a tab; indent with spaces."),
    "conflict": N_(
        "“%(sign)s” marks where two versions were put together and not settled. Keep one of them and take the marks out."
    ),
    "not_yaml": N_("This is not YAML: %(reason)s."),
    "several_documents": N_("A second document begins here (---); a file holds one plan."),
    "anchor": N_("Anchors and aliases (& and *) are not used in plans; write it out."),
    "tag": N_("The tag %(tag)s is not used in plans; take it out."),
    "too_many_values": N_("This has more than %(most)s parts; a plan is a few pages."),
    "too_deep": N_("This is nested more than %(most)s deep; is the indentation wrong?"),
    "bad_key": N_("The name of a field is a short text, such as “names”."),
    "duplicate_key": N_("“%(key)s” stands here a second time; the first is in line %(first)s. Keep one."),
    "empty_file": N_(
        "There is nothing in this file; start from a plan that ships: answerable plans show flood --file."
    ),
    "no_table": N_("A plan begins with fields such as “format: answerable-plan/1”."),
    "unknown_format": N_("This reads %(allowed)s, not “%(given)s”."),
    # One field.
    "missing": N_("“%(name)s” is missing; write it down."),
    "empty": N_("This is empty; write it down."),
    "unknown_field": N_("Nothing reads “%(name)s”; take it out."),
    "unknown_field_near": N_("Nothing reads “%(name)s”; is “%(near)s” meant?"),
    "should_be_text": N_("This should be a text; put it in quotes."),
    "should_be_number": N_("This should be a whole number."),
    "should_be_decimal": N_("This should be a number, such as 3.5."),
    "should_be_bool": N_("This should be true or false."),
    "should_be_date": N_("This should be a date such as 2026-05-01."),
    "should_be_list": N_("This should be a list: [one, two], or lines that begin with “- ”."),
    "should_be_table": N_("This should be fields with values, such as { zh: …, en: … }."),
    "unknown_choice": N_("“%(given)s” is unknown; use one of: %(allowed)s."),
    "bad_code": N_("“%(given)s” is no code: use a-z, 0-9, - and _, at most 40."),
    "bad_reference": N_(
        "“%(given)s” is no reference: write unit/post, line/role or unit/item; for a report contact:CODE, "
        "post:unit/post or authority:above."
    ),
    "text_too_long": N_("This is longer than %(most)s characters."),
    "too_few": N_("At least %(least)s are needed here."),
    "too_many": N_("These are more than %(most)s."),
    "too_small": N_("%(given)s is too small: at least %(least)s."),
    "too_great": N_("%(given)s is too great: at most %(most)s."),
    "not_allowed": N_("“%(given)s” cannot stand here: %(reason)s."),
    # Between the parts.
    "duplicate_code": N_("The code “%(given)s” is used twice."),
    "listed_twice": N_("“%(given)s” is listed twice."),
    "missing_track": N_(
        "The track “%(given)s” is missing; every plan has safety, information and coordination."
    ),
    "level_twice": N_("Level %(level)s stands twice on this scale."),
    "levels_out_of_order": N_("Level %(level)s comes after a milder one; write the gravest first."),
    "wrong_colour": N_("Warning level %(level)s is %(colour)s."),
    "missing_raise": N_("Say when level %(level)s is raised: raise_when."),
    "missing_lower": N_("Say when level %(level)s is lowered: lower_when."),
    "no_commander": N_("Nobody commands; write is_commander: true at one role."),
    "many_commanders": N_("“%(given)s” commands already; one does."),
    "commander_not_leading": N_("Who commands belongs to the leading group: group: leading."),
    "no_such_track": N_("This plan has no track “%(given)s”."),
    "no_such_role": N_("This plan has no role “%(given)s”."),
    "no_such_action": N_("This plan has no action “%(given)s”."),
    "no_such_contact": N_("This plan has no contact “%(given)s”."),
    "level_off_scale": N_("The response scale has no level %(level)s."),
    "need_off_level": N_("“%(given)s” is not done at level %(level)s, so this could never begin there."),
    "cycle": N_("These wait for each other, so none could ever begin: %(ring)s."),
    "no_first_report": N_("No first report is due; write one of the kind first_phone or first_written."),
    "report_without_time": N_("A report of this kind needs a limit: %(name)s."),
    "unknown_place": N_("“{%(given)s}” is never filled in; use one of: %(allowed)s."),
    # Rights.
    "forbidden_field": N_(
        "“%(name)s” has no place in a plan: it holds hazards and helpers; nobody who takes part or is affected is "
        "identified, photographed or listed."
    ),
    "sorts_people": N_(
        "This would sort people by %(what)s, which Answerable does not do. Name the danger instead."
    ),
    "names_gathering": N_(
        "This is about people who come together or bring a matter. A peaceful gathering is not an emergency: write "
        "of room, exits, water, first aid and traffic; what is asked for is registered as a case with a receipt."
    ),
    "watches_people": N_(
        "“%(given)s”: nobody taking part is identified, photographed or listed. Write what is done about the danger."
    ),
    "private_person": N_("A contact is a body with its number; a private person is never one."),
    "forces_people": N_(
        "“%(given)s”: this plan makes room, opens exits and listens; nobody is driven or taken away by it."
    ),
}


def sentence(fault: Fault, of: Mapping[str, str] = SENTENCES) -> str:
    """What is wrong and what to do, in the language of the current request or command; `of`: another file's words."""
    facts = fault.facts
    if fault.code == "sorts_people":
        facts["what"] = sentences.translate(facts["what"])
    return sentences.translate(of[fault.code]) % facts


def located(fault: Fault, of: Mapping[str, str] = SENTENCES) -> str:
    """The sentence with its line and field in front."""
    facts = {"line": fault.line, "field": fault.field, "sentence": sentence(fault, of)}
    if fault.line and fault.field:
        return sentences.translate(N_("Line %(line)s, %(field)s: %(sentence)s")) % facts
    if fault.line:
        return sentences.translate(N_("Line %(line)s: %(sentence)s")) % facts
    if fault.field:
        return sentences.translate(N_("%(field)s: %(sentence)s")) % facts
    return sentence(fault, of)

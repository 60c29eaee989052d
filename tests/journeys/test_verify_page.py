"""The page that verifies receipts from a file, offline: the command line's verdicts and words, in a browser."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from answerable.record import compact
from answerable.record.invalid import Invalid
from answerable.record.policy import Policy
from answerable.record.policy import parse as parse_policy
from answerable.record.tests import fuzz
from answerable.record.tests.test_verifying import (
    ACT,
    BOTH,
    LOG,
    OURS,
    PROMISE,
    PROMISED_TO,
    REFUSED,
    SECOND,
    TEXT,
    WATCHED,
    act,
    receipt,
    witnessed,
)
from answerable.record.verify import words
from answerable.record.verify.page import verify_page
from answerable.record.verifying import verify
from tests.journeys.conftest import look_over

pytestmark = pytest.mark.journey

ACCEPTED = {
    "closed": (TEXT, OURS, None),
    "compact": (compact.compact(TEXT), OURS, None),
    "QR code": (compact.to_text(TEXT).encode(), BOTH, None),
    "opened": (TEXT, OURS, ACT.to_bytes()),
    "opened in extra": (receipt(ACT, 0, 1, extra=ACT.to_extra()).to_bytes(), OURS, None),
    "claimed": (
        receipt(
            ACT, 200, 300, extra=act(happened_at="2026-03-01T00:00:00.000000+00:00").to_extra()
        ).to_bytes(),
        OURS,
        None,
    ),
    "promised": (PROMISE, PROMISED_TO, None),
    "promised, off paper": (b"\n" + PROMISE.strip() + b"\r\n", PROMISED_TO, ACT.to_bytes()),
    "promised, of another act": (PROMISE, PROMISED_TO, act(seq=2).to_bytes()),
    "watched": (witnessed(TEXT, SECOND + 90, SECOND + 60), WATCHED, ACT.to_bytes()),
    "a little late": (witnessed(TEXT, SECOND - 299, SECOND - 300), WATCHED, ACT.to_bytes()),
}


@pytest.fixture(scope="module")
def page_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("offline") / "verify.html"
    path.write_bytes(verify_page())
    return path


@pytest.fixture
def open_page(browser: Browser, page_file: Path) -> Iterator[object]:
    """`open_page("en-GB", crypto=False)`: the file, in a browser without a network; nothing may go wrong on it."""
    contexts, faults = [], []

    def open_it(locale: str, *, crypto: bool = True, width: int = 900) -> Page:
        context = browser.new_context(
            locale=locale, timezone_id="UTC", offline=True, viewport={"width": width, "height": 900}
        )
        if not crypto:
            context.add_init_script("Object.defineProperty(globalThis, 'crypto', { value: undefined })")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on(
            "request", lambda asked: None if asked.url == page_file.as_uri() else faults.append(asked.url)
        )
        page.goto(page_file.as_uri())
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert faults == []


def _policy_text(policy: Policy) -> str:
    lines = [f"log {log.key}" for log in policy.logs]
    lines += [f"witness {witness.name} {witness.key}" for witness in policy.witnesses.values()]
    lines += [f"group {one.name} {one.needed} {' '.join(one.members)}" for one in policy.groups.values()]
    return "\n".join([*lines, f"quorum {policy.quorum}", ""])


def _coded(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


DECIDE = """async (cases) => {
    const bytes = (text) => text === null ? null : fromOctets(atob(text));
    const told = [];
    for (const [receipt, policy, opening] of cases) {
        const found = await verdictOf(bytes(receipt), await believed(TEXT.encode(policy)), bytes(opening));
        told.push([found.code, sentences(found)]);
    }
    return told;
}"""

CODES = """async (cases) => {
    const bytes = (text) => text === null ? null : fromOctets(atob(text));
    const told = [];
    for (const [receipt, policy, opening] of cases) {
        try {
            told.push((await verdictOf(bytes(receipt), await parsePolicy(bytes(policy)), bytes(opening))).code);
        } catch (error) {
            told.push(error.code || String(error));
        }
    }
    return told;
}"""


@pytest.mark.parametrize("crypto", [True, False], ids=["the browser's cryptography", "our own"])
def test_the_page_says_what_the_command_line_says(open_page, crypto):
    page = open_page("zh-CN", crypto=crypto)
    named = ACCEPTED | REFUSED
    cases = [
        [_coded(text), _policy_text(policy), _coded(opening)] for text, policy, opening in named.values()
    ]
    told = page.evaluate(DECIDE, cases)
    with translation.override("zh-hans"):
        for (name, (text, policy, opening)), (code, said) in zip(named.items(), told, strict=True):
            verdict = verify(text, policy=policy, opening=opening)
            assert (name, code, said) == (name, verdict.code, words.sentences(verdict))


def test_the_page_decides_changed_inputs_as_the_command_line_does(open_page):
    cases, wanted = [], []
    for number in range(1500):
        target, data = fuzz.make(7, number)
        believed, opening, text = fuzz.POLICY_TEXT, None, fuzz.RECEIPTS[0]
        match target.name:
            case "receipt" | "compact" | "promise":
                text = data
            case "opening":
                opening = data
            case "policy":
                believed = data
            case _:
                continue
        cases.append([_coded(text), _coded(believed), _coded(opening)])
        try:
            wanted.append(verify(text, policy=parse_policy(believed), opening=opening).code)
        except Invalid as refusal:
            wanted.append(refusal.code)
    assert len(cases) > 500
    assert open_page("en-GB").evaluate(CODES, cases) == wanted


@pytest.mark.parametrize(("locale", "width"), [("zh-CN", 360), ("en-GB", 900)])
def test_a_person_checks_receipts_without_a_network(open_page, tmp_path, locale, width):
    chinese = locale == "zh-CN"
    page = open_page(locale, width=width)
    look_over(page)
    result = page.locator("#result")
    check = page.get_by_role("button", name="查验" if chinese else "Check", exact=True)
    check.click()
    expect(result).to_have_attribute("data-code", "receipt_missing")

    files = {"good": TEXT, "edited": REFUSED["not_in_tree"][0], "cut": TEXT[:-1]}
    files["foreign"] = REFUSED["foreign_key"][0]
    for name, data in files.items():
        (tmp_path / f"{name}.tlog-proof").write_bytes(data)
    page.set_input_files("#receipt-file", tmp_path / "good.tlog-proof")
    check.click()
    expect(result).to_have_attribute("data-code", "policy_missing")

    page.fill("#policy-text", str(LOG.key))
    page.fill("#opening-text", ACT.to_bytes().decode())
    check.click()
    expect(result).to_have_attribute("data-code", "proved")
    expect(result).to_contain_text("已证实" if chinese else "Proved")
    expect(result).to_contain_text("case.registered")
    expect(page.locator("#record-text")).to_contain_text("路灯")
    look_over(page)

    page.fill("#opening-text", "")
    for name, code in (("edited", "not_in_tree"), ("cut", "truncated"), ("foreign", "foreign_key")):
        page.set_input_files("#receipt-file", tmp_path / f"{name}.tlog-proof")
        check.click()
        expect(result).to_have_attribute("data-code", code)
        expect(result).to_contain_text("无法读取" if chinese and code == "truncated" else "")
    look_over(page)

    page.fill("#receipt-text", compact.to_text(TEXT))
    page.fill("#policy-text", f"log {LOG.key}\nquorum nobody\n")
    check.click()
    expect(result).to_have_attribute("data-code", "policy_name_unknown")
    expect(result).to_contain_text("2: nobody")
    page.get_by_role("button", name="English" if chinese else "中文").click()
    expect(result).to_contain_text("so nobody is believed" if chinese else "不信任任何一方")


def test_dropped_files_find_their_places(open_page):
    page = open_page("en-GB")
    contents = [TEXT, ACT.to_bytes(), f"{LOG.key}\n".encode()]
    page.evaluate(
        """(files) => {
            const carried = new DataTransfer();
            files.forEach((text, n) => carried.items.add(new File([fromOctets(atob(text))], `file ${n}`)));
            document.dispatchEvent(new DragEvent("drop", { dataTransfer: carried }));
        }""",
        [_coded(content) for content in contents],
    )
    for kind, name in (("receipt", "file 0"), ("opening", "file 1"), ("policy", "file 2")):
        expect(page.locator(f"#{kind}-name")).to_have_text(f"Chosen: {name}")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#result")).to_have_attribute("data-code", "proved")


def test_the_page_cannot_reach_anything():
    text = verify_page().decode()
    assert "default-src 'none'" in text
    assert not re.search(r"""(src|href)\s*=|fetch\(|XMLHttpRequest|https?://|localStorage|cookie""", text)
    assert json.loads(text.split('id="words">')[1].split("</script>")[0])["zh-hans"]["ui"]["check"] == "查验"

"""Every way out, against a gateway that behaves and one that does not: sent, certainly not sent, or unknown."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import pytest

from answerable.alerts.channels import apprise, push, voice, webhook, webpush
from answerable.alerts.channels.posting import is_public, post
from answerable.alerts.outcomes import Message, NotSent, Unknown
from answerable.alerts.tests.browser_side import Browser

KEY = "k" * 40


def message(to: str, **more) -> Message:
    values = {
        "subject": "警报",
        "body": "村口的路灯坏了 https://town.example/a/abc",
        "idempotency": "0190-11",
    }
    return Message(to=to, **(values | more))


@pytest.fixture
def patience():
    """Seconds. On a busy machine a gateway that answers takes its time; one that does not is waited for in vain."""
    return 30


@pytest.fixture(params=["voice", "webhook", "push", "apprise"])
def way(request, gateway, settings, monkeypatch, tmp_path, patience):
    """Each way with a gateway on this machine: `way()` sends once."""
    settings.ALERT_HOSTS = ("127.0.0.1",)
    for module, name in ((voice, "TIMEOUT_S"), (apprise, "TIMEOUT_S")):
        monkeypatch.setattr(module, name, patience)
    monkeypatch.setattr(webhook, "post", lambda *a: post(*a, timeout=patience))
    monkeypatch.setattr(push, "post", lambda *a: post(*a, timeout=patience))
    if request.param == "voice":
        settings.VOICE_URL, settings.VOICE_TOKEN = gateway.url, "s3cret"
        return lambda: voice.send(message("+8613812345678"))
    if request.param == "webhook":
        return lambda: webhook.send(message(json.dumps({"url": gateway.url, "key": KEY})))
    if request.param == "push":
        settings.ANSWERABLE_PUSH_KEY_FILE = tmp_path / "push-key"
        subscription = Browser().subscription(gateway.url)
        return lambda: push.send(message(subscription))
    return lambda: apprise.send(message(f"gotify://127.0.0.1:{gateway.port}/Aabcdefghijklmn"))


def test_what_is_taken_is_sent(way, gateway):
    way()
    assert len(gateway.came) == 1


@pytest.mark.parametrize(
    "body",
    [
        '{"errcode": 93000, "errmsg": "invalid webhook url"}',
        '{"ok": false}',
        '{"error": "no money"}',
        '{"code": 19001}',
    ],
)
def test_200_with_an_error_in_its_body_is_not_sent(way, gateway, body, request):
    gateway.answers(200, body)
    if "push" in request.node.callspec.id:
        way()  # a push service says everything by its status
        return
    with pytest.raises(NotSent):
        way()


@pytest.mark.parametrize("patience", [0.5])
@pytest.mark.parametrize("behaviour", ["hang", "close", "drip"])
def test_a_line_that_breaks_after_the_message_went_over_is_unknown(way, gateway, behaviour, patience):
    gateway.behave = behaviour
    began = time.monotonic()
    with pytest.raises(Unknown):
        way()
    assert time.monotonic() - began < 15, "a line that hangs does so for twenty seconds"


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_that_fell_over_may_have_sent(way, gateway, status):
    gateway.answers(status, "oops")
    with pytest.raises(Unknown):
        way()


@pytest.mark.parametrize("status", [429, 503])
def test_too_often_and_busy_are_tried_again(way, gateway, status):
    gateway.answers(status, "", Retry_After="3")
    with pytest.raises(NotSent) as refused:
        way()
    assert not refused.value.for_good


def test_a_redirect_is_not_followed(way, gateway):
    gateway.answers(307, "", Location=f"{gateway.url}/elsewhere")
    with pytest.raises(NotSent):
        way()
    assert len(gateway.came) == 1


def test_nobody_listens(way, gateway):
    gateway.end()
    with pytest.raises(NotSent) as refused:
        way()
    assert not refused.value.for_good


# --- calls


def test_a_call_carries_text_number_and_the_key_of_every_try(gateway, settings):
    settings.VOICE_URL, settings.VOICE_TOKEN = gateway.url, "s3cret"
    gateway.answers(200, '{"call_id": "c-77"}')
    assert voice.send(message("+8613812345678")) == "c-77"
    assert json.loads(gateway.body())["to"] == "+8613812345678"
    assert "Idempotency-Key: 0190-11" in gateway.head()
    assert "Bearer s3cret" in gateway.head()


def test_a_gateway_that_knows_no_country_code(gateway, settings):
    settings.VOICE_URL, settings.VOICE_BODY = gateway.url, '{"mobile":"{national}","content":"{text}"}'
    voice.send(message("+8613812345678", body='say "ja"\nnow'))
    assert json.loads(gateway.body()) == {"mobile": "13812345678", "content": 'say "ja"\nnow'}


# --- webhooks


def test_a_webhook_is_signed_over_its_time_and_body(gateway, settings):
    settings.ALERT_HOSTS = ("127.0.0.1",)
    webhook.send(
        message(
            json.dumps({"url": gateway.url, "key": KEY}), link="https://town.example/a/x", reply_code="123456"
        )
    )
    line = next(row for row in gateway.head().splitlines() if row.startswith("Answerable-Signature"))
    at, made = (part.split("=")[1] for part in line.split(": ")[1].split(","))
    assert made == hmac.new(KEY.encode(), f"{at}.".encode() + gateway.body(), hashlib.sha256).hexdigest()
    assert json.loads(gateway.body())["code"] == "123456"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/x",
        "https://0.0.0.0/x",
        "https://2130706433/x",
        "http://192.0.43.8/x",
        "https://user:pass@192.0.43.8/x",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "https://",
        "https://host/\r\nX: y",
    ],
)
def test_no_webhook_reaches_into_the_office(url, gateway):
    with pytest.raises(NotSent) as refused:
        webhook.send(message(json.dumps({"url": url, "key": KEY})))
    assert refused.value.for_good
    assert gateway.came == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1", True),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("::10.0.0.1", False),
        ("::ffff:0:10.0.0.1", False),
        ("192.0.0.8", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),
    ],
)
def test_which_addresses_are_the_internet_s(address, public):
    assert is_public(address) is public


def test_the_name_that_was_checked_is_the_address_that_is_asked(gateway, settings, monkeypatch):
    """A name that leads elsewhere a moment later (DNS rebinding) is looked up once."""
    import socket

    settings.ALERT_HOSTS = ("rebinds.example",)
    asked = []

    def once(host, port, **_more):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", gateway.port))]

    monkeypatch.setattr(socket, "getaddrinfo", once)
    webhook.send(message(json.dumps({"url": "http://rebinds.example/x", "key": KEY})))
    assert asked == ["rebinds.example"]
    assert "Host: rebinds.example" in gateway.head()


# --- Apprise


@pytest.mark.parametrize(
    "address",
    [
        "dbus://",
        "syslog://",
        "windows://",
        "macosx://",
        "gnome://",
        "rsyslog://10.0.0.1",
        "json://127.0.0.1/x",
        "mailto://a:b@example.org",
        "file:///etc/passwd",
        "https://example.org/notify",
        "gotify://127.0.0.1/Aabcdefghijklmn",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?template=/etc/passwd",
        "dingtalk://abcdefgh12345/?verify=no",
        "dingtalk://abcdefgh12345/?+X-Header=1",
        "wecombot://abc\nX: y",
        "",
    ],
)
def test_only_services_on_the_list_are_used(address, settings):
    settings.ALERT_HOSTS = ()
    with pytest.raises(NotSent) as refused:
        apprise.check_address(address)
    assert refused.value.for_good


@pytest.mark.parametrize(
    "address",
    [
        "wecombot://693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa",
        "dingtalk://abcdefgh12345678",
        "https://oapi.dingtalk.com/robot/send?access_token=abcdefgh12345678",
        "https://open.feishu.cn/open-apis/bot/v2/hook/abcdef-123",
        "feishu://abcdef-123",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "workflows://prod-01.westeurope.logic.azure.com:443/abcdef0123456789/sig_0123456789",
    ],
)
def test_the_chats_of_the_field_are_on_it(address):
    apprise.check_address(address)


def test_a_service_asks_its_own_hosts_alone(gateway, settings):
    """An address may be read in surprising ways; what is asked in the end counts."""
    settings.ALERT_HOSTS = ()
    with pytest.raises(NotSent) as refused:
        apprise.send(message(f"workflows://127.0.0.1:{gateway.port}/abcdef0123456789/sig_0123456789"))
    assert refused.value.for_good
    assert gateway.came == []


# --- Web Push


def test_the_example_of_the_rfc(tmp_path):
    """RFC 8291, section 5."""
    ours = webpush.private_key(webpush.decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
    made = webpush.encrypt(
        b"When I grow up, I want to be a watermelon",
        webpush.decode(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        webpush.decode("BTBZMqHH6r4Tts7J_aSIgg"),
        ours=ours,
        salt=webpush.decode("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert webpush.encode(made) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_browser_reads_what_was_sent_and_the_service_knows_who_sent_it(gateway, settings, tmp_path):
    settings.ALERT_HOSTS, settings.ANSWERABLE_PUSH_KEY_FILE = ("127.0.0.1",), tmp_path / "push-key"
    browser = Browser()
    push.send(message(browser.subscription(gateway.url), link="https://town.example/a/x", is_urgent=True))
    assert json.loads(browser.read(gateway.body()))["link"] == "https://town.example/a/x"
    assert "Urgency: high" in gateway.head()
    assert browser.who_signed(gateway.head(), f"http://127.0.0.1:{gateway.port}") == push.public_key()
    assert (tmp_path / "push-key").stat().st_mode & 0o777 == 0o600


def test_a_long_message_is_cut_between_characters(gateway, settings, tmp_path):
    settings.ALERT_HOSTS, settings.ANSWERABLE_PUSH_KEY_FILE = ("127.0.0.1",), tmp_path / "push-key"
    browser = Browser()
    push.send(message(browser.subscription(gateway.url), body="路" * 3000))
    assert len(gateway.body()) <= 4096
    assert json.loads(browser.read(gateway.body()))["body"].endswith("路…")


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_unsubscribed_is_dead(gateway, settings, tmp_path, status):
    settings.ALERT_HOSTS, settings.ANSWERABLE_PUSH_KEY_FILE = ("127.0.0.1",), tmp_path / "push-key"
    gateway.answers(status, "")
    with pytest.raises(NotSent) as refused:
        push.send(message(Browser().subscription(gateway.url)))
    assert refused.value.for_good


@pytest.mark.parametrize("content", ["", "something else\n", "answerable-push-key 1\nAAAA====\n", "\n\n\n"])
def test_a_damaged_push_key_is_said_and_not_replaced(settings, tmp_path, content):
    path = settings.ANSWERABLE_PUSH_KEY_FILE = tmp_path / "push-key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(push.PushKeyError):
        push.public_key()
    assert path.read_text() == content


def test_a_push_key_that_others_may_read_is_not_used(settings, tmp_path):
    path = settings.ANSWERABLE_PUSH_KEY_FILE = tmp_path / "push-key"
    push.public_key()
    path.chmod(0o644)
    with pytest.raises(push.PushKeyError):
        push.public_key()

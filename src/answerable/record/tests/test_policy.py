"""Policies: the grammar of c2sp.org/tlog-policy, read strictly, and quorums counted."""

from __future__ import annotations

import pytest

from answerable.record import policy
from answerable.record.cosignatures import cosigner
from answerable.record.policy import PolicyInvalid
from answerable.record.tests.trees import LOG, ORIGIN

KEYS = {name: cosigner(f"{name}.example", bytes([n]) * 32).key for n, name in enumerate("abcdef", start=1)}
WITNESSES = "".join(f"witness {name} {key}\n" for name, key in KEYS.items())
TEXT = f"""# A town's log, and who watches it
log {LOG.key} https://town.example/record/

{WITNESSES}
\tgroup north 2 a b c
group south\tany d e
group both all north south f
quorum both
"""


def test_a_policy_says_whom_to_believe():
    read = policy.parse(TEXT.encode())
    assert [(log.key, log.url) for log in read.logs] == [(LOG.key, "https://town.example/record/")]
    assert list(read.witnesses) == list(KEYS)
    assert read.groups["north"] == policy.Group("north", 2, ("a", "b", "c"))


@pytest.mark.parametrize(
    ("cosigned", "met"),
    [
        ("abdf", True),
        ("bcef", True),
        ("abcdef", True),
        ("adf", False),
        ("abcf", False),
        ("abde", False),
        ("", False),
        (["north", "south", "f"], False),  # a group is no witness
    ],
)
def test_a_quorum_is_counted(cosigned, met):
    assert policy.parse(TEXT.encode()).is_met(list(cosigned)) is met


def test_a_quorum_may_be_one_witness_or_none():
    one = policy.parse(f"{WITNESSES}quorum a\n".encode())
    assert one.is_met(["a"])
    assert not one.is_met(["b"])
    assert policy.parse(b"quorum none\n").is_met([])
    assert policy.of_key(LOG.key).is_met([])
    assert policy.of_key(LOG.key).logs[0].key.name == ORIGIN


A, B = f"witness a {KEYS['a']}\n", f"witness b {KEYS['b']}\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "policy_without_quorum"),
        (f"log {LOG.key}\n", "policy_without_quorum"),
        ("quorum none", "truncated"),
        ("quorum none\nquorum none\n", "policy_malformed"),
        ("quorum\n", "policy_malformed"),
        ("quorum a b\n", "policy_malformed"),
        ("quorum a\n" + A, "policy_name_unknown"),
        ("quorum none\r\n", "windows_lines"),
        ("quorum none\x7f\n", "policy_malformed"),
        ("quorum\u3000none\n", "policy_malformed"),
        ("witnesses a\nquorum none\n", "policy_malformed"),
        (A + A + "quorum none\n", "policy_name_twice"),
        (A + A.replace("a ", "b ", 1) + "quorum none\n", "policy_key_twice"),
        (A.replace(" a ", " none ") + "quorum none\n", "policy_name_twice"),
        (f"log {LOG.key}\n" * 2 + "quorum none\n", "policy_key_twice"),
        (f"log {KEYS['a']}\nquorum none\n", "key_type"),
        (f"witness a {LOG.key}\nquorum none\n", "key_type"),
        ("log rubbish\nquorum none\n", "key_malformed"),
        (f"log {LOG.key} url more\nquorum none\n", "policy_malformed"),
        (A + "group g all\nquorum g\n", "policy_malformed"),
        (A + "group g 0 a\nquorum g\n", "policy_malformed"),
        (A + "group g 2 a\nquorum g\n", "policy_malformed"),
        (A + "group g 01 a\nquorum g\n", "policy_malformed"),
        (A + "group g most a\nquorum g\n", "policy_malformed"),
        (A + "group g all a a\nquorum g\n", "policy_name_twice"),
        (A + B + "group g all a\ngroup h all a b\nquorum h\n", "policy_name_twice"),
        (A + "group g all g\nquorum g\n", "policy_name_unknown"),
        (A + "group a all a\nquorum a\n", "policy_name_twice"),
        (A + "group g all none\nquorum g\n", "policy_name_unknown"),
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused(text, code):
    with pytest.raises(PolicyInvalid) as refusal:
        policy.parse(text.encode())
    assert refusal.value.code == code


def test_a_refusal_names_the_line():
    with pytest.raises(PolicyInvalid, match=r"3: "):
        policy.parse((A + "\nquorum x\n").encode())


def test_names_beyond_ascii_are_opaque_octets():
    text = A.replace(" a ", " 见证人 ").encode() + b"# \xff\nquorum \xe8\xa7\x81\xe8\xaf\x81\xe4\xba\xba\n"
    assert policy.parse(text).is_met(["见证人"])
    assert policy.parse(A.encode().replace(b" a ", b" \xff ") + b"quorum \xff\n").is_met(["\udcff"])

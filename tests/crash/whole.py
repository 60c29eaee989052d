"""What must hold in the database whenever it is looked at: nothing is half-written. Plain SQL, apart from our code."""

from __future__ import annotations

import hashlib
import json

from django.db import connection

#: Each finds rows that must not be there.
BROKEN = {
    "case without its act of registration": """
        SELECT c.id FROM cases_case c LEFT JOIN record_act a
        ON a.matter_id = c.id AND a.seq = 1 AND a.kind = 'case.registered' WHERE a.id IS NULL""",
    "act of registration without its case": """
        SELECT a.id FROM record_act a LEFT JOIN cases_case c ON c.id = a.matter_id
        WHERE a.kind = 'case.registered' AND c.id IS NULL""",
    "case without its words": """
        SELECT c.id FROM cases_case c LEFT JOIN cases_text t ON t.case_id = c.id WHERE t.case_id IS NULL""",
    "open case without a deadline of the office": """
        SELECT c.id FROM cases_case c WHERE c.state IN ('registered', 'accepted') AND NOT EXISTS (
            SELECT FROM cases_deadline d WHERE d.case_id = c.id AND d.is_office AND d.met_seq IS NULL
            AND d.voided_seq IS NULL)""",
    "deadline whose act is missing": """
        SELECT d.id FROM cases_deadline d LEFT JOIN record_act a
        ON a.matter_id = d.case_id AND a.seq = d.opened_seq WHERE a.id IS NULL""",
    "message whose act is missing": """
        SELECT m.id FROM cases_message m LEFT JOIN record_act a
        ON a.matter_id = m.case_id AND a.seq = m.act_seq WHERE a.id IS NULL""",
    "reply act without its message": """
        SELECT a.id FROM record_act a LEFT JOIN cases_message m
        ON m.case_id = a.matter_id AND m.act_seq = a.seq WHERE a.kind = 'case.replied' AND m.id IS NULL""",
    "act that neither waits for the log nor is in it": """
        SELECT a.id FROM record_act a LEFT JOIN record_entry e ON e.act_id = a.id
        LEFT JOIN record_pending p ON p.act_id = a.id WHERE (e.act_id IS NULL) = (p.act_id IS NULL)""",
    "entry that is not its act's": """
        SELECT e.idx FROM record_entry e LEFT JOIN record_act a ON a.id = e.act_id WHERE e.act_id IS NOT NULL
        AND a.leaf IS DISTINCT FROM sha256('\\x00'::bytea || e.entry)""",
    "message of a reply without its act": """
        SELECT m.id FROM cases_message m JOIN record_act a ON a.matter_id = m.case_id AND a.seq = m.act_seq
        WHERE m.kind = 'reply' AND a.kind <> 'case.replied'""",
    "decided case without its decision": """
        SELECT c.id FROM cases_case c WHERE c.state = 'decided' AND NOT EXISTS (
            SELECT FROM cases_decision d WHERE d.case_id = c.id AND d.stage = c.stage AND d.sent_at IS NOT NULL)""",
    "sent decision whose act or notice is missing": """
        SELECT d.id FROM cases_decision d
        LEFT JOIN record_act a ON a.matter_id = d.case_id AND a.seq = d.act_seq
        LEFT JOIN cases_message m ON m.case_id = d.case_id AND m.act_seq = d.act_seq AND m.code = 'decided'
        WHERE d.sent_at IS NOT NULL AND (a.id IS NULL OR m.id IS NULL)""",
    "clock of the office that runs on after a decision": """
        SELECT d.id FROM cases_deadline d JOIN cases_case c ON c.id = d.case_id
        WHERE c.state = 'decided' AND d.is_office AND d.step IN ('acknowledge', 'answer') AND d.met_seq IS NULL
        AND d.voided_seq IS NULL""",
    "act without its opening": """
        SELECT a.id FROM record_act a LEFT JOIN record_opening o ON o.act_id = a.id WHERE o.act_id IS NULL""",
    "head that is not the last act": """
        SELECT m.id FROM record_matter m WHERE m.seq <> (SELECT count(*) FROM record_act a WHERE a.matter_id = m.id)
        OR m.seq <> (SELECT max(a.seq) FROM record_act a WHERE a.matter_id = m.id)""",
    "stamp before the one before it": """
        SELECT a.id FROM record_act a JOIN record_act b ON b.matter_id = a.matter_id AND b.seq = a.seq - 1
        WHERE a.recorded_at < b.recorded_at""",
    "named person without a party": """
        SELECT c.id FROM cases_case c LEFT JOIN parties_party p ON p.case_id = c.id
        WHERE c.privacy <> 'anonymous' AND p.id IS NULL""",
    "submission whose case is missing": """
        SELECT s.case_id FROM cases_submission s LEFT JOIN cases_case c ON c.id = s.case_id WHERE c.id IS NULL""",
}


def assert_whole() -> None:
    """Fails with the name of what is broken; follows every chain of acts from its first byte."""
    with connection.cursor() as cursor:
        for name, sql in BROKEN.items():
            cursor.execute(sql)
            assert cursor.fetchall() == [], name
        cursor.execute(
            "SELECT a.matter_id, a.leaf, o.salt, o.body FROM record_act a JOIN record_opening o ON o.act_id = a.id"
            " ORDER BY a.matter_id, a.seq"
        )
        before: dict[object, str] = {}
        for matter, leaf, salt, body in cursor.fetchall():
            inner = hashlib.sha256(b"answerable/act/v1\x00" + bytes(salt) + bytes(body)).digest()
            assert bytes(leaf) == hashlib.sha256(b"\x00\x01" + inner).digest(), "leaf"
            assert json.loads(bytes(body))["prev"] == before.get(matter, ""), "chain"
            before[matter] = bytes(leaf).hex()

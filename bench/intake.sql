-- The rows that one intake must write, and nothing else: what `./run bench intake` is measured against.
-- A case with a sealed name over the API: one row each in eleven tables and :deadlines clocks; no reads, no rules, no
-- encryption, no hashing. The act's kind is one that nothing reacts to. Needs PostgreSQL 18 (uuidv7). Variables: authority, unit, leader, subject, place, deadlines.
\set number random(1, 1000000000000000)
SELECT uuidv7() AS id, uuidv7() AS party \gset
BEGIN;
INSERT INTO cases_submission (key, case_id, digest, at)
    VALUES (sha256(:number::text::bytea), :id, sha256(''), now());
INSERT INTO record_matter (id, seq, leaf, at) VALUES (:id, 1, sha256(''), now());
INSERT INTO record_act (matter_id, seq, kind, recorded_at, actor_kind, leaf)
    VALUES (:id, 1, 'bench.intake', now(), 'client', sha256('\x0001'::bytea || sha256(:number::text::bytea))) RETURNING id AS act \gset
INSERT INTO record_opening (act_id, salt, body) VALUES (:act, sha256(''), convert_to(to_jsonb(repeat('b', 700))::text, 'UTF8'));
INSERT INTO record_outbox (act_id, tries) VALUES (:act, 0);
INSERT INTO record_pending (act_id, entry) VALUES (:act, '\x01'::bytea || sha256(:number::text::bytea));
INSERT INTO cases_case (id, code, secret_mac, authority_id, unit_id, leader_post_id, subject_id, place_id, pack, kind,
        stage, state, intake, privacy, language, is_conduct, is_accused_unknown, is_danger_told, is_shareable, received_at, registered_at,
        due_at, is_lifted, is_waiting, is_draft_ready, outcome, withdrawn_from, reopened_seq, version)
    VALUES (:id, 'P' || :number, sha256(''), :authority, :unit, :leader, :subject, :place, 'generic', 'complaint',
        'handle', 'registered', 'api', 'confidential', 'zh-hans', false, false, false, false, now(), now(),
        now() + interval '60 days', false, false, false, '', '', 0, 1);
INSERT INTO cases_text (case_id, received_at, unit_token, claim, wants, place_text, title, shared_summary, accused_text)
    VALUES (:id, now(), :unit, '东街' || :number || '号排水沟堵了，已经两个星期了。南门口七号垃圾没人清，上个月就报过。'
        '老桥头十二号路面塌了一块，下雨天更严重。北巷三号自来水发黄，打过电话没有人来。河堤边八号施工噪音很大，每天晚上都这样。',
        '请派人来看看', '', '', '', '');
INSERT INTO cases_deadline (case_id, step, is_office, is_supervising, unit_id, post_id, started_at, late_from,
        derivation, opened_seq, remind_at)
    SELECT :id::uuid, 'answer', true, false, :unit::bigint, :leader::bigint, now(), now() + interval '60 days',
        to_jsonb(repeat('d', 600)), 1, now() + interval '30 days' FROM generate_series(1, :deadlines::int);
INSERT INTO parties_data_key (owner, case_id, wrapped) VALUES (:party, :id, convert_to(repeat('k', 90), 'UTF8'));
INSERT INTO parties_party (id, case_id, role, is_confidential, sealed)
    VALUES (:party, :id, 'self', true, convert_to(repeat('s', 120), 'UTF8'));
COMMIT;

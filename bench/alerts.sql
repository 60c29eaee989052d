-- What one message must write, and nothing else: marked with its try opened, then settled. Two transactions, as the
-- sender has them, but one message at a time. Variables: first, last (of the rows in bench_messages).
\set number random(:first, :last)
SELECT id FROM bench_messages WHERE number = :number \gset
BEGIN;
UPDATE alerts_delivery SET state = 'sending', claimed_at = now(), tries = tries + 1, reported = ''
    WHERE id = :id RETURNING tries \gset
INSERT INTO alerts_attempt (delivery_id, number, began_at, outcome, detail)
    VALUES (:id, :tries, now(), 'unknown', '');
COMMIT;
BEGIN;
UPDATE alerts_attempt SET ended_at = now(), outcome = 'sent' WHERE delivery_id = :id AND number = :tries;
UPDATE alerts_delivery SET state = 'sent', next_try_at = NULL, ended_at = now() WHERE id = :id;
COMMIT;

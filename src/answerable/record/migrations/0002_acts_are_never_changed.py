"""The database itself refuses to rewrite the record."""

from django.db import migrations

PROTECT = """
CREATE FUNCTION answerable_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is never changed: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION answerable_refuse_unless_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('answerable.erasing', true), '') = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'an opening is destroyed by an erasure alone' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER act_no_change BEFORE UPDATE OR DELETE ON record_act
    FOR EACH ROW EXECUTE FUNCTION answerable_refuse_change();
CREATE TRIGGER act_no_truncate BEFORE TRUNCATE ON record_act
    FOR EACH STATEMENT EXECUTE FUNCTION answerable_refuse_change();
CREATE TRIGGER opening_no_update BEFORE UPDATE ON record_opening
    FOR EACH ROW EXECUTE FUNCTION answerable_refuse_change();
CREATE TRIGGER opening_no_truncate BEFORE TRUNCATE ON record_opening
    FOR EACH STATEMENT EXECUTE FUNCTION answerable_refuse_change();
CREATE TRIGGER opening_no_delete BEFORE DELETE ON record_opening
    FOR EACH ROW EXECUTE FUNCTION answerable_refuse_unless_erasure();
"""

UNDO = """
DROP TRIGGER act_no_change ON record_act; DROP TRIGGER act_no_truncate ON record_act;
DROP TRIGGER opening_no_update ON record_opening; DROP TRIGGER opening_no_truncate ON record_opening;
DROP TRIGGER opening_no_delete ON record_opening;
DROP FUNCTION answerable_refuse_change(); DROP FUNCTION answerable_refuse_unless_erasure();
"""


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]
    operations = [migrations.RunSQL(PROTECT, UNDO)]

"""Each change of the organisation gives it a new token, whoever makes it (orgs/standing.py)."""

from django.db import migrations, models

TABLES = (
    "orgs_authority",
    "orgs_unit",
    "orgs_post",
    "orgs_appointment",
    "orgs_subject",
    "orgs_place",
    "orgs_responsibility",
    "orgs_special_day",
)
# A sign-in writes last_login: that is no change of the organisation.
STAFF = "name_zh, name_en, username, email, phone, language, is_active"

WATCH = """
CREATE FUNCTION orgs_new_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO orgs_state (id, token) VALUES (1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET token = EXCLUDED.token;
    RETURN NULL;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER new_token AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION orgs_new_token();
"""
    for table in TABLES
) + f"""
CREATE TRIGGER new_token AFTER INSERT OR UPDATE OF {STAFF} OR DELETE OR TRUNCATE ON orgs_staff
    FOR EACH STATEMENT EXECUTE FUNCTION orgs_new_token();
INSERT INTO orgs_state (id, token) VALUES (1, gen_random_uuid());
"""

UNDO = "".join(f"DROP TRIGGER new_token ON {table};" for table in (*TABLES, "orgs_staff")) + (
    "DROP FUNCTION orgs_new_token();"
)


class Migration(migrations.Migration):
    dependencies = [("orgs", "0002_canned_texts_by_unit")]
    operations = [
        migrations.CreateModel(
            name="State",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("token", models.UUIDField()),
            ],
            options={"db_table": "orgs_state"},
        ),
        migrations.RunSQL(WATCH, UNDO),
    ]

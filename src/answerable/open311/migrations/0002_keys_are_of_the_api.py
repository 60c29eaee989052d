"""Open311 keys become keys like every other (ADR 0084): under their own ids, so that what their acts and their cases
say of them still holds, and with the secrets that the programs have. No release ever had the table that goes."""

from django.db import migrations

# A system may have had a key of either kind under one name: two keys in use are never called the same.
MOVED = """
INSERT INTO api_client (id, authority_id, name, scopes, key_digest, issued_at, revoked_at)
SELECT id, authority_id,
       CASE WHEN EXISTS (SELECT FROM api_client c WHERE c.authority_id = k.authority_id AND c.name = k.name)
            THEN left(name, 110) || ' (Open311)' ELSE name END,
       ARRAY['open311:write'], key_digest, issued_at, revoked_at
FROM open311_key k
"""


class Migration(migrations.Migration):
    dependencies = [
        ("open311", "0001_initial"),
        ("api", "0003_which_export"),
    ]
    operations = [
        migrations.RunSQL(MOVED, migrations.RunSQL.noop),
        migrations.DeleteModel("Open311Key"),
    ]

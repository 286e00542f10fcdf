"""Owners settle meters and rules and see their history; editors look walls up by their code."""

from django.db import migrations

from newsroom.accounts.granting import grant

SETTLED = (
    "add_meter",
    "delete_meter",
    "add_rule",
    "change_rule",
    "delete_rule",
    "view_rule",
    "view_policyversion",
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_owners_crawlers"), ("metering", "0005_the_owners_rules")]

    operations = [
        migrations.RunPython(grant("Owner", "metering", *SETTLED, "view_wall"), migrations.RunPython.noop),
        migrations.RunPython(grant("Editor", "metering", "view_wall"), migrations.RunPython.noop),
    ]

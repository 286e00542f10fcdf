"""Owners see the gift links and revoke them."""

from django.db import migrations

from newsroom.accounts.granting import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_owners_institutions"), ("metering", "0003_gifts")]

    operations = [
        migrations.RunPython(grant("Owner", "metering", "view_gift", "change_gift"), migrations.RunPython.noop),
    ]

"""Owners look after the institutions whose networks read everything."""

from django.db import migrations

from newsroom.accounts.granting import grant

INSTITUTIONS = [f"{verb}_institution" for verb in ("add", "change", "view", "delete")]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_groups"), ("metering", "0002_institutions")]

    operations = [
        migrations.RunPython(grant("Owner", "metering", *INSTITUTIONS), migrations.RunPython.noop),
    ]

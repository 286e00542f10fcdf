"""Owners see when the ledger of reads failed."""

from django.db import migrations

from newsroom.accounts.granting import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_owners_rules"), ("metering", "0007_outages")]

    operations = [migrations.RunPython(grant("Owner", "metering", "view_outage"), migrations.RunPython.noop)]

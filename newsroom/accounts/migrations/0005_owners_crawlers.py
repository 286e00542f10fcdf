"""Owners see the ledger of crawlers."""

from django.db import migrations

from newsroom.accounts.granting import grant

SEEN = ("view_crawlerclaim", "view_crawlerranges")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_owners_gifts"), ("metering", "0004_crawlers")]

    operations = [migrations.RunPython(grant("Owner", "metering", *SEEN), migrations.RunPython.noop)]

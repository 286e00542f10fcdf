"""`manage.py refresh_crawler_ranges`: reads the owner's lists of crawlers' addresses again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metering import crawler_ranges
from metering.conf import conf


class Command(BaseCommand):
    help = (
        "Reads the files that METERING['CRAWLER_RANGES'] names, for every process at once. A file that"
        " cannot be read leaves what was read before; then the command ends with an error."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        told = crawler_ranges.refresh(conf().crawler_ranges)
        refused = 0
        for crawler, found in told.items():
            if isinstance(found, int):
                words = ngettext("%(count)d network", "%(count)d networks", found) % {"count": found}
                self.stdout.write(f"{crawler}: {words}")
            else:
                refused += 1
                self.stderr.write(f"{crawler}: {found}")
        if not told:
            self.stdout.write(_("METERING['CRAWLER_RANGES'] names no files: reverse DNS alone verifies."))
        if refused:
            raise CommandError(
                ngettext("%(count)d list was refused.", "%(count)d lists were refused.", refused)
                % {"count": refused}
            )

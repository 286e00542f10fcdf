"""`manage.py run_due`: does once what beat would do, or over and over with `--every`."""

import time

from django.core.management.base import BaseCommand, CommandParser

from newsroom.tasks import run_due


class Command(BaseCommand):
    help = "Does what is due: unscreened comments, ended retention times, view counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--every", type=float, metavar="SECONDS", help="again and again, so many seconds apart"
        )

    def handle(self, *args, every: float | None, **options) -> None:
        self._once()
        while every:
            time.sleep(every)
            self._once()

    def _once(self) -> None:
        for name, count in run_due().items():
            if count:
                self.stdout.write(f"{name}: {count}")

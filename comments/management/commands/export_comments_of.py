"""`manage.py export_comments_of USER`: all that the comments keep of an account, as JSON."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from comments import privacy


class Command(BaseCommand):
    help = "Writes all that the comments keep of an account as JSON: > file.json"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="the user name, or an address that the account has confirmed")
        parser.add_argument("--notes", action="store_true", help="with the texts of moderators' notes")

    def handle(self, *args: Any, user: str, notes: bool, **options: Any) -> None:
        person = privacy.found_by(user)
        if person is None:
            raise CommandError(_("No account has this name, and none has confirmed this address."))
        for part in privacy.export(person, with_notes=notes):
            self.stdout.write(part, ending="")

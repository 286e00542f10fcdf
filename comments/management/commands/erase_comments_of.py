"""`manage.py erase_comments_of USER`: erases all that the comments keep of an account."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from comments import own_data, privacy


class Command(BaseCommand):
    help = "Erases all that the comments keep of an account, once its name was typed again or with --yes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="the user name, or an address that the account has confirmed")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, user: str, yes: bool, **options: Any) -> None:
        person = privacy.found_by(user)
        if person is None:
            raise CommandError(_("No account has this name, and none has confirmed this address."))
        name = person.account.get_username()
        if not yes and input(_("Type “%(name)s” to be sure: ") % {"name": name}).strip() != name:
            raise CommandError(_("Nothing was erased."))
        self.stdout.write(own_data.told(privacy.erase(person)))

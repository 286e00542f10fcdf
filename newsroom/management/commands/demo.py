"""`manage.py demo`: an invented newspaper to try everything with."""

import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsroom.articles.models import Article
from newsroom.demo_content import setting_up


class Command(BaseCommand):
    help = "Fills the site with an invented newspaper; safe to run again. Refused unless DEBUG is on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stage", choices=("fresh", "busy", "under-attack"), default="busy")

    def handle(self, *args, stage: str, **options) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has log-ins that everybody knows. It is refused unless DEBUG is on.")
        setting_up.set_up(stage)
        self._tell(f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")

    def _tell(self, site: str) -> None:
        newest = Article.objects.published().newest().first()
        addresses = {
            "front page": "/",
            "an article": newest.get_absolute_url() if newest else "/",
            "become a reader at 4 of 5": "/demo/nearly-walled/",
            "your own meter": "/meter/",
            "create an account": "/accounts/signup/",
            "the mails that were sent": "/demo/mails/",
            "moderation": "/admin/comments/desk/",
            "the meter's settings": "/admin/metering/meter/",
            "the meter's numbers": "/admin/metering/meter/numbers/",
            "API": "/api/v1/docs/",
        }
        self.stdout.write("\nTo try:")
        for name, address in addresses.items():
            self.stdout.write(f"  {name:<27}{site}{address}")
        names = ", ".join(role.username for role in setting_up.ROLES)
        self.stdout.write(f"\nLog in as {names}; the password is {setting_up.PASSWORD}.\n")

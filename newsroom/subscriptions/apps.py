"""The app of dated subscriptions."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class SubscriptionsConfig(AppConfig):
    name = "newsroom.subscriptions"
    verbose_name = _("Subscriptions")

    def ready(self) -> None:
        from newsroom.subscriptions.checks import check_settings  # noqa: PLC0415  the registry is ready from here on

        checks.register(check_settings)

"""The app of the meter."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeteringConfig(AppConfig):
    name = "metering"
    verbose_name = _("Meter")

    def ready(self) -> None:
        from metering import checks  # noqa: F401, PLC0415  checks register themselves once apps are loaded

"""The app of the project itself: here the three meet when Django starts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Newsroom")

    def ready(self) -> None:
        # They register themselves; models exist only from here on.
        from newsroom import converting, reading  # noqa: F401, PLC0415

"""The app of the project itself: here the three meet when Django starts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Newsroom")

    def ready(self) -> None:
        from newsroom import reading  # noqa: F401, PLC0415  registers articles; models exist only from here on

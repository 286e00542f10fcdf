"""The host's own app; it tells the plug-ins that are there what a story is."""

from django.apps import AppConfig, apps


class StoriesConfig(AppConfig):
    name = "tests.hosts.stories"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        if apps.is_installed("metering"):
            from tests.hosts.stories import metered  # noqa: F401
        if apps.is_installed("comments"):
            from tests.hosts.stories import commented  # noqa: F401

"""The people of the site: readers with an account, editors, moderators and owners."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Our own user model from the first migration on, so that it can grow without surgery."""

    display_name = models.CharField(
        _("display name"),
        max_length=80,
        blank=True,
        help_text=_("The name that other readers see. Empty: the first and last name, or the user name."),
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("person")  # type: ignore[assignment]
        verbose_name_plural = _("people")  # type: ignore[assignment]

    def get_full_name(self) -> str:
        return self.display_name or super().get_full_name() or self.username

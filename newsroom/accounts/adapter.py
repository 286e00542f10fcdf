"""What this site does otherwise than django-allauth: whose request it is, what a mail says, where it leads."""

import logging
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import passthrough_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

log = logging.getLogger(__name__)

MISMATCH = gettext_lazy("The name or address and the password do not belong together.")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of made user names: those that nobody takes for another."""

SENT = "account/messages/email_confirmation_sent.txt"


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "enter_current_password": gettext_lazy("This is not your password."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "too_many_login_attempts": gettext_lazy("There were too many tries. Please wait a few minutes."),
        "duplicate_email": gettext_lazy("This is your address already."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the meter and the comments see it, behind the site's own proxies.

        Requests of which nobody can tell it (a server on a socket, without its proxy's word) share one
        allowance, instead of being refused.
        """
        return import_string(settings.CLIENT_ADDRESS)(request)

    def save_user(self, request: HttpRequest, user: Any, form: BaseForm, commit: bool = True) -> Any:
        user.display_name = form.cleaned_data["display_name"]
        return super().save_user(request, user, form, commit)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """A name that nobody types or sees: drawn, so that two sign-ups at once do not get the same one."""
        user.username = f"reader-{get_random_string(10, LETTERS)}"

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return self._returning(super().get_email_confirmation_url(request, emailconfirmation))

    def get_reset_password_from_key_url(self, key: str) -> str:
        return self._returning(super().get_reset_password_from_key_url(key))

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: EmailConfirmationHMAC, signup: bool
    ) -> None:
        """Whose address it is already learns so by mail; the page that asked for it says the same as ever."""
        address: EmailAddress = emailconfirmation.email_address
        if address.can_set_verified():
            super().send_confirmation_mail(request, emailconfirmation, signup)
        else:
            self.send_account_already_exists_mail(address.email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is away does not undo a sign-up: the reader is told, and asks for the mail again."""
        context = {"login_url": self._returning(self._absolute("account_login"))} | context
        context |= {"days": app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS}
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:
            log.exception("A mail could not be sent: %s", template_prefix)
            self.request.mail_failed = True
            messages.error(
                self.request, _("The mail could not be sent. Please ask for it again in a few minutes.")
            )

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if getattr(request, "mail_failed", False) and message_template == SENT:
            return
        super().add_message(request, level, message_template, *args, **kwargs)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("own-page")

    def _absolute(self, name: str) -> str:
        return self.request.build_absolute_uri(reverse(name))

    def _returning(self, url: str) -> str:
        """The link of a mail, with the page to return to in it, so that it is known on another device too.

        Only a page of this site comes through, and who follows the link is asked again whether it is one.
        """
        return passthrough_next_redirect_url(self.request, url, REDIRECT_FIELD_NAME)

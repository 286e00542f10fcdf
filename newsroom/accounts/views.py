"""Readers' own page: who one is here, the e-mail address, the subscription; and where allauth's pages lead."""

from typing import Any

from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.account.views import ConfirmEmailView, EmailView, PasswordResetView
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from newsroom.accounts.addresses import addresses_of


@never_cache
@login_required
def own_page(request: HttpRequest) -> HttpResponse:
    reader: Any = request.user  # a person: strangers were sent to log in
    running = reader.subscriptions.current().order_by(F("ends_at").desc(nulls_first=True)).first()
    context = {"subscription": running, "addresses": addresses_of(reader)}
    return render(request, "account/own_page.html", context)


class Address(EmailView):
    """The reader's e-mail address: to confirm it, or to change it, and to go back to the article."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().post(request, *args, **kwargs)
        if "action_send" in request.POST and not self._did_send_verification_email:
            messages.info(request, _("A mail went out just now. Please wait a minute before you ask for another."))
        return answer

    def get_success_url(self) -> str:
        return passthrough_next_redirect_url(self.request, reverse("account_email"), REDIRECT_FIELD_NAME)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "addresses": addresses_of(self.request.user),
            "next": get_next_redirect_url(self.request),
        }


class Confirm(ConfirmEmailView):
    """The page behind the link of the mail. It asks, because some mailboxes open every link that they see."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(*args, **kwargs)
        except Http404:  # the link ran out, or was used, while the page was open
            return super().get(*args, **kwargs)

    def get_redirect_url(self) -> str:
        """Back to the article; on a device where the reader is not logged in, by way of that."""
        onward = self.get_next_url() or reverse("own-page")
        if self.request.user.is_authenticated:
            return onward
        return f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: onward})}"


class Forgotten(PasswordResetView):
    """Asks for the address to which a link for a new password is sent."""

    def get_success_url(self) -> str:
        return self.passthrough_next_url(reverse("account_reset_password_done"))

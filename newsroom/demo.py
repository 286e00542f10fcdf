"""Short cuts for trying the site out; these addresses exist only while DEBUG is on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_safe

from metering import gate, readers
from metering.conf import conf
from metering.models import SITE_METER, Meter
from newsroom.articles.models import Article

app_name = "demo"

MAILS_SHOWN = 30
BETWEEN_MAILS = b"\n" + b"-" * 79 + b"\n"
"""What Django's mail back end for files writes after each mail."""


@require_safe
def nearly_walled(request: HttpRequest) -> HttpResponse:
    """Makes this browser a reader with one free article left, by really opening the others."""
    request.COOKIES.pop(conf().cookie_name, None)
    limit = Meter.objects.filter(pk=SITE_METER).values_list("limit", flat=True).first() or 5
    metered = Article.objects.published().filter(policy=Article.Policy.METERED).newest()
    for article in metered[: max(limit - 1, 0)]:
        gate.admit(request, article)
        # The next one is opened by the same reader, as with a second request of the same browser.
        request.COOKIES[conf().cookie_name] = readers.of(request).pass_.signed()
        readers.of(request).known = readers.of(request).pass_
    return redirect("front-page")


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    sent_at: datetime
    text: str


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The mails that the site has sent, newest first: where they go into files, nobody has to open those."""
    newest = sorted(sent(settings.MAILS_FOLDER), key=lambda mail: mail.sent_at, reverse=True)[:MAILS_SHOWN]
    return render(request, "demo/mails.html", {"mails": newest, "are_kept": bool(settings.MAILS_FOLDER)})


def sent(folder: str) -> Iterator[Mail]:
    """The mails in the files of a folder; a file holds what was sent over one connection."""
    for file in Path(folder).glob("*.log") if folder else ():
        for written in file.read_bytes().split(BETWEEN_MAILS):
            if written.strip():
                mail = message_from_bytes(written, policy=policy.default)
                text = mail.get_body(("plain",))
                yield Mail(
                    to=mail["To"],
                    subject=mail["Subject"],
                    sent_at=mail["Date"].datetime,
                    text=text.get_content() if text else "",
                )


urlpatterns = [
    path("nearly-walled/", nearly_walled, name="nearly-walled"),
    path("mails/", mails, name="mails"),
]

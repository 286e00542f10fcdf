"""Mails that the comments send: written down as rows, sent later, tried again where the mail server refuses.

A statement of reasons to an author, and the alarm that comments wait too long, to moderators. Neither quotes
the thing commented on. Each letter is claimed by compare-and-swap before it is sent: of two processes
one sends it.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from comments import permissions
from comments.appealing import TURNED_DOWN, ends_at, is_open_to_appeal
from comments.conf import conf
from comments.models import Comment, Decision, House, Letter
from comments.states import Action

log = logging.getLogger(__name__)

STATEMENT, ALARM = "statement", "alarm"

WAITS = [timedelta(minutes=minutes) for minutes in (5, 10, 30, 120, 360)]
"""After each try, until the next. After the last try nobody tries again: the row shows it in the admin."""

MOST_TRIES = len(WAITS) + 1
AT_ONCE = 200
ALARM_AGAIN = timedelta(hours=24)
JUDGEMENTS = (Action.REJECT, Action.SPAM, Action.ABUSE)


# --- writing ----------------------------------------------------------------------------------------------


def write_statement(decision: Decision) -> Letter | None:
    """The letter to an author whose comment a person turned down; None where there is nobody to write to.

    Written once, however often it is asked for.
    """
    comment, author = decision.comment, decision.comment.author
    is_told = decision.action in JUDGEMENTS and decision.after in TURNED_DOWN and not decision.rule
    if not is_told or comment.state != decision.after or author is None or author.pk == decision.by_id:
        return None
    if not conf().confirmed_address_of(author):
        return None
    return Letter.objects.get_or_create(
        kind=STATEMENT, decision=decision, recipient=author, defaults={"comment": comment}
    )[0]


def write_alarm(now: datetime | None = None) -> int:
    """Letters to the moderators of what has waited too long; answers how many. At most once in 24 hours."""
    now = now or timezone.now()
    house = House.objects.filter(pk=1).first()
    if house is None or not house.alarm_hours:
        return 0
    overdue = Comment.objects.waiting().filter(submitted_at__lt=now - timedelta(hours=house.alarm_hours))
    sections = set(overdue.order_by().values_list("thread__section", flat=True).distinct())
    called = [person for person in permissions.moderators() if _is_called(person, sections)]
    if not called:
        return 0
    with transaction.atomic():
        silent = House.objects.filter(Q(alarmed_at=None) | Q(alarmed_at__lte=now - ALARM_AGAIN), pk=1)
        if not silent.update(alarmed_at=now):
            return 0
        return len(Letter.objects.bulk_create(Letter(kind=ALARM, recipient=person) for person in called))


def _is_called(person: Any, sections: Collection[str]) -> bool:
    may_decide = any(permissions.may_decide_in(person, section) for section in sections)
    return may_decide and person.is_staff and bool(_address_of(person))


# --- sending ----------------------------------------------------------------------------------------------


def send_due(now: datetime | None = None) -> int:
    """Sends the letters that are due; answers how many went out.

    A process that dies while it sends leaves the letter to its next try: it goes out at least once.
    """
    now = now or timezone.now()
    due = Letter.objects.filter(sent_at=None, due_at__lte=now, tries__lt=MOST_TRIES)
    people = due.select_related("recipient", "comment__thread", "decision__by")
    return sum(_send(letter, now) for letter in people.order_by("due_at", "pk")[:AT_ONCE])


def _send(letter: Letter, now: datetime) -> bool:
    tries = letter.tries
    claimed = Letter.objects.filter(pk=letter.pk, tries=tries, sent_at=None, due_at__lte=now)
    if not claimed.update(tries=F("tries") + 1, due_at=now + WAITS[min(tries, len(WAITS) - 1)]):
        return False
    try:
        mail = _mail(letter, now)
        if mail is None:
            letter.delete()
            return False
        mail.send()
    except Exception as error:
        told = "given up" if tries + 1 == MOST_TRIES else "tried again later"
        log.warning("Letter %s could not be sent (%s: %s); %s.", letter.pk, type(error).__name__, error, told)
        return False
    Letter.objects.filter(pk=letter.pk).update(sent_at=timezone.now())
    return True


def _mail(letter: Letter, now: datetime) -> EmailMultiAlternatives | None:
    """None: there is nothing to say any more, or nobody to say it to."""
    thread = letter.comment.thread if letter.comment else None
    with translation.override(_language(thread.language if thread else "")):
        found = _statement(letter, now) if letter.kind == STATEMENT else _alarm(letter, now)
        if found is None:
            return None
        to, subject, context = found
        texts = [render_to_string(f"comments/letters/{letter.kind}.{kind}", context) for kind in ("txt", "html")]
    mail = EmailMultiAlternatives(
        # A title has no line ends in a subject.
        " ".join(subject.split()),
        texts[0],
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(texts[1], "text/html")
    return mail


def _statement(letter: Letter, now: datetime) -> tuple[str, str, dict[str, Any]] | None:
    comment, decision = letter.comment, letter.decision
    if comment is None or decision is None or decision.is_undone or comment.state != decision.after:
        return None  # decided again meanwhile, or removed
    to = conf().confirmed_address_of(letter.recipient)
    if not to:
        return None
    context = {
        "comment": comment,
        "title": comment.thread.title,
        "decision": decision,
        "is_spam": decision.action == Action.SPAM,
        "is_by_person": not decision.rule,
        "appeal_until": ends_at(decision) if is_open_to_appeal(decision, now) else None,
        "page": address(reverse("comments:mine")),
    }
    return to, _("Your comment was turned down"), context


def _alarm(letter: Letter, now: datetime) -> tuple[str, str, dict[str, Any]] | None:
    house, person = House.objects.filter(pk=1).first(), letter.recipient
    to = _address_of(person)
    if house is None or not house.alarm_hours or not to or person is None or not person.is_active:
        return None
    theirs = Comment.objects.waiting().in_sections(permissions.sections_of(person)).order_by("submitted_at")
    overdue = theirs.filter(submitted_at__lt=now - timedelta(hours=house.alarm_hours))
    oldest = overdue.first()
    if oldest is None:
        return None
    context = {"number": overdue.count(), "hours": house.alarm_hours, "oldest": oldest, "page": _desk()}
    return to, _("Comments wait for a moderator"), context


def address(path: str) -> str:
    """The whole address of a page of this site, for a mail."""
    return conf().site_url.rstrip("/") + path


def _desk() -> str:
    try:
        return address(f"{reverse('admin:comments_desk_changelist')}")
    except NoReverseMatch:  # a host without Django's admin
        return ""


def _address_of(person: Any) -> str:
    """A moderator's address: colleagues are written to also where they have not confirmed it."""
    return conf().confirmed_address_of(person) or getattr(person, person.get_email_field_name(), "") or ""


def _language(code: str) -> str:
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

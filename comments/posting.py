"""The one door by which a reader's comment enters: page and API both use it. (`importing` is for old ones.)

validate → guard → sanitise → save as pending → after commit, screen → decide
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments import house, restrictions, sanitize, tasks, textual, threads
from comments.conf import conf
from comments.models import Comment, Thread
from comments.refusals import Forbidden, Refused, TooLarge
from comments.screening import fingerprint
from comments.states import State
from comments.targets import CLOSED, Target

SAME_AGAIN = timedelta(minutes=10)
"""The same text by the same author in the same thread within this time is one comment, sent twice."""


DEEPEST = 32_767
"""What the column of depths holds; only imports come near it."""

LONGEST_NAME = 200
"""In code points: the width of the column, whatever a grapheme is made of."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody wants to say, as it came in."""

    text: str
    name: str = ""
    email: str = ""
    parent: int | None = None
    user: Any = None
    author_key: str = ""
    address_hash: str = ""
    seconds_to_fill: float | None = None
    honeypot: str = ""


def post(target: Target, draft: Draft, *, may_read: bool = True) -> Comment:
    """Takes in one comment and answers it as saved; raises `Refused` with nothing written.

    `may_read` is what the target said of this reader. The comment is saved as pending and screened
    after the commit, in this process or by a worker; with either dead it waits and is swept up
    later. The answer shows the state after screening where that was done in this process.
    """
    name, text = _valid(draft)
    if not may_read:
        raise Forbidden(text=_("Please open the article first: only its readers can comment on it."))
    met = restrictions.in_force_for(draft.user, draft.author_key, draft.email, draft.address_hash)
    if met.ban:
        raise Forbidden(text=restrictions.refusal(met.ban))
    with transaction.atomic():
        thread = threads.thread_of(target)
        if threads.mode_of(target, thread, rules=house.settled(fresh=True)) == CLOSED:
            raise Forbidden(text=_("Comments on this article are closed."))
        parent = _parent(thread, draft.parent)
        thread = thread or threads.open_thread(target)
        # Two clicks at once come one after the other from here on, so that the second sees the first.
        Thread.objects.select_for_update().get(pk=thread.pk)
        if again := _same_again(thread, parent, draft.author_key, text):
            return again
        rendered = sanitize.render(text)
        comment = Comment.objects.create(
            thread=thread,
            parent=parent,
            root_id=(parent.root_id or parent.pk) if parent else None,
            depth=min(parent.depth + 1, DEEPEST) if parent else 0,
            author=draft.user if draft.user and draft.user.is_authenticated else None,
            author_key=draft.author_key,
            name=name,
            email=draft.email.strip(),
            address_hash=draft.address_hash,
            source=text,
            html=rendered.html,
            sanitizer=sanitize.VERSION,
            doubts=list(rendered.doubts),
            traits={"seconds_to_fill": draft.seconds_to_fill, "honeypot": draft.honeypot[:200]},
            fingerprint=fingerprint(text),
        )
        # Robust: a broker that is away must not undo the answer. A lambda, not a partial: Django logs its name.
        transaction.on_commit(lambda: _screen(comment), robust=True)
    return comment


def _valid(draft: Draft) -> tuple[str, str]:
    """Name and text as they will be kept; raises `Refused` with every fault at once."""
    if len(draft.text.encode("utf-8", "ignore")) > conf().max_bytes:
        raise TooLarge(text=_("This comment is too large to be read. Please send a shorter one."))
    text, name = textual.normalise(draft.text).strip(), textual.clean_name(draft.name)
    faults = {"text": _fault_of_text(text), "name": _fault_of_name(name), "email": _fault_of_email(draft.email)}
    if any(faults.values()):
        raise Refused(**{field: fault for field, fault in faults.items() if fault})
    return name, text


def _fault_of_text(text: str) -> str:
    if not textual.has_visible(text):
        return _("Please write a comment.")
    length, limit = textual.length(text), conf().max_length
    if length <= limit:
        return ""
    return ngettext(
        "Your comment has %(length)s characters; at most %(limit)s fit. Please shorten it by %(over)s character.",
        "Your comment has %(length)s characters; at most %(limit)s fit. Please shorten it by %(over)s characters.",
        length - limit,
    ) % {"length": length, "limit": limit, "over": length - limit}


def _fault_of_name(name: str) -> str:
    limit = conf().max_name_length
    too_long = textual.length(name) > limit or len(name) > LONGEST_NAME
    return _("Please use a name of at most %(limit)s characters.") % {"limit": limit} if too_long else ""


def _fault_of_email(email: str) -> str:
    if not email.strip():
        return ""
    try:
        validate_email(email.strip())
    except ValidationError:
        return _("This is not an e-mail address. You can leave the field empty.")
    return ""


def _parent(thread: Thread | None, number: int | None) -> Comment | None:
    if number is None:
        return None
    parent = Comment.objects.visible().filter(thread=thread, pk=number).first() if thread else None
    if parent is None:
        raise Refused(parent=_("The comment that you answer is no longer here. You can post without it."))
    return parent


def _same_again(thread: Thread, parent: Comment | None, author_key: str, text: str) -> Comment | None:
    """What a second click on the button sent: the comment is there already."""
    if not author_key:
        return None
    recent = thread.comments.of_author(author_key).filter(submitted_at__gt=timezone.now() - SAME_AGAIN)
    return recent.filter(source=text, parent=parent).exclude(state=State.REMOVED).first()


def _screen(comment: Comment) -> None:
    """Asks for screening; in the process that posted, the caller's comment is told the result."""
    if current_app.conf.broker_url:
        tasks.screen_comment.delay(comment.pk)
    else:  # a host without Celery of its own: `delay` would look for a broker on this machine
        tasks.screen_comment(comment.pk)
    comment.refresh_from_db(fields=["state", "version", "screened_at", "score", "reasons"])

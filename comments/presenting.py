"""Everything a page needs to show a thread with its form: for templates, the article page and the thread page."""

import zlib
from dataclasses import dataclass, field

from django.core import signing
from django.core.cache import cache
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from comments import authors, targets, threads
from comments.conf import conf
from comments.models import Comment, Thread
from comments.targets import CLOSED, HELD, Target

FRAGMENT_SECONDS = 300
"""How long a rendered page of a thread is kept; a decision in the thread replaces it at once."""

FORM_SALT = "comments.form"
OLDEST_FORM_SECONDS = 24 * 3600


@dataclass(frozen=True)
class FormState:
    """What stands in the form: empty, or what was typed and what is wrong with it."""

    name: str = ""
    email: str = ""
    text: str = ""
    parent: Comment | None = None
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Discussion:
    """A thread as one reader sees it."""

    target: Target
    count: int
    mode: str
    html: SafeString
    own_waiting: list[Comment]
    form: FormState
    stamp: str
    may_read: bool
    max_length: int
    user_name: str = ""

    @property
    def is_closed(self) -> bool:
        return self.mode == CLOSED

    @property
    def is_held(self) -> bool:
        return self.mode == HELD


def discussion(
    request: HttpRequest, obj: Model, *, may_read: bool, form: FormState | None = None, first_page: bool = True
) -> Discussion:
    """The thread of an object for this request; without `may_read` its count alone.

    One query for a page of the thread that is in the cache, three else; one more for an author
    who has written here before.
    """
    target = targets.of(obj)
    thread = threads.thread_of(target)
    after, under = ("", "") if first_page else (request.GET.get("after", ""), request.GET.get("under", ""))
    author = authors.known(request)
    user = getattr(request, "user", None)
    return Discussion(
        target=target,
        count=thread.approved if thread else 0,
        mode=threads.mode_of(target, thread),
        html=fragment(target, thread, after=after, under=under) if may_read else SafeString(""),
        own_waiting=threads.own_waiting(thread, author.key) if author and may_read else [],
        form=form or FormState(parent=answered(thread, request.GET.get("reply_to", "")) if may_read else None),
        stamp=signing.dumps(int(timezone.now().timestamp()), salt=FORM_SALT),
        may_read=may_read,
        max_length=conf().max_length,
        user_name=user.get_full_name() if user and user.is_authenticated else "",
    )


def fragment(target: Target, thread: Thread | None, *, after: str = "", under: str = "") -> SafeString:
    """A page of the thread as HTML: the same for every reader, so rendered once per change of the thread."""
    if thread is None:
        return SafeString("")
    where = f"{after}|{under}" if len(after) + len(under) < 80 else ""
    context = f"{get_language()}|{timezone.get_current_timezone_name()}|{zlib.crc32(repr(conf()).encode())}"
    key = f"comments.{thread.pk}.{thread.version}.{where}.{context}"
    html = cache.get(key)
    if html is None:
        html = render_to_string("comments/page.html", _page(target, thread, after, under))
        cache.set(key, html, FRAGMENT_SECONDS)
    return mark_safe(html)  # noqa: S308  rendered above, by an escaping template


def answered(thread: Thread | None, number: str) -> Comment | None:
    """The visible comment of this thread that a reader is about to answer."""
    if thread is None or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return thread.comments.visible().filter(pk=number).select_related("author").first()


def seconds_since(stamp: str) -> float | None:
    """Age of a form from its signed stamp; None for a missing, forged or very old one."""
    try:
        made = signing.loads(stamp, salt=FORM_SALT, max_age=OLDEST_FORM_SECONDS)
    except signing.BadSignature:
        return None
    return max(0.0, timezone.now().timestamp() - made)


def _page(target: Target, thread: Thread, after: str, under: str) -> dict[str, object]:
    root = None
    if under.isascii() and under.isdigit() and len(under) < 19:
        root = thread.comments.starting_threads().select_related("author").filter(pk=under).first()
    page = threads.replies_page(root, after=after) if root else threads.page(thread, after=after)
    return {
        "page": page,
        "thread": thread,
        "target": target,
        "thread_url": target.thread_url,
        "under": root,
        "is_open": threads.mode_of(target, thread) != CLOSED,
    }

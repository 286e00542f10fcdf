"""Everything a page needs to show a thread with its form: for templates, the article page and the thread page."""

import hashlib
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
class Seen:
    """What one request sees of a thread, before anything of it is rendered."""

    target: Target
    thread: Thread | None
    mode: str
    may_read: bool
    after: str = ""
    under: str = ""
    own_waiting: tuple[Comment, ...] = ()
    answered: Comment | None = None

    @property
    def is_personal(self) -> bool:
        """Does this reader see anything that others do not?"""
        return bool(self.own_waiting or self.answered)

    @property
    def count(self) -> int:
        """The approved comments, which everybody may know of."""
        return self.thread.approved if self.thread else 0

    @property
    def edition(self) -> tuple[object, ...]:
        """What the thread on a page depends on; the same edition, the same page."""
        version = (self.thread.pk, self.thread.version) if self.thread else None
        return version, self.mode, self.may_read, self.after, self.under, conf()


@dataclass(frozen=True)
class Discussion:
    """A thread as one reader sees it, ready for its template."""

    target: Target
    count: int
    mode: str
    may_read: bool
    is_partial: bool
    """Does the page begin in the middle of the thread?"""

    html: SafeString
    own_waiting: tuple[Comment, ...]
    form: FormState
    stamp: str
    max_length: int
    user_name: str

    @property
    def is_closed(self) -> bool:
        return self.mode == CLOSED

    @property
    def is_held(self) -> bool:
        return self.mode == HELD


def look(request: HttpRequest, obj: Model, *, may_read: bool, first_page: bool = True) -> Seen:
    """What this request sees of the thread of an object; without `may_read`, its count alone.

    One query; one more for somebody who has written here before, and one for who answers a comment.
    """
    target = targets.of(obj)
    thread = threads.thread_of(target)
    author = authors.known(request) if may_read else None
    # What is no key is no page either: strangers must not fill the cache with addresses that they make up.
    after, under = request.GET.get("after", ""), request.GET.get("under", "")
    return Seen(
        target=target,
        thread=thread,
        mode=threads.mode_of(target, thread),
        may_read=may_read,
        after=after if not first_page and threads.is_key(after) else "",
        under=under if not first_page and under.isascii() and under.isdigit() and len(under) < 19 else "",
        own_waiting=tuple(threads.own_waiting(thread, author.key)) if author else (),
        answered=answered(thread, request.GET.get("reply_to", "")) if may_read else None,
    )


def discussion(
    request: HttpRequest, seen: Seen, *, form: FormState | None = None, stamp: str | None = None
) -> Discussion:
    """The thread ready for its template; no query where the page of the thread is kept, two else."""
    user = getattr(request, "user", None)
    return Discussion(
        target=seen.target,
        count=seen.count,
        mode=seen.mode,
        may_read=seen.may_read,
        is_partial=bool(seen.after or seen.under),
        html=fragment(seen) if seen.may_read else SafeString(""),
        own_waiting=seen.own_waiting,
        form=form or FormState(parent=seen.answered),
        stamp=stamp or form_stamp(),
        max_length=conf().max_length,
        user_name=user.get_full_name() if user and user.is_authenticated else "",
    )


def fragment(seen: Seen) -> SafeString:
    """A page of the thread as HTML: the same for every reader, so rendered once per change of the thread."""
    if seen.thread is None:
        return SafeString("")
    context = (seen.edition, get_language(), timezone.get_current_timezone_name())
    key = "comments." + hashlib.sha256(repr(context).encode()).hexdigest()
    html = cache.get(key)
    if html is None:
        html = render_to_string("comments/page.html", _page(seen))
        cache.set(key, html, FRAGMENT_SECONDS)
    return mark_safe(html)  # noqa: S308  rendered above, by an escaping template


def form_stamp() -> str:
    """Now, signed: when the form comes back, it tells how long it was being filled in."""
    return signing.dumps(int(timezone.now().timestamp()), salt=FORM_SALT)


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


def _page(seen: Seen) -> dict[str, object]:
    page, root = threads.asked_for(seen.thread, after=seen.after, under=seen.under)
    return {
        "page": page,
        "badges": seen.target.badges_of(page.authors()),
        "thread": seen.thread,
        "target": seen.target,
        "thread_url": seen.target.thread_url,
        "under": root,
        "is_open": seen.mode != CLOSED,
    }

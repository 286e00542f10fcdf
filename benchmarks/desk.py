"""The moderators' desk with 200 comments and with 200 000, on PostgreSQL, in one process and one database.

A quarter waits, over 400 threads in 8 sections, by 20 000 authors, of whom some write much. Times are those
on the clock, the database's work included; the ratio of the two sizes is what is claimed.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks import asking, content, stores
from benchmarks.urls import SAME_BYTES
from comments import moderation, tallies, urgency
from comments.models import Comment, Decision, Report, Thread
from comments.reasons import REASONS
from comments.states import Action, State
from newsroom.accounts.models import User
from newsroom.articles.models import Article, Section
from newsroom.reading import ArticleTarget

FEW, MANY = 200, 200_000
THREADS, SECTIONS, AUTHORS = 400, 8, 20_000
ROUNDS = 3
AT_ONCE = 5000
SEED = 2026

QUERIES_OF_A_PAGE, QUERIES_OF_A_DECISION, QUERIES_OF_A_BULK, RATIO = 12, 15, 40, 2.0

PAGES = {
    "waiting, the first page": {},
    "waiting, by time": {"order": "time"},
    "one section": {"section": "section-3"},
    "scores from 0.8": {"least": "0.8"},
    "found by a rule": {"rule": "links"},
    "words that many have": {"q": "harbour"},
    "words that nobody has": {"q": "unheard-of"},
    "a name": {"who": "Reader 77"},
    "one language": {"language": "fa"},
    "reported": {"tab": "reported"},
    "reported as advertising": {"tab": "reported", "reported": "advertising"},
    "appeals (none)": {"tab": "appeals"},
    "spam": {"tab": "spam"},
    "approved": {"tab": "approved"},
    "approved, one section": {"tab": "approved", "section": "section-3"},
    "rejected for a reason": {"tab": "rejected", "reason": "off-topic"},
}
"""What is asked of the desk's queue; the bars hold for the first of them."""


def run() -> None:
    stores.measure_in_each("desk", only="PostgreSQL")


def measure() -> None:
    desk = reverse("admin:comments_desk_changelist")
    client = Client()
    client.force_login(User.objects.create_superuser("owner", "owner@newsroom.example", "newsroom"))
    threads = _threads()
    found = []
    for size in (FEW, MANY):
        start = time.perf_counter()
        fill(threads, size - Comment.objects.count())
        print(f"{size} comments, {Comment.objects.waiting().count()} waiting", end="")  # type: ignore[attr-defined]
        print(f" (written in {time.perf_counter() - start:.0f} s)", flush=True)
        found.append({name: _page(client, desk, asked) for name, asked in PAGES.items()})
    bare = _bare(client.get(desk).content)
    print(
        f"\n{'the queue':<28}{FEW:>9}{MANY:>9}  ms{'ratio':>8}   queries; a bare view of the same bytes {bare:.2f}"
    )
    for name in PAGES:
        (few, _queries), (many, queries) = (one[name] for one in found)
        said = ""
        if name == next(iter(PAGES)):
            is_kept = queries <= QUERIES_OF_A_PAGE and many / few <= RATIO
            said = f"  {'ok' if is_kept else 'MISSED'}, at most {QUERIES_OF_A_PAGE} and {RATIO}"
        print(f"{name:<28}{few:>9.1f}{many:>9.1f}{many / few:>12.2f}   {queries}{said}")
    _decisions(client)


def _decisions(client: Client) -> None:
    waiting = Comment.objects.filter(state=State.PENDING, screened_at__isnull=False).order_by("urgent_at", "pk")
    acts = {
        "accept one": (QUERIES_OF_A_DECISION, lambda: _accept(client, waiting[:1])),
        "accept a hundred": (QUERIES_OF_A_BULK, lambda: _accept(client, waiting[: moderation.LARGEST_BULK])),
    }
    print(f"\n{'a decision':<28}{'ms':>9}   queries")
    for name, (bar, act) in acts.items():
        found = [act() for _ in range(ROUNDS)]
        spent, queries = statistics.median(one for one, _queries in found), max(number for _ms, number in found)
        print(f"{name:<28}{spent:>9.1f}   {queries}  {'ok' if queries <= bar else 'MISSED'}, at most {bar}")
    print(f"numbers that did not fit afterwards: {tallies.recount()}")


def _accept(client: Client, waiting: QuerySet[Comment]) -> tuple[float, int]:
    """Milliseconds and statements of the request that accepts one comment, or a bulk."""
    chosen = list(waiting)
    if len(chosen) == 1:
        address, told = "decide", {"comment": str(chosen[0].pk), "version": str(chosen[0].version)}
    else:
        address, told = "bulk", {"chosen": [f"{one.pk}:{one.version}" for one in chosen]}
    with CaptureQueriesContext(connection) as captured:
        start = time.perf_counter()
        answer = client.post(reverse(f"admin:comments_desk_{address}"), told | {"action": "approve"})
        spent = (time.perf_counter() - start) * 1000
    left = Comment.objects.filter(pk__in=[one.pk for one in chosen]).exclude(state=State.APPROVED).count()
    if answer.status_code != 302 or left:
        raise RuntimeError(f"the desk answered {answer.status_code}, {left} are not accepted")
    return spent, len(captured)


def _page(client: Client, desk: str, asked: Mapping[str, str]) -> tuple[float, int]:
    """Milliseconds and statements of one page."""

    def get() -> None:
        answer = client.get(desk, asked)
        if answer.status_code != 200 or b"until this is put right" in answer.content:
            raise RuntimeError(f"{asked} answered {answer.status_code}")

    return _on_the_clock(get), asking.queries(get)


def _bare(body: bytes) -> float:
    SAME_BYTES["page"] = body
    with override_settings(MIDDLEWARE=settings.STANDARD_MIDDLEWARE):
        return _on_the_clock(partial(Client().get, "/bare/"))


def _on_the_clock(act: Callable[[], Any]) -> float:
    """Median milliseconds of a call, after one to warm up."""
    act()
    spent = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


# --- what is there ----------------------------------------------------------------------------------------


def _threads() -> list[Thread]:
    sections = [Section.objects.create(name=f"Section {n}", slug=f"section-{n}") for n in range(SECTIONS)]
    content.publish([0])
    now = timezone.now()
    Article.objects.bulk_create(
        Article(code=n, title=f"Article {n}", slug="a", section=sections[n % SECTIONS], status="published",
                published_at=now - timedelta(hours=n), body="<p>Text.</p>")
        for n in range(10, 10 + THREADS)
    )  # fmt: skip
    articles = Article.objects.filter(code__gte=10).select_related("section").order_by("code")
    return [
        Thread.objects.create(target=article, title=article.title, section=ArticleTarget(article).section,
                              language="fa" if article.code % 10 == 0 else "en")
        for article in articles
    ]  # fmt: skip


def fill(threads: list[Thread], number: int) -> None:
    """So many more comments, decided about as on an ordinary site, with their lines in the log."""
    chance = random.Random(SEED)
    by = User.objects.get(username="owner")
    made = 0
    while made < number:
        some = Comment.objects.bulk_create(_comments(threads, min(AT_ONCE, number - made), chance))
        Decision.objects.bulk_create(_line(one, by, chance) for one in some if one.state != State.PENDING)
        Report.objects.bulk_create(
            Report(comment=one, reporter_key=f"reporter {one.pk}", reason=chance.choice(list(REASONS)))
            for one in some
            if one.open_reports
        )
        made += len(some)
    tallies.recount()
    tallies.fold()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as a database has had it that grew to this in years


def _comments(threads: list[Thread], number: int, chance: random.Random) -> Iterator[Comment]:
    now = timezone.now()
    for _ in range(number):
        state = chance.choices(
            (State.PENDING, State.APPROVED, State.REJECTED, State.SPAM), weights=(25, 60, 8, 7)
        )[0]
        at = now - _ago(state, chance)
        author = int(AUTHORS * chance.random() ** 2)  # the busiest have written a thousand and more
        score = chance.betavariate(2, 3)
        is_reported = state in (State.PENDING, State.APPROVED) and chance.random() < 0.01
        text = " ".join(chance.choices(("harbour", "bridge", "the", "council", "never", "ferry", "again"), k=30))
        yield Comment(
            thread=threads[min(int(chance.expovariate(6) * THREADS), THREADS - 1)],
            author_key=f"author {author}",
            name=f"Reader {author}",
            email=f"reader{author}@post.example",
            source=text,
            html=f"<p>{text}</p>",
            state=state,
            submitted_at=at,
            screened_at=at,
            score=score,
            reasons=[{"rule": "links", "weight": 0.4, "params": {}, "spans": []}] if score > 0.7 else [],
            fingerprint=chance.getrandbits(62),
            open_reports=int(is_reported),
            report_weight=float(is_reported),
            urgent_at=urgency.moment(at, score=score, report_weight=float(is_reported)),
        )


def _ago(state: State, chance: random.Random) -> timedelta:
    return timedelta(days=14 if state == State.PENDING else 900) * chance.random()


def _line(comment: Comment, by: User, chance: random.Random) -> Decision:
    is_by_hand = chance.random() < 0.4
    action = {State.APPROVED: Action.APPROVE, State.REJECTED: Action.REJECT, State.SPAM: Action.SPAM}
    return Decision(
        comment=comment,
        made_at=comment.submitted_at + timedelta(minutes=90) * chance.random(),
        by=by if is_by_hand else None,
        rule="" if is_by_hand else "screening",
        action=action[State(comment.state)],
        before=State.PENDING,
        after=comment.state,
        reason=chance.choice(list(REASONS)) if comment.state == State.REJECTED else "",
    )

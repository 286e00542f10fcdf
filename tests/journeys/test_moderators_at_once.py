"""Two moderators at the same comments at the same moment, each over connections of their own."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import httpx
import pytest

from tests import served
from tests.ledgers import on_postgresql

pytestmark = pytest.mark.services

ROUNDS = 20
IN_A_BULK = 6
FEWER_ROUNDS = 10

PREPARE = f"""
from django.contrib.auth.models import Group
from django.utils import timezone
from comments import tallies
from comments.models import Comment, Thread
from newsroom.accounts.models import User
from newsroom.articles.models import Article, Section
from newsroom.reading import ArticleTarget
from comments.threads import open_thread
section = Section.objects.create(name="World", slug="world")
User.objects.create_user("author", password="newsroom")
for name in ("first", "second"):
    user = User.objects.create_user(name, password="newsroom", is_staff=True)
    user.groups.set(Group.objects.filter(name="Moderator"))
threads = []
for number in (1, 2):
    article = Article.objects.create(code=number, title=f"Article {{number}}", slug="a", section=section,
        status="published", policy="free", published_at=timezone.now(), body="<p>One.</p>")
    threads.append(open_thread(ArticleTarget(article)))
for number in range({ROUNDS} * {IN_A_BULK}):
    Comment.objects.create(thread=threads[number % 2], source=f"c{{number}}", html="c", screened_at=timezone.now())
tallies.recount()
"""


@contextmanager
def moderator(site: served.Site, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=60) as client:
        client.get("/admin/login/")
        form = {"username": name, "password": "newsroom", "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        assert client.post("/admin/login/?next=/admin/", data=form).status_code == 302
        client.headers["X-CSRFToken"] = client.cookies["csrftoken"]
        yield client


def both_at_once(*acts: Callable[[], httpx.Response]) -> list[httpx.Response]:
    start = Barrier(len(acts))

    def run(act: Callable[[], httpx.Response]) -> httpx.Response:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[served.Site]:
    folder: Path = tmp_path_factory.mktemp("site")
    with on_postgresql(folder) as environment, served.site(**environment, prepare=PREPARE) as running:
        yield running


def numbers_add_up(site: served.Site) -> bool:
    site.manage("shell", "-v", "0", "-c", "from comments import tallies; assert tallies.recount() == 0")
    return site.ask(
        "all(t.approved == t.comments.filter(state='approved').count() for t in Thread.objects.all())"
    ) == ("True")


def test_of_two_moderators_one_wins_and_the_other_is_told(site: served.Site) -> None:
    with moderator(site, "first") as first, moderator(site, "second") as second:
        numbers = json.loads(site.ask("list(Comment.objects.values_list('pk', flat=True))"))[:ROUNDS]
        for number in numbers:
            address = f"/api/v1/moderation/comments/{number}/decide/"
            answers = both_at_once(
                lambda address=address: first.post(address, json={"action": "approve", "version": 0}),
                lambda address=address: second.post(address, json={"action": "spam", "version": 0}),
            )
            assert sorted(answer.status_code for answer in answers) == [200, 409]
            told = next(answer.json()["detail"] for answer in answers if answer.status_code == 409)
            assert told in (
                f"Comment {number} was decided in the meantime: first, approved.",
                f"Comment {number} was decided in the meantime: second, spam.",
            )
    assert site.ask(f"Decision.objects.filter(comment__in={numbers}).count()") == str(ROUNDS)
    assert numbers_add_up(site)


def test_of_two_bulks_that_overlap_one_is_carried_out_whole(site: served.Site) -> None:
    """In opposite orders, over two threads: nobody waits for the other for ever, and nothing is half done."""

    def bulk(client: httpx.Client, action: str, chosen: list[int]) -> httpx.Response:
        ticked = {"_selected_action": [str(one) for one in chosen], "action": action}
        seen = {f"seen-{one}": "0" for one in chosen}
        return client.post("/admin/comments/comment/", data=ticked | seen, follow_redirects=True)

    with moderator(site, "first") as first, moderator(site, "second") as second:
        chosen = []
        numbers = json.loads(site.ask("list(Comment.objects.filter(version=0).values_list('pk', flat=True))"))
        for start in range(0, len(numbers) - IN_A_BULK + 1, IN_A_BULK):
            some = numbers[start : start + IN_A_BULK]
            answers = both_at_once(
                lambda some=some: bulk(first, "approve_chosen", some),
                lambda some=some: bulk(second, "reject_chosen", some[::-1]),
            )
            pages = [answer.text for answer in answers]
            assert sorted("Nothing was changed" in page for page in pages) == [False, True]
            assert "was decided in the meantime" in next(page for page in pages if "Nothing was changed" in page)
            chosen += [some]
    lines = json.loads(site.ask("__import__('json').dumps(list(Decision.objects.values_list('comment', 'by')))"))
    makers = [{by for comment, by in lines if comment in some} for some in chosen]
    assert [len(made) for made in makers] == [1] * len(chosen)
    assert len(lines) == len({comment for comment, _by in lines})
    assert numbers_add_up(site)


def fresh(site: served.Site, **differing: str) -> list[int]:
    """Ten more comments that wait, or what is asked for."""
    made = ", ".join(f"{name}={value}" for name, value in differing.items())
    site.manage("shell", "-v", "0", "-c", f"""
from django.utils import timezone
from comments import tallies
from comments.models import Comment, Thread
from newsroom.accounts.models import User
thread, now = Thread.objects.first(), timezone.now()
for number in range({FEWER_ROUNDS}):
    Comment.objects.create(thread=thread, source="fresh", html="c", screened_at=now, {made})
tallies.recount()
""")  # fmt: skip
    newest = f"list(Comment.objects.order_by('-pk').values_list('pk', flat=True)[:{FEWER_ROUNDS}])"
    return json.loads(site.ask(newest))


def test_undo_and_another_decision_at_once_leave_one_of_both(site: served.Site) -> None:
    numbers = fresh(site)
    with moderator(site, "first") as first, moderator(site, "second") as second:
        for number in numbers:
            address = f"/api/v1/moderation/comments/{number}/decide/"
            made = first.post(address, json={"action": "approve", "version": 0})
            assert made.status_code == 200
            undone, decided = both_at_once(
                lambda: first.post("/admin/comments/desk/undo/", data={}),
                lambda address=address: second.post(address, json={"action": "spam", "version": 1}),
            )
            assert undone.status_code in (302, 409)
            assert decided.status_code in (200, 409)
    states = f"sorted(set(Comment.objects.filter(pk__in={numbers}).values_list('state', 'version')))"
    held = json.loads(site.ask(f"__import__('json').dumps({states})"))
    assert {state for state, _version in held} <= {"pending", "spam"}
    assert {version for _state, version in held} == {2}
    assert numbers_add_up(site)


def test_a_decision_and_the_authors_removal_at_once_leave_nothing_half(site: served.Site) -> None:
    numbers = fresh(site, author="User.objects.get(username='author')")
    with moderator(site, "first") as first, httpx.Client(base_url=site.url, timeout=60) as author:
        author.get("/accounts/login/")
        token = {"csrfmiddlewaretoken": author.cookies["csrftoken"]}
        author.post("/accounts/login/", data={"username": "author", "password": "newsroom"} | token)
        author.headers["X-CSRFToken"] = author.cookies["csrftoken"]
        for number in numbers:
            decided, removed = both_at_once(
                lambda number=number: first.post(
                    f"/api/v1/moderation/comments/{number}/decide/", json={"action": "approve", "version": 0}
                ),
                lambda number=number: author.post(f"/comments/mine/{number}/remove/"),
            )
            assert decided.status_code in (200, 409)
            assert removed.status_code in (302, 303, 409)
            if decided.status_code == 409:
                assert removed.status_code in (302, 303)
    assert numbers_add_up(site)


def test_a_report_and_a_decision_at_once_leave_right_numbers(site: served.Site) -> None:
    numbers = fresh(site)
    with moderator(site, "first") as first, httpx.Client(base_url=site.url, timeout=60) as reader:
        for number in numbers:
            first.post(f"/api/v1/moderation/comments/{number}/decide/", json={"action": "approve", "version": 0})
        reader.get(f"/comments/{numbers[0]}/report/")
        token = {"csrfmiddlewaretoken": reader.cookies["csrftoken"]}
        for number in numbers:
            told, decided = both_at_once(
                lambda number=number: reader.post(
                    f"/comments/{number}/report/", data={"reason": "abuse", "note": ""} | token
                ),
                lambda number=number: first.post(
                    f"/api/v1/moderation/comments/{number}/decide/", json={"action": "reject", "version": 1}
                ),
            )
            assert told.status_code in (200, 302, 303, 404, 409)
            assert decided.status_code == 200
    still_open = f"Comment.objects.filter(pk__in={numbers}, open_reports__gt=0).count()"
    assert site.ask(still_open) == "0"
    assert numbers_add_up(site)

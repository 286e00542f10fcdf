"""Comments posted by many at once, each from a browser of its own: none lost, none answered for somebody else.

SQLite with write-ahead log and immediate transactions, gunicorn with two processes of eight threads,
screening in the process that took the comment.
"""

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

POSTS, AT_ONCE = 200, 16
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What one poster got: the status, and whether the page shows the poster's comment where it says."""

    status: int
    seconds: float
    is_own: bool


def post(url: str, address: str, text: str) -> Answer:
    """Opens the article, sends the form, follows to the page, as a browser without JavaScript does."""
    with httpx.Client(base_url=url, timeout=60) as browser:
        page = browser.get(address).raise_for_status().text
        fields = dict(FIELD.findall(page.split("data-comment-form")[1].split("</form>")[0]))
        start = time.perf_counter()
        taken = browser.post("/comments/post/", data=fields | {"text": text, "name": "Load"})
        seconds = time.perf_counter() - start
        if taken.status_code != 303:
            return Answer(taken.status_code, seconds, is_own=False)
        shown = browser.get(taken.headers["Location"]).text
        place = taken.headers["Location"].rpartition("#")[2]
        own = shown.partition(f'id="{place}"')[2].partition("</article>")[0]
        return Answer(taken.status_code, seconds, is_own=text in own)


def post_many(url: str, address: str, posts: int = POSTS, at_once: int = AT_ONCE) -> list[Answer]:
    with ThreadPoolExecutor(at_once) as posters:
        return list(
            posters.map(lambda n: post(url, address, f"Opinion number {n} on what was reported."), range(posts))
        )


def run() -> None:
    from benchmarks import serving
    from comments.models import Comment
    from newsroom.articles.models import Article, Section

    section, _made = Section.objects.get_or_create(name="Posts", slug="posts")
    article = Article.objects.create(
        title="To comment on", body="<p>Text.</p>", section=section, status="published", policy="free"
    )
    with serving.server(workers=2, threads=8) as server:
        start = time.perf_counter()
        answers = post_many(f"http://127.0.0.1:{server.port}", article.get_absolute_url())
        taken = time.perf_counter() - start
    accepted = [answer for answer in answers if answer.status == 303]
    stored = Comment.objects.filter(thread__object_id=str(article.pk)).count()
    slowest = sorted(answer.seconds for answer in answers)
    print(f"{POSTS} posts, {AT_ONCE} at a time, 2 processes of 8 threads, SQLite")
    print(f"  accepted {len(accepted)}, stored {stored}, lost {len(accepted) - stored}")
    print(f"  answered 5xx {sum(answer.status >= 500 for answer in answers)}, ", end="")
    print(f"own comment shown {sum(answer.is_own for answer in answers)}")
    print(f"  {POSTS / taken:.0f} posters a second, POST p50 {slowest[POSTS // 2] * 1000:.0f} ms, ", end="")
    print(f"p95 {slowest[POSTS * 95 // 100] * 1000:.0f} ms")
    if len(accepted) != POSTS or stored != POSTS or not all(answer.is_own for answer in answers):
        sys.exit("a post was lost, refused, or answered with somebody else's comment")

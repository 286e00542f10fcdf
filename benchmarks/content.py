"""The articles that are measured: ten paragraphs, two tags, an author, a correction, and a thread or none."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from comments.models import Comment, Thread
from comments.states import State
from comments.threads import open_thread
from newsroom.articles.models import Article, Author, Correction, Section, Tag
from newsroom.reading import ArticleTarget


def publish(comments: Sequence[int]) -> list[Article]:
    """One article for each size of thread, with the news codes 1 and up."""
    section = Section.objects.create(name="World", slug="world")
    tags = [Tag.objects.create(name=name, slug=name) for name in ("harbour", "school")]
    author = Author.objects.create(name="A. Writer", slug="writer")
    now, published = timezone.now(), []
    for code, size in enumerate(comments, start=1):
        article = Article.objects.create(
            code=code,
            title=f"Article {code}",
            lead="What it is about, in one sentence.",
            body="".join(f"<p>{f'Paragraph {n} of the article. ' * 12}</p>" for n in range(10)),
            section=section,
            status="published",
            published_at=now - timedelta(days=1),
        )
        article.tags.set(tags)
        article.authors.set([author])
        Correction.objects.create(article=article, text="An earlier version had the wrong day.")
        if size:
            thread = open_thread(ArticleTarget(article))
            Comment.objects.bulk_create(
                Comment(
                    thread=thread,
                    name=f"Reader {n}",
                    source="A comment of ordinary length. " * 6,
                    html=f"<p>{'A comment of ordinary length. ' * 6}</p>",
                    state=State.APPROVED,
                    submitted_at=now - timedelta(minutes=n),
                )
                for n in range(size)
            )
            Thread.objects.filter(pk=thread.pk).update(approved=size)
        published.append(article)
    return published

"""What stands at the head and foot of every page: the paper's name and its sections."""

from django.conf import settings
from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from newsroom.articles.models import Article, Section

KEY = "articles.sections"
KEPT_SECONDS = 60
"""Other processes see a new section after at most this long; the process that saved it, at once."""


def masthead(request: HttpRequest) -> dict[str, object]:
    """A context processor: the sections are read when a template shows them, not before."""
    return {
        "site_name": settings.SITE_NAME,
        "site_tagline": settings.SITE_TAGLINE,
        "site_contact": settings.SITE_CONTACT,
        "top_sections": SimpleLazyObject(top_sections),
    }


def top_sections() -> list[Section]:
    return [section for section in sections().values() if section.parent_id is None]


def sections() -> dict[int, Section]:
    """All sections in their order, by key: a few dozen rows that every page needs some of."""
    found = cache.get(KEY)
    if found is None:
        found = {section.pk: section for section in Section.objects.all()}
        cache.set(KEY, found, KEPT_SECONDS)
    return found


def place(article: Article) -> None:
    """Gives an article its section and the one above that from what is kept; no query of its own."""
    known = sections()
    if section := known.get(article.section_id):
        section.parent = known.get(section.parent_id or 0)
        article.section = section


def _forget(**kwargs: object) -> None:
    cache.delete(KEY)


for changed in (post_save, post_delete):
    changed.connect(_forget, sender=Section)

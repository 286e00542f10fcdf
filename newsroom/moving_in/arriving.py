"""An export moves in: each article with its comments is written in one transaction, whole or not at all."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import importing, targets
from comments.importing import Brought, Incoming
from newsroom.articles.models import Article, Author, Section, Tag, next_code
from newsroom.moving_in import translating, wxr
from newsroom.moving_in.account import Account
from newsroom.moving_in.placing import Directory
from newsroom.moving_in.translating import LeftOut, Newcomer

NOT_THIS_ONE = (DataError, IntegrityError)
"""What the database says of one article that it cannot take; all else it says of itself, and the import ends."""


class Arrival:
    """One export on its way in.

    What came in by an earlier run is left as it is; with `update` it follows the export again, comments as
    `comments.importing` says. A `rehearsal` does everything and takes each transaction back. `tell` is
    called with a sentence about each article that somebody should look at.
    """

    def __init__(
        self, *, update: bool = False, rehearsal: bool = False, tell: Callable[[str], object] = print
    ) -> None:
        self.update = update
        self.rehearsal = rehearsal
        self.tell = tell
        self.account = Account()
        self.directory = Directory()
        self.zone = timezone.get_default_timezone()

    def bring_in(self, records: Iterable[wxr.Record]) -> None:
        """Writes the records as they come; `account` is right at every moment, also when the stream fails."""
        for record in records:
            match record:
                case wxr.Site():
                    self.site = record
                    self.language = translating.language(
                        record, dict(settings.LANGUAGES), otherwise=settings.LANGUAGE_CODE
                    )
                case wxr.Post():
                    self._write_directory()
                    self._bring_in(record)
                case _:
                    self.directory.take_down(record)
        self._write_directory()

    def _write_directory(self) -> None:
        if self.directory.unwritten:
            with self._transaction():
                self.directory.write()

    def _bring_in(self, post: wxr.Post) -> None:
        newcomer = translating.article(post, self.site, zone=self.zone)
        if isinstance(newcomer, LeftOut):
            self.account.items_left_out[newcomer.why] += 1
            return
        try:
            with self._transaction():
                article, became = self._write(newcomer)
                brought = importing.bring_in(
                    targets.of(article), self._comments(post, article), update=self.update
                )
        except NOT_THIS_ONE as error:
            self.account.failed += 1
            self.tell(
                _("“%(title)s” (line %(line)s) could not be written: %(why)s")
                % {"title": newcomer.title, "line": post.line, "why": error}
            )
        else:
            self._enter(newcomer, article, became, brought)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Takes account of what was made on the way once it is certain."""
        try:
            with transaction.atomic():
                yield
                made = list(self.directory.made)
                self.directory.made.clear()
                transaction.set_rollback(self.rehearsal)
        except NOT_THIS_ONE:
            self.directory.forget()
            raise
        if self.rehearsal:
            self.directory.forget()
        kept = {Section: self.account.sections, Tag: self.account.tags, Author: self.account.authors}
        for model, slug in made:
            kept[model].add(slug)

    # --- The article ----------------------------------------------------------------------------------

    def _write(self, newcomer: Newcomer) -> tuple[Article, str]:
        """The article, and what it became: `new`, `updated` or `unchanged`."""
        article = Article.objects.select_related("section").filter(origin=newcomer.origin).first()
        if article is None:
            article = Article(origin=newcomer.origin, code=_free_code(newcomer.code), language=self.language)
            self._fill(article, newcomer)
            return article, "new"
        if self.update and self._fill(article, newcomer):
            return article, "updated"
        return article, "unchanged"

    def _fill(self, article: Article, newcomer: Newcomer) -> bool:
        """Brings an article to what the export says; answers whether it was different."""
        section, further = self.directory.main(newcomer.categories)
        values: dict[str, Any] = {
            "title": newcomer.title,
            "slug": newcomer.slug or article.slug,
            "lead": newcomer.lead,
            "body": newcomer.body,
            "status": newcomer.status,
            "published_at": newcomer.published_at or article.published_at,
            "discussion": newcomer.discussion,
            "section": self.directory.section(section),
            "views": max(newcomer.views, article.views),  # readers here count too
        }
        different = article._state.adding or any(getattr(article, name) != value for name, value in values.items())
        if different:
            for name, value in values.items():
                setattr(article, name, value)
            article.save()
        tags = self.directory.tags((*newcomer.tags, *further))
        authors = self.directory.authors([newcomer.author] if newcomer.author else [])
        return _set(article.tags, tags) | _set(article.authors, authors) | different

    def _enter(self, newcomer: Newcomer, article: Article, became: str, brought: Brought) -> None:
        account = self.account
        setattr(account, became, getattr(account, became) + 1)
        account.comments += brought
        if became == "unchanged":
            return
        account.drafts += article.stage == "draft"
        account.scheduled += article.stage == "scheduled"
        account.shortcodes += newcomer.shortcodes
        account.images += newcomer.images
        account.terms_left_out += newcomer.terms_left_out
        account.categories_as_tags += len(self.directory.main(newcomer.categories)[1])
        remarks = newcomer.remarks
        if became == "new" and newcomer.code not in (None, article.code):
            account.other_codes += 1
            remarks += (_("its news code %(wanted)s is taken") % {"wanted": newcomer.code},)
        for remark in remarks:
            self.tell(
                _("“%(title)s” (now %(code)s): %(remark)s.")
                % {"title": article.title, "code": article.code, "remark": remark}
            )

    # --- Its comments ---------------------------------------------------------------------------------

    def _comments(self, post: wxr.Post, article: Article) -> Iterator[Incoming]:
        for one in post.comments:
            submitted_at = translating.submitted_at(one, zone=self.zone)
            incoming = translating.comment(
                one, self.site, submitted_at=submitted_at or article.published_at or timezone.now()
            )
            if isinstance(incoming, LeftOut):
                self.account.comments_left_out[incoming.why] += 1
                continue
            self.account.undated_comments += submitted_at is None
            yield incoming


def _free_code(wanted: int | None) -> int:
    """The number it had there, unless another article has it here."""
    if wanted is None or Article.objects.filter(code=wanted).exists():
        return next_code()
    return wanted


def _set(relation: Any, wanted: list) -> bool:
    """Makes exactly these the related ones; answers whether others were."""
    if set(relation.values_list("pk", flat=True)) == {one.pk for one in wanted}:
        return False
    relation.set(wanted)
    return True

"""What an import says of itself at the end: what came in, what was left out and why, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy as several

from comments.importing import Brought
from newsroom.moving_in.characters import Mended


@dataclass
class Account:
    """Kept while the records come in, one number for each thing that happened."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    scheduled: int = 0
    drafts: int = 0
    other_codes: int = 0
    failed: int = 0
    sections: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    authors: set[str] = field(default_factory=set)
    comments: Brought = field(default_factory=Brought)
    undated_comments: int = 0
    items_left_out: Counter[str] = field(default_factory=Counter)
    comments_left_out: Counter[str] = field(default_factory=Counter)
    terms_left_out: int = 0
    categories_as_tags: int = 0
    shortcodes: int = 0
    images: int = 0
    mended: Mended = field(default_factory=Mended)

    @property
    def articles(self) -> int:
        return self.new + self.updated + self.unchanged

    @property
    def items(self) -> int:
        """All that was looked at, whatever became of it."""
        return self.articles + self.failed + self.items_left_out.total()

    def lines(self) -> Iterator[str]:
        """The account as it is printed."""
        yield _("Articles: %(new)s new, %(updated)s updated, %(unchanged)s unchanged.") % vars(self)
        yield _("New sections: %(sections)s; new tags: %(tags)s; new authors: %(authors)s.") % {
            "sections": len(self.sections),
            "tags": len(self.tags),
            "authors": len(self.authors),
        }
        yield _("Comments: %(new)s new, %(updated)s updated, %(unchanged)s unchanged.") % vars(self.comments)
        yield from self._told(REMARKS)
        if left_out := list(self._left_out()):
            yield _("Left out: %(what)s.") % {"what": "; ".join(left_out)}

    def _left_out(self) -> Iterator[str]:
        for counted in (self.items_left_out, self.comments_left_out):
            yield from (f"{count} × {why}" for why, count in sorted(counted.items()))
        yield from self._told(LEFT_OUT)
        if self.comments.new:
            yield _("network addresses and web sites of those who commented")

    def _told(self, table: Iterable[tuple[str, Promise]]) -> Iterator[str]:
        for what, words in table:
            if count := attrgetter(what)(self):
                yield words % {"n": count}


REMARKS = (
    (
        "failed",
        several(
            "%(n)s article could not be written and is not in.",
            "%(n)s articles could not be written and are not in.",
            "n",
        ),
    ),
    ("drafts", several("%(n)s article is a draft.", "%(n)s articles are drafts.", "n")),
    ("scheduled", several("%(n)s article is scheduled.", "%(n)s articles are scheduled.", "n")),
    (
        "other_codes",
        several(
            "%(n)s article has another news code than its number there, which was taken.",
            "%(n)s articles have other news codes than their numbers there, which were taken.",
            "n",
        ),
    ),
    (
        "categories_as_tags",
        several(
            "%(n)s further category of an article became a tag of it: an article has one section.",
            "%(n)s further categories of articles became tags of them: an article has one section.",
            "n",
        ),
    ),
    (
        "images",
        several(
            "%(n)s image in the articles was not fetched: its address is still that of the old site.",
            "%(n)s images in the articles were not fetched: their addresses are still those of the old site.",
            "n",
        ),
    ),
    (
        "shortcodes",
        several(
            "%(n)s shortcode was taken out of its brackets; the text in it is kept.",
            "%(n)s shortcodes were taken out of their brackets; the text in them is kept.",
            "n",
        ),
    ),
    (
        "comments.held",
        several("%(n)s comment waits for a moderator.", "%(n)s comments wait for a moderator.", "n"),
    ),
    (
        "comments.doubtful",
        several(
            "%(n)s comment is not shown quite as it was written; its doubts stand beside it.",
            "%(n)s comments are not shown quite as they were written; their doubts stand beside them.",
            "n",
        ),
    ),
    (
        "comments.moved_up",
        several(
            "%(n)s reply to a comment without text answers what that one answered.",
            "%(n)s replies to comments without text answer what those answered.",
            "n",
        ),
    ),
    (
        "comments.orphaned",
        several(
            "%(n)s reply to a comment that did not come in stands on the article itself.",
            "%(n)s replies to comments that did not come in stand on the articles themselves.",
            "n",
        ),
    ),
    (
        "undated_comments",
        several(
            "%(n)s comment had no date and got that of its article.",
            "%(n)s comments had no dates and got those of their articles.",
            "n",
        ),
    ),
    (
        "mended.control_characters",
        several(
            "%(n)s control character that XML forbids was dropped.",
            "%(n)s control characters that XML forbids were dropped.",
            "n",
        ),
    ),
    (
        "mended.foreign_bytes",
        several(
            "%(n)s byte was not in the encoding of the file and was read as windows-1252.",
            "%(n)s bytes were not in the encoding of the file and were read as windows-1252.",
            "n",
        ),
    ),
)
LEFT_OUT = (
    ("comments.empty", several("%(n)s comment without text", "%(n)s comments without text", "n")),
    ("comments.repeated", several("%(n)s comment that came twice", "%(n)s comments that came twice", "n")),
    (
        "comments.elsewhere",
        several(
            "%(n)s comment imported before onto another article",
            "%(n)s comments imported before onto other articles",
            "n",
        ),
    ),
    (
        "terms_left_out",
        several(
            "%(n)s term that is neither category nor tag", "%(n)s terms that are neither categories nor tags", "n"
        ),
    ),
)

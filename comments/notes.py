"""The one door for what moderators tell each other about a comment, or about who wrote it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from comments import commenters, permissions
from comments.models import Comment, Note
from comments.moderation import NotAllowedError, NotPermittedError, kept_note, not_permitted


def add(comment: Comment, text: str, *, by: Any, on_person: bool = False) -> Note:
    """Writes a note down, on this comment or `on_person` who wrote it.

    Raises `NotPermittedError` where `by` is no moderator of the section; `NotAllowedError` for a note that is
    empty or longer than `LONGEST_NOTE`, and on a person where nothing tells who it was.
    """
    if not permissions.may_decide_in(by, comment.thread.section):
        raise NotPermittedError(not_permitted())
    text = kept_note(text).strip()
    if not text:
        raise NotAllowedError(_("Please write the note first."))
    if not on_person:
        return Note.objects.create(comment=comment, text=text, by=by)
    person = commenters.person_behind(comment)
    if person is None:
        raise NotAllowedError(_("Nothing tells who wrote comment %(number)s.") % {"number": comment.pk})
    return Note.objects.create(account_id=person.account, author_key=person.author_key, text=text, by=by)


def about(comment: Comment) -> QuerySet[Note]:
    """What is noted about the person behind a comment, the oldest first."""
    person = commenters.person_behind(comment)
    found = Note.objects.filter(person.notes() if person else Q(pk__in=()), comment=None)
    return found.select_related("by")


def on(comments: Iterable[Comment]) -> Mapping[int, list[Note]]:
    """The notes on each of these comments, the oldest first. One query."""
    found: dict[int, list[Note]] = {}
    for note in Note.objects.filter(comment__in=list(comments)).select_related("by"):
        if note.comment_id is not None:
            found.setdefault(note.comment_id, []).append(note)
    return found

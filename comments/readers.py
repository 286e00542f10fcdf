"""Who is asking: a reader by account, by the browser's cookie, by network address; and what is theirs."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from comments import authors
from comments.models import Comment


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A reader as far as we know one. Strangers have neither account nor key, and own nothing."""

    account: Any = None
    author_key: str = ""
    address_hash: str = ""

    @property
    def owned(self) -> Q:
        """The comments that are this reader's to see and to remove.

        What was written under an account is the account's alone: several people may use one browser.
        """
        nothing = Q(pk__in=[])
        by_account = Q(author=self.account) if self.account is not None else nothing
        by_browser = Q(author_key=self.author_key, author=None) if self.author_key else nothing
        return by_account | by_browser

    def wrote(self, comment: Comment) -> bool:
        """Whether it came from this account or from this browser, whoever was logged in."""
        by_account = self.account is not None and comment.author_id == self.account.pk
        return by_account or (bool(self.author_key) and comment.author_key == self.author_key)


def reader_of(request: HttpRequest, author: authors.Author | None = None) -> Reader:
    """Who sends this request; `author` where the browser is to be remembered from now on. No query of its own."""
    user = getattr(request, "user", None)
    browser = author or authors.known(request)
    return Reader(
        account=user if user is not None and user.is_authenticated else None,
        author_key=browser.key if browser else "",
        address_hash=authors.address_hash(request),
    )

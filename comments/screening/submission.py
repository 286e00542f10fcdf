"""What screening is told about a comment: its text, its author's words about himself, and the moment."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Recent:
    """One comment posted shortly before, as little of it as the rules need."""

    fingerprint: int
    """What `fingerprint(text)` gave when it was posted; 0 if it was too short to compare."""

    seconds_ago: float
    same_author: bool


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A comment as it comes to be screened. Only the text is needed; the rest sharpens the verdict."""

    text: str
    author_name: str = ""
    author_email: str = ""
    author_url: str = ""
    language: str = ""

    seconds_to_fill: float | None = None
    """Age of the form when it was posted; None where nobody knows, as with the API."""

    honeypot: str = ""
    """What was written into the field that people do not see."""

    own_hosts: frozenset[str] = frozenset()
    """The site's own hosts; links to them are no evidence."""

    cited_hosts: frozenset[str] = frozenset()
    """Hosts that this site's approved comments cite; links to them are no evidence either."""

    recent: tuple[Recent, ...] = ()
    """Comments posted shortly before, by this author and by others, on any thread."""

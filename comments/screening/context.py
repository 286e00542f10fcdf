"""A submission as the rules look at it: normalised, its links found, each only once."""

import re
from dataclasses import dataclass
from functools import cached_property

from comments.screening.fingerprints import fingerprint_of
from comments.screening.links import Link, find_links, leads_to
from comments.screening.normalise import Normalised, fold_letters, undo_word_tricks
from comments.screening.submission import Submission
from comments.screening.verdict import Span

WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Context:
    """What several rules ask of a submission; each answer is worked out at its first use."""

    submission: Submission

    @cached_property
    def folded(self) -> Normalised:
        """The text in plain small letters, its words and punctuation as they were."""
        return fold_letters(self.submission.text)

    @cached_property
    def normal(self) -> Normalised:
        """The text with every disguise taken off."""
        return undo_word_tricks(self.folded)

    @cached_property
    def all_links(self) -> tuple[Link, ...]:
        """Every link of the text."""
        return find_links(self.submission.text, self.folded)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links that lead neither to the site itself nor to what its approved comments cite."""
        trusted = self.submission.own_hosts | self.submission.cited_hosts
        return tuple(link for link in self.all_links if not leads_to(link.host, trusted))

    @cached_property
    def distinct_links(self) -> tuple[Link, ...]:
        """The same without repetitions: the first link to each target."""
        first_to: dict[str, Link] = {}
        for link in self.links:
            first_to.setdefault(link.target, link)
        return tuple(first_to.values())

    @cached_property
    def words_beside_links(self) -> int:
        """How many words stand outside of all links."""
        beside, done = [], 0
        for link in self.all_links:
            beside.append(self.folded.text[done : link.place[0]])
            done = link.place[1]
        return len(WORD.findall(" ".join([*beside, self.folded.text[done:]])))

    @cached_property
    def fingerprint(self) -> int:
        """The same number as `fingerprint(text)`, without normalising twice."""
        return fingerprint_of(self.normal)

    @cached_property
    def _already_looked_for(self) -> dict[re.Pattern[str], tuple[re.Match[str], ...]]:
        return {}

    def matches(self, pattern: re.Pattern[str]) -> tuple[re.Match[str], ...]:
        """Where a pattern stands in the normalised text; looked for once, however many rules ask."""
        found = self._already_looked_for.get(pattern)
        if found is None:
            found = self._already_looked_for[pattern] = tuple(pattern.finditer(self.normal.text))
        return found

    def spans_of(self, pattern: re.Pattern[str]) -> tuple[Span, ...]:
        """The same as spans of the original text."""
        return tuple(self.normal.original(*match.span()) for match in self.matches(pattern))

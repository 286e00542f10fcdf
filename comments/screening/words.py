"""Finds the words and phrases of a list in a text, as whole words and through every disguise. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

import regex
from django.utils.translation import gettext as _

from comments.screening.normalise import LEET_LATIN, Normalised, fold_letters, undo_word_tricks
from comments.screening.verdict import Span

MOST_ENTRIES = 20_000
LONGEST_LIST = 1_000_000
"""In characters."""

LONGEST_ENTRY = 200
"""In characters."""

MOST_WORDS = 12
MOST_ASTERISKS = 6
"""In one entry."""

MOST_REMEMBERED = 20_000
"""Words about which a matcher remembers whether an asterisk stands for a part of them."""


class Entry(NamedTuple):
    """One line of a list, as its owner wrote it."""

    text: str
    line: int


class Fault(NamedTuple):
    """What is wrong with a line, in the owner's words."""

    line: int
    said: str


class Match(NamedTuple):
    """Where an entry stands in the original text."""

    span: Span
    entry: Entry


# --- words ------------------------------------------------------------------------------------------------

STAR = "\ue000"  # for private use: no rule about disguises knows it, as they know the asterisk
BASIC_PLANE = "".join(chr(code) for code in range(0x300, 0x10000) if not 0xD800 <= code < 0xE000)
# A word has its marks in it, or it would end at each vowel sign of Hindi.
MARKS = "".join(regex.findall(r"\p{M}", BASIC_PLANE))
# Scripts that put no blank between words: there each sign is a word, and every entry a phrase of signs.
UNSPACED = "".join(
    regex.findall(
        r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}--\p{M}]", BASIC_PLANE, regex.V1
    )
)
HAS_UNSPACED = re.compile(f"[{UNSPACED}]")
# "can't" is not "can" with something behind it, as "cat's" is a cat's.
WORD = re.compile(rf"[\w{MARKS}{STAR}]+(?:'t(?![\w{MARKS}]))?")
SIGN_OR_WORD = re.compile(rf"[{UNSPACED}][{MARKS}]*|(?:(?![{UNSPACED}])[\w{MARKS}{STAR}])+")
# The same word with or without its vowels written, its hamza, the dots of its ё.
LOOSELY = dict.fromkeys((*range(0x610, 0x61B), *range(0x64B, 0x660), 0x670, *range(0x6D6, 0x6EE))) | str.maketrans(
    "أإٱё", "اااе"
)
LOOSE = re.compile(f"[{''.join(map(chr, LOOSELY))}]")
DOUBLED = re.compile(r"([^\W\d_])\1")
DIGIT = re.compile(r"\d")
DIGIT_INSIDE = re.compile(r"(?=.*[a-z].*[a-z])(?=.*\d)[a-z\d]{3,}")


@dataclass(frozen=True)
class Reading:
    """One way to read a text: its words in order, and the normalised text in which they stand."""

    words: Sequence[str]
    text: Normalised

    def span(self, first: int, end: int) -> Span:
        """The span of the original text behind these words."""
        return self.text.original(self._places[first][0], self._places[end - 1][1])

    @cached_property
    def different(self) -> frozenset[str]:
        """Each word once: every list asks about these first."""
        return frozenset(self.words)

    @cached_property
    def _places(self) -> Sequence[Span]:
        # Found again only where something was found: most comments have no word of any list.
        text = _plainly(self.text)
        return [word.span() for word in _kind_of_words(text).finditer(text)]

    def is_longer_written(self, place: int) -> bool:
        """Does the original say this word with more signs?"""
        start, end = self._places[place]
        typed = self.text.original(start, end)
        return typed[1] - typed[0] > end - start


def readings(folded: Normalised, normal: Normalised | None = None) -> list[Reading]:
    """Every way in which a text is to be read: as it stands, with its tricks undone, with bolder guesses."""
    normal = normal or undo_word_tricks(folded)
    found = [_reading(folded)]
    if normal.text != folded.text:
        found.append(_reading(normal))
    plain = found[-1]
    may_be_guessed = len(normal.text) < len(folded.text) or DIGIT.search(normal.text)
    if may_be_guessed and (guessed := _guessed(plain)) != plain.words:
        found.append(Reading(guessed, normal))
    return found


def readings_of(text: str) -> list[Reading]:
    return readings(fold_letters(text))


def _reading(normal: Normalised) -> Reading:
    text = _plainly(normal)
    words = _kind_of_words(text).findall(text)
    if not text.isascii() and LOOSE.search(text):
        words = [word.translate(LOOSELY) for word in words]
    return Reading(words, normal)


def _plainly(normal: Normalised) -> str:
    return normal.text.replace("_", " ").replace("’", "'")


def _kind_of_words(text: str) -> re.Pattern[str]:
    return SIGN_OR_WORD if not text.isascii() and HAS_UNSPACED.search(text) else WORD


def _guessed(reading: Reading) -> list[str]:
    """The words as they might be meant: digits for letters, and single what was double after normalising.

    Guesses are compared with the owner's words and nothing else, so they can be bolder than screening's.
    """
    guessed = list(reading.words)
    for place, word in enumerate(guessed):
        if DOUBLED.search(word):
            if reading.is_longer_written(place):
                guessed[place] = DOUBLED.sub(r"\1", word)
        elif not word.isalpha() and DIGIT_INSIDE.fullmatch(word):
            guessed[place] = word.translate(LEET_LATIN)
    return guessed


# --- lists ------------------------------------------------------------------------------------------------

STARS = re.compile(r"\*+")
REMARK = re.compile(r"#(?:\s|$)")
# As most lines are: no rule about disguises has anything to undo there.
UNDISGUISED = re.compile(r"(?!.*(\w)\1\1)[A-Za-z*]{2,}(?: [A-Za-z*]{2,})*")
# Where undoing the tricks with words may change something: digits for letters, letters apart, loooong words.
TRICKY = re.compile(r"[\d@$!]|(?<!\w)\w(?!\w)|(\w)\1\1")
ARABIC = re.compile("[\u0600-\u06ff]")
MOST_GAPS = 3
"""Between words that are written together, apart or with a non-joiner: so many are tried each way."""


def read(written: str) -> tuple[list[Entry], list[Fault]]:
    """The entries of a list, each once, and what is wrong with its lines.

    Empty lines and lines that begin with # and a blank are remarks.
    """
    if len(written) > LONGEST_LIST:
        said = _("The list has %(length)d characters; at most %(limit)d are kept.")
        return [], [Fault(0, said % {"length": len(written), "limit": LONGEST_LIST})]
    entries: dict[str, Entry] = {}
    faults: list[Fault] = []
    for number, line in enumerate(re.split(r"\r\n?|\n", written), start=1):
        text = line.strip()
        if not text or REMARK.match(text):
            continue
        if said := _fault(text):
            faults.append(Fault(number, said))
        else:
            entries.setdefault(text, Entry(text, number))
    if len(entries) > MOST_ENTRIES:
        said = _("The list has %(count)d entries; at most %(limit)d are kept.")
        faults.append(Fault(0, said % {"count": len(entries), "limit": MOST_ENTRIES}))
    return list(entries.values()), faults


def _fault(text: str) -> str:
    if "\0" in text:
        return _("it has a character that cannot be stored.")
    if len(text) > LONGEST_ENTRY:
        return _("it is longer than %(limit)d characters.") % {"limit": LONGEST_ENTRY}
    if text.count("*") > MOST_ASTERISKS:
        return _("it has more than %(limit)d asterisks.") % {"limit": MOST_ASTERISKS}
    return _fault_of_words(_words_of(text))


def _fault_of_words(words: Sequence[str]) -> str:
    if not words:
        return _("it has no letter and no digit.")
    if len(words) > MOST_WORDS:
        return _("it has more than %(limit)d words.") % {"limit": MOST_WORDS}
    if any(STAR in word and not _says_enough(word) for word in words):
        return _("an asterisk needs at least two letters in its word, or every text has such a word.")
    return ""


def _says_enough(word: str) -> bool:
    head, *middle, tail = word.split(STAR)
    longest = max(map(len, middle), default=0)
    return len(word) - word.count(STAR) >= 2 and bool(head or tail or longest >= 2)


def _words_of(entry: str) -> Sequence[str]:
    if UNDISGUISED.fullmatch(entry):
        return STARS.sub(STAR, entry.lower()).split()
    return _reading(fold_letters(STARS.sub(STAR, entry))).words


def _spellings(entry: str) -> set[tuple[str, ...]]:
    """The sequences of words by which an entry is found: as it stands, and with its own tricks undone."""
    if UNDISGUISED.fullmatch(entry):
        return {tuple(_words_of(entry))}
    starred = STARS.sub(STAR, entry)
    folded = fold_letters(starred)
    found = {tuple(_reading(folded).words)}
    if TRICKY.search(folded.text):
        found.add(tuple(_reading(undo_word_tricks(folded)).words))
    if ARABIC.search(entry):
        found.update(_together_and_apart(_reading(fold_letters(starred.replace("\u200c", " "))).words))
    return found - {()}


def _together_and_apart(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Persian writes many words apart, together, or with a non-joiner, as people please."""
    if len(words) <= MOST_GAPS + 1:
        for gaps in product((" ", ""), repeat=len(words) - 1):
            yield tuple("".join(word + gap for word, gap in zip(words, (*gaps, ""), strict=True)).split())


# --- finding ----------------------------------------------------------------------------------------------


class Starred(NamedTuple):
    """A word with asterisks, as the pieces between them; the first and the last may be empty."""

    pieces: tuple[str, ...]

    def fits(self, word: str) -> bool:
        head, *middle, tail = self.pieces
        if len(word) < sum(map(len, self.pieces)) or not (word.startswith(head) and word.endswith(tail)):
            return False
        place, end = len(head), len(word) - len(tail)
        for piece in middle:
            found = word.find(piece, place, end)
            if found < 0:
                return False
            place = found + len(piece)
        return True


class Pattern(NamedTuple):
    """A phrase with an asterisk in it, and which of its words leads to it."""

    words: tuple[str | Starred, ...]
    leader: int
    entry: Entry

    def fits(self, words: Sequence[str], first: int) -> bool:
        if first < 0 or first + len(self.words) > len(words):
            return False
        return all(
            wanted == word if isinstance(wanted, str) else wanted.fits(word)
            for wanted, word in zip(self.words, words[first:], strict=False)
        )


class Matcher:
    """A list made ready: built once, asked about each comment."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._exact: dict[str, Entry] = {}
        self._lengths: dict[str, list[int]] = {}
        self._led_by_word: dict[str, list[Pattern]] = {}
        self._led_by_piece = _Pieces()
        self._remembered: dict[str, tuple[Pattern, ...]] = {}
        for entry in entries:
            for words in _spellings(entry.text):
                if any(STAR in word for word in words):
                    self._add_pattern(words, entry)
                else:
                    self._add_exact(words, entry)

    def find(self, read: Iterable[Reading]) -> list[Match]:
        """Every entry in a text, in the order in which they stand there."""
        found: dict[tuple[Span, str], Match] = {}
        for reading in read:
            for first, end, entry in self._found_in(reading):
                span = reading.span(first, end)
                found.setdefault((span, entry.text), Match(span, entry))
        return sorted(found.values())

    def _add_exact(self, words: tuple[str, ...], entry: Entry) -> None:
        self._exact.setdefault(" ".join(words), entry)
        lengths = self._lengths.setdefault(words[0], [])
        if len(words) not in lengths:
            lengths.append(len(words))

    def _add_pattern(self, words: tuple[str, ...], entry: Entry) -> None:
        wanted = tuple(Starred(tuple(word.split(STAR))) if STAR in word else word for word in words)
        plain = [place for place, word in enumerate(wanted) if isinstance(word, str)]
        if plain:
            leader = max(plain, key=lambda place: len(words[place]))
            self._led_by_word.setdefault(words[leader], []).append(Pattern(wanted, leader, entry))
        else:
            leader = max(range(len(words)), key=lambda place: len(words[place]))
            self._led_by_piece.add(Pattern(wanted, leader, entry))

    def _found_in(self, reading: Reading) -> Iterator[tuple[int, int, Entry]]:
        if not self._lengths.keys().isdisjoint(reading.different):
            yield from self._exact_in(reading.words)
        if self._led_by_word or self._led_by_piece:
            yield from self._patterns_in(reading)

    def _exact_in(self, words: Sequence[str]) -> Iterator[tuple[int, int, Entry]]:
        for first, word in enumerate(words):
            for length in self._lengths.get(word, ()):
                end = first + length
                if end <= len(words) and (entry := self._exact.get(" ".join(words[first:end]))):
                    yield first, end, entry

    def _patterns_in(self, reading: Reading) -> Iterator[tuple[int, int, Entry]]:
        leading = {}
        for word in reading.different:
            patterns = self._remembered.get(word)
            if patterns is None:
                patterns = self._led_by(word)
            if patterns:
                leading[word] = patterns
        if not leading:
            return
        for place, word in enumerate(reading.words):
            for pattern in leading.get(word, ()):
                first = place - pattern.leader
                if pattern.fits(reading.words, first):
                    yield first, first + len(pattern.words), pattern.entry

    def _led_by(self, word: str) -> tuple[Pattern, ...]:
        """The patterns to which a word leads; remembered, since most words of a language come again and again."""
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered = {}
        patterns = (*self._led_by_word.get(word, ()), *self._led_by_piece.leading_to(word))
        self._remembered[word] = patterns
        return patterns


class _Pieces:
    """Patterns by the longest piece of the word that leads to them: at its beginning, at its end or inside."""

    def __init__(self) -> None:
        self._at_beginning: dict[str, list[Pattern]] = {}
        self._at_end: dict[str, list[Pattern]] = {}
        self._inside: dict[str, list[Pattern]] = {}
        # Which lengths are worth trying, by the first letter, by the last one, by two letters anywhere.
        self._beginnings: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}
        self._insides: dict[str, list[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._at_beginning or self._at_end or self._inside)

    def add(self, pattern: Pattern) -> None:
        leader = pattern.words[pattern.leader]
        assert isinstance(leader, Starred)  # noqa: S101  for the type checker
        head, *middle, tail = leader.pieces
        longest = max([head, tail, *middle], key=len)
        if longest == head:
            self._put(self._at_beginning, self._beginnings, head, head[0], pattern)
        elif longest == tail:
            self._put(self._at_end, self._ends, tail, tail[-1], pattern)
        else:
            self._put(self._inside, self._insides, longest, longest[:2], pattern)

    def leading_to(self, word: str) -> Iterator[Pattern]:
        """The patterns whose leading word this is."""
        candidates: dict[int, Pattern] = {}
        for length in self._beginnings.get(word[0], ()):
            candidates.update((id(one), one) for one in self._at_beginning.get(word[:length], ()))
        for length in self._ends.get(word[-1], ()):
            candidates.update((id(one), one) for one in self._at_end.get(word[-length:], ()))
        if self._insides:
            for place in range(len(word) - 1):
                for length in self._insides.get(word[place : place + 2], ()):
                    piece = word[place : place + length]
                    candidates.update((id(one), one) for one in self._inside.get(piece, ()))
        for pattern in candidates.values():
            leader = pattern.words[pattern.leader]
            if isinstance(leader, Starred) and leader.fits(word):
                yield pattern

    @staticmethod
    def _put(
        table: dict[str, list[Pattern]], lengths: dict[str, list[int]], piece: str, by: str, pattern: Pattern
    ) -> None:
        table.setdefault(piece, []).append(pattern)
        known = lengths.setdefault(by, [])
        if len(piece) not in known:
            known.append(len(piece))

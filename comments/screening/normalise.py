"""A text with its disguises taken off, and the way back to where each sign stood in the original."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from comments.screening.letters import CYRILLIC, GREEK, LATIN, PLAIN_LETTERS, TWINS
from comments.screening.verdict import Span


@dataclass(frozen=True)
class Normalised:
    """A normalised text; `origins[i]` is where its character i stood in the original text."""

    text: str
    origins: Sequence[int]
    """One for each character and one for the end."""

    mixed: tuple[Span, ...] = ()
    """Words that borrowed letters of another script, as spans of the original."""

    def original(self, start: int, end: int) -> Span:
        """The span of the original text behind a span of the normalised one."""
        first = self.origins[start]
        return first, max(self.origins[end], first + 1)


def normalise(text: str) -> Normalised:
    """Fold the letters, then undo what is done to words: spacing out, leetspeak, stretching."""
    return undo_word_tricks(fold_letters(text))


def fold_letters(text: str) -> Normalised:
    """Every sign as its plainest, small form; invisible ones gone; borrowed letters given back.

    Words, spaces and punctuation stay, so that addresses and handles can be read from the result.
    """
    folded = _plain_signs(text)
    return folded if text.isascii() else _give_back_borrowed_letters(folded)


def undo_word_tricks(folded: Normalised) -> Normalised:
    """Join s p a c e d letters, read l33t, shorten loooong runs to two."""
    joined = _without(folded, _separators_of_spaced_words(folded.text))
    read = replace(joined, text=_read_leetspeak(joined.text))
    return _without(read, ((run.start() + 2, run.end()) for run in STRETCHED.finditer(read.text)))


# --- single signs -----------------------------------------------------------------------------------------

# A sign and what is written on it: accents, vowel signs, the parts of a Korean syllable. At most eight,
# because Unicode's sorting of accents takes quadratic time and nobody but a vandal stacks more.
SIGN_WITH_MARKS = regex.compile(r"(?s:.)[\p{M}\u1160-\u11ff\uff9e\uff9f]{1,8}+")
ACCENT = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


def _plain_signs(text: str) -> Normalised:
    if text.isascii():
        return Normalised(text.lower(), range(len(text) + 1))
    origins: list[int] = []
    pieces: list[str] = []
    for start, sign in _signs(text):
        plain = _plain(sign)
        pieces.append(plain)
        origins.extend([start] * len(plain))
    origins.append(len(text))
    return Normalised("".join(pieces), origins)


def _signs(text: str) -> Iterator[tuple[int, str]]:
    done = 0
    for marked in SIGN_WITH_MARKS.finditer(text):
        yield from enumerate(text[done : marked.start()], done)
        yield marked.start(), marked[0]
        done = marked.end()
    yield from enumerate(text[done:], done)


@lru_cache(maxsize=8192)
def _plain(sign: str) -> str:
    """A sign in its plainest form, often one character, sometimes none (ﬁ gives two)."""
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", sign)))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    if character in PLAIN_LETTERS:
        return PLAIN_LETTERS[character]
    category = unicodedata.category(character)
    if category in {"Cf", "Me"} or ACCENT.match(character):
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    if character.isspace():
        return " "
    return _plain_letter(unicodedata.normalize("NFC", character.casefold()))


def _plain_letter(small: str) -> str:
    """Accents come off Latin letters only: й without its breve is another letter, é is still read as e."""
    base = unicodedata.normalize("NFD", small)[0]
    if base.isascii() and not small.isascii():
        return base
    return PLAIN_LETTERS.get(small, small)


# --- letters borrowed from another script -------------------------------------------------------------------

ALPHABETS = {
    LATIN: re.compile(r"[a-z]"),
    CYRILLIC: re.compile(r"[\u0400-\u052f]"),
    GREEK: re.compile(r"[\u0370-\u03ff]"),
}
WORD_OF_THREE_SCRIPTS = re.compile(r"[a-z\u0400-\u052f\u0370-\u03ff]+")
OWN_LETTERS = {
    script: re.compile(
        rf"(?:(?![{''.join(letter for twins in TWINS.values() for letter in twins)}]){alphabet.pattern})"
    )
    for script, alphabet in ALPHABETS.items()
}
# iPhoneом, a foreign name with an ending of one's own, is honest.
LOAN_WORD = re.compile(r"[a-z]{3,}[\u0400-\u052f\u0370-\u03ff]+")
TRANSLATIONS = {script: str.maketrans(twins) for script, twins in TWINS.items()}
SHORTEST_SUSPECT = 3  # a shorter word of two scripts is as likely μg, Σx or a slip of the keyboard layout


def _give_back_borrowed_letters(folded: Normalised) -> Normalised:
    """In each word, letters of another script become the letters they are drawn like.

    Which script a word is of is told by its letters without a twin; a word without such letters is of the
    script of the text. A word with such letters of two scripts (iPhoneец) is honest and stays.
    """
    text = folded.text
    if len(_scripts_in(text)) < 2:
        return folded
    own_letters = {script: len(letter.findall(text)) for script, letter in OWN_LETTERS.items()}
    mixed: list[Span] = []

    def give_back(word: re.Match[str]) -> str:
        script = _script_to_read_in(word[0], own_letters)
        given_back = word[0].translate(TRANSLATIONS[script]) if script else word[0]
        if given_back != word[0] and len(word[0]) >= SHORTEST_SUSPECT:
            mixed.append(folded.original(word.start(), word.end()))
        return given_back

    return replace(folded, text=WORD_OF_THREE_SCRIPTS.sub(give_back, text), mixed=tuple(mixed))


def _script_to_read_in(word: str, own_letters_of_text: Mapping[str, int]) -> str | None:
    """The script to read a word in, or None where it shall stay as it is."""
    written_in = _scripts_in(word)
    of_the_text = max(own_letters_of_text, key=lambda script: own_letters_of_text[script])
    if len(written_in) == 1:
        # A Russian "нет" in an English text is Russian if anything else there is, and an English "top" in a
        # Russian text is English.
        honest = written_in == [LATIN] or own_letters_of_text[written_in[0]] > 0
        return None if honest else of_the_text
    own = [script for script in written_in if OWN_LETTERS[script].search(word)]
    borrowed_whole = of_the_text != LATIN and own in ([], [LATIN]) and LOAN_WORD.fullmatch(word)
    if len(own) > 1 or borrowed_whole:
        return None
    return own[0] if own else of_the_text


def _scripts_in(text: str) -> list[str]:
    return [script for script, alphabet in ALPHABETS.items() if alphabet.search(text)]


# --- tricks with words --------------------------------------------------------------------------------------

# Four letters or more, each by itself, with the same between them. Not Korean or Chinese: there one letter is
# often a word.
LONE_LETTER = r"(?<![^\W_])[a-z\u0370-\u03ff\u0400-\u052f](?![^\W_])"
SPACED_WORD = re.compile(rf"{LONE_LETTER}([ .\-_*·•|/]{{1,2}}){LONE_LETTER}(?:\1{LONE_LETTER}){{2,}}+")
STRETCHED = re.compile(r"(?!www\.)([^\W\d_])\1{2,}+")

LEET_LATIN = str.maketrans("013457@$!", "oieastasi")
LEET_CYRILLIC = str.maketrans("0346@", "озчба")
LEET_WORD = re.compile(
    r"(?<![\w.@/])(?:"
    r"(?P<latin>\$?[a-z]++(?:([013457@$!])\2?+[a-z]++)++[013457$]{0,2}+)"
    r"|(?P<cyrillic>[а-яё]++(?:([0346@])\4?+[а-яё]++)++)"
    r")(?!\w|[.@][a-z])"
)
# Where leetspeak is a habit: any word of such letters, but not 10k or 3rd.
LEET_ANYWHERE = re.compile(
    r"(?<![\w.@/$!])(?!\d++[a-z]{1,4}(?!\w))(?=[013457@$!]*+[a-z])[a-z013457@$!]{2,}+(?!\w|[.@][a-z])"
)
ENOUGH_LETTERS = 3  # w3c and b0t are names as often as disguises
A_HABIT = 2  # so many leet words, and fr33 is read as free too; alone it could be mp3 or ps5


def _separators_of_spaced_words(text: str) -> Iterator[Span]:
    for word in SPACED_WORD.finditer(text):
        for place, character in enumerate(word[0], word.start()):
            if not character.isalpha():
                yield place, place + 1


def _read_leetspeak(text: str) -> str:
    a_habit = sum(map(_surely_leet, LEET_WORD.finditer(text))) >= A_HABIT

    def read(word: re.Match[str]) -> str:
        if not a_habit and not _surely_leet(word):
            return word[0]
        return word[0].translate(LEET_LATIN if word["latin"] else LEET_CYRILLIC)

    text = LEET_WORD.sub(read, text)
    return LEET_ANYWHERE.sub(lambda word: word[0].translate(LEET_LATIN), text) if a_habit else text


def _surely_leet(word: re.Match[str]) -> bool:
    return sum(map(str.isalpha, word[0])) >= ENOUGH_LETTERS or not {"@", "$"}.isdisjoint(word[0])


def _without(normal: Normalised, spans: Iterable[Span]) -> Normalised:
    """The text without these spans, which are in order and apart."""
    pieces: list[str] = []
    origins: list[int] = []
    done = 0
    for start, end in spans:
        pieces.append(normal.text[done:start])
        origins.extend(normal.origins[done:start])
        done = end
    if not done:
        return normal
    return replace(normal, text="".join([*pieces, normal.text[done:]]), origins=[*origins, *normal.origins[done:]])

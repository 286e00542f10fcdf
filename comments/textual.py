"""What a reader's text may be made of: which characters are kept, how long it is, how it is compared."""

import re
import unicodedata

import regex

# A grapheme is what a reader counts as one sign. Flags are taken in pairs before `\X` sees them:
# `\X` walks back over all the regional indicators before each one, at quadratic cost.
_GRAPHEME = r"(?:[\U0001F1E6-\U0001F1FF]{1,2}[\p{M}\u200D]*|\X)"
_GRAPHEMES = regex.compile(_GRAPHEME)

CODE_POINTS_PER_GRAPHEME = 4
"""A text of n graphemes may have 4n code points: emoji families pass, one chain of 60 000 joiners does not."""

# Searched before anything is replaced: most texts have none of these.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")

# Embeddings and overrides reverse the text after them; U+200B, U+2060, U+FEFF and U+00AD hide in words;
# deprecated and internal format characters and non-characters have no business in a comment.
_HIDING = "\u202a-\u202e\u200b\u2060-\u2064\ufeff\xad\u206a-\u206f\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"
_HIDING_BEYOND = "\U000e0001" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
)
_DELETED = re.compile(f"[{_HIDING}{_HIDING_BEYOND}]")
# Tag letters spell a region after the black flag (England, Scotland, Wales); elsewhere they are hidden text.
_STRAY_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f)|[\U000e0020-\U000e007f]")
# Either of these, or an emoji: a class that is quick to search.
_MAY_HIDE = re.compile(f"[{_HIDING}\U00010000-\U0010ffff]")
# Persian needs the non-joiner, emoji the joiner, mixed directions the two marks: each of them alone.
_JOINER_RUNS = re.compile("([\u200c-\u200f])[\u200c-\u200f]+")
# Vowelled Arabic needs two marks on a letter; a stack of 18 climbs over the lines above. Joiners between
# the marks do not start a new stack.
_MARK_RUNS = regex.compile(r"([\p{Mn}\p{Me}\u200C-\u200F]{4})[\p{Mn}\p{Me}\u200C-\u200F]+")

_POP_ISOLATE = "\u2069"
_ANY_ISOLATE = re.compile("[\u2066-\u2069]")

# Blank letters that Unicode does not list as ignorable: braille blank, object replacement, null notehead.
_VISIBLE = regex.compile(r"[^\p{Z}\p{C}\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}\u2800\uFFFC\U0001D159]")
_IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")

_FOLDED = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک"}
    | {chr(0x06F0 + digit): str(digit) for digit in range(10)}
    | {chr(0x0660 + digit): str(digit) for digit in range(10)}
)


def encodable(text: str) -> str:
    """The text without what UTF-8 cannot carry: lone surrogates crash SQLite and nh3."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def printable(text: str) -> str:
    """The text with one kind of line end and no control character but newline and tab."""
    if _UNPRINTABLE.search(text):
        text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", encodable(text)))
    return text


def normalise(text: str) -> str:
    """The text as it is stored: printable, without hidden characters, composed (NFC).

    What it returns it leaves as it is: normalise(normalise(text)) == normalise(text).
    """
    text = printable(text)
    if text.isascii():
        return text
    if _MAY_HIDE.search(text):
        text = _STRAY_TAGS.sub(r"\1", _DELETED.sub("", text))
    if _ANY_ISOLATE.search(text):
        text = "\n".join(map(_with_isolates_closed, text.split("\n")))
    # Before composing, since sorting a long run of marks is quadratic; and after, since some signs decompose.
    text = _short_runs(text)
    composed = unicodedata.normalize("NFC", text)
    return text if composed == text else _short_runs(composed)


def fold(text: str) -> str:
    """The text as it is compared (spam, duplicates, bans, search), never as it is shown.

    Compatibility forms, case, Arabic yeh and kaf, Persian and Arabic digits and invisible characters
    make no difference.
    """
    text = unicodedata.normalize("NFKC", normalise(text)).casefold()
    return _IGNORABLE.sub("", unicodedata.normalize("NFKC", text).translate(_FOLDED))


def letters(text: str) -> str:
    """The letters and digits of the text, without marks, to tell whether two texts say the same."""
    return "".join(filter(str.isalnum, _IGNORABLE.sub("", unicodedata.normalize("NFD", normalise(text)))))


def length(text: str) -> int:
    """How many signs a reader counts (graphemes)."""
    return len(_GRAPHEMES.findall(text))


def cut(text: str, graphemes: int) -> str:
    """The beginning of the text, at most so many graphemes and four times as many code points."""
    text = text[: graphemes * CODE_POINTS_PER_GRAPHEME]
    if len(text) <= graphemes:
        return text
    return regex.match(f"{_GRAPHEME}{{0,{graphemes}}}", text)[0]


def cut_to_bytes(text: str, limit: int) -> str:
    """The beginning of the text, at most so many bytes of UTF-8."""
    return text[:limit].encode("utf-8", "ignore")[:limit].decode("utf-8", "ignore")


def has_visible(text: str) -> bool:
    """Whether there is a sign one can see, not only blanks, joiners, fillers, tags or loose marks."""
    return _VISIBLE.search(text) is not None


def clean_name(name: str) -> str:
    """A person's name on one line, normalised, with single spaces; its length is for others to judge."""
    return normalise(" ".join(normalise(name).split()))


def _short_runs(text: str) -> str:
    return _MARK_RUNS.sub(r"\1", _JOINER_RUNS.sub(r"\1", text))


def _with_isolates_closed(line: str) -> str:
    """The line with its direction isolates if every one is closed in the line, else with none of them."""
    depth = 0
    for sign in _ANY_ISOLATE.findall(line):
        depth += -1 if sign == _POP_ISOLATE else 1
        if depth < 0:
            break
    return line if depth == 0 else _ANY_ISOLATE.sub("", line)

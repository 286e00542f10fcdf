"""Words as the search sees them: the same letters whatever the keyboard, case or joiner."""

import unicodedata

import regex

# Arabic keyboards write these letters of Persian with other code points than Persian keyboards.
PERSIAN = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "\u200c": " ", "ـ": None})
WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’][\p{L}]+)*")


def words(text: str) -> list[str]:
    """The words of a text in order, folded for comparison; digits of any script become 0-9."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(PERSIAN)
    return [_plain_digits(word) for word in WORD.findall(folded)]


def searchable(*texts: str) -> str:
    """What is stored beside an article: each word once, a space before and after it."""
    seen = dict.fromkeys(word for text in texts for word in words(text))
    return f" {' '.join(seen)} "


def _plain_digits(word: str) -> str:
    if word.isascii():
        return word
    return "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in word)

"""Bleach's HTML parser with an end to its patience: no source costs it more than a comment is worth.

Left alone it takes seconds for 64 KiB of nested lists, of attributes or of marks left open. Every bound is
far above what people write, and above what `comments.canonical` writes of a whole comment.
"""

from collections.abc import Iterator
from typing import Any

from bleach.html5lib_shim import BleachHTMLParser, BleachHTMLTokenizer, constants

MAX_ATTRIBUTES = 30
MAX_DEPTH = 60
MAX_OPEN_MARKS = 12
MAX_WORK = 6000

_CHARACTERS = constants.tokenTypes["Characters"]
_BLANKS = constants.tokenTypes["SpaceCharacters"]


class TooMuchMarkupError(Exception):
    """The source would cost more to read than a comment is worth."""


class BoundedParser(BleachHTMLParser):
    """Raises TooMuchMarkupError where bleach's own parser would go on."""

    def reset(self) -> None:
        # Called when the tokenizer has just been made; bleach offers no other place to choose its class.
        self.tokenizer.__class__ = BoundedTokenizer
        super().reset()
        # Two searches through all the text, one for what could forbid a frameset, one for signs that
        # `comments.textual` has taken out.
        self.framesetOK = False
        self.tokenizer.stream._inner_stream.reportCharacterErrors = None


class BoundedTokenizer(BleachHTMLTokenizer):
    """Counts attributes and the work that each token makes, and joins adjoining texts into one token."""

    def attributeNameState(self) -> Any:  # noqa: N802  the name is html5lib's
        # Each name is compared with all the names before it.
        if len(self.currentToken["data"]) > MAX_ATTRIBUTES:
            raise TooMuchMarkupError
        return super().attributeNameState()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        tree = self.parser.tree
        work = 0
        for token in _with_texts_joined(super().__iter__()):
            # A mark that is left open is opened again in every later block.
            open_marks = len(tree.activeFormattingElements)
            work += 1 + 2 * open_marks
            if work > MAX_WORK or open_marks > MAX_OPEN_MARKS or len(tree.openElements) > MAX_DEPTH:
                raise TooMuchMarkupError
            yield token


def _with_texts_joined(tokens: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The tokens; an "&" parts a text in two, and the tree would copy all the text before each part."""
    texts: list[str] = []
    for token in tokens:
        if token["type"] == _CHARACTERS or (texts and token["type"] == _BLANKS):
            texts.append(token["data"])
            continue
        if texts:
            yield {"type": _CHARACTERS, "data": "".join(texts)}
            texts = []
        yield token
    if texts:
        yield {"type": _CHARACTERS, "data": "".join(texts)}

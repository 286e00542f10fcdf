"""Paragraphs for HTML in which a line break is a newline, as WordPress keeps articles and comments."""

import re

OPAQUE = frozenset(
    {
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "address", "hr", "figure", "figcaption", "details"),
        *("ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot"),
        *("tr", "th", "td", "script", "style", "iframe", "form", "object", "video", "audio", "svg"),
    }
)
"""Blocks in which a newline is only a space, or something that is not ours to change."""

HOLDERS = frozenset({"blockquote", "div", "section", "article", "aside", "main", "header", "footer", "center"})
"""Blocks that hold paragraphs themselves."""

VOID = frozenset({"hr", "col"})
DEEPEST_LOOK = 32
"""An end tag closes what was opened at most so many blocks before; any other closes nothing."""

# No alternative here looks behind the next "<": a text of nothing but "<p" is read in one pass.
NAMES = "|".join(sorted(OPAQUE | HOLDERS, key=len, reverse=True))
BLOCK = re.compile(rf"(<!--\s*(?:more|nextpage)\b[^<>]*-->|<(/?)({NAMES})\b[^<>]*>)", re.IGNORECASE)
BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
BREAK_THEN_LINE_END = re.compile(r"(<br\b[^<>]*>)[ \t]*\n", re.IGNORECASE)
BLOCKS_OF_THE_EDITOR = "<!-- wp:"


def paragraphed(source: str) -> str:
    """The same HTML with `<p>` where blank lines part the text and `<br>` where a line ends.

    What stands in blocks already is left alone, and so is the text of the block editor, which writes all
    its paragraphs itself. Linear in the length of the source.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if BLOCKS_OF_THE_EDITOR in source:
        return source
    written: list[str] = []
    blocks = _Blocks()
    # Between two texts stand three groups: the whole tag, the slash of an end tag, and the name.
    text, *rest = BLOCK.split(source)
    written.append(_paragraphs(text))
    for tag, slash, name, text in zip(*[iter(rest)] * 4, strict=True):
        if name and name.lower() not in VOID:
            blocks.close(name.lower()) if slash else blocks.open(name.lower())
        written += (tag, text if blocks.opaque else _paragraphs(text))
    return "".join(written)


class _Blocks:
    """Which blocks are open, and how many of them hold no paragraphs."""

    def __init__(self) -> None:
        self.around: list[str] = []
        self.opaque = 0

    def open(self, name: str) -> None:
        if self.around and self.around[-1] == "p":  # any block ends a paragraph
            self._leave()
        self.around.append(name)
        self.opaque += name in OPAQUE

    def close(self, name: str) -> None:
        if name in self.around[-DEEPEST_LOOK:]:
            while self._leave() != name:
                pass

    def _leave(self) -> str:
        left = self.around.pop()
        self.opaque -= left in OPAQUE
        return left


def _paragraphs(text: str) -> str:
    return "\n".join(f"<p>{_lines(part)}</p>" for part in BLANK_LINES.split(text) if part.strip())


def _lines(text: str) -> str:
    lines = BREAK_THEN_LINE_END.sub(r"\1", text.strip()).split("\n")
    return "<br>\n".join(line.strip(" \t") for line in lines)

"""Writes a comment's HTML in the one canonical way, from the tags and texts that a parser read.

The text is kept as blocks (paragraphs, quotations, lists, listings) of lines of runs; a run is a piece of
text with the marks it bears. Written from that, tags are always nested the same way and every character is
escaped, so every parser reads the same, and reading what was written writes it again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import NamedTuple, TypeAlias

import regex

from comments.addresses import acceptable, misleads
from comments.textual import CODE_POINTS_PER_GRAPHEME, cut, has_visible, length, normalise

REL = "nofollow ugc noopener"

MARKS = ("strong", "b", "em", "i", "u", "s", "code")
"""Marks that a run may bear, in the order in which their tags are opened."""

LISTS = frozenset({"ul", "ol"})
CONTAINERS = LISTS | {"blockquote", "li", "pre"}
TAGS = frozenset({"p", "br", "a", *MARKS, *CONTAINERS})

MAX_LINES = 300
"""Lines of a comment that end by a line break; where more follow, they are one line."""

MAX_NESTING = 8
"""Quotations and lists nested deeper than this lose their outline, not their text."""

# A combining mark needs its letter in the same run: after a tag it would climb on what stands before the
# tag, and swallow the tag's own ">" if somebody composes the page (U+003E U+0338 is U+226F).
_LOOSE_MARKS = regex.compile(r"^[\p{Mn}\p{Me}\u200C-\u200F]*[\p{Mn}\p{Me}]")
_LINE_BEGINNING = regex.compile(r"^[\s\p{Mn}\p{Me}\u200C-\u200F]*[\s\p{Mn}\p{Me}]")
_LISTING_BEGINNING = regex.compile(r"^[\n\p{Mn}\p{Me}\u200C-\u200F]*[\n\p{Mn}\p{Me}]")
_NEWLINES = regex.compile(r"[ \t]*\n[ \t\n]*")
_NEWLINE_AFTER_BREAK = regex.compile(r"^[ \t]*\n")


class Start(NamedTuple):
    """A start tag, and where it leads if it is a link."""

    name: str
    href: str | None = None


class End(NamedTuple):
    """An end tag; a `br` has none."""

    name: str


Piece: TypeAlias = Start | End | str
"""What a parser reads: a tag of TAGS, or all the text up to the next tag, its entities decoded.

Every start but that of a `br` has its end.
"""


class Run(NamedTuple):
    """A piece of text, where it leads to, and its marks in the order of MARKS."""

    text: str
    href: str | None = None
    marks: tuple[str, ...] = ()


Line: TypeAlias = list[Run]


@dataclass(slots=True)
class Paragraph:
    lines: list[Line]


@dataclass(slots=True)
class Block:
    """A quotation, a list, an item or a listing (`pre`: one paragraph of one line, newlines included)."""

    name: str
    children: list["Block | Paragraph"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Written:
    html: str
    was_cut: bool


def write(pieces: Iterable[Piece], *, graphemes: int) -> Written:
    """HTML of TAGS only, with at most so many graphemes of text; `was_cut` says whether there were more."""
    root = _tidied(Reading(pieces).root)
    room = Room(graphemes, graphemes * CODE_POINTS_PER_GRAPHEME)
    if sum(len(run.text) for run in _runs(root)) > graphemes:
        room.limit(root)
        root = _tidied(root)
    return Written("".join(_written(child) for child in root.children), room.was_short)


class Reading:
    """Builds the blocks from what the parser read."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.root = Block("")
        self._containers = [self.root]
        self._inline: list[Start] = []
        self._href: str | None = None
        self._marks: tuple[str, ...] = ()
        self._paragraph: Paragraph | None = None
        self._in_p = False
        self._after_break = False
        self._breaks = 0
        for piece in pieces:
            match piece:
                case str():
                    self._text(piece)
                case Start():
                    self._start(piece)
                case End():
                    self._end(piece.name)

    def _start(self, tag: Start) -> None:
        if tag.name == "br":
            self._break_line()
        elif tag.name == "p":
            self._end_paragraph()
            self._in_p = True
        elif tag.name in CONTAINERS:
            self._end_paragraph()
            self._enter(tag.name)
        else:
            self._inline.append(Start(tag.name, tag.href and acceptable(tag.href)))
            self._bear_marks()

    def _end(self, name: str) -> None:
        if name == "p":
            self._end_paragraph()
        elif name in CONTAINERS:
            self._end_paragraph()
            if self._containers.pop() is not self._containers[-1]:
                self._paragraph = None
        else:
            self._inline.pop()
            self._bear_marks()

    def _bear_marks(self) -> None:
        """What the next run bears: a mark twice is a mark once, and of nested links the inner one counts."""
        names = {tag.name for tag in self._inline}
        self._marks = tuple(mark for mark in MARKS if mark in names)
        self._href = next((tag.href for tag in reversed(self._inline) if tag.name == "a"), None)

    def _enter(self, name: str) -> None:
        """Opens a container; where one has no place the present one goes on."""
        present = self._containers[-1]
        stray_item = name == "li" and present.name not in LISTS
        if stray_item or present.name == "pre" or len(self._containers) > MAX_NESTING:
            self._containers.append(present)
        else:
            block = Block(name)
            self._place(block)
            self._containers.append(block)

    def _place(self, child: Block | Paragraph) -> None:
        present = self._containers[-1]
        is_item = isinstance(child, Block) and child.name == "li"
        present.children.append(Block("li", [child]) if present.name in LISTS and not is_item else child)

    def _text(self, text: str) -> None:
        if "\n" in text and not self._in_p and self._containers[-1].name in ("", "blockquote"):
            self._bare_lines(text)
        else:
            self._run(text)

    def _bare_lines(self, text: str) -> None:
        """Text outside any paragraph: newlines are the only sign of its lines, as in imported comments."""
        if self._after_break:
            text = _NEWLINE_AFTER_BREAK.sub("", text)
        first, *others = text.split("\n", max(MAX_LINES - self._breaks, 0))
        self._run(first)
        for line in others:
            self._break_line()
            self._run(line)
        self._after_break = False

    def _run(self, text: str) -> None:
        if not text:
            return
        if "\n" in text and self._containers[-1].name != "pre":
            text = _NEWLINES.sub(" ", text)
        if self._paragraph is None:
            self._paragraph = Paragraph([[]])
            self._place(self._paragraph)
        self._paragraph.lines[-1].append(Run(text, self._href, self._marks))
        self._after_break = False

    def _break_line(self) -> None:
        self._breaks += 1
        if self._containers[-1].name == "pre" or self._breaks > MAX_LINES:
            self._run("\n")
        elif self._paragraph is not None:
            self._paragraph.lines.append([])
            self._after_break = True

    def _end_paragraph(self) -> None:
        self._in_p = self._after_break = False
        if self._containers[-1].name == "pre":
            self._run("\n")
        else:
            self._paragraph = None


@dataclass(slots=True)
class Room:
    """What may still be written; `limit` shortens the blocks to it."""

    graphemes: int
    code_points: int
    was_short: bool = False

    def limit(self, block: Block) -> None:
        for child in block.children:
            if isinstance(child, Block):
                self.limit(child)
            else:
                child.lines = [[self._limited(run) for run in line] for line in child.lines]

    def _limited(self, run: Run) -> Run:
        text = cut(run.text[: self.code_points], self.graphemes)
        if len(text) < len(run.text):
            self.was_short = True
            self.graphemes = self.code_points = 0
        else:
            self.graphemes -= length(text)
            self.code_points -= len(text)
        return Run(text, run.href, run.marks)


def _runs(block: Block) -> Iterator[Run]:
    for child in block.children:
        if isinstance(child, Block):
            yield from _runs(child)
        else:
            for line in child.lines:
                yield from line


def _tidied(block: Block) -> Block:
    """The block without what shows nothing; an empty line ends a paragraph."""
    children: list[Block | Paragraph] = []
    for child in block.children:
        if isinstance(child, Block):
            if (tidied := _tidied(child)).children:
                children.append(tidied)
        else:
            lines = [_tidied_line(line, listing=block.name == "pre") for line in child.lines]
            children += [Paragraph(list(group)) for filled, group in groupby(lines, key=bool) if filled]
    return Block(block.name, children)


def _tidied_line(line: Line, *, listing: bool) -> Line:
    """The line's runs normalised and as few as can be; none if there is nothing to see.

    Where runs were joined or dropped there may be something new (a mark finds its letter, two halves make
    an address, a blank comes to stand at the end), so the line is looked at again; it has fewer runs then.
    """
    while True:
        before, line = line, _joined(_with_honest_links(_trimmed(line, listing=listing)))
        if len(line) == len(before):
            return line if has_visible("".join(run.text for run in line)) else []


def _trimmed(line: Line, *, listing: bool) -> Line:
    """The line's runs normalised, without blanks around the line or marks that have no letter."""
    texts = [normalise(run.text) for run in line]
    if texts:
        texts[0] = (_LISTING_BEGINNING if listing else _LINE_BEGINNING).sub("", texts[0])
        texts[1:] = [_LOOSE_MARKS.sub("", text) for text in texts[1:]]
        texts[-1] = texts[-1].rstrip()
    return [Run(text, run.href, run.marks) for run, text in zip(line, texts, strict=True) if text]


def _with_honest_links(line: Line) -> Line:
    """The line, where a link that pretends to lead elsewhere, or shows nothing, is plain text."""
    honest: Line = []
    for href, group in groupby(line, key=lambda run: run.href):
        runs = list(group)
        if href is not None:
            shown = "".join(run.text for run in runs)
            if shown != href and (misleads(shown, href) or not has_visible(shown)):
                runs = [Run(run.text, None, run.marks) for run in runs]
        honest += runs
    return honest


def _joined(line: Line) -> Line:
    return [
        Run("".join(run.text for run in runs), href, marks)
        for (href, marks), runs in groupby(line, key=lambda run: (run.href, run.marks))
    ]


def _written(child: Block | Paragraph) -> str:
    if isinstance(child, Paragraph):
        return f"<p>{_written_lines(child)}</p>"
    match child:
        case Block("pre", [Paragraph() as only]) | Block("li", [Paragraph() as only]):
            inner = _written_lines(only)
        case _:
            inner = "".join(_written(grandchild) for grandchild in child.children)
    return f"<{child.name}>{inner}</{child.name}>"


def _written_lines(paragraph: Paragraph) -> str:
    return "<br>".join("".join(_written_runs(line)) for line in paragraph.lines)


def _written_runs(line: Line) -> Iterator[str]:
    """Tags that two neighbours share stay open between them."""
    open_tags: list[Start] = []
    for run in line:
        wanted = [Start("a", run.href)] if run.href else []
        wanted += [Start(mark) for mark in run.marks]
        shared = _shared(open_tags, wanted)
        yield from (f"</{tag.name}>" for tag in reversed(open_tags[shared:]))
        yield from (_written_start(tag) for tag in wanted[shared:])
        yield _escaped(run.text)
        open_tags = wanted
    yield from (f"</{tag.name}>" for tag in reversed(open_tags))


def _shared(open_tags: list[Start], wanted: list[Start]) -> int:
    shared = 0
    while shared < min(len(open_tags), len(wanted)) and open_tags[shared] == wanted[shared]:
        shared += 1
    return shared


def _written_start(tag: Start) -> str:
    if tag.href is None:
        return f"<{tag.name}>"
    return f'<a href="{_escaped(tag.href)}" rel="{REL}">'  # an acceptable address has no quotation mark


def _escaped(text: str) -> str:
    """As browsers write text, so that nh3 finds nothing to change."""
    return escape(text, quote=False).replace("\u00a0", "&nbsp;")

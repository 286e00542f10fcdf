"""The characters of an export, whatever its bytes: decoded piece by piece, and mended where it can be.

WordPress writes what its database holds between two tags: control characters that XML forbids, and bytes of
another encoding than the first line promises. A parser stops there; here they are put right and counted.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

PIECE = 64 * 1024
BEGINNING = 1024
"""Bytes in which the encoding is declared, if it is."""

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
UNDECODED = re.compile("[\udc80-\udcff]+")
"""How Python's `surrogateescape` hands on bytes that are not of the encoding."""

DECLARED = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']""")
WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like the next but one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""How files begin in which a character is more than a byte."""

LIKELY = "windows-1252"
"""What bytes are that are not what the file says: old databases were renamed to UTF-8, not converted."""


class UnknownEncodingError(LookupError):
    """The file declares an encoding that nobody here knows."""


@dataclass
class Mended:
    """How much was put right while reading."""

    control_characters: int = 0
    foreign_bytes: int = 0


def read(source: BinaryIO, mended: Mended) -> Iterator[str]:
    """The text of a file in pieces, with all its line ends; raises `UnknownEncodingError`."""
    piece = source.read(BEGINNING)
    decoder = _decoder(piece)
    while piece:
        yield _permitted(decoder.decode(piece), mended)
        piece = source.read(PIECE)
    yield _permitted(decoder.decode(b"", final=True), mended)


def _decoder(beginning: bytes) -> codecs.IncrementalDecoder:
    for mark, encoding in WIDE:
        if beginning.startswith(mark):
            return codecs.getincrementaldecoder(encoding)(errors="replace")
    return codecs.getincrementaldecoder(_declared(beginning))(errors="surrogateescape")


def _declared(beginning: bytes) -> str:
    declared = DECLARED.search(beginning)
    name = declared[1].decode("ascii") if declared else "utf-8"
    try:
        # A declaration that was legible byte by byte cannot speak of an encoding in which it is not.
        known = codecs.lookup(name).name if "<".encode(name) == b"<" else "utf-8"
    except LookupError:
        raise UnknownEncodingError(name) from None
    return {"utf-8": "utf-8-sig", "iso8859-1": LIKELY}.get(known, known)


def _permitted(text: str, mended: Mended) -> str:
    def reread(undecoded: re.Match[str]) -> str:
        foreign = undecoded[0].encode("ascii", "surrogateescape")
        mended.foreign_bytes += len(foreign)
        return foreign.decode(LIKELY, "replace")

    text, dropped = FORBIDDEN.subn("", UNDECODED.sub(reread, text))
    mended.control_characters += dropped
    return text

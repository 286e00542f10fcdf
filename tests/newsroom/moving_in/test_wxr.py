"""The stream of an export: whole records in their order, until the file stops being readable."""

import io
import tracemalloc
from itertools import chain

import pytest

from newsroom.moving_in import wxr
from newsroom.moving_in.characters import Mended
from newsroom.moving_in.wxr import Author, Category, Filing, NotAnExportError, Site, Tag, UnreadableError
from tests.newsroom.moving_in.exports import HARBOUR, HEAD, TAIL, comment, export, item


def read(file: str | bytes, mended: Mended | None = None) -> list[wxr.Record]:
    return list(wxr.read(io.BytesIO(file.encode() if isinstance(file, str) else file), mended))


def until_it_breaks(file: str | bytes) -> tuple[list[str], str]:
    """The titles of the posts that were whole, and what was said of the rest."""
    records, titles = wxr.read(io.BytesIO(file.encode() if isinstance(file, str) else file)), []
    with pytest.raises(UnreadableError) as broken:
        titles.extend(record.title for record in records if isinstance(record, wxr.Post))
    return titles, str(broken.value)


def test_all_records_of_a_page_in_their_order() -> None:
    site, author, *terms, post, page, picture = read(HARBOUR.read_bytes())
    assert site == Site(address="https://harbour.example/post", language="fa-IR")
    assert author == Author(login="desk@harbour.example", name="The Harbour Desk")
    assert terms == [
        Category(slug="ferries", name="Ferries", parent="ships"),
        Category(slug="ships", name="Ships &amp; Boats", parent=""),
        Category(slug="town", name="Town", parent=""),
        Tag(slug="%d8%a8%d9%86%d8%af%d8%b1", name="بندر"),
    ]
    assert (post.line, post.number, post.kind, post.status) == (24, "4711", "post", "publish")
    assert post.filings[-1] == Filing(taxonomy="post_format", slug="post-format-image", name="Image")
    assert post.noted("post_views_count") == "1,204"
    assert "wind ]]> waves" in post.body
    assert [one.number for one in post.comments] == ["31", "32", "33", "34", "35", "36"]
    assert post.comments[1] == wxr.Comment(
        number="32",
        author="",
        email="",
        date="2018-01-05 10:20:00",
        date_gmt="0000-00-00 00:00:00",
        text="So were we.",
        approved="0",
        kind="",
        parent="31",
    )
    assert [(one.number, one.kind) for one in (page, picture)] == [("2", "page"), ("12", "attachment")]


def test_nobodys_network_address_is_read() -> None:
    assert "203.0.113.9" in HARBOUR.read_text("utf-8")
    assert "203.0.113.9" not in repr(read(HARBOUR.read_bytes()))


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_every_version_and_every_prefix(version: str) -> None:
    file = export(item(7)).replace("export/1.2/", f"export/{version}/").replace("wp:", "w:").replace(":wp=", ":w=")
    assert [record.title for record in read(file)[1:]] == ["Story 7"]


def test_a_site_without_anything() -> None:
    assert read(export()) == [Site(address="https://old.example", language="")]


def test_what_stands_before_and_after_the_export_does_no_harm() -> None:
    assert len(read("\n\n \n" + export(item(1)) + "\n<!-- served in 0.2 s -->\nNotice: x < y\n<p>")) == 2


class TestEncodings:
    """Whatever the bytes are, the same words come out."""

    TITLE = "Ünïted Çåfés – “two”"

    def titles(self, file: bytes) -> tuple[list[str], Mended]:
        mended = Mended()
        return [record.title for record in read(file, mended)[1:]], mended

    def file(self, title: str = TITLE, declared: str = "UTF-8") -> str:
        return export(item(1, title=title), item(2)).replace("UTF-8", declared)

    @pytest.mark.parametrize(
        ("declared", "encoding"),
        [
            ("UTF-8", "utf-8"),
            ("UTF-8", "utf-8-sig"),
            ("UTF-16", "utf-16"),
            ("UTF-16", "utf-16-le"),
            ("UTF-16", "utf-16-be"),
            ("UTF-8", "utf-16"),
            ("UTF-8", "utf-32"),
            ("windows-1252", "windows-1252"),
            ("ISO-8859-1", "windows-1252"),
            ("utf-16", "utf-8"),
        ],
    )
    def test_as_declared_or_as_it_is(self, declared: str, encoding: str) -> None:
        assert self.titles(self.file(declared=declared).encode(encoding)) == ([self.TITLE, "Story 2"], Mended())

    def test_persian_in_its_old_encoding(self) -> None:
        file = self.file("بندر", "windows-1256").encode("windows-1256")
        assert self.titles(file) == (["بندر", "Story 2"], Mended())

    def test_a_file_that_only_says_it_is_utf_8(self) -> None:
        titles, mended = self.titles(self.file("Ünïted Çåfés").encode("latin-1"))
        assert titles == ["Ünïted Çåfés", "Story 2"]
        assert mended == Mended(foreign_bytes=5)

    def test_a_few_foreign_bytes_among_good_ones(self) -> None:
        file = self.file("Çåfé X").encode().replace(b"X", b"\x93x\x94 \x81")
        assert self.titles(file) == (["Çåfé “x” \ufffd", "Story 2"], Mended(foreign_bytes=3))

    def test_a_letter_may_lie_across_two_pieces_of_the_file(self) -> None:
        file = self.file("x" * (65_536 - len(HEAD)) + "ب" * 70_000)
        assert [len(title) for title in self.titles(file.encode())[0]] == [65_536 - len(HEAD) + 70_000, 7]

    def test_an_unknown_encoding_is_named(self) -> None:
        assert until_it_breaks(self.file("x", "klingon-8")) == (
            [],
            "The file says that it is written in “klingon-8”, an encoding that is not known here.",
        )


def test_control_characters_are_dropped_and_counted() -> None:
    mended = Mended()
    _site, post = read(export(item(1, title="A\x08B\x0bC\x00D\ufffeE", body="tab\tand\nline")), mended)
    assert (post.title, post.body, mended) == ("ABCDE", "tab\tand\nline", Mended(control_characters=4))


class TestBroken:
    """Whatever is whole until then is read; the error names the line."""

    def test_the_file_ends_in_an_item(self) -> None:
        whole = export(item(1), item(2), item(3))
        file = whole[: whole.index("story 3")]
        assert until_it_breaks(file) == (
            ["Story 1", "Story 2"],
            "Line 10: the file ends in the middle of an item, which begins in line 10.",
        )

    def test_the_file_ends_between_items(self) -> None:
        file = export(item(1), item(2)).removesuffix(TAIL)
        assert until_it_breaks(file) == (["Story 1", "Story 2"], "Line 10: the file ends before the export does.")

    @pytest.mark.parametrize("end", range(1, 40))
    def test_wherever_it_ends_it_is_said(self, end: int) -> None:
        whole = export(item(1, comment(1)))
        titles, error = until_it_breaks(whole[: len(whole) * end // 40])
        assert titles in ([], ["Story 1"])
        assert error

    def test_a_tag_that_does_not_match(self) -> None:
        file = export(item(1), "<item><title>x</item>\n", item(3))
        assert until_it_breaks(file) == (["Story 1"], "Line 9: the XML is broken (mismatched tag).")

    def test_lines_are_counted_from_the_first_of_the_file(self) -> None:
        file = "\n\n" + export(item(1), "<item><title>x</item>\n")
        assert until_it_breaks(file) == (["Story 1"], "Line 11: the XML is broken (mismatched tag).")


DOCTYPE = (
    "Line 2: it has a document type declaration (<!DOCTYPE>), which no export has; entities declared in one can"
    " fetch other files or fill the memory, so it is refused unread."
)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://127.0.0.1/a.dtd"> %a;]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1/rss.dtd">',
        "<!DOCTYPE rss>",
    ],
)
def test_a_document_type_declaration_is_refused(declaration: str) -> None:
    file = export(item(1, title="x")).replace("<rss", f"{declaration}\n<rss").replace("<![CDATA[x]]>", "&a;&c;")
    assert until_it_breaks(file) == ([], DOCTYPE)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("", "The file is empty."),
        (" \n\n", "The file is empty."),
        ("hello", "Line 1: this is not XML (syntax error), so it is no WordPress export."),
        ('{"a": 1}', "Line 1: this is not XML (not well-formed (invalid token)), so it is no WordPress export."),
        (
            "PK\x03\x04" + "\x00" * 50,
            "Line 1: this is not XML (syntax error), so it is no WordPress export.",
        ),
        (
            "<html><body></body></html>",
            "This is not a WordPress export: it begins with <html>, not with <rss>.",
        ),
        (
            "<rss><channel><link>x</link><item><title>x</title></item></channel></rss>",
            "This is a feed, but not a WordPress export: <wp:wxr_version> does not stand at its beginning.",
        ),
        (
            "<rss></rss>",
            "This is a feed, but not a WordPress export: <wp:wxr_version> does not stand at its beginning.",
        ),
    ],
)
def test_what_is_no_export_is_told_so(file: str, said: str) -> None:
    assert until_it_breaks(file) == ([], said)


def test_something_else_than_an_export_is_an_error_of_its_own() -> None:
    with pytest.raises(NotAnExportError):
        read("<html/>")


class TestTooMuch:
    """What no export contains is not waited for."""

    def test_nesting(self) -> None:
        said = until_it_breaks(export("<a>" * 100_000))[1]
        assert said == "Line 8: elements are nested deeper than in any export."

    def test_a_value(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wxr, "LARGEST_VALUE", 200_000)
        said = until_it_breaks(export(item(1), item(2, body="x" * 300_000)))
        assert said == (["Story 1"], "Line 9: <content:encoded> is larger than any article.")

    def test_a_tag(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wxr, "LARGEST_VALUE", 200_000)
        titles, said = until_it_breaks(export(item(1), f'<item a="{"x" * 400_000}"></item>'))
        assert (titles, said.partition(": ")[2]) == (
            ["Story 1"],
            "a single tag or comment is larger than any export has.",
        )


def test_memory_does_not_follow_the_file() -> None:
    class Endless(io.RawIOBase):
        """An export with 2000 articles of 10 kB, made while it is read."""

        def __init__(self) -> None:
            self.pieces = chain([HEAD], (item(n, body="word " * 2000) for n in range(2000)), [TAIL])

        def read(self, size: int = -1) -> bytes:
            return next(self.pieces, "").encode()

    tracemalloc.start()
    try:
        assert sum(1 for _record in wxr.read(Endless())) == 2001
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()

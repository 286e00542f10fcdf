"""Newlines become paragraphs and breaks, and shortcodes lose their brackets; what is HTML already stays."""

from time import process_time

import pytest

from newsroom.moving_in.paragraphs import paragraphed
from newsroom.moving_in.shortcodes import Unwrapped, unwrap

PARAGRAPHS = {
    "nothing": ("", ""),
    "a line": ("one", "<p>one</p>"),
    "lines": ("one\ntwo\r\nthree", "<p>one<br>\ntwo<br>\nthree</p>"),
    "paragraphs": ("one\n\ntwo\n \n\nthree\n", "<p>one</p>\n<p>two</p>\n<p>three</p>"),
    "a break and a newline": ("one<br />\ntwo", "<p>one<br />two</p>"),
    "marks": ("<b>one</b> & <a\nhref='x'>two</a>", "<p><b>one</b> & <a<br>\nhref='x'>two</a></p>"),
    "paragraphs already": ("<p>one\ntwo</p>\n\n<p>three</p>", "<p>one\ntwo</p><p>three</p>"),
    "both": ("one\n\n<p>two</p>\nthree", "<p>one</p><p>two</p><p>three</p>"),
    "a heading": ("<h2>one</h2>\ntwo", "<h2>one</h2><p>two</p>"),
    "a list": ("<ul>\n\n<li>one\n\ntwo</li>\n</ul>\nthree", "<ul>\n\n<li>one\n\ntwo</li>\n</ul><p>three</p>"),
    "a listing": ("<pre>one\n\n  two</pre>", "<pre>one\n\n  two</pre>"),
    "a quotation": ("<blockquote>one\n\ntwo</blockquote>", "<blockquote><p>one</p>\n<p>two</p></blockquote>"),
    "a quotation with paragraphs": (
        "<blockquote>\n<p>one</p>\n</blockquote>",
        "<blockquote><p>one</p></blockquote>",
    ),
    "a paragraph left open": ("<p>one\n<h2>two</h2>\nthree", "<p>one\n<h2>two</h2><p>three</p>"),
    "an end without a beginning": ("one</div>\n\ntwo", "<p>one</p></div><p>two</p>"),
    "the end of the teaser": ("one\n<!--more-->\ntwo", "<p>one</p><!--more--><p>two</p>"),
    "the block editor's": (
        "<!-- wp:paragraph -->\n<p>one</p>\n<!-- /wp:paragraph -->\n\nx\ny",
        "<!-- wp:paragraph -->\n<p>one</p>\n<!-- /wp:paragraph -->\n\nx\ny",
    ),
    "look-alikes": ("<preface>one</preface>\n\n<pp>", "<p><preface>one</preface></p>\n<p><pp></p>"),
}
SHORTCODES = {
    "none": ("plain", "plain", 0),
    "prose": ("[sic] [we] said [VIDEO] [1] [more] […]", "[sic] [we] said [VIDEO] [1] [more] […]", 0),
    "a caption": (
        '[caption id="a" width="9"]<a href="x"><img src="y"></a> Below <i>it</i>[/caption]',
        '\n\n<figure><a href="x"><img src="y"></a><figcaption>Below <i>it</i></figcaption></figure>\n\n',
        1,
    ),
    "an old caption": (
        '[wp_caption width="9" caption="Below it"]<img src="y">[/wp_caption]',
        '\n\n<figure><img src="y"><figcaption>Below it</figcaption></figure>\n\n',
        1,
    ),
    "a caption without words": ("[caption]<img src='y'>[/caption]", "\n\n<figure><img src='y'></figure>\n\n", 1),
    "a caption of a film": ("[caption]a film[/caption]", "a film", 1),
    "an open caption": ('[caption id="a"]<img src="y">', '<img src="y">', 1),
    "an embed": (
        "[embed]https://video.example/1[/embed]",
        '\n\n<a href="https://video.example/1">https://video.example/1</a>\n\n',
        1,
    ),
    "a gallery": ("a [gallery] b [gallery ids='1,2'] c", "a  b  c", 2),
    "of a plug-in": ('[row][box color="red"]kept[/box][/row][x /]', "kept", 3),
    "nested": ("[caption][audio mp3='x'][/audio] words[/caption]", " words", 2),
}


@pytest.mark.parametrize(("source", "expected"), PARAGRAPHS.values(), ids=PARAGRAPHS)
def test_paragraphs(source: str, expected: str) -> None:
    assert paragraphed(source) == expected


@pytest.mark.parametrize(("source", "text", "count"), SHORTCODES.values(), ids=SHORTCODES)
def test_shortcodes(source: str, text: str, count: int) -> None:
    assert unwrap(source) == Unwrapped(text, count)


@pytest.mark.parametrize(
    "piece",
    [
        *("<p", "<p>", "</p>", "<div>", "<li></ul>", "<!--more", "\n", "\n ", " ", "a \n", "<br"),
        *("[", "[a", "[a ", "[a]", "[/a]", "[caption", "[caption]", "[caption]x", "[embed]http://", '[a b="'),
    ],
)
def test_hostile_text_takes_no_longer_than_any_other(piece: str) -> None:
    source = "x" + piece * (400_000 // len(piece)) + "x"
    begun = process_time()
    paragraphed(source)
    unwrap(source)
    assert process_time() - begun < 3

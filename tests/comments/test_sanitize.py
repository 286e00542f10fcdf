"""What readers type and what imports bring, and what becomes of it on the page."""

import logging

import pytest

from comments import sanitize
from comments.sanitize import DISAGREED, TOO_MUCH_MARKUP, UNREADABLE, WAS_CUT, Rendered, clean, render

REL = 'rel="nofollow ugc noopener"'


# --- Plain text


def test_plain_text_becomes_a_paragraph_and_shows_what_was_typed():
    assert clean("if a<b and c>d, <!-- say --> R&D") == ("<p>if a&lt;b and c&gt;d, &lt;!-- say --&gt; R&amp;D</p>")


def test_entities_in_plain_text_are_shown_as_typed():
    assert clean("&lt;b&gt; &#8203; &amp;amp;") == "<p>&amp;lt;b&amp;gt; &amp;#8203; &amp;amp;amp;</p>"


def test_a_blank_line_parts_paragraphs_and_a_newline_parts_lines():
    assert clean("one\r\ntwo\n \n\nthree\n") == "<p>one<br>two</p><p>three</p>"


def test_lines_that_start_with_a_bracket_are_quoted():
    assert clean("> one\n>> two\n>\n> three\nanswer") == (
        "<blockquote><p>one<br>two</p><p>three</p></blockquote><p>answer</p>"
    )


def test_web_addresses_become_links_without_the_punctuation_around_them():
    assert clean("(see http://a.example/b_(c)), or https://d.example/?e=1&f=2.") == (
        f'<p>(see <a href="http://a.example/b_(c)" {REL}>http://a.example/b_(c)</a>), '
        f'or <a href="https://d.example/?e=1&amp;f=2" {REL}>https://d.example/?e=1&amp;f=2</a>.</p>'
    )


def test_an_address_right_after_a_persian_word_becomes_a_link():
    assert clean("نگاهhttp://a.example/، این") == (
        f'<p>نگاه<a href="http://a.example/" {REL}>http://a.example/</a>، این</p>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "mailto:a@b.example",
        "ftp://a.example/",
        "//a.example/",
        "www.a.example",
        "http://",
        "http://1.2.3.999/",
        "http://bank.example@evil.example/",
        "http://a.example:99999/",
    ],
)
def test_other_addresses_stay_text(text):
    assert clean(text) == f"<p>{text}</p>"


def test_the_fifty_first_address_stays_text():
    assert clean("http://a.example/ " * 60).count("<a ") == 50


def test_what_follows_the_three_hundredth_line_is_one_line():
    assert clean("x\n" * 1000).count("<br>") == 300


@pytest.mark.parametrize("blank", ["", " \n\t\n ", "\u200b", "\u3164", "\u2800", "\u202e", "\xa0", "\x00"])
def test_what_shows_nothing_becomes_nothing(blank):
    assert (clean(blank), clean(blank, html=True)) == ("", "")


# --- HTML


@pytest.mark.parametrize(
    "html",
    [
        "<p>one<br>two</p><p><em>a</em><strong>b</strong><b>c</b><i>d</i><u>e</u><s>f</s><code>g</code></p>",
        "<blockquote><p>one</p><blockquote><p>two</p></blockquote></blockquote>",
        "<ul><li>one</li><li><p>two</p><ol><li>three</li></ol></li></ul>",
        "<pre>one\n  two</pre>",
        "<pre><code>x = 1\ny = 2</code></pre>",
        f'<p><a href="https://a.example/?b=1&amp;c=2" {REL}>text</a></p>',
        f'<p><a href="mailto:a@b.example" {REL}>text</a></p>',
        "<p>می‌رود&nbsp;&amp; &lt;می‌آید&gt;</p>",
    ],
)
def test_what_is_allowed_and_written_in_the_canonical_way_stays(html):
    assert render(html, html=True) == Rendered(html)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("bare\nlines\n\n<b>and</b> more", "<p>bare<br>lines</p><p><b>and</b> more</p>"),
        ("one<br />\ntwo<br><br>three", "<p>one<br>two</p><p>three</p>"),
        ("<p>one\n two<p>three", "<p>one two</p><p>three</p>"),
        ("<div>one</div><div>two</div>", "<p>one<br>two</p>"),
        ("<b>one<p>two</b>three", "<p><b>one</b></p><p><b>two</b>three</p>"),
        ("<i>a<b>b</i>c</b>", "<p><i>a</i><b><i>b</i>c</b></p>"),
        ("<p><b> </b> x <i> </i></p>", "<p>x</p>"),
        ("<b><b></b></b><b>x</b><b>y</b>", "<p><b>xy</b></p>"),
        ("<ul>\n<li>one\n<li>two\n</ul>", "<ul><li>one</li><li>two</li></ul>"),
        ("<li>stray</li><ul>bare</ul>", "<p>stray</p><ul><li>bare</li></ul>"),
        ("<pre>\n\none\n</pre>", "<pre>one</pre>"),
        ("<blockquote></blockquote><p> </p><ul><li></ul>x", "<p>x</p>"),
        ('<p class=x id=y style=z title=t onclick="alert(1)" lang=en>x</p>', "<p>x</p>"),
        ("<!-- hidden --><img src=x onerror=alert(1)>x<hr>", "<p>x</p>"),
    ],
)
def test_html_is_put_in_order(source, expected):
    assert render(source, html=True) == Rendered(expected)


def test_our_own_rel_replaces_the_authors():
    source = '<a href=" HTTPS://a.example/" rel="opener" target="_blank" class="x">text</a>'
    assert clean(source, html=True) == f'<p><a href="https://a.example/" {REL}>text</a></p>'


@pytest.mark.parametrize(
    "href",
    [
        "javascript:123",
        "javascript:`متن ۱ 1`",
        "tel:0900123",
        "data:12",
        "java&#9;script:alert(1)",
        "&#1;javascript:1",
        "javascript&colon;alert(1)",
        "//a.example/",
        "/accounts/logout/",
        "?a=1",
        "#a",
        "a.example",
        "",
        "http:a.example",
        "http://bank.example@evil.example/",
        "http://bank.example\\@evil.example/",
        "http://a.example/ b",
        "http://a.example/`b",
        "mailto:",
        "mailto:a",
    ],
)
def test_a_link_that_leads_nowhere_safe_is_plain_text(href):
    assert clean(f'<a href="{href}">x</a>', html=True) == "<p>x</p>"


@pytest.mark.parametrize(
    "text",
    [
        "https://bank.example/login",
        "bank.example",
        "www.bank.example",
        "log in at bank.example now",
        "bank<b>.exa</b>mple",
        "bank&#8203;.example",
        "bank。example",
        "ｂａｎｋ．ｅｘａｍｐｌｅ",
        "(bank.example)",
        "192.0.2.1",
        "help@bank.example",
    ],
)
def test_a_link_that_looks_like_another_address_is_plain_text(text):
    assert "<a" not in clean(f'<a href="https://evil.example/">{text}</a>', html=True)


@pytest.mark.parametrize(
    "text", ["read this", "a.example", "www.A.example", "http://a.example/very/lon...", "3.14", "a.example/b.html"]
)
def test_a_link_that_names_its_own_site_stays(text):
    assert clean(f'<a href="https://www.a.example/b">{text}</a>', html=True) == (
        f'<p><a href="https://www.a.example/b" {REL}>{text}</a></p>'
    )


def test_hidden_characters_do_not_come_in_as_entities():
    source = "a&#8203;b&shy;c&#xFEFF;d&NoBreak;e&#x202E;f&#0;&#1;g&#x2067;h"
    assert clean(source, html=True) == "<p>abcdef\ufffdgh</p>"


def test_a_mark_does_not_climb_over_the_tag_before_it():
    assert clean("e<b>&#x338;x</b>", html=True) == "<p>e<b>x</b></p>"


# --- Doubts and limits


def test_a_comment_that_two_parsers_read_differently_is_doubtful_and_keeps_what_both_let_through():
    source = '<noscript><p title="</noscript><img src=x onerror=alert(1)>">text</noscript>after'
    assert render(source, html=True) == Rendered('<p>&lt;p title=""&gt;textafter</p>', (DISAGREED,))


def test_a_script_is_doubtful_and_its_text_is_not_shown():
    assert render("<script>alert(1)</script>text", html=True) == Rendered("<p>text</p>", (DISAGREED,))


@pytest.mark.parametrize(
    "source",
    [
        "<ul><li>" * 100,
        "".join(f"<b id={n}>" for n in range(20)),
        "<p " + " ".join(f"a{n}" for n in range(50)) + ">",
        "<" * 1600,
        "<b>x</b>" * 350,
    ],
)
def test_too_much_markup_is_shown_as_it_was_typed(source):
    assert render(source, html=True) == Rendered(clean(source), (TOO_MUCH_MARKUP,))


def test_a_number_too_long_for_python_is_shown_as_it_was_typed():
    source = f"&#{'1' * 5000};"
    assert render(source, html=True).doubts == (TOO_MUCH_MARKUP, WAS_CUT)


@pytest.mark.parametrize("html", [False, True])
def test_what_is_too_long_is_cut_at_the_limit(html, settings):
    settings.COMMENTS = {"MAX_LENGTH": 10}
    assert render("🇮🇷" * 11, html=html) == Rendered(f"<p>{'🇮🇷' * 10}</p>", (WAS_CUT,))


def test_ten_million_characters_are_cut_before_they_are_read():
    text = render("<b>&" * 2_500_000)
    assert text == Rendered(f"<p>{'&lt;b&gt;&amp;' * 750}</p>", (WAS_CUT,))


@pytest.mark.parametrize("html", [False, True])
def test_when_the_library_fails_the_text_is_kept(html, monkeypatch, caplog):
    def fail(source):
        raise RecursionError

    monkeypatch.setattr(sanitize, "_read_by_bleach", fail)
    with caplog.at_level(logging.CRITICAL):
        rendered = render("<b>x</b>", html=html)
    assert rendered.html == "<p>&lt;b&gt;x&lt;/b&gt;</p>"
    assert set(rendered.doubts) == {UNREADABLE}

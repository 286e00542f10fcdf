"""Families of hostile text, each grown to any length: what attackers, floods and broken exports send."""

import random
from collections.abc import Callable, Iterator
from itertools import product
from string import ascii_lowercase

Family = Callable[[int], str]


def repeated(piece: str, before: str = "", after: str = "") -> Family:
    """A family of one piece over and over."""
    return lambda length: before + (piece * (length // len(piece) + 1))[:length] + after


def numbered(piece: str, before: str = "", after: str = "") -> Family:
    """A family of one piece, `{}` replaced by a different name each time."""

    def grown(length: int) -> str:
        pieces, size = [before], 0
        for name in _names():
            if size >= length:
                break
            pieces.append(piece.format(name))
            size += len(pieces[-1])
        return "".join([*pieces, after])

    return grown


def _names() -> Iterator[str]:
    return ("".join(letters) for letters in product(ascii_lowercase, repeat=4))


def spread(*parts: tuple[float, str], before: str = "", after: str = "") -> Family:
    """A family of several floods one after the other, each with its share of the length."""
    return lambda length: before + "".join(repeated(p)(int(length * share)) for share, p in parts) + after


PLAIN: dict[str, Family] = {
    "one long word": repeated("a"),
    "words": repeated("word "),
    "Persian": repeated("به نظر من این‌طور نیست. "),
    "vowelled Arabic": repeated("بِسْمِ اللَّهِ "),
    "dots and dashes": repeated("a.b-"),
    "opening brackets": repeated("("),
    "closing brackets after an address": repeated(")", before="http://a.example/"),
    "addresses": repeated("http://a.example/ "),
    "addresses without blanks": repeated("http://a.b,"),
    "schemes only": repeated("http://"),
    "shortest addresses": repeated("http://a.b "),
    "one endless address": repeated("a/", before="http://a.example/"),
    "addresses full of ampersands": repeated("http://a.b/?&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&& "),
    "addresses with brackets": repeated("http://a.example/((((()))))))))))) "),
    "addresses that cannot be opened": repeated("http://1.2.3.999/ "),
    "mail addresses": repeated("a@b.example "),
    "at signs": repeated("a@"),
    "quoted lines": repeated("> a\n"),
    "quoted lines by turns": repeated(">a\nb\n"),
    "quoted paragraphs": repeated(">a\n>\n"),
    "quotation marks without lines": repeated("> "),
    "newlines": repeated("\n"),
    "short lines": repeated("a\n"),
    "short paragraphs": repeated("a\n\n"),
    "carriage returns": repeated("a\r"),
    "blanks": repeated(" "),
    "tabs": repeated("\t"),
    "ampersands": repeated("&"),
    "quotation marks": repeated("\"'"),
    "less than": repeated("<"),
    "less than and letter": repeated("<a "),
    "entities": repeated("&amp;"),
    "combining marks": repeated("\u0301", before="e"),
    "mixed combining marks": repeated("\u0316\u0301", before="e"),
    "marks that decompose": repeated("\u0344", before="e"),
    "zalgo": repeated("z" + "\u0301\u0316\u0489" * 6),
    "marks and joiners": repeated("\u0301\u200d"),
    "right-to-left overrides": repeated("\u202eabc"),
    "isolates left open": repeated("\u2067a"),
    "isolates closed": repeated("\u2067a\u2069"),
    "zero width spaces": repeated("\u200b"),
    "zero width joiners": repeated("\u200d"),
    "non-joiners": repeated("\u200c"),
    "non-joiners by turns": repeated("\u200ca"),
    "family emoji": repeated("👩‍"),
    "flags": repeated("🇮🇷"),
    "half a flag": repeated("🇮"),
    "tag letters": repeated("\U000e0061"),
    "variation selectors": repeated("\ufe0f"),
    "prepended marks": repeated("\u0600"),
    "conjoining jamo": repeated("\u1100\u1161"),
    "Hangul fillers": repeated("\u3164"),
    "braille blanks": repeated("\u2800"),
    "ligatures that expand": repeated("\ufdfa"),
    "NUL": repeated("\x00a"),
    "control characters": repeated("".join(map(chr, range(32)))),
    "lone surrogates": repeated("\ud800"),
    "surrogates by turns": repeated("\udc00a"),
    "non-characters": repeated("\ufffe\uffff\U0010ffff"),
    "four byte signs": repeated("𐍈"),
}

HTML: dict[str, Family] = {
    "bold": repeated("<b>"),
    "bold and closed": repeated("<b>x</b>"),
    "bold and closed late": spread((0.5, "<b>"), (0.5, "</b>")),
    "marks by turns": repeated("<b><i><u>x</b></i></u>"),
    "marks that never match": repeated("</b><i>x"),
    "different marks then paragraphs": spread((0.5, "<b><i><u><s><em><strong><code>"), (0.5, "<p>x")),
    "different bold then paragraphs": lambda n: numbered("<b id={}>")(n // 2) + repeated("<p>x")(n // 2),
    "different fonts then blocks": lambda n: numbered("<font id={}>")(n // 2) + repeated("<div>x")(n // 2),
    "twelve marks then paragraphs": lambda n: numbered("<b id={}>")(120) + repeated("<p>x")(n),
    "paragraphs": repeated("<p>"),
    "paragraphs filled": repeated("<p>x"),
    "breaks": repeated("<br>"),
    "breaks filled": repeated("x<br>"),
    "nested lists": repeated("<ul><li>"),
    "nested lists filled": repeated("<ul><li>x"),
    "list items": repeated("<li>x"),
    "nested quotations": repeated("<blockquote>"),
    "quotations": repeated("<blockquote>x</blockquote>"),
    "listings": repeated("<pre>\n\nx</pre>"),
    "listings never closed": repeated("<pre>\n"),
    "links": repeated('<a href="http://a.example/">x</a>'),
    "links never closed": repeated('<a href="http://a.example/">x'),
    "links around blocks": repeated('<a href="http://a.example/"><p>x'),
    "links around links": repeated("<a href=http://a.example/><b>"),
    "attributes": numbered("{} ", before="<p ", after=">x</p>"),
    "attributes with values": numbered('{}="x" ', before="<p ", after=">x</p>"),
    "attributes by slashes": numbered("{}/", before="<a/", after=">x</a>"),
    "the same attribute": repeated('href="http://a.example/" ', before="<a ", after=">x</a>"),
    "attributes never closed": numbered("{}='", before="<p "),
    "attributes of many tags": repeated("<p " + "".join(f"a{n} " for n in range(25)) + ">x"),
    "ampersands in an address": repeated("&", before='<a href="http://a.example/', after='">x</a>'),
    "equals in an address": repeated("=", before="<a href=http://a.example/", after=">x</a>"),
    "one endless tag name": repeated("a", before="<"),
    "one endless attribute name": repeated("1", before="<a "),
    "one endless comment": repeated("-a", before="<!--"),
    "one endless doctype": repeated("a", before="<!doctype "),
    "comments": repeated("<!--x-->"),
    "comments half open": repeated("<!--"),
    "comments half closed": repeated("--!>"),
    "CDATA": repeated("<![CDATA[x"),
    "processing instructions": repeated("<?x"),
    "entities without semicolon": repeated("&lt"),
    "numeric entities": repeated("&#60;"),
    "one endless number": repeated("1", before="&#", after=";"),
    "one endless number in an address": repeated("1", before='<a href="&#', after=';">x</a>'),
    "unknown entities": repeated("&x;"),
    "hidden characters as entities": repeated("&#x202e;&#8203;&shy;&#xfeff;"),
    "marks as entities": repeated("&#x301;", before="e"),
    "marks after tags": repeated("<b>&#x338;</b><i>&#x338;</i>", before="e"),
    "tables": repeated("<table><tr><td>x"),
    "tables only": repeated("<table>"),
    "svg": repeated("<svg><g>"),
    "math": repeated("<math><mtext>"),
    "select": repeated("<select><option>"),
    "template": repeated("<template>"),
    "unknown elements": repeated("<x>"),
    "blocks": repeated("<div>x"),
    "buttons around paragraphs": repeated("<button><p>"),
    "nobr": repeated("<nobr>x"),
    "end tags": repeated("</b></p></ul></a>"),
    "end of paragraph": repeated("</p>"),
    "half tags": repeated("</"),
    "less than, blank": repeated("< "),
    "script": repeated("<script>"),
    "textarea": repeated("<textarea>"),
    "plaintext": repeated("<plaintext>x"),
}

FAMILIES = PLAIN | HTML


WORDS = [
    *"<>&\"'`=/;: \n\t-!?[]()#@.\\",
    *("<" + name for name in ("p", "b", "i", "a", "ul", "ol", "li", "pre", "code", "blockquote", "br", "em")),
    *("</" + name + ">" for name in ("p", "b", "i", "a", "ul", "ol", "li", "pre", "blockquote", "em", "br")),
    *("<" + name + ">" for name in ("p", "b", "i", "a", "ul", "ol", "li", "pre", "code", "blockquote", "br")),
    *("<" + name + ">" for name in ("s", "u", "strong", "svg", "math", "style", "script", "table", "td", "div")),
    *("<" + name + ">" for name in ("select", "textarea", "title", "noscript", "template", "xmp", "iframe")),
    *("<" + name + ">" for name in ("foreignObject", "desc", "mtext", "mglyph", "annotation-xml", "font")),
    *("<" + name + ">" for name in ("form", "button", "nobr", "option", "frameset", "plaintext", "image")),
    *("</" + name + ">" for name in ("svg", "math", "style", "script", "table", "div", "title", "form", "xmp")),
    *("<!--", "-->", "--!>", "<!-->", "<![CDATA[", "]]>", "<!doctype html>", "<?xml?>", "</ x>", "<%", "\r\n"),
    *("javascript:", "http://a.example/", "https://", "mailto:a@b.example", "data:", "//", "a.example", "www."),
    *(' href="', " href='", " href=", ' rel="', ' onclick="alert(1)"', " style=x", " id=a", " title='", " src=x"),
    *(
        "&lt;",
        "&gt;",
        "&amp;",
        "&quot;",
        "&nbsp;",
        "&#60;",
        "&#x3c",
        "&#0;",
        "&#x202e;",
        "&#8203;",
        "&shy;",
        "&lt",
    ),
    *("&amp;lt;", "&colon;", "&Tab;", "&NewLine;", "&#10;", "&#13;", "&#x2028;", "&#x301;", "&notit;", "&copy"),
    *("\u0301", "\u0338", "\u200c", "\u200d", "\u200b", "\u202e", "\u2066", "\u2069", "\ufeff", "\xa0", "\u3164"),
    *("\x00", "\x0c", "\x1b", "\ud800", "\udfff", "\ufffe", "\u2028", "\x85", "سلام", "ي", "۱", "é", "🇮🇷", "👩‍👧"),
    *(
        "text",
        "x",
        "alert(1)",
        "> ",
        "\n\n",
        "\n> ",
        "on",
        "1",
        "K",
        "ſ",
        "\u115f",
        "<",
        ">",
        "<p><b>",
        "</b></p>",
    ),
]


def jumbles(count: int, *, seed: int) -> Iterator[str]:
    """So many short texts of tags, entities and signs thrown together, the same ones for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        yield "".join(chance.choices(WORDS, k=chance.randint(1, 25)))


_RUNS = '<img src=x onerror="document.title=1">'
_DOORS = ["<svg>", "<math>", "<svg><desc>", "<svg><foreignObject>", "<svg><title>", "<math><mtext>", "<math><mi>"]
_DOORS += [
    "<math><annotation-xml encoding='text/html'>",
    "<math><mtext><table><mglyph>",
    "<svg></p>",
    "<math></br>",
]
_DOORS += [
    "<table>",
    "<table><tr><td>",
    "<select>",
    "<template>",
    "<form><math><mtext></form><form><mglyph>",
    "<p>",
]
_DOORS += ["<pre>\n\n", "<ul><li>", "<a href='http://a.example/'>", "<b><p></b>", "<blockquote><pre>", "<xmp>"]
_ROOMS = ["style", "noscript", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "script", "plaintext"]
_ROOMS += ["mglyph", "select", "option", "a", "p", "code"]
_TURNS = ["<{room}><!--</{room}>{run}--></{room}>", "<{room}><a title='</{room}>{run}'></{room}>"]
_TURNS += ["<{room}></{room}{run}>", "<!--><{room}>{run}-->", "<{room}><![CDATA[</{room}>{run}]]>"]
_TURNS += ["<{room} a='>{run}'>", "&lt;/{room}&gt;<{room}>&lt;{run}", "<{room}><{room}/{run}"]


def mutations() -> Iterator[str]:
    """HTML that one parser reads as text and another as elements, or that changes when it is read again."""
    for door, room, turn in product(_DOORS, _ROOMS, _TURNS):
        yield door + turn.format(room=room, run=_RUNS)


_SCHEMES = ["javascript:", "JaVaScRiPt:", "java\tscript:", "java\nscript:", "\x01javascript:", " javascript:"]
_SCHEMES += ["javascript&colon;", "javascript&#58;", "javascript&#x3A", "&#106avascript:", "java&Tab;script:"]
_SCHEMES += ["jav&#x0A;ascript:", "java&NewLine;script&colon;", "javascript\u200b:", "\ufeffjavascript:"]
_SCHEMES += ["vbscript:", "data:", "data:text/html,", "blob:", "file:", "feed:javascript:", "view-source:", "tel:"]
_SCHEMES += ["ftp:", "intent:", "x-http:", "http", "http:", "http:/", "//", "///", "\\\\", "/\\", "?", "#", ""]
_SCHEMES += ["https:javascript:", "http://javascript:", "mailto:javascript:", "http://a@", "http:// ", "httpѕ://"]
_TARGETS = ["123", "alert(1)", "`متن ۱ 1`", "0900123", "12", "//a.example/%0aalert(1)", "a.example/?x=1&amp;y=2"]
_TARGETS += [
    'a"onclick="alert(1)',
    "a'onclick='alert(1)",
    "a><script>",
    "a\x00b",
    "a\ud800",
    "a\u202eb",
    "&quot;x",
]
_QUOTES = ['<a href="{}">x</a>', "<a href='{}'>x</a>", "<a href={}>x</a>", "<a href=`{}`>x</a>", "<a/href='{}'/>x"]
_QUOTES += ["<a href=x href='{}'>x</a>", "<a xlink:href='{}'>x</a>", "<svg><a href='{}'>x</a>", "<A HREF='{}'>x"]
_QUOTES += ["<a title='' href = '{}' rel=opener target=_top>x</a>", "{}"]


def addresses() -> Iterator[str]:
    """Links, and plain addresses, whose scheme is forbidden, disguised or half a scheme."""
    for quotes, scheme, target in product(_QUOTES, _SCHEMES, _TARGETS):
        yield quotes.format(scheme + target)

"""What three HTML parsers, none of them the sanitiser's own set-up, find in a piece of HTML."""

from dataclasses import dataclass

import lxml.html
import nh3
from bleach._vendor import html5lib

ALLOWED_ELEMENTS = frozenset(
    ["p", "br", "a", "em", "strong", "b", "i", "u", "s", "blockquote", "code", "pre", "ul", "ol", "li"]
)
REL = "nofollow ugc noopener"
SCHEMES = ("http://", "https://", "mailto:")


@dataclass(frozen=True)
class Element:
    name: str
    attributes: tuple[tuple[str, str], ...]


def elements_by_html5lib(html: str) -> list[Element]:
    root = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return [_element(node) for node in root.iter() if node is not root]


def elements_by_lxml(html: str) -> list[Element]:
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    return [_element(node) for node in root.iter() if node is not root]


def changed_by_nh3(html: str) -> bool:
    """Whether nh3, told to allow what comments may have, would still change something."""
    return html != nh3.clean(
        html,
        tags=set(ALLOWED_ELEMENTS),
        attributes={"a": {"href", "rel"}, "*": set()},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel=None,
    )


def offences(html: str) -> list[str]:
    """In words, everything in the HTML that a comment may not have."""
    found = [f"nh3 would change {html!r}"] if changed_by_nh3(html) else []
    found += [f"hidden or control character {sign!r}" for sign in html if _is_forbidden(sign)]
    for parser in (elements_by_html5lib, elements_by_lxml):
        found += [f"{parser.__name__}: {offence}" for element in parser(html) if (offence := _offence(element))]
    return found


def _element(node) -> Element:
    return Element(str(node.tag), tuple(sorted(node.attrib.items())))


def _offence(element: Element) -> str | None:
    if element.name not in ALLOWED_ELEMENTS:
        return f"<{element.name}>"
    attributes = dict(element.attributes)
    if element.name != "a":
        return f"<{element.name}> with {attributes}" if attributes else None
    href = attributes.pop("href", "")
    if not href.startswith(SCHEMES) or attributes != {"rel": REL}:
        return f"a link to {href!r} with {attributes}"
    return None


def _is_forbidden(sign: str) -> bool:
    code = ord(sign)
    return (
        (code < 32 and sign not in "\n\t")
        or 0x7F <= code <= 0x9F
        or 0xD800 <= code <= 0xDFFF
        or 0x202A <= code <= 0x202E
        or code in (0x200B, 0x2060, 0xFEFF, 0xAD)
    )

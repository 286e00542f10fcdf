"""Shortcodes: the square brackets in which WordPress and its plug-ins keep what is not text."""

import re
from dataclasses import dataclass

# Nothing here looks past the next bracket, so a text of nothing but brackets is read in one pass.
CAPTION = re.compile(r"\[((?:wp_)?caption)\b([^\[\]]*)\]([^\[]*)\[/\1\]", re.IGNORECASE)
IMAGE = re.compile(r"\s*((?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?)", re.IGNORECASE)
OLD_CAPTION = re.compile(r"""\bcaption=(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
EMBED = re.compile(r"\[embed\b[^\[\]]*\]\s*(https?://[^\s\[\]<>\"']+)\s*\[/embed\]", re.IGNORECASE)
BRACKET = re.compile(r"\[(/?)([a-zA-Z][\w-]*)([^\[\]]*)\]")
ATTRIBUTE = re.compile(r"""\s[\w-]+=["'“”\w]|\s/$""")
KNOWN_BARE = frozenset({"gallery", "playlist"})
"""Those of WordPress itself that stand without attributes and without an end."""


@dataclass(frozen=True)
class Unwrapped:
    """A text without the brackets, and how many shortcodes they were."""

    text: str
    shortcodes: int = 0


def unwrap(text: str) -> Unwrapped:
    """Captioned images become figures, embeds links; of others the text inside stays and the brackets go.

    Square brackets in the prose of an article are left alone: a shortcode has attributes or an end, or
    is one that WordPress itself writes bare.
    """
    if "[" not in text:
        return Unwrapped(text)
    text, captions = CAPTION.subn(_figure, text)
    text, embeds = EMBED.subn(r'\n\n<a href="\1">\1</a>\n\n', text)
    closed = {name for slash, name, _rest in BRACKET.findall(text) if slash}
    others = 0

    def drop(bracket: re.Match[str]) -> str:
        nonlocal others
        slash, name, rest = bracket.groups()
        if not (slash or name in closed or name in KNOWN_BARE or ATTRIBUTE.search(rest)):
            return bracket[0]
        others += not slash
        return ""

    return Unwrapped(BRACKET.sub(drop, text), captions + embeds + others)


def _figure(caption: re.Match[str]) -> str:
    """An image with its words below; until WordPress 3.4 the words stood in the opening bracket."""
    _name, attributes, inside = caption.groups()
    image = IMAGE.match(inside)
    if not image:
        return inside
    old = OLD_CAPTION.search(attributes)
    words = inside[image.end() :].strip() or (old and (old[1] or old[2])) or ""
    below = f"<figcaption>{words}</figcaption>" if words else ""
    return f"\n\n<figure>{image[1]}{below}</figure>\n\n"

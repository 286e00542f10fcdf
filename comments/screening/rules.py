"""The rules by which a comment is judged: each one function, and one line in the table at the end.

A rule looks at one kind of evidence and says how strongly it is there; how much that counts is the weight in
the table. The two are kept apart so that weights can be learnt without touching a rule.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import regex

from comments.screening import phrases
from comments.screening.context import Context
from comments.screening.fingerprints import distance
from comments.screening.links import FORUM_MARKUP, HIDDEN_ADDRESS, Link, find_links, host_of, leads_to
from comments.screening.normalise import fold_letters, normalise
from comments.screening.verdict import Param, Reason, Span


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a rule found: how strong, what its sentence tells, and where it stands in the original text."""

    strength: float = 1.0
    params: Mapping[str, Param] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A line of the table."""

    id: str
    weight: float
    """What a strength of 1 adds to the log-odds that the comment is spam."""

    find: Callable[[Context], Found | None]

    def apply(self, context: Context) -> Reason | None:
        """The rule's reason, where it found something."""
        found = self.find(context)
        if found is None:
            return None
        # Four places: enough for any decision, and the same number after a round trip through JSON.
        weight = round(self.weight * found.strength, 4)
        return Reason(rule=self.id, weight=weight, params=found.params, spans=found.spans)


# --- links ------------------------------------------------------------------------------------------------

SHORTENERS = frozenset({
    "adf.ly", "b2n.ir", "bit.do", "bit.ly", "buff.ly", "clck.ru", "cutt.ly", "goo.gl", "is.gd", "lnkd.in",
    "ow.ly", "rb.gy", "rebrand.ly", "s.id", "shorturl.at", "soo.gd", "t.co", "t.ly", "tiny.cc", "tinyurl.com",
    "v.gd", "vk.cc", "yun.ir", "zaya.io",
})  # fmt: skip
MESSENGER_HOSTS = frozenset({"t.me", "telegram.me", "wa.me", "chat.whatsapp.com", "api.whatsapp.com"})
HOSTS_NAMED = 3
MOSTLY = 0.6


def links(context: Context) -> Found | None:
    """Different links to other sites; from the fourth on, more of them say nothing new."""
    found = context.distinct_links
    if not found:
        return None
    hosts = list(dict.fromkeys(link.host for link in found))
    named = ", ".join(hosts[:HOSTS_NAMED]) + (" …" if len(hosts) > HOSTS_NAMED else "")
    return Found(
        strength=min(1 + 0.8 * (len(found) - 1), 3.0),
        params={"count": len(found), "hosts": named},
        spans=_spans(context.links),
    )


def link_share(context: Context) -> Found | None:
    """More link than text, though there is some text."""
    length = len(context.folded.text.strip())
    linked = sum(end - start for start, end in (link.place for link in context.links))
    if not context.words_beside_links or linked < MOSTLY * length or not linked:
        return None
    return Found(params={"percent": round(100 * linked / length)}, spans=_spans(context.links))


def only_link(context: Context) -> Found | None:
    """A link and not one word."""
    if not context.links or context.words_beside_links:
        return None
    return Found(spans=_spans(context.links))


def shortener(context: Context) -> Found | None:
    """A link that hides where it leads."""
    short = [link for link in context.links if leads_to(link.host, SHORTENERS)]
    return Found(params={"host": short[0].host}, spans=_spans(short)) if short else None


def messenger_link(context: Context) -> Found | None:
    """A link into a messenger: out of sight of everybody who could warn."""
    into = [link for link in context.links if leads_to(link.host, MESSENGER_HOSTS)]
    return Found(params={"host": into[0].host}, spans=_spans(into)) if into else None


def forum_markup(context: Context) -> Found | None:
    """[url=…]: written by programs that fill in any form they meet."""
    spans = context.spans_of(FORUM_MARKUP)
    return Found(spans=spans) if spans else None


def hidden_link(context: Context) -> Found | None:
    """example[.]com: somebody knows that links are looked at."""
    spans = context.spans_of(HIDDEN_ADDRESS)
    return Found(spans=spans) if spans else None


# --- getting in touch, and money --------------------------------------------------------------------------

TELEPHONE = re.compile(r"(?<![\w.,/$€£-])(?:\+|00)?\d{1,4}(?:[ .\-]?\(?\d{2,5}\)?){2,5}(?![\w/%]|[.,]\d)")
FEWEST_DIGITS, MOST_DIGITS = 8, 15
HANDLE = re.compile(r"(?<![\w@.])[@#][a-z_][\w.]{3,}")


def contact(context: Context) -> Found | None:
    """A call to write or ring, next to a number, a name or a messenger to do it by."""
    calls = context.matches(phrases.CONTACT_CALLS)
    if not calls:
        return None
    by_messenger = [link.span for link in context.links if leads_to(link.host, MESSENGER_HOSTS)]
    ways = [*_telephones(context), *context.spans_of(HANDLE), *by_messenger]
    messengers = context.spans_of(phrases.MESSENGERS)
    if not ways and not messengers:
        return None
    return Found(
        strength=1.0 if ways else 0.7,
        params={"call": calls[0][0].strip()},
        spans=(*context.spans_of(phrases.CONTACT_CALLS), *ways, *messengers),
    )


def offer(context: Context) -> Found | None:
    """Money, a job or a prize, offered in words that reporting about them does not use."""
    return _phrases(context, phrases.OFFERS)


def money_call(context: Context) -> Found | None:
    """Money matters, which are news, together with a call to act, which is not."""
    money = context.spans_of(phrases.MONEY)
    calls = context.matches(phrases.CALLS) or context.matches(phrases.CONTACT_CALLS)
    if not money or not calls:
        return None
    return Found(params={"call": calls[0][0].strip()}, spans=(context.normal.original(*calls[0].span()), *money))


def money_handle(context: Context) -> Found | None:
    """Words of money, and somebody's @name: the grateful customer who never existed."""
    handles = list(HANDLE.finditer(context.folded.text))
    if not handles:
        return None
    money = context.spans_of(phrases.MONEY)
    telling_names = sum(len(phrases.MONEY_IN_NAMES.findall(name)) for name in {handle[0] for handle in handles})
    if not money and not telling_names:
        return None
    return Found(
        strength=0.6 if len(money) + telling_names == 1 else 1.0,
        params={"handle": handles[0][0]},
        spans=(*(context.folded.original(*handle.span()) for handle in handles), *money),
    )


def call_link(context: Context) -> Found | None:
    """A call to act, with a link to do it by; mild, for readers too say "check this out"."""
    calls = context.matches(phrases.CALLS)
    if not calls or not context.links:
        return None
    spans = (*context.spans_of(phrases.CALLS), *_spans(context.links))
    return Found(params={"call": calls[0][0].strip()}, spans=spans)


def promotion(context: Context) -> Found | None:
    """A channel, account or page of one's own."""
    return _phrases(context, phrases.PROMOTION)


def goods(context: Context) -> Found | None:
    """What is sold under other people's articles."""
    return _phrases(context, phrases.GOODS)


# --- disguises --------------------------------------------------------------------------------------------

DISGUISED_WORDS = 3  # from here on nobody can have done it by a slip of the keyboard or by copying
LETTER = r"[\p{Latin}\p{Cyrillic}\p{Greek}]"
UNSEEN = r"[\u00ad\u034f\u115f\u1160\u180e\u200b-\u200f\u2060-\u2064\u3164\ufeff\uffa0]"
INVISIBLE_INSIDE = regex.compile(rf"(?<!{LETTER}){LETTER}++(?:{UNSEEN}++{LETTER}++)++")
FANCY = regex.compile(
    r"[\U0001d400-\U0001d7ff\u24b6-\u24e9\U0001f110-\U0001f12b\U0001f130-\U0001f149\U0001f150-\U0001f169"
    r"\U0001f170-\U0001f189\uff21-\uff3a\uff41-\uff5aᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢ]+"
)
EAST_ASIAN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
FEWEST_FANCY = 5  # below: a formula, an ℝ, a phonetic sign


def mixed_scripts(context: Context) -> Found | None:
    """Words that borrow look-alike letters of another script."""
    return _disguised_words(context.folded.mixed)


def invisible(context: Context) -> Found | None:
    """Invisible signs inside words; between Persian letters or in emoji they are good spelling."""
    return _disguised_words(tuple(word.span() for word in INVISIBLE_INSIDE.finditer(context.submission.text)))


def fancy_letters(context: Context) -> Found | None:
    """Mathematical, circled, full-width letters and small capitals in place of plain ones."""
    text = context.submission.text
    if text.isascii() or EAST_ASIAN.search(text):  # there full-width letters are the usual ones
        return None
    spans = tuple(run.span() for run in FANCY.finditer(text))
    count = sum(end - start for start, end in spans)
    return Found(params={"count": count}, spans=spans) if count >= FEWEST_FANCY else None


# --- manners ----------------------------------------------------------------------------------------------

FEWEST_CAPITALS = 20
PROSE_WORDS = 25
SENTENCE_END = re.compile(r"[.!?؟。।…](?:\s|$)")


def shouting(context: Context) -> Found | None:
    """Hardly a small letter. Rude rather than spam, so it counts for little."""
    text = context.submission.text
    capitals = sum(map(str.isupper, text))
    if capitals < FEWEST_CAPITALS or capitals < 4 * sum(map(str.islower, text)):
        return None
    return Found()


def flattery(context: Context) -> Found | None:
    """Praise that fits any page, with a link to one's own."""
    praise = context.matches(phrases.FLATTERY)
    if not praise or not (context.links or context.submission.author_url.strip() or name_link(context)):
        return None
    return Found(params={"words": praise[0][0].strip()}, spans=context.spans_of(phrases.FLATTERY))


def plain_prose(context: Context) -> Found | None:
    """Some sentences, and nothing to click, ring or buy: what most readers write."""
    if context.links or context.words_beside_links < PROSE_WORDS:
        return None
    if not SENTENCE_END.search(context.submission.text) or HANDLE.search(context.folded.text):
        return None
    suspects = (
        contact,
        offer,
        money_call,
        promotion,
        goods,
        mixed_scripts,
        invisible,
        fancy_letters,
        hidden_link,
    )
    return None if any(suspect(context) for suspect in suspects) else Found()


# --- the author -------------------------------------------------------------------------------------------


def name_link(context: Context) -> Found | None:
    """An address where a name should stand."""
    name = context.submission.author_name
    found = find_links(name, fold_letters(name)) if name else ()
    return Found(params={"host": found[0].host}) if found else None


def name_keyword(context: Context) -> Found | None:
    """An advertisement where a name should stand."""
    name = context.submission.author_name
    found = phrases.TRADE_NAMES.search(normalise(name).text) if name else None
    return Found(params={"words": found[0].strip()}) if found else None


@cache
def disposable_hosts() -> frozenset[str]:
    """The hosts of throw-away addresses, from the list that lies beside this file."""
    lines = Path(__file__).with_name("disposable_hosts.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def disposable_email(context: Context) -> Found | None:
    """An address that lives for ten minutes."""
    host = host_of(context.submission.author_email)
    return Found(params={"host": host}) if leads_to(host, disposable_hosts()) else None


# --- how it was posted ------------------------------------------------------------------------------------

FASTEST_PERSON = 2.0  # seconds from opening the form to sending it
MINUTE, TEN_MINUTES = 60.0, 600.0
MOST_IN_A_MINUTE, MOST_IN_TEN_MINUTES = 3, 8
NEARLY_THE_SAME = 10  # bits of 64, measured: docs/screening.md
COPIES_OF_A_CAMPAIGN = 3


def honeypot(context: Context) -> Found | None:
    """Something in the field that people do not see."""
    return Found() if context.submission.honeypot.strip() else None


def too_fast(context: Context) -> Found | None:
    """Sent before a person could have typed it."""
    seconds = context.submission.seconds_to_fill
    if seconds is None or not seconds < FASTEST_PERSON:
        return None
    return Found(params={"seconds": max(round(seconds, 1), 0.0)})


def posting_rate(context: Context) -> Found | None:
    """The same author, again and again."""
    ages = [recent.seconds_ago for recent in context.submission.recent if recent.same_author]
    for window, most in ((MINUTE, MOST_IN_A_MINUTE), (TEN_MINUTES, MOST_IN_TEN_MINUTES)):
        inside = [age for age in ages if age <= window]
        if len(inside) >= most:
            return Found(
                strength=min(len(inside) / most, 2.0),
                params={"count": len(inside), "seconds": max(round(max(inside)), 0)},
            )
    return None


def near_duplicate(context: Context) -> Found | None:
    """Nearly the same text, posted shortly before by anybody."""
    if not context.submission.recent or not context.fingerprint:
        return None
    ages = [
        recent.seconds_ago
        for recent in context.submission.recent
        if recent.fingerprint and distance(recent.fingerprint, context.fingerprint) <= NEARLY_THE_SAME
    ]
    if not ages:
        return None
    return Found(
        strength=0.5 + 0.5 * min(len(ages), COPIES_OF_A_CAMPAIGN),
        params={"count": len(ages), "seconds": max(round(min(ages)), 0)},
    )


# --- what several rules do --------------------------------------------------------------------------------


def _spans(links: tuple[Link, ...] | list[Link]) -> tuple[Span, ...]:
    return tuple(link.span for link in links)


def _phrases(context: Context, pattern: re.Pattern[str]) -> Found | None:
    """Strength by how many different phrases of a list there are; the fourth says nothing new."""
    found = list(dict.fromkeys(match[0] for match in context.matches(pattern)))
    if not found:
        return None
    return Found(
        strength=min(1 + 0.5 * (len(found) - 1), 2.0),
        params={"words": found[0].strip()},
        spans=context.spans_of(pattern),
    )


def _disguised_words(spans: tuple[Span, ...]) -> Found | None:
    if not spans:
        return None
    return Found(
        strength=min(len(spans), DISGUISED_WORDS) / DISGUISED_WORDS,
        params={"count": len(spans)},
        spans=spans,
    )


def _telephones(context: Context) -> list[Span]:
    return [
        context.folded.original(*number.span())
        for number in TELEPHONE.finditer(context.folded.text)
        if FEWEST_DIGITS <= sum(map(str.isdigit, number[0])) <= MOST_DIGITS
    ]


# --- the table --------------------------------------------------------------------------------------------

BIAS = -2.2
"""The log-odds of a comment about which no rule has anything to say: a score of 0.10."""

RULES: tuple[Rule, ...] = (
    Rule("links", 0.8, links),
    Rule("link_share", 0.7, link_share),
    Rule("only_link", 1.6, only_link),
    Rule("shortener", 1.2, shortener),
    Rule("messenger_link", 1.0, messenger_link),
    Rule("forum_markup", 2.0, forum_markup),
    Rule("hidden_link", 1.8, hidden_link),
    Rule("contact", 2.0, contact),
    Rule("offer", 2.0, offer),
    Rule("money_call", 1.7, money_call),
    Rule("money_handle", 2.0, money_handle),
    Rule("call_link", 0.6, call_link),
    Rule("promotion", 2.0, promotion),
    Rule("goods", 2.2, goods),
    Rule("mixed_scripts", 2.4, mixed_scripts),
    Rule("invisible", 2.0, invisible),
    Rule("fancy_letters", 2.0, fancy_letters),
    Rule("shouting", 0.4, shouting),
    Rule("flattery", 2.0, flattery),
    Rule("name_link", 2.0, name_link),
    Rule("name_keyword", 2.2, name_keyword),
    Rule("disposable_email", 1.2, disposable_email),
    Rule("honeypot", 5.0, honeypot),
    Rule("too_fast", 2.0, too_fast),
    Rule("posting_rate", 1.7, posting_rate),
    Rule("near_duplicate", 2.0, near_duplicate),
    Rule("plain_prose", -0.7, plain_prose),
)

LINK_RULES = frozenset({"links", "link_share", "only_link", "shortener", "messenger_link", "forum_markup"})
"""Rules whose evidence is links and nothing else; together they may hold a comment, never reject it."""

"""The crawlers that are known by name: what they call themselves, and whose domain vouches for them. Pure.

The domains are those that the operators document for a reverse look-up. Addresses are not listed
here: operators change theirs, so an owner supplies the lists (`CRAWLER_RANGES`).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

LONGEST_LOOKED_AT = 400


class Kind(StrEnum):
    SEARCH = "search"
    AI = "ai"
    PREVIEW = "preview"


@dataclass(frozen=True)
class KnownCrawler:
    """`token` is what stands in its user agent and in robots.txt; `domains` end its machines' names."""

    token: str
    kind: Kind
    domains: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As settings and the ledger call it, such as `googlebot`."""
        return self.token.lower()

    def is_at_home_at(self, machine: str) -> bool:
        """Does the name of a machine belong to a domain of the operator? `evilgooglebot.com` does not."""
        name = machine.rstrip(".").lower()
        return any(name == domain or name.endswith(f".{domain}") for domain in self.domains)


AI = (
    KnownCrawler("AI2Bot", Kind.AI),
    KnownCrawler("Amazonbot", Kind.AI, ("crawl.amazonbot.amazon",)),
    KnownCrawler("anthropic-ai", Kind.AI),
    KnownCrawler("Bytespider", Kind.AI),
    KnownCrawler("CCBot", Kind.AI, ("crawl.commoncrawl.org",)),
    KnownCrawler("ChatGPT-User", Kind.AI),
    KnownCrawler("Claude-SearchBot", Kind.AI),
    KnownCrawler("Claude-User", Kind.AI),
    KnownCrawler("ClaudeBot", Kind.AI),
    KnownCrawler("cohere-ai", Kind.AI),
    KnownCrawler("Diffbot", Kind.AI),
    KnownCrawler("DuckAssistBot", Kind.AI),
    KnownCrawler("Google-CloudVertexBot", Kind.AI, ("googlebot.com",)),
    KnownCrawler("GPTBot", Kind.AI),
    KnownCrawler("meta-externalagent", Kind.AI),
    KnownCrawler("meta-externalfetcher", Kind.AI),
    KnownCrawler("MistralAI-User", Kind.AI),
    KnownCrawler("OAI-SearchBot", Kind.AI),
    KnownCrawler("Perplexity-User", Kind.AI),
    KnownCrawler("PerplexityBot", Kind.AI),
    KnownCrawler("YouBot", Kind.AI),
)

SEARCH = (
    KnownCrawler("Applebot", Kind.SEARCH, ("applebot.apple.com",)),
    KnownCrawler("Baiduspider", Kind.SEARCH, ("baidu.com", "baidu.jp")),
    KnownCrawler("bingbot", Kind.SEARCH, ("search.msn.com",)),
    KnownCrawler("DuckDuckBot", Kind.SEARCH),
    KnownCrawler("Googlebot", Kind.SEARCH, ("googlebot.com",)),
    KnownCrawler("PetalBot", Kind.SEARCH, ("petalsearch.com",)),
    KnownCrawler("SeznamBot", Kind.SEARCH, ("seznam.cz",)),
    KnownCrawler("Slurp", Kind.SEARCH, ("crawl.yahoo.net",)),
    KnownCrawler("YandexBot", Kind.SEARCH, ("yandex.com", "yandex.net", "yandex.ru")),
)

PREVIEW = tuple(
    KnownCrawler(token, Kind.PREVIEW)
    for token in (
        "Discordbot",
        "facebookexternalhit",
        "LinkedInBot",
        "redditbot",
        "SkypeUriPreview",
        "Slackbot",
        "TelegramBot",
        "Twitterbot",
        "WhatsApp/",
    )
)
"""They fetch a link that somebody has sent, to show a picture of it. To the meter they are readers."""

BY_NAME = {crawler.name: crawler for crawler in (*AI, *SEARCH, *PREVIEW)}


@lru_cache(maxsize=1024)
def claimed(user_agent: str) -> KnownCrawler | None:
    """Whom a user agent says to be. It is a claim: anybody can write it."""
    said = user_agent[:LONGEST_LOOKED_AT].lower()
    return next((crawler for name, crawler in BY_NAME.items() if name in said), None)

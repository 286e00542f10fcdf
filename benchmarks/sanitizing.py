"""What it costs to make a comment safe: `python -m benchmarks.sanitizing`, in milliseconds of CPU."""

import math
import statistics
import sys
import time

from django.conf import settings
from django.test import override_settings

if not settings.configured:
    settings.configure(COMMENTS={})

from comments.sanitize import clean
from tests.comments.corpus import families

LIMIT = 3000
SIZES = (16_384, 65_536)
EXPONENT = 1.3

LATIN = "It seems to me that the minister's plan was not thought through. "
PERSIAN = "به نظر من برنامهٔ وزیر جدی نیست و باید دوباره نوشته شود. "
LINK = "http://www.example.org/news/2026/11/22/plan?id=1 "


def cpu_ms(text: str, *, html: bool = False, times: int) -> list[float]:
    """Milliseconds of CPU for cleaning the text, for each of so many times."""
    spent = []
    for _ in range(times):
        started = time.process_time()
        clean(text, html=html)
        spent.append((time.process_time() - started) * 1000)
    return spent


def typical(text: str) -> float:
    """The median over 300 times."""
    return statistics.median(cpu_ms(text, times=300))


def worst(size: int, *, html: bool) -> tuple[float, str]:
    """The dearest family of hostile text at this length; the better of two, so as not to time the machine."""
    return max((min(cpu_ms(family(size), html=html, times=2)), name) for name, family in families.FAMILIES.items())


def growth(family: families.Family) -> float:
    """The exponent by which the plain path's cost grows from one of SIZES to the other."""
    small, large = (min(cpu_ms(family(size), times=2)) for size in SIZES)
    return math.log(large / small) / math.log(SIZES[1] / SIZES[0])


def with_links(sentence: str) -> str:
    """800 characters with ten links."""
    words = (sentence * 10)[: 800 - 10 * len(LINK)]
    part = len(words) // 10
    return "".join(f"{words[part * n : part * (n + 1) - 1]} {LINK}" for n in range(10)).ljust(800, "x")


def report(claim: str, measured: float, limit: float, note: str = "") -> bool:
    holds = measured <= limit
    print(f"{'ok' if holds else 'MISSED':7}{measured:9.3f}  (at most {limit:g})  {claim}{note and ': ' + note}")
    return holds


def run() -> bool:
    held = [
        report("800 characters of Latin, ms", typical((LATIN * 13)[:800]), 0.5),
        report("800 characters of Persian, ms", typical((PERSIAN * 15)[:800]), 0.5),
        report("800 characters in four paragraphs, ms", typical("\n\n".join([LATIN[:64] * 3] * 4)), 0.5),
        report("800 characters with ten links, Latin, ms", typical(with_links(LATIN)), 1),
        report("800 characters with ten links, Persian, ms", typical(with_links(PERSIAN)), 1),
    ]
    for html in (False, True):
        for size in (LIMIT, *SIZES):
            dearest, name = worst(size, html=html)
            held.append(
                report(f"dearest of {size} characters of {'HTML' if html else 'text'}, ms", dearest, 100, name)
            )
    held.append(report_growth("growth at the limit of 3000, exponent"))
    with override_settings(COMMENTS={"MAX_LENGTH": 2 * SIZES[1], "MAX_BYTES": 8 * SIZES[1]}):
        held.append(report_growth("growth without that limit, exponent"))
    return all(held)


def report_growth(claim: str) -> bool:
    exponent, name = max((growth(family), name) for name, family in families.FAMILIES.items())
    return report(claim, exponent, EXPONENT, name)


if __name__ == "__main__":
    sys.exit(not run())

"""Numbers by day as a drawing: where each bar and label stands. Pure; `metering/chart.html` draws it.

A drawing tells nothing to who cannot see it, so it is described in words, and its table stands beside it.
Why it is our own: docs/decisions/0008-charts.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

WIDTH, HEIGHT = 720, 240
ABOVE, BELOW, BESIDE = 14, 40, 72
"""Room around the bars: for half a line of text, for the days, for the numbers."""

MOST_STEPS, MOST_DAYS = 4, 8
"""Into how many steps the height is divided at most, and how many days are written below it."""


@dataclass(frozen=True)
class Series:
    """A number, 0 or more, for each day; None for a day of which nothing is known, which is not the same as 0."""

    name: str
    numbers: Sequence[int | None]


@dataclass(frozen=True)
class Label:
    """`x` and `y` are those of its anchor: the end of a number, the middle of a day."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Bar:
    """`text` says what it stands for. One of a day of which nothing is known has the full height."""

    text: str
    x: float
    y: float
    width: float
    height: float
    is_known: bool


@dataclass(frozen=True, kw_only=True)
class Chart:
    """All that is drawn, on a paper of `width` by `height`; `key` names it on its page.

    `steps` are the numbers beside the bars; the lines at their height go `across` from `start` on.
    """

    key: str
    title: str
    description: str
    steps: Sequence[Label]
    days: Sequence[Label]
    names: Sequence[str]
    bars: Sequence[Sequence[Bar]]
    start: float
    across: float = WIDTH - BESIDE
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_complete(self) -> bool:
        """Is there a number for every day?"""
        return all(bar.is_known for bars in self.bars for bar in bars)

    @property
    def has_legend(self) -> bool:
        """Does it take words to tell the bars apart?"""
        return len(self.names) > 1 or not self.is_complete


def by_day(key: str, title: str, days: Sequence[date], *series: Series, unit: str = "") -> Chart:
    """A group of bars for each day, one of each series, in the direction in which the language is read.

    `unit` stands behind each number, such as `%`; such numbers are not added up.
    """
    steps = _steps(max((number for one in series for number in one.numbers if number is not None), default=0))
    slot = (WIDTH - BESIDE) / max(len(days), 1)
    wide = slot * 0.8 / max(len(series), 1)
    is_mirrored = get_language_bidi()

    def across(x: float, width: float = 0) -> float:
        return round(WIDTH - x - width if is_mirrored else x, 2)

    def up(number: int) -> float:
        return round((HEIGHT - ABOVE - BELOW) * number / steps[-1], 2)

    def bar(one: Series, place: int, n: int) -> Bar:
        number = one.numbers[n]
        told = _("not known") if number is None else _written(number, unit)
        height = up(steps[-1] if number is None else number)
        return Bar(
            text=_("%(day)s, %(name)s: %(number)s") % {"day": _day(days[n]), "name": one.name, "number": told},
            x=across(BESIDE + slot * (n + 0.1) + wide * place, wide),
            y=HEIGHT - BELOW - height,
            width=round(wide, 2),
            height=height,
            is_known=number is not None,
        )

    return Chart(
        key=key,
        title=title,
        description=" ".join(_in_words(days, series, unit)),
        steps=[Label(_written(step, unit), across(BESIDE - 8), HEIGHT - BELOW - up(step)) for step in steps],
        days=[
            Label(_day(days[n]), across(BESIDE + slot * (n + 0.5)), HEIGHT - BELOW / 4)
            for n in range(0, len(days), -(-len(days) // MOST_DAYS) or 1)
        ],
        names=[one.name for one in series],
        bars=[[bar(one, place, n) for n in range(len(days))] for place, one in enumerate(series)],
        start=across(BESIDE, WIDTH - BESIDE),
    )


def _in_words(days: Sequence[date], series: Sequence[Series], unit: str) -> Iterator[str]:
    if days:
        yield _("From %(first)s to %(last)s.") % {"first": _day(days[0]), "last": _day(days[-1])}
    for one in series:
        known = {day: number for day, number in zip(days, one.numbers, strict=True) if number is not None}
        most = max(known, key=known.__getitem__, default=None)
        if most is None:
            yield _("%(name)s: nothing is known.") % {"name": one.name}
            continue
        words = {"name": one.name, "most": _written(known[most], unit), "day": _day(most)}
        if unit:
            yield _("%(name)s: at most %(most)s, on %(day)s.") % words
        else:
            words["sum"] = _written(sum(known.values()), unit)
            yield _("%(name)s: %(sum)s in all, at most %(most)s, on %(day)s.") % words


def _steps(highest: int) -> range:
    """From 0 in round numbers to the first that is not lower."""
    rounds = (digit * 10**power for power in count() for digit in (1, 2, 5))
    step = next(one for one in rounds if one * MOST_STEPS >= highest)
    return range(0, max(-(-highest // step), 1) * step + 1, step)


def _written(number: int, unit: str) -> str:
    return f"{number_format(number, force_grouping=True)}{unit}"


def _day(day: date) -> str:
    return date_format(day, "j M")

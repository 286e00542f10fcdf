"""Bars by day: where they stand, what they say, and that the page's policy has nothing against them."""

from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from metering import charts
from metering.charts import ABOVE, BELOW, BESIDE, HEIGHT, WIDTH, Bar, Chart, Label, Series

SVG = "{http://www.w3.org/2000/svg}"
FIRST = date(2026, 10, 24)
GROUND = HEIGHT - BELOW


def days(number: int) -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(number)]


def drawn(chart: Chart) -> etree._Element:
    """The figure as a browser reads it, but by a stricter parser."""
    page = render_to_string("metering/chart.html", {"chart": chart})
    return etree.fromstring(page.replace("<svg role", f'<svg xmlns="{SVG[1:-1]}" role'))


def test_two_days_of_reads_and_walls() -> None:
    chart = charts.by_day("reads", "By day", days(2), Series("Reads", [4, None]), Series("Walls", [0, 2]))
    wide = 259.2  # four tenths of half of what is left beside the numbers
    assert chart == Chart(
        key="reads",
        title="By day",
        description=(
            "From 24 Oct to 25 Oct. Reads: 4 in all, at most 4, on 24 Oct. Walls: 2 in all, at most 2, on 25 Oct."
        ),
        steps=[Label(str(n), BESIDE - 8, GROUND - n * 46.5) for n in range(5)],
        days=[Label("24 Oct", 234.0, 230.0), Label("25 Oct", 558.0, 230.0)],
        names=["Reads", "Walls"],
        bars=[
            [
                Bar("24 Oct, Reads: 4", 104.4, GROUND - 186.0, wide / 2, 186.0, is_known=True),
                Bar("25 Oct, Reads: not known", 428.4, GROUND - 186.0, wide / 2, 186.0, is_known=False),
            ],
            [
                Bar("24 Oct, Walls: 0", 234.0, GROUND, wide / 2, 0.0, is_known=True),
                Bar("25 Oct, Walls: 2", 558.0, GROUND - 93.0, wide / 2, 93.0, is_known=True),
            ],
        ],
        start=BESIDE,
    )


@pytest.mark.parametrize(
    ("highest", "steps"),
    [
        (0, ["0", "1"]),
        (1, ["0", "1"]),
        (3, ["0", "1", "2", "3"]),
        (5, ["0", "2", "4", "6"]),
        (37, ["0", "10", "20", "30", "40"]),
        (1234, ["0", "500", "1,000", "1,500"]),
        (2_000_001, ["0", "1,000,000", "2,000,000", "3,000,000"]),
    ],
)
def test_the_steps_are_round_and_few(highest: int, steps: list[str]) -> None:
    chart = charts.by_day("a", "A", days(1), Series("A", [highest]))
    assert [step.text for step in chart.steps] == steps


def test_few_days_are_written_below_however_many_there_are() -> None:
    written = charts.by_day("a", "A", days(30), Series("A", [1] * 30)).days
    assert [day.text for day in written] == [
        *("24 Oct", "28 Oct", "1 Nov", "5 Nov", "9 Nov", "13 Nov", "17 Nov", "21 Nov")
    ]
    assert len(charts.by_day("a", "A", days(366), Series("A", [1] * 366)).days) <= charts.MOST_DAYS


def test_from_the_right_where_the_language_is_read_from_the_right() -> None:
    series = Series("A", [1, 2, 3])
    there = charts.by_day("a", "A", days(3), series)
    with translation.override("fa"):
        here = charts.by_day("a", "A", days(3), series)
    assert [step.x for step in here.steps] == [WIDTH - step.x for step in there.steps]
    assert [bar.x for bar in here.bars[0]] == pytest.approx([WIDTH - bar.x - bar.width for bar in there.bars[0]])
    assert (here.start, there.start) == (0, BESIDE)
    assert here.bars[0][0].x > here.bars[0][2].x


def test_numbers_are_written_in_the_locale_and_places_are_not() -> None:
    with translation.override("de"):
        figure = drawn(charts.by_day("a", "A", days(7), Series("A", [1234] * 7), unit=" %"))
    assert [text.text for text in figure.iter(f"{SVG}text")][:4] == ["0 %", "500 %", "1.000 %", "1.500 %"]
    for rect in figure.iter(f"{SVG}rect"):
        assert all(float(rect.get(name) or "nothing") >= 0 for name in ("x", "y", "width", "height"))


def test_who_cannot_see_it_is_told_what_it_shows() -> None:
    figure = drawn(charts.by_day("stop", "Stop rate", days(3), Series("Stopped", [None, 12, 7]), unit="%"))
    svg = figure.find(f"{SVG}svg")
    assert svg is not None
    assert svg.get("role") == "img"
    texts = {one.get("id"): one.text for one in svg if one.get("id")}
    assert [texts[name] for name in (svg.get("aria-labelledby") or "").split()] == [
        "Stop rate",
        "From 24 Oct to 26 Oct. Stopped: at most 12%, on 25 Oct.",
    ]


def test_nothing_is_known_and_nothing_is_asked() -> None:
    unknown = charts.by_day("a", "A", days(1), Series("Reads", [None]))
    assert unknown.description == "From 24 Oct to 24 Oct. Reads: nothing is known."
    assert "not known" in "".join(drawn(unknown).itertext())
    empty = charts.by_day("a", "A", [], Series("Reads", []))
    assert (empty.description, empty.bars, empty.days) == ("Reads: nothing is known.", [[]], [])


HOSTILE = '"><script>alert(1)</script><b style="x" onload=y>'


def test_what_it_is_told_is_text_and_the_policy_of_the_page_is_kept() -> None:
    figure = drawn(charts.by_day("a", HOSTILE, days(2), Series(HOSTILE, [1, None]), Series("B", [1, 2])))
    names = {element.tag.removeprefix(SVG) for element in figure.iter()}
    assert names == {*("figure", "svg", "title", "desc", "g", "path", "text", "rect", "figcaption", "span", "bdi")}
    attributes = {name for element in figure.iter() for name in element.attrib}
    assert attributes == {
        *("class", "role", "aria-labelledby", "aria-hidden", "viewBox", "id"),
        *("x", "y", "dy", "d", "width", "height"),
    }
    assert HOSTILE in "".join(figure.itertext())


@given(
    numbers=st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=1, max_size=60),
    language=st.sampled_from(["en", "fa"]),
)
def test_every_bar_stands_on_the_ground_inside_the_paper_as_high_as_its_number(
    numbers: list[int | None], language: str
) -> None:
    with translation.override(language):
        chart = charts.by_day("a", "A", days(len(numbers)), Series("A", numbers), Series("B", numbers[::-1]))
    highest = max((number for number in numbers if number is not None), default=0)
    for bars, shown in zip(chart.bars, (numbers, numbers[::-1]), strict=True):
        for bar, number in zip(bars, shown, strict=True):
            assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
            assert bar.y >= ABOVE
            assert bar.y + bar.height == pytest.approx(GROUND)
            assert bar.is_known is (number is not None)
            if number is not None and highest:
                tallest = max(one.height for one in bars if one.is_known)
                assert bar.height == pytest.approx(tallest * number / highest, abs=0.02)

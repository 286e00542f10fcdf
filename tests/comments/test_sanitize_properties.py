"""What holds for every string: safe, the same when it is read again, never an exception."""

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comments.sanitize import UNREADABLE, Rendered, clean, render
from tests.comments.corpus import families
from tests.comments.corpus.parsers import offences

PAYLOADS = (Path(__file__).parent / "corpus" / "payloads.txt").read_text(encoding="utf-8").splitlines()

any_text = st.text(st.characters(exclude_categories=[]))
markup = st.lists(st.sampled_from(families.WORDS) | st.text(max_size=3), max_size=30).map("".join)


def broken_promises(source: str) -> list[str]:
    """In words, each promise that does not hold for the source."""
    plain, html = render(source), render(source, html=True)
    promises = {
        "plain text is read": UNREADABLE not in plain.doubts,
        "HTML is read": UNREADABLE not in html.doubts,
        "HTML of plain text stays": render(plain.html, html=True) == Rendered(plain.html),
        "HTML of HTML stays": render(html.html, html=True) == Rendered(html.html),
    }
    return [
        *(promise for promise, holds in promises.items() if not holds),
        *offences(plain.html),
        *offences(html.html),
    ]


def sources_with_broken_promises(sources) -> dict[str, list[str]]:
    return {source: broken for source in sources if (broken := broken_promises(source))}


@settings(deadline=None)
@given(any_text)
def test_any_string_is_safe(source):
    assert broken_promises(source) == []


@settings(max_examples=300, deadline=None)
@given(markup)
def test_any_markup_is_safe(source):
    assert broken_promises(source) == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_safe(payload):
    assert broken_promises(payload) == []


def test_payloads_one_after_the_other_are_safe():
    pairs = (first + second for first, second in zip(PAYLOADS, reversed(PAYLOADS), strict=True))
    assert sources_with_broken_promises(["\n".join(PAYLOADS), *pairs]) == {}


@pytest.mark.parametrize("seed", range(4))
def test_jumbles_are_safe(seed):
    assert sources_with_broken_promises(families.jumbles(400, seed=seed)) == {}


def test_mutations_are_safe():
    assert sources_with_broken_promises(islice(families.mutations(), 0, None, 3)) == {}


def test_disguised_addresses_are_safe():
    assert sources_with_broken_promises(islice(families.addresses(), 0, None, 7)) == {}


@pytest.mark.parametrize("size", [7, 300, 3000, 40_000])
@pytest.mark.parametrize("family", families.FAMILIES)
def test_floods_are_safe(family, size):
    assert broken_promises(families.FAMILIES[family](size)) == []


def test_threads_do_not_disturb_each_other():
    sources = [f"<b>{name} & <i>{'x' * size}</b> http://a.example/{size}" for name in "abcd" for size in range(50)]
    with ThreadPoolExecutor(4) as threads:
        at_once = list(threads.map(lambda source: (clean(source), clean(source, html=True)), sources))
    assert at_once == [(clean(source), clean(source, html=True)) for source in sources]

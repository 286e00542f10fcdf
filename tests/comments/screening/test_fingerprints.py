"""Nearly the same texts have nearly the same number."""

import pytest

from comments.screening import distance, fingerprint
from comments.screening.rules import NEARLY_THE_SAME

TEXT = (
    "The council has known about the bridge for ten years, and nobody wanted to pay for it. "
    "Now that it is closed everybody asks who is to blame, as if the answer were not in the minutes."
)


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        TEXT.upper(),
        TEXT.replace("ten", "twelve"),
        TEXT + " See https://example.com/x",
        TEXT.replace("o", "о"),  # Cyrillic
        TEXT.replace("a", "a\u200b"),
    ],
)
def test_a_copy_is_near(copy):
    assert distance(fingerprint(TEXT), fingerprint(copy)) <= NEARLY_THE_SAME


@pytest.mark.parametrize(
    "other",
    [
        "My father worked on that bridge when it was built, and he always said the steel was too thin.",
        "به نظر من این پل باید سال‌ها پیش تعمیر می‌شد و حالا همه دنبال مقصر می‌گردند.",
        "東京の橋は十年前から危ないと言われていたのに誰も直さなかった。",
    ],
)
def test_another_text_is_far(other):
    assert distance(fingerprint(TEXT), fingerprint(other)) > 2 * NEARLY_THE_SAME - 4


@pytest.mark.parametrize("text", ["", "I agree with you", "!!!", "예 맞아요"])
def test_what_is_too_short_to_compare_has_none(text):
    assert fingerprint(text) == 0


def test_it_fits_a_signed_column_and_does_not_change_between_processes():
    numbers = [fingerprint(f"{TEXT} number {word}") for word in ("one", "two", "three", "four", "five", "six")]
    assert all(-(2**63) <= number < 2**63 for number in numbers)
    assert fingerprint("one two three four five six") == 4712454578411266622


@pytest.mark.parametrize(("one", "other", "bits"), [(0, 0, 0), (-1, 0, 64), (-(2**63), 0, 1), (5, 6, 2)])
def test_distance_counts_bits_of_signed_numbers(one, other, bits):
    assert distance(one, other) == bits

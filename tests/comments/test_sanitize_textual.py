"""Which characters a reader's text keeps, how it is counted and how it is compared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comments.textual import clean_name, cut, cut_to_bytes, fold, has_visible, length, normalise
from tests.comments.corpus.families import PLAIN

texts = st.text(st.characters(exclude_categories=[]))
hidden_and_marks = st.text(
    st.sampled_from(
        "a e\n\t\r\x00\x85\u0301\u0316\u0344\u0338\u200b\u200c\u200d\u202e\u2066\u2069\u09c7\u09be\ufeff"
    )
)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("a\x00b\x1b[0mc\td\x7f", "ab[0mc\td"),
        ("a\ud800b\udfffc\ufffe", "abc"),
        ("e\u0301", "é"),
        ("a\u202eb\u202cc\u200bd\u2060e\ufefff\xadg", "abcdefg"),
        ("a \u2067b\u2069 c", "a \u2067b\u2069 c"),
        ("a \u2067b c\n\u2069d", "a b c\nd"),
        ("می\u200cرود", "می\u200cرود"),
        ("می\u200c\u200c\u200d\u200eرود", "می\u200cرود"),
        ("👩\u200d👩\u200d👧 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
        ("hid\U000e0061\U000e0062den", "hidden"),
        ("بِسْمِ اللَّهِ", "بِسْمِ اللَّهِ"),
        ("z" + "\u0316" * 18 + "x", "z" + "\u0316" * 4 + "x"),
        ("z" + "\u0316\u200d" * 9, "z" + "\u0316\u200d" * 2),
        ("ﷺ ｆｕｌｌ ي", None),
    ],
)
def test_what_is_stored_of_a_text(text, stored):
    assert normalise(text) == (text if stored is None else stored)


@settings(deadline=None)
@given(texts | hidden_and_marks)
def test_normalising_again_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


def test_texts_that_mean_the_same_are_compared_as_equal():
    arabic, persian = "كتاب يک ١٢٣ VI\u200cAGRA", "کتاب یک ۱۲۳ ｖｉagra"
    assert fold(arabic) == fold(persian) == "کتاب یک 123 viagra"


@pytest.mark.parametrize(
    ("text", "graphemes"),
    [
        ("", 0),
        ("abc", 3),
        ("سلام", 4),
        ("é", 1),
        ("e\u0301", 1),
        ("🇮🇷🇩🇪", 2),
        ("👩‍👩‍👧", 1),
        ("می‌رود", 5),
        ("ก็", 1),
    ],
)
def test_length_is_what_a_reader_counts(text, graphemes):
    assert length(text) == graphemes


@settings(deadline=None)
@given(texts, st.integers(0, 20))
def test_a_cut_text_is_the_beginning_and_no_longer_than_the_limit(text, limit):
    kept = cut(text, limit)
    assert text.startswith(kept)
    assert length(kept) <= limit


def test_a_text_is_cut_between_graphemes():
    assert cut("🇮🇷🇩🇪🇫🇷", 2) == "🇮🇷🇩🇪"


def test_one_endless_grapheme_is_cut_too():
    assert len(cut(PLAIN["family emoji"](60_000), 3000)) == 12_000


def test_bytes_are_cut_between_characters():
    assert cut_to_bytes("سلام", 5) == "سل"


@pytest.mark.parametrize(
    "text",
    ["", " \n", "\u200b", "\u3164", "\u2800", "\u202e", "\xa0", "\u115f\u1160", "\u0301", "\u200d", "\ufe0f",
     "\U000e0061", "\U000e0100", "\u034f", "\ufffc", "\x00", "\ud800", "\ue000", "\u2066\u2069"],
)  # fmt: skip
def test_nothing_to_see(text):
    assert not has_visible(text)


@pytest.mark.parametrize("text", ["a", "س", ".", "🇮🇷", "۱", "\u200b!", "\u3164?"])
def test_something_to_see(text):
    assert has_visible(text)


def test_a_name_stands_on_one_line():
    assert clean_name("  Anna\r\n\t \u202eMaria\u3000 \u200bX\xa0") == "Anna Maria X"


@settings(deadline=None)
@given(texts | hidden_and_marks)
def test_a_clean_name_stays_as_it_is(name):
    assert clean_name(clean_name(name)) == clean_name(name)

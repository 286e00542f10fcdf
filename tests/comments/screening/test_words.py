"""Words of a list are found as words, through every disguise screening sees through, and never inside others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.screening import words
from comments.screening.words import Entry, Fault, Matcher


def found(written: str, text: str) -> list[str]:
    """What of the text a list finds, as it stands there."""
    entries, faults = words.read(written)
    assert faults == []
    return [text[slice(*match.span)] for match in Matcher(entries).find(words.readings_of(text))]


@pytest.mark.parametrize(
    ("entries", "text", "expected"),
    [
        ("cat", "The cat, a Cat's tail and a con-cat", ["cat", "Cat", "cat"]),
        ("cat", "category, concatenate, bobcat, cats, cat5", []),
        ("кот", "Кот и котик, скот", ["Кот"]),
        ("елка", "Ёлка стоит", ["Ёлка"]),
        ("کتاب", "کتاب كتاب", ["کتاب", "كتاب"]),
        ("کتاب", "کتاب\u200cها کتابخانه", []),
        ("كلب", "كَلْبٌ وكلبان", ["كَلْبٌ"]),
        ("बकवास", "बकवास बकवासी", ["बकवास"]),
        ("can", "can't", []),
        ("can't", "can’t can", ["can’t"]),
        ("idiot", "l'idiot", ["idiot"]),
        ("笨蛋", "你是笨蛋吗", ["笨蛋"]),
        ("#stop", "#stop now", ["stop"]),
    ],
)
def test_words_are_found_as_words_and_not_inside_others(entries: str, text: str, expected: list[str]) -> None:
    assert found(entries, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ｉｄｉｏｔ",
        "idi\u200bot",
        "idíot",
        "idіоt",
        "1d10t",
        "i d i o t",
        "iiidiooot",
        "𝐢𝐝𝐢𝐨𝐭",
        "IDIOT",
        "i.d.i.o.t",
    ],
)
def test_a_word_is_seen_through_its_disguise(text: str) -> None:
    assert found("idiot", f"You are an {text}!") == [text]


def test_an_entry_that_is_disguised_itself_finds_the_plain_word() -> None:
    assert found("ｓhоut", "Do not shout") == ["shout"]
    assert found("a$$hole", "what an asshole") == ["asshole"]


@pytest.mark.parametrize(
    ("entries", "text", "expected"),
    [
        ("idiot*", "idiot idiotic idiots midiot", ["idiot", "idiotic", "idiots"]),
        ("*hole", "hole keyhole holes", ["hole", "keyhole"]),
        ("*идиот*", "разыдиотился идиотизм идиот", ["идиотизм", "идиот"]),
        ("f*k", "fork fk folks", ["fork", "fk"]),
        ("ab*cd*ef", "abcdef abXcdYef abef abefcd", ["abcdef", "abXcdYef"]),
        ("easy mon*", "easy money, easy   monkeys, monk easy", ["easy money", "easy   monkeys"]),
        ("get* rich*", "getting richer", ["getting richer"]),
        ("aba*aba", "aba ababa abaXaba", ["abaXaba"]),
    ],
)
def test_an_asterisk_stands_for_any_letters_of_one_word(entries: str, text: str, expected: list[str]) -> None:
    assert found(entries, text) == expected


def test_the_words_of_a_phrase_may_have_anything_between_them() -> None:
    assert found("top secret", "TOP-secret, top_secret, top\n\nsecret, topsecret, top very secret") == [
        "TOP-secret",
        "top_secret",
        "top\n\nsecret",
    ]


def test_persian_is_found_however_its_words_are_joined() -> None:
    written = ["شرط بندی", "شرط\u200cبندی", "شرطبندی"]
    assert found("شرط بندی", "، ".join(written)) == written
    assert found("شرط\u200cبندی", "، ".join(written)) == written


def test_two_lines_may_find_the_same_place_and_each_is_named() -> None:
    matches = Matcher(words.read("ass*\n*hole")[0]).find(words.readings_of("an asshole"))
    assert {(match.span, match.entry) for match in matches} == {
        ((3, 10), Entry("ass*", 1)),
        ((3, 10), Entry("*hole", 2)),
    }


def test_empty_lines_remarks_and_repetitions_are_no_faults() -> None:
    assert words.read("cat\r\n\r\n# pets\n#\ncat\n  dog  ") == ([Entry("cat", 1), Entry("dog", 6)], [])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("*", "an asterisk needs at least two letters in its word, or every text has such a word."),
        ("a*", "an asterisk needs at least two letters in its word, or every text has such a word."),
        ("*a*b*", "an asterisk needs at least two letters in its word, or every text has such a word."),
        ("easy *", "an asterisk needs at least two letters in its word, or every text has such a word."),
        ("ab" + "*c" * 7, "it has more than 6 asterisks."),
        ("*" * 10_000, "it is longer than 200 characters."),
        ("!!!", "it has no letter and no digit."),
        ("\u200b", "it has no letter and no digit."),
        ("a b c d e f g h i j k l m", "it has more than 12 words."),
        ("ca\0t", "it has a character that cannot be stored."),
    ],
)
def test_a_line_that_cannot_be_looked_for_is_named(line: str, said: str) -> None:
    assert words.read(f"cat\n{line}\ndog") == ([Entry("cat", 1), Entry("dog", 3)], [Fault(2, said)])


def test_a_list_has_its_limits() -> None:
    too_long, too_many = "x" * 1_000_001, "\n".join(f"word{number}" for number in range(20_001))
    assert words.read(too_long) == ([], [Fault(0, "The list has 1000001 characters; at most 1000000 are kept.")])
    assert words.read(too_many)[1] == [Fault(0, "The list has 20001 entries; at most 20000 are kept.")]


def test_a_list_of_20_000_finds_each_of_its_own() -> None:
    """Whichever way an entry is kept: word, phrase, beginning, end or middle of a word."""
    kinds = ("pre{}x", "red pre{}y", "pre{}z*", "*w{}v", "*u{}u*", "q{}* red")
    entries = [kinds[number % 6].format(f"{number:05}") for number in range(20_000)]
    matcher = Matcher(words.read("\n".join(entries))[0])
    for number in range(0, 20_000, 1999):
        text = f"so {entries[number].replace('*', 'o')} it"
        assert [match.entry.text for match in matcher.find(words.readings_of(text))] == [entries[number]]


@given(st.text(max_size=60), st.text(alphabet="abcкжیप漢*'- \u200c\u0301", max_size=12))
def test_whatever_is_found_is_whole_words_of_the_text(text: str, entry: str) -> None:
    entries, _faults = words.read(entry)
    for match in Matcher(entries).find(words.readings_of(f"{text} {entry.replace('*', '')}")):
        start, end = match.span
        assert 0 <= start < end <= len(text) + 1 + len(entry)


@given(st.text(alphabet="abcdefgh", min_size=2, max_size=6), st.text(alphabet="abcdefgh", min_size=1, max_size=4))
def test_a_word_is_found_by_itself_and_never_with_letters_on_it(word: str, more: str) -> None:
    assert (word in found(word, f"so, {word}!")) is True
    longer = (f"{word}{more}", f"{more}{word}")
    assert all(found(word, one) == [] for one in longer if one != word and not _is_stretched(one))


def _is_stretched(word: str) -> bool:
    return any(a == b == c for a, b, c in zip(word, word[1:], word[2:], strict=False))

"""Disguises come off, honest words stay whole, and every sign knows where it came from."""

import time
import unicodedata

import pytest

from comments.screening.normalise import fold_letters, normalise

DISGUISES = {
    "zero-width spaces": ("w\u200bhats\u200capp", "whatsapp"),
    "soft hyphens": ("cas\u00adino bo\u00adnus", "casino bonus"),
    "a filler that looks like nothing": ("ca\u3164sh", "cash"),
    "Cyrillic in a Latin word": ("pаypаl", "paypal"),
    "a Latin word in Cyrillic letters only": ("my Раураl", "my paypal"),
    "Greek in a Latin word": ("whαtsαpp, pαypαl", "whatsapp, paypal"),
    "Latin in Russian words": ("Haйдu uнтuм тoлькo", "найди интим только"),
    "a word of twins alone follows its text": ("Oт любой", "от любой"),
    "Greek in Russian words": ("Для Вαc мaлο", "для вас мало"),
    "full width": ("ｗｈａｔｓａｐｐ", "whatsapp"),
    "mathematical bold": ("𝐖𝐡𝐚𝐭𝐬𝐀𝐩𝐩", "whatsapp"),
    "small capitals": ("ᴡʜᴀᴛsᴀᴘᴘ ғᴏʀᴇx", "whatsapp forex"),
    "black circles and squares": ("🅦🅗🅐🅣 🆂🅰🅿🅿", "what sapp"),
    "circles": ("ⓦⓗⓐⓣ", "what"),
    "accents on Latin letters": ("hāźeł_mcẹ̀wǝṅ", "hazel_mcewen"),
    "stacked accents": ("c" + "\u0301\u0316" * 20 + "ash", "cash"),
    "spaced letters": ("W h a t s a p p me", "whatsapp me"),
    "spaced words": ("v i a g r a  c h e a p", "viagra  cheap"),
    "dotted letters": ("w.h.a.t.s.a.p.p", "whatsapp"),
    "leetspeak": ("b1tc0in ca$h cl!ck", "bitcoin cash click"),
    "leetspeak as a habit": (
        "m4k3 m0n3y fr33 7r4d3 1nv3573d wh4ts4pp 10k",
        "make money free trade invested whatsapp 10k",
    ),
    "Russian leetspeak": ("з@раб0ток", "заработок"),
    "stretched words": ("sooooo freeeee", "soo free"),
    "a stretched Persian word": ("مـمـنون", "ممنون"),
    "capitals": ("CLICK Here", "click here"),
}


@pytest.mark.parametrize(("disguised", "plain"), DISGUISES.values(), ids=DISGUISES)
def test_a_disguise_comes_off(disguised, plain):
    assert normalise(disguised).text == plain


WHOLE = {
    "й and ё": "ещё мой чай, подъём",
    "й typed in two signs": ("и\u0306од", "йод"),
    "Korean": "한국어 뉴스가 정확하지 않다",
    "Korean typed letter by letter": (unicodedata.normalize("NFD", "한국어"), "한국어"),
    "Korean words of one syllable": "왜 이 집 안 가",
    "Bangla": "আমার মনে হয় খবরটি ঠিক নয়",
    "Persian with its joiner": ("می\u200cخواهم پاسخ\u200cگو", "میخواهم پاسخگو"),
    "Persian in Arabic typing": ("كتاب هاي", "کتاب های"),
    "Persian digits": ("۰۹۱۲", "0912"),
    "Greek": "ελληνικά νέα",
    "Japanese": "東京のニュース",
    "a Latin name with a Russian ending": ("купил iPhoneом", "купил iphoneом"),
    "a Russian word quoted in English": "they shout нет войне там",
    "an English word in Russian": "наш top и их mac",
    "names with digits": "covid19 mp3 ps5 f16 w3c b2b",
    "addresses": "www.bbc.com and user@example.com",
    "initials": "u.s.a. and e.g. a b c",
    "large numbers": "10000000",
    "doubled letters": "hello moon street",
}


@pytest.mark.parametrize("case", WHOLE.values(), ids=WHOLE)
def test_an_honest_word_stays_whole(case):
    typed, read = case if isinstance(case, tuple) else (case, case)
    assert normalise(typed).text == read


@pytest.mark.parametrize(
    ("text", "word", "original"),
    [
        ("see w\u200bhats\u200capp now", "whatsapp", "w\u200bhats\u200capp"),
        ("see W h a t s a p p now", "whatsapp", "W h a t s a p p"),
        ("see e\u0301clair now", "eclair", "e\u0301clair"),
        ("a freeeeee car", "free", "freeeeee"),
        ("a ﬁne day", "fine", "ﬁne"),
        ("𝐂𝐚𝐬𝐡 for you", "cash", "𝐂𝐚𝐬𝐡"),
        ("plain words", "words", "words"),
    ],
)
def test_evidence_points_to_the_original(text, word, original):
    normal = normalise(text)
    start = normal.text.index(word)
    first, last = normal.original(start, start + len(word))
    assert text[first:last].rstrip() == original


def test_words_with_borrowed_letters_are_remembered():
    text = "Honest words and pаypаl, μg and Раураl"
    assert [text[start:end] for start, end in fold_letters(text).mixed] == ["pаypаl", "Раураl"]


@pytest.mark.parametrize(
    "unit", ["a", "a ", "a1", "1a@", "\u0301\u0316", "аa", "a\u200b", "www.", "..", "((", "a.b", "ﷺ"]
)
def test_time_grows_with_length_and_not_with_its_square(unit):
    def seconds(length):
        text = (unit * length)[:length]
        started = time.process_time()
        normalise(text)
        return time.process_time() - started

    seconds(1000)
    # Sixteen times the text: sixteen times the time if linear, 256 if quadratic.
    assert min(seconds(32_000) for _ in range(3)) < 80 * max(min(seconds(2_000) for _ in range(3)), 0.0005)

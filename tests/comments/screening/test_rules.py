"""Each rule with what it finds and what it leaves alone."""

from pathlib import Path

import pytest
from django.utils import translation

from comments.screening import Reason, Recent, Submission, fingerprint, screen
from comments.screening.context import Context
from comments.screening.rules import LINK_RULES, RULES, disposable_hosts
from comments.screening.sentences import SENTENCES, ago

COPIED = "Everybody should know how the council wasted our money on that bridge in spring."


def recent(seconds_ago, *, same_author=False, text="", mark=0):
    return Recent(
        fingerprint=fingerprint(text) if text else mark, seconds_ago=seconds_ago, same_author=same_author
    )


def in_english(submission):
    with translation.override("en"):
        return {reason.rule: reason.sentence() for reason in screen(submission).reasons}


SAID = {
    "links": (
        {"text": "Read http://a.example/1 and http://b.example/2 and http://b.example/3 tonight"},
        "3 links, to a.example, b.example",
    ),
    "link_share": (
        {"text": "Source: https://news.example/2026/11/a-long-address"},
        "Mostly links: 84% of the text",
    ),
    "only_link": ({"text": " https://youtu.be/abc "}, "Only a link, no text"),
    "shortener": (
        {"text": "They say so here: bit.ly/abc"},
        "A shortened link that hides where it leads: bit.ly",
    ),
    "messenger_link": ({"text": "All of it is at t.me/abc"}, "A link into a messenger: t.me"),
    "forum_markup": (
        {"text": "[url=http://a.example]good[/url]"},
        "Link markup of another kind of forum, such as [url=…]",
    ),
    "hidden_link": (
        {"text": "Go to example[.]com tonight"},
        "An address written so that it is not seen as one",
    ),
    "contact": ({"text": "Contact me on WhatsApp +1 202 555 0143"}, "Asks to be contacted: “contact me”"),
    "offer": ({"text": "I now earn money online every month"}, "Offers money or a job: “earn money online”"),
    "money_call": (
        {"text": "My profit doubled, sign up here"},
        "Speaks of money and calls to act: “sign up here”",
    ),
    "money_handle": (
        {"text": "Received my profits $32500, thank you @some_kind_lady"},
        "Praises a person's name next to money: @some_kind_lady",
    ),
    "call_link": ({"text": "Click here: http://a.example/ now"}, "Calls to follow a link: “click here”"),
    "promotion": (
        {"text": "Please subscribe to my channel"},
        "Advertises a channel or account: “subscribe to my”",
    ),
    "goods": ({"text": "Buy cheap viagra"}, "Advertises goods or services: “buy cheap viagra”"),
    "mixed_scripts": (
        {"text": "Log in to pаypаl and to gооgle"},
        "2 words with look-alike letters of another script",
    ),
    "invisible": ({"text": "Send me ca\u200bsh"}, "1 word with invisible signs inside"),
    "fancy_letters": (
        {"text": "𝐓𝐫𝐚𝐝𝐞 with me"},
        "5 letters written as special signs (𝐛𝐨𝐥𝐝, ⓒⓘⓡⓒⓛⓔⓓ, ᴄᴀᴘɪᴛᴀʟ)",
    ),
    "shouting": ({"text": "THIS GOVERNMENT MUST GO AT ONCE"}, "Mostly in capitals"),
    "flattery": (
        {"text": "Very informative, I love your blog!", "author_url": "http://a.example"},
        "Flattery with a link: “very informative”",
    ),
    "name_link": ({"text": "I agree", "author_name": "www.a.example"}, "The name is an address: a.example"),
    "name_keyword": (
        {"text": "I agree", "author_name": "Best Online Casino"},
        "The name is an advertisement: “best online casino”",
    ),
    "disposable_email": (
        {"text": "I agree", "author_email": "x@Mailinator.com"},
        "Throw-away e-mail address: mailinator.com",
    ),
    "honeypot": ({"text": "I agree", "honeypot": "x"}, "A field that people do not see was filled in"),
    "too_fast": ({"text": "I agree", "seconds_to_fill": 0.84}, "The form was filled in 0.8 seconds"),
    "posting_rate": (
        {"text": "I agree", "recent": tuple(recent(age, same_author=True) for age in (5, 20, 50))},
        "3 earlier comments by the same author since 50 seconds ago",
    ),
    "near_duplicate": (
        {"text": COPIED, "recent": (recent(40, text=COPIED + " Really!"),)},
        "Posted elsewhere 40 seconds ago",
    ),
    "plain_prose": (
        {
            "text": "The council has known about the bridge for ten years, and nobody wanted to pay for it."
            " Now that it is closed everybody asks who is to blame."
        },
        "Sentences without links, offers or tricks",
    ),
}


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_each_rule_says_what_it_found(rule):
    told, sentence = SAID[rule]
    assert in_english(Submission(**told)).get(rule) == sentence


LEFT_ALONE = {
    "no link": ({"text": "I agree"}, "links"),
    "the site's own link": (
        {"text": "See https://m.paper.example/news/1", "own_hosts": frozenset({"paper.example"})},
        "links",
    ),
    "a link that good comments cite": (
        {"text": "https://bbc.co.uk/1", "cited_hosts": frozenset({"bbc.co.uk"})},
        "only_link",
    ),
    "a link in a long comment": ({"text": COPIED + " https://a.example/1"}, "link_share"),
    "a messenger in the news": ({"text": "Iran blocks WhatsApp and Telegram again"}, "contact"),
    "a call without a way": ({"text": "Call me a fool, but I believe him"}, "contact"),
    "money in the news": (
        {"text": "They earn $200,000 a year and invest their profits abroad"},
        "money_call",
    ),
    "an offer in the news": (
        {"text": "Half of us work from home since the pandemic, and income fell"},
        "offer",
    ),
    "an answer to somebody": ({"text": "@some_reader you are wrong about the bridge"}, "money_handle"),
    "a channel in the news": ({"text": "The Channel tunnel; subscribe to the printed paper"}, "promotion"),
    "a casino in the news": ({"text": "The casino on Main Street burned down"}, "goods"),
    "Russian and English together": ({"text": "Купил iPhoneом и USB кабель"}, "mixed_scripts"),
    "a Persian joiner": ({"text": "می\u200cخواهم بدانم"}, "invisible"),
    "joined emoji": ({"text": "👩\u200d❤️\u200d👨 wonderful"}, "invisible"),
    "full width in Japanese": ({"text": "ＮＨＫのニュース、ＡＢＣＤＥ"}, "fancy_letters"),
    "a formula": ({"text": "for x in ℝ"}, "fancy_letters"),
    "an abbreviation": ({"text": "NATO and the UN"}, "shouting"),
    "praise without a link": ({"text": "Great article, thanks for sharing"}, "flattery"),
    "a plain name": ({"text": "I agree", "author_name": "Mary O'Neil-Brown Jr."}, "name_link"),
    "a name of a trade": ({"text": "I agree", "author_name": "John Baker"}, "name_keyword"),
    "a usual address": ({"text": "I agree", "author_email": "x@gmail.com"}, "disposable_email"),
    "an empty trap": ({"text": "I agree", "honeypot": " "}, "honeypot"),
    "a form of unknown age": ({"text": "I agree"}, "too_fast"),
    "a quick reader": ({"text": "I agree", "seconds_to_fill": 2.0}, "too_fast"),
    "two comments in a minute": (
        {"text": "I agree", "recent": (recent(5, same_author=True), recent(9, same_author=True), recent(9))},
        "posting_rate",
    ),
    "many who agree": (
        {"text": "I agree", "recent": tuple(recent(5, text="I agree") for _ in range(9))},
        "near_duplicate",
    ),
    "another text": (
        {
            "text": COPIED,
            "recent": (recent(5, text="The bridge was my father's work, and the best he did."),),
        },
        "near_duplicate",
    ),
    "short prose": ({"text": "I agree."}, "plain_prose"),
}


@pytest.mark.parametrize(("told", "rule"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_a_rule_leaves_alone(told, rule):
    assert rule not in in_english(Submission(**told))


OFFERS_IN_THREE_LANGUAGES = {
    "Persian work": "کسب درآمد روزانه در منزل، همین حالا عضو شوید",
    "Persian betting": "سایت شرط‌بندی معتبر با واریز سریع",
    "Persian contact": "برای وام فوری پیام بدهید، شماره تماس ۰۹۱۲ ۳۴۵ ۶۷۸۹",
    "Russian work": "Удаленный заработок от 100$ в день, пишите в личку",
    "Russian work in borrowed letters": "Haбиpaю кoмaндy, дoxoд oт 100$ в дeнь, пишитe в лc",
    "Russian casino": "Онлайн казино, бонус к депозиту",
    "English job": "Earn up to $500 per day, no experience needed, DM me @rich_lady",
    "English job in thin disguise": "E\u200barn m0ney 0nline: double your b1tc0in",
    "English loan": "We offer loans at 3%, contact us on WhatsApp +1 202 555 0143",
}


@pytest.mark.parametrize("text", OFFERS_IN_THREE_LANGUAGES.values(), ids=OFFERS_IN_THREE_LANGUAGES)
def test_an_offer_is_held(text):
    assert screen(Submission(text=text)).score >= 0.35


def test_a_reason_is_whole():
    text = "See http://a.example/1 and tell me what you think"
    assert screen(Submission(text=text)).reasons == (
        Reason(rule="links", weight=0.8, params={"count": 1, "hosts": "a.example"}, spans=((4, 22),)),
    )


def test_evidence_is_shown_in_the_disguise_it_came_in():
    text = "Now bu\u200by ch3ap v i a g r a"
    (goods,) = [reason for reason in screen(Submission(text=text)).reasons if reason.rule == "goods"]
    assert [text[start:end] for start, end in goods.spans] == ["bu\u200by ch3ap v i a g r a"]


def test_a_campaign_weighs_more_than_a_repetition():
    once, often = (
        Submission(text=COPIED, recent=tuple(recent(age, text=COPIED) for age in ages))
        for ages in ([40], [40, 300, 7200])
    )
    assert in_english(once)["near_duplicate"] == "Posted elsewhere 40 seconds ago"
    assert in_english(often)["near_duplicate"] == "Posted elsewhere 3 times, last 40 seconds ago"
    assert 0.35 <= screen(once).score < screen(often).score < 0.90


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        (1, "1 second ago"),
        (89, "89 seconds ago"),
        (90, "2 minutes ago"),
        (7200, "2 hours ago"),
        (200_000, "2 days ago"),
    ],
)
def test_a_span_of_time_in_its_largest_unit(seconds, sentence):
    with translation.override("en"):
        assert ago(seconds) == sentence


def test_names_of_rules_are_unique_and_each_has_a_sentence_and_an_example():
    names = [rule.id for rule in RULES]
    assert len(names) == len(set(names))
    assert set(names) == set(SAID) <= set(SENTENCES)
    assert set(names) >= LINK_RULES


def test_every_rule_stands_in_the_documentation_with_its_weight():
    page = (Path(__file__).parents[3] / "docs" / "screening.md").read_text("utf-8")
    assert [rule.id for rule in RULES if f"| `{rule.id}` | {rule.weight:+.1f} |" not in page] == []


def test_the_list_of_throw_away_addresses_is_clean():
    hosts = disposable_hosts()
    assert len(hosts) > 50
    assert [host for host in hosts if host != host.strip().lower() or "." not in host or "@" in host] == []
    assert not hosts & {"gmail.com", "outlook.com", "yahoo.com", "proton.me", "icloud.com"}


def test_expensive_questions_are_asked_once():
    context = Context(Submission(text="Click here: http://a.example"))
    assert context.normal is context.normal
    assert context.links is context.links

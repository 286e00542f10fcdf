"""Addresses are found however they are written, with the host that a browser would open."""

import pytest

from comments.screening.links import find_links, host_of, leads_to
from comments.screening.normalise import fold_letters


def hosts(text):
    return [link.host for link in find_links(text, fold_letters(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://www.example.com/a?b=c.", ["example.com"]),
        ("see www.example.com, please", ["example.com"]),
        ("HTTP://EXAMPLE.COM", ["example.com"]),
        ("hxxp://example.org/x", ["example.org"]),
        ("gofundme.com/grwmps", ["gofundme.com"]),
        ("join t.me/abc", ["t.me"]),
        ("visit 🌐frzswap.com🔥", ["frzswap.com"]),
        ("https://bbc.co.uk@evil.example/login", ["evil.example"]),
        ("http://evil.example:8080\\@bbc.co.uk", ["evil.example"]),
        ("ｗｗｗ．ｅｘａｍｐｌｅ．ｃｏｍ", ["example.com"]),
        ("exa\u200bmple.com", ["example.com"]),
        ('<a href="http://a.example/x">y</a> [z](http://b.example/)', ["a.example", "b.example"]),
        ("a missing space.So what? ask me.so and yes.no", []),
        ("write to reader@example.com", []),
        ("version 1.2.3, 3.14 and U.S.A.", []),
        ("http://localhost and www.", []),
        ("", []),
    ],
)
def test_the_hosts_of_a_text(text, found):
    assert hosts(text) == found


def test_a_look_alike_of_our_host_is_not_our_host():
    assert hosts("http://bbс.com/login") == ["bbс.com"]  # its с is Cyrillic


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("example.com", True),
        ("m.example.com", True),
        ("notexample.com", False),
        ("example.com.evil.io", False),
        ("", False),
    ],
)
def test_under_one_of_these_hosts(host, expected):
    assert leads_to(host, frozenset({"example.com"})) is expected


@pytest.mark.parametrize(
    ("address", "host"),
    [("Reader@Mailinator.com", "mailinator.com"), ("https://www.example.com./x", "example.com"), ("", "")],
)
def test_the_host_of_an_address(address, host):
    assert host_of(address) == host

"""Domains of e-mail addresses as people type them, and the host behind an address. Pure."""

import re

LONGEST = 253
NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])")


def read(written: str) -> tuple[frozenset[str], list[tuple[int, str]]]:
    """The domains of a list, one a line, and the lines that are none, each with its number.

    What stands before an @ is left out, and so are an asterisk at the beginning, empty lines and remarks (#).
    """
    found, faults = set(), []
    for number, line in enumerate(re.split(r"\r\n?|\n", written), start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        domain = ascii_name(text.rpartition("@")[2].removeprefix("*").strip("."))
        if NAME.fullmatch(domain):
            found.add(domain)
        else:
            faults.append((number, line.strip()[:60]))
    return frozenset(found), faults


def host_of(email: str) -> str:
    """The domain of an e-mail address, as the lists have it; empty for what is no address."""
    return ascii_name(email.rpartition("@")[2].strip().strip(".")) if "@" in email else ""


def ascii_name(domain: str) -> str:
    """münchen.example and its full-width spelling as xn--mnchen-3ya.example; empty where there is no such name."""
    if len(domain) > LONGEST:
        return ""
    try:
        return domain.lower().encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""

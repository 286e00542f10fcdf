"""What each rule has to say, in the moderator's language."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Params = Mapping[str, Any]


def sentence_for(rule: str, params: Params) -> str:
    """The sentence of a rule; of a rule, or a form of it, that is no longer known, its name."""
    try:
        return SENTENCES[rule](params)
    except (KeyError, TypeError, ValueError):
        return _("Another rule: %(rule)s") % {"rule": rule}


def ago(seconds: float) -> str:
    """A span of time before now, in its largest whole unit."""
    if seconds < 90:
        return ngettext("%(count)d second ago", "%(count)d seconds ago", round(seconds)) % {
            "count": round(seconds)
        }
    if seconds < 90 * 60:
        minutes = round(seconds / 60)
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    if seconds < 36 * 3600:
        hours = round(seconds / 3600)
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    days = round(seconds / 86400)
    return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}


def links(params: Params) -> str:
    """Name the hosts too: a moderator knows many of them by sight."""
    sentence = ngettext("%(count)d link, to %(hosts)s", "%(count)d links, to %(hosts)s", params["count"])
    return sentence % {"count": params["count"], "hosts": params["hosts"]}


def mixed_scripts(params: Params) -> str:
    """Said with an example, since the borrowed letters cannot be seen."""
    return (
        ngettext(
            "%(count)d word with look-alike letters of another script",
            "%(count)d words with look-alike letters of another script",
            params["count"],
        )
        % params
    )


def invisible(params: Params) -> str:
    """Counted by words, since one word is often cut many times."""
    return (
        ngettext(
            "%(count)d word with invisible signs inside",
            "%(count)d words with invisible signs inside",
            params["count"],
        )
        % params
    )


def fancy_letters(params: Params) -> str:
    """Mathematical, circled, full-width letters and small capitals."""
    return (
        ngettext(
            "%(count)d letter written as a special sign (𝐛𝐨𝐥𝐝, ⓒⓘⓡⓒⓛⓔⓓ, ᴄᴀᴘɪᴛᴀʟ)",
            "%(count)d letters written as special signs (𝐛𝐨𝐥𝐝, ⓒⓘⓡⓒⓛⓔⓓ, ᴄᴀᴘɪᴛᴀʟ)",
            params["count"],
        )
        % params
    )


def too_fast(params: Params) -> str:
    """Whole seconds would say 0 or 1 of nearly all of them."""
    return _("The form was filled in %(seconds).1f seconds") % {"seconds": params["seconds"]}


def posting_rate(params: Params) -> str:
    """How many, and since when."""
    sentence = ngettext(
        "%(count)d earlier comment by the same author since %(ago)s",
        "%(count)d earlier comments by the same author since %(ago)s",
        params["count"],
    )
    return sentence % {"count": params["count"], "ago": ago(params["seconds"])}


def near_duplicate(params: Params) -> str:
    """Once it is a repetition, several times a campaign."""
    if params["count"] == 1:
        return _("Posted elsewhere %(ago)s") % {"ago": ago(params["seconds"])}
    sentence = ngettext(
        "Posted elsewhere %(count)d time, last %(ago)s",
        "Posted elsewhere %(count)d times, last %(ago)s",
        params["count"],
    )
    return sentence % {"count": params["count"], "ago": ago(params["seconds"])}


def house_newcomer(params: Params) -> str:
    """How far the account has come on the way."""
    return (
        ngettext(
            "A newcomer: %(approved)d of %(needed)d comment approved so far",
            "A newcomer: %(approved)d of %(needed)d comments approved so far",
            params["needed"],
        )
        % params
    )


def house_history(params: Params) -> str:
    """What was turned down, of how many, in how many days."""
    return (
        ngettext(
            "Turned down: %(turned_down)d of %(decided)d comments decided about in the last %(days)d day",
            "Turned down: %(turned_down)d of %(decided)d comments decided about in the last %(days)d days",
            params["days"],
        )
        % params
    )


def house_words(params: Params) -> str:
    """The words as the list has them, and which list."""
    if params["count"] > 1:
        said = _("From the list “%(list)s”: “%(words)s” and others, %(count)d in all")
    else:
        said = _("From the list “%(list)s”: “%(words)s”")
    return said % params


def house_links(params: Params) -> str:
    """How many there are, and how many may be."""
    return (
        ngettext(
            "%(count)d link, more than the %(most)d allowed",
            "%(count)d links, more than the %(most)d allowed",
            params["count"],
        )
        % params
    )


def house_email(params: Params) -> str:
    """Which of the two lists of hosts it is."""
    if params["is_disposable"]:
        return _("A throw-away e-mail address: %(host)s") % params
    return _("An e-mail address at a domain that waits: %(host)s") % params


def watched(params: Params) -> str:
    """Until when, in the moderator's time zone."""
    return _("Watched until %(until)s") % {"until": _moment(params)} if params["until"] else _("Watched for good")


def banned(params: Params) -> str:
    """Somebody was banned while the comment was being checked."""
    return _("Banned until %(until)s") % {"until": _moment(params)} if params["until"] else _("Banned for good")


def _moment(params: Params) -> str:
    return date_format(localtime(datetime.fromisoformat(params["until"])), "SHORT_DATETIME_FORMAT")


SENTENCES: dict[str, Callable[[Params], str]] = {
    "links": links,
    "link_share": lambda params: _("Mostly links: %(percent)d%% of the text") % params,
    "only_link": lambda params: _("Only a link, no text"),
    "shortener": lambda params: _("A shortened link that hides where it leads: %(host)s") % params,
    "messenger_link": lambda params: _("A link into a messenger: %(host)s") % params,
    "forum_markup": lambda params: _("Link markup of another kind of forum, such as [url=…]"),
    "hidden_link": lambda params: _("An address written so that it is not seen as one"),
    "contact": lambda params: _("Asks to be contacted: “%(call)s”") % params,
    "offer": lambda params: _("Offers money or a job: “%(words)s”") % params,
    "money_call": lambda params: _("Speaks of money and calls to act: “%(call)s”") % params,
    "money_handle": lambda params: _("Praises a person's name next to money: %(handle)s") % params,
    "call_link": lambda params: _("Calls to follow a link: “%(call)s”") % params,
    "promotion": lambda params: _("Advertises a channel or account: “%(words)s”") % params,
    "goods": lambda params: _("Advertises goods or services: “%(words)s”") % params,
    "mixed_scripts": mixed_scripts,
    "invisible": invisible,
    "fancy_letters": fancy_letters,
    "shouting": lambda params: _("Mostly in capitals"),
    "flattery": lambda params: _("Flattery with a link: “%(words)s”") % params,
    "name_link": lambda params: _("The name is an address: %(host)s") % params,
    "name_keyword": lambda params: _("The name is an advertisement: “%(words)s”") % params,
    "disposable_email": lambda params: _("Throw-away e-mail address: %(host)s") % params,
    "honeypot": lambda params: _("A field that people do not see was filled in"),
    "too_fast": too_fast,
    "posting_rate": posting_rate,
    "near_duplicate": near_duplicate,
    "watched": watched,
    "banned": banned,
    "plain_prose": lambda params: _("Sentences without links, offers or tricks"),
    "house_newcomer": house_newcomer,
    "house_history": house_history,
    "house_words": house_words,
    "house_links": house_links,
    "house_email": house_email,
    "house_guest": lambda params: _("Written without an account"),
}

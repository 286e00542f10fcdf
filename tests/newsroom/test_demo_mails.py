"""Who tries the site out reads its mails in the browser."""

from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.test import RequestFactory, override_settings

from newsroom import demo


def test_mails_in_files_are_shown_newest_first_with_links(tmp_path: Path, db: None) -> None:
    for number in (1, 2):
        backend = EmailBackend(file_path=str(tmp_path))
        date = f"Sun, 22 Nov 2026 1{number}:00:00 +0000"
        letter = EmailMessage(
            f"Nachricht «{number}»",
            f"Öffnen: http://testserver/{number}/\n",
            "desk@example.org",
            ["m@example.org"],
        )
        letter.extra_headers["Date"] = date
        backend.send_messages([letter, letter] if number == 1 else [letter])
    with override_settings(MAILS_FOLDER=str(tmp_path)):
        page = demo.mails(RequestFactory().get("/demo/mails/")).content.decode()
    assert page.count("<li dir") == 3
    assert page.index("Nachricht «2»") < page.index("Nachricht «1»")
    assert '<a href="http://testserver/2/" rel="nofollow">http://testserver/2/</a>' in page


def test_where_mails_leave_the_site_the_page_says_so(db: None) -> None:
    page = demo.mails(RequestFactory().get("/demo/mails/")).content.decode()
    assert "none is kept here" in page


def test_on_a_real_site_the_page_is_not_there(client, db: None) -> None:
    assert client.get("/demo/mails/").status_code == 404

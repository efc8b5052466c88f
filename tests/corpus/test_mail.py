"""E-mails become articles: subject, sender, date, and the text that people saw."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from corpus.articles import Article
from corpus.errors import InvalidArticle
from corpus.sources.files import Rejected, read_files
from corpus.sources.formats import Found
from corpus.sources.mail import parse_mail

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "From: Orda.kz <news@orda.kz>\r\nSubject: Calm\r\n"


def message(text: str = "It was calm.\n", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made.set_content(text)
    for name, value in {"From": "Orda.kz <news@orda.kz>", "Subject": "Calm", **headers}.items():
        made[name.replace("_", "-")] = value
    return made


def found(made: EmailMessage | bytes) -> Found:
    raw = parse_mail(made if isinstance(made, bytes) else made.as_bytes())
    return Found("", raw, str(raw.pop("key")))


def text(made: EmailMessage | bytes) -> object:
    return found(made).raw["text"]


def reason(content: bytes) -> str:
    with pytest.raises(InvalidArticle) as refused:
        parse_mail(content)
    return str(refused.value)


def test_a_message_is_an_article() -> None:
    made = message(
        "Газ подорожал.\n\nЛюди вышли.\n",
        Subject="Жаңаөзен: цены",
        From="Новости <news@orda.kz>",
        Date="Wed, 05 Jan 2022 14:30:00 +0600",
        Message_ID="<1@orda.kz>",
    )
    assert found(made) == Found(
        "",
        {
            "title": "Жаңаөзен: цены",
            "text": "Газ подорожал.\n\nЛюди вышли.",
            "source": "Новости",
            "published": "2022-01-05T14:30:00+06:00",
        },
        key="mid:1@orda.kz",
    )


def test_one_message_in_two_files_is_one_article(tmp_path: Path) -> None:
    for name in ("a.eml", "b.EML"):
        (tmp_path / name).write_bytes(message(Message_ID="<1@orda.kz>").as_bytes())
    (tmp_path / "c.eml").write_bytes(message().as_bytes())

    keys = [one.key for one in read_files([tmp_path]) if isinstance(one, Article)]

    assert keys == ["mid:1@orda.kz", "mid:1@orda.kz", (tmp_path / "c.eml").as_uri()]


def test_plain_text_is_preferred_to_html_and_html_is_read_where_there_is_no_other() -> None:
    both = message("It was plain.\n")
    both.add_alternative("<p>It was rich.</p>", subtype="html")
    assert text(both) == "It was plain."
    empty = message(" \n")
    empty.add_alternative(
        "<html><head><title>x</title></head><p>It was <b>rich</b>.</p><p>Twice.</p>", subtype="html"
    )
    assert text(empty) == "It was rich.\n\nTwice."


def test_attachments_and_messages_in_a_message_are_not_read() -> None:
    made = message("It was calm.\n")
    made.add_attachment("Secret.", filename="a.txt")
    made.add_attachment(message("Another one.\n"))
    assert text(made) == "It was calm."


def test_a_message_of_attachments_only_names_them(tmp_path: Path) -> None:
    made = EmailMessage()
    made["From"] = "news@orda.kz"
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../отчёт.pdf")
    (tmp_path / "a.eml").write_bytes(made.as_bytes())

    assert list(read_files([tmp_path])) == [
        Rejected(
            str(tmp_path / "a.eml"),
            "it has no text, only attachments (../отчёт.pdf); save them, and add them as files",
        )
    ]


@pytest.mark.parametrize(
    "sender, source",
    [
        ("Orda.kz <news@orda.kz>", "Orda.kz"),
        ("news@orda.kz", "orda.kz"),
        ('"Ann, B." <a@b.kz>', "Ann, B."),
        ("", None),
    ],
)
def test_the_source_is_the_senders_name_or_where_the_address_belongs(sender: str, source: str | None) -> None:
    content = f"From: {sender}\r\nSubject: Calm\r\n\r\nIt was calm.".encode()
    assert found(content).raw["source"] == source


@pytest.mark.parametrize("date", ["", "Date: yesterday\r\n", "Date: Wed, 99 Foo 2022 99:99:99 +9999\r\n"])
def test_a_date_that_nobody_can_read_is_none(date: str) -> None:
    assert found(f"{HEAD}{date}\r\nIt was calm.".encode()).raw["published"] is None


# Encodings


def eight_bit(charset: str) -> bytes:
    """The head of a message whose bytes are a text's."""
    kind = f"Content-Type: text/plain; charset={charset}"
    return f"{HEAD}{kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "windows-1251"])
def test_a_text_is_read_in_the_encoding_that_it_names(charset: str) -> None:
    made = EmailMessage()
    made.set_content("Газ подорожал.\n", charset=charset)
    made["Subject"] = "Газ"
    assert text(made) == "Газ подорожал."


def test_utf_8_under_another_name_is_utf_8_and_nothing_else_is_guessed() -> None:
    for charset in ("us-ascii", "iso-8859-1"):
        assert text(eight_bit(charset) + "Газ подорожал.".encode()) == "Газ подорожал."
    assert text(eight_bit("iso-8859-1") + "L'été.".encode("latin-1")) == "L'été."
    bare = f"{HEAD}Content-Transfer-Encoding: 8bit\r\n\r\n".encode()
    assert reason(bare + "Газ".encode("koi8-r")).startswith("not UTF-8 (byte 0xe7 at offset 0)")
    martian = f"{HEAD}Content-Type: text/plain; charset=martian\r\n\r\nx".encode()
    assert reason(martian) == "it names an encoding that is not known here: martian"


def test_lines_that_a_mail_program_broke_are_whole_again() -> None:
    lines = ("It was ", "calm.", " ", "> He ", "> said.", "-- ", "Ann")
    head = f"{HEAD}Content-Type: text/plain; format=flowed\r\n\r\n"
    assert text((head + "\r\n".join(lines)).encode()) == "It was calm.\n\n> He said.\n-- \nAnn"


# What is refused


def test_what_is_no_message_or_says_nothing_is_refused() -> None:
    assert reason(b"It was calm.") == "it is no e-mail: it has neither From nor Subject"
    assert reason(HEAD.encode()) == "text: there is none"


def test_parts_nested_without_end_are_refused() -> None:
    nested = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(3_000))
    assert reason(f"{HEAD}{nested}".encode()) in {"its parts are nested too deeply", "text: there is none"}

"""Channels, what is passed on from them and from people, and files: as the Bot API shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.bot_api import ask, fetch_file, refusal
from tests.fakes.telegram_wire import Answer, Broken

if TYPE_CHECKING:
    from tests.fakes.bot_api_schema import Fields
    from tests.fakes.telegram import FakeTelegram, Person
    from tests.fakes.telegram_wire import Json

SCHEMA = Path(__file__).parents[3] / "shared/spec/bot-api-10.1.json"
ADMIN_KINDS = ["channel_post", "edited_channel_post", "my_chat_member", "message"]


def last(telegram: FakeTelegram, kind: str) -> Json:
    content: Json = telegram.pending[-1][kind]
    return content


def test_a_post_may_be_signed_and_an_edit_of_it_is_told(telegram: FakeTelegram) -> None:
    channel = telegram.channel("Tidings", username="tidings")
    post = telegram.channel_post(channel, "The bridge is closed.", signature="A. Editor")
    told = last(telegram, "channel_post")
    assert (told["author_signature"], told["sender_chat"], "from" in told) == (
        "A. Editor",
        channel.json(),
        False,
    )

    telegram.channel_edits(post, "The bridge is open. https://example.org")

    edited = last(telegram, "edited_channel_post")
    assert (edited["message_id"], edited["edit_date"]) == (post.id, telegram.now())
    assert edited["text"] == "The bridge is open. https://example.org"
    assert [entity["type"] for entity in edited["entities"]] == ["url"]


def test_an_album_is_several_posts_of_which_one_has_the_caption(telegram: FakeTelegram) -> None:
    channel = telegram.channel("Tidings")
    first = telegram.channel_photo(channel, "Fire in the centre.", album="a1")
    second = telegram.channel_photo(channel, album="a1")

    told = [update["channel_post"] for update in telegram.pending]
    assert [one["media_group_id"] for one in told] == ["a1", "a1"]
    assert [one.get("caption") for one in told] == ["Fire in the centre.", None]
    assert second.id == first.id + 1

    telegram.channel_edits(first, "")
    assert "caption" not in last(telegram, "edited_channel_post")
    with pytest.raises(ValueError, match="a text cannot become empty"):
        telegram.channel_edits(telegram.channel_post(channel, "words"), "")


def test_what_is_forwarded_says_where_it_came_from(telegram: FakeTelegram, alice: Person) -> None:
    channel = telegram.channel("Tidings", username="tidings")
    shy = telegram.user("Shy")
    shy.hides_name = True
    group = telegram.group("Neighbours", [shy], supergroup=True, announced=False)
    post = telegram.channel_post(channel, "one", signature="A. Editor")
    others = [shy.says("two"), shy.says("three", in_=group, anonymous=True), alice.says("four")]

    origins = [alice.forwards(message).data["forward_origin"] for message in [post, *others]]

    assert [origin["type"] for origin in origins] == ["channel", "hidden_user", "chat", "user"]
    assert origins[0]["chat"]["username"] == "tidings"
    assert (origins[0]["message_id"], origins[0]["author_signature"]) == (post.id, "A. Editor")
    assert origins[1]["sender_user_name"] == "Shy"
    assert "sender_user" not in origins[1]
    assert origins[2]["sender_chat"]["title"] == "Neighbours"
    assert origins[3]["sender_user"]["id"] == alice.id
    passed_on = telegram.channel_forwards(post, telegram.channel("Copies"))
    assert passed_on.data["forward_origin"] == origins[0]
    assert passed_on.text == "one"


def test_who_added_the_bot_to_a_channel_is_told(telegram: FakeTelegram, alice: Person) -> None:
    channel = telegram.channel("Tidings")
    telegram.kick_bot(channel, by=alice)
    telegram.channel_post(channel, "unheard")

    telegram.promote_bot(channel, by=alice)

    change = last(telegram, "my_chat_member")
    assert [update for update in telegram.pending if "channel_post" in update] == []
    assert (change["from"]["id"], change["chat"]["type"]) == (alice.id, "channel")
    assert [change[side]["status"] for side in ("old_chat_member", "new_chat_member")] == [
        "kicked",
        "administrator",
    ]


def test_a_file_has_one_id_for_ever_and_another_for_each_time_it_is_sent(
    telegram: FakeTelegram, alice: Person
) -> None:
    once, again, other = (
        alice.sends_document("a.txt", content).data["document"] for content in (b"words", b"words", b"others")
    )

    assert once["file_unique_id"] == again["file_unique_id"] != other["file_unique_id"]
    assert once["file_id"] != again["file_id"]
    assert ask(telegram, "getFile", file_id=again["file_id"])["file_unique_id"] == once["file_unique_id"]
    untold = alice.sends_document("", b"words", tells_size=False).data["document"]
    assert untold.keys() == {"file_id", "file_unique_id"}


def test_a_download_can_fail_in_all_ways(telegram: FakeTelegram, alice: Person) -> None:
    file_id = alice.sends_document("a.txt", b"words").data["document"]["file_id"]
    path = ask(telegram, "getFile", file_id=file_id)["file_path"]
    telegram.fail_next("file", network="error")
    telegram.fail_next("file", status=502)

    broken, bad, there = (fetch_file(telegram, telegram.token, path) for _ in range(3))

    assert isinstance(broken, Broken)
    assert isinstance(bad, Answer)
    assert (bad.status, there) == (502, b"words")
    missing = fetch_file(telegram, "123456789:wrong", path)
    assert isinstance(missing, Answer)
    assert missing.status == 404
    assert [request.status for request in telegram.requests if request.method == "file"] == [0, 502, 200, 404]


def test_a_menu_for_a_chat_that_the_bot_never_met_is_refused(telegram: FakeTelegram, alice: Person) -> None:
    menu = [{"command": "add", "description": "add an article"}]
    scope = {"type": "chat", "chat_id": alice.id}

    assert refusal(telegram, "setMyCommands", commands=menu, scope=scope) == "Bad Request: chat not found"

    alice.says("/start")
    assert ask(telegram, "setMyCommands", commands=menu, scope=scope) is True


def test_all_that_the_bot_is_told_has_official_fields(telegram: FakeTelegram, alice: Person) -> None:
    if not SCHEMA.exists():
        pytest.skip("the official schema is not here")
    types: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))["types"]
    channel = telegram.channel("Tidings", username="tidings")
    post = telegram.channel_post(channel, "See https://example.org", signature="A. Editor")
    telegram.channel_edits(post, "See nothing")
    telegram.channel_photo(channel, "Fire", album="a1")
    telegram.kick_bot(channel, by=alice)
    telegram.promote_bot(channel, by=alice)
    alice.forwards(post, album="a2")
    alice.hides_name = True
    alice.forwards(alice.sends_document("a.pdf", b"%PDF", "/add this"))

    unofficial = [
        wrong
        for update in telegram.pending
        for kind in ADMIN_KINDS
        if kind in update
        for wrong in strangers(update[kind], official_type(types, "Update", kind), types)
    ]

    assert len(telegram.pending) == 8
    assert unofficial == []


def official_type(types: dict[str, Any], type_: str, field: str) -> str:
    [found] = [one["types"] for one in types[type_]["fields"] if one["name"] == field]
    return "|".join(found)


def strangers(value: object, type_: str, types: dict[str, Any]) -> list[str]:
    """List what of a value has no place in the official type, and what that requires and is not there."""
    if isinstance(value, list):
        return [wrong for one in value for wrong in strangers(one, type_.removeprefix("Array of "), types)]
    if not isinstance(value, dict):
        return []
    kinds = types[type_].get("subtypes", [type_])
    return min((_strangers(value, kind, types) for kind in kinds), key=len)


def _strangers(value: Json, type_: str, types: dict[str, Any]) -> list[str]:
    fields: Fields = {one["name"]: "|".join(one["types"]) for one in types[type_].get("fields", [])}
    required = {one["name"] for one in types[type_].get("fields", []) if one["required"]}
    wrong = [f"{type_}.{name}" for name in (value.keys() - fields.keys()) | (required - value.keys())]
    known = [(one, fields[name]) for name, one in value.items() if name in fields]
    return wrong + [deeper for one, kind in known for deeper in strangers(one, kind, types)]

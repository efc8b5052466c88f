import pytest

from tests.fakes.bot_api import ask
from tests.fakes.telegram import Chat, FakeTelegram, Message, Person
from tests.fakes.telegram_wire import Json


def last_update(telegram: FakeTelegram) -> Json:
    update: Json = telegram.pending[-1]
    return {key: value for key, value in update.items() if key != "update_id"}


def texts(telegram: FakeTelegram) -> list[str]:
    return [update["message"].get("text", "") for update in telegram.pending if "message" in update]


def sends(telegram: FakeTelegram, chat: Chat, text: str = "x", **parameters: object) -> Message:
    ask(telegram, "sendMessage", chat_id=chat.id, text=text, **parameters)
    return chat.last_reply()


def test_what_people_say_is_an_update(telegram: FakeTelegram, alice: Person) -> None:
    alice.says("🏙 /ask@crisisbot", at=1_600_000_000)
    [update] = telegram.pending
    assert update == {
        "update_id": 700_000_001,
        "message": {
            "message_id": 100,
            "from": {
                "id": alice.id,
                "is_bot": False,
                "first_name": "Alice",
                "username": "alice",
                "language_code": "ru",
            },
            "chat": {"id": alice.id, "type": "private", "first_name": "Alice", "username": "alice"},
            "date": 1_600_000_000,
            "text": "🏙 /ask@crisisbot",
            "entities": [{"type": "bot_command", "offset": 3, "length": 14}],
        },
    }


def test_an_edit_is_an_update_of_its_own(telegram: FakeTelegram, alice: Person) -> None:
    message = alice.says("wat")
    alice.edits(message, "what")
    edited = last_update(telegram)["edited_message"]
    assert (edited["message_id"], edited["text"], edited["edit_date"]) == (100, "what", 1_700_000_000)
    assert telegram.pending[0]["message"]["text"] == "wat"
    with pytest.raises(ValueError, match="is not by"):
        telegram.user("Bob").edits(message, "never")


def test_people_send_more_than_texts(telegram: FakeTelegram, alice: Person) -> None:
    alice.sends_photo(caption="@crisisbot what is this")
    photo = last_update(telegram)["message"]
    assert photo["caption"] == "@crisisbot what is this"
    assert photo["caption_entities"] == [{"type": "mention", "offset": 0, "length": 10}]
    alice.sends_sticker("❤")
    assert last_update(telegram)["message"]["sticker"]["emoji"] == "❤"
    document = alice.sends_document("a.pdf", b"%PDF").data["document"]
    assert (document["file_name"], document["file_size"]) == ("a.pdf", 4)
    assert ask(telegram, "getFile", file_id=document["file_id"])["file_size"] == 4


def test_forwards_say_where_they_come_from(telegram: FakeTelegram, alice: Person) -> None:
    bob = telegram.user("Bob")
    forward = alice.forwards(bob.says("news"))
    origin = {"type": "user", "date": 1_700_000_000, "sender_user": bob.json()}
    assert (forward.text, forward.data["forward_origin"]) == ("news", origin)
    channel = telegram.channel("Tidings", username="tidings")
    post = telegram.channel_post(channel, "today")
    assert "sender_chat" in last_update(telegram)["channel_post"]
    assert alice.forwards(post).data["forward_origin"] == {
        "type": "channel",
        "date": 1_700_000_000,
        "chat": {"id": channel.id, "type": "channel", "title": "Tidings", "username": "tidings"},
        "message_id": post.id,
    }


def test_strange_authors_look_as_in_telegram(telegram: FakeTelegram, alice: Person) -> None:
    channel = telegram.channel("Tidings")
    group = telegram.group("Neighbours", [alice], supergroup=True)
    helper = telegram.other_bot("Pictures", username="pic")
    anonymous = alice.says("/ask", in_=group, anonymous=True).data
    assert (anonymous["from"]["id"], anonymous["sender_chat"]["id"]) == (1087968824, group.id)
    masked = alice.says("/ask", in_=group, as_channel=channel).data
    assert (masked["from"]["id"], masked["sender_chat"]["id"]) == (136817688, channel.id)
    through = alice.says("a picture", in_=group, via_bot=helper).data
    assert through["via_bot"] == {
        "id": helper.id,
        "is_bot": True,
        "first_name": "Pictures",
        "username": "pic",
    }
    copied = telegram.auto_forwards(telegram.channel_post(channel, "today"), into=group).data
    assert (copied["from"]["id"], copied["is_automatic_forward"]) == (777000, True)
    assert copied["forward_origin"]["chat"]["id"] == channel.id


def test_replies_show_what_they_answer_and_what_they_quote(alice: Person) -> None:
    first = alice.says("one two")
    second = alice.says("why?", reply_to=first, quote="two")
    third = alice.says("well?", reply_to=second)
    assert second.data["quote"] == {"text": "two", "position": 4, "is_manual": True}
    assert third.data["reply_to_message"]["text"] == "why?"
    assert "reply_to_message" not in third.data["reply_to_message"]
    assert third.reply_to is second


@pytest.mark.parametrize(
    "text,heard",
    [
        ("hello all", False),
        ("/ask", True),
        ("/ask@CrisisBot now", True),
        ("/ask@other_bot", False),
        ("what, @crisisBOT?", True),
        ("what, @other?", False),
        ("mail crisisbot@e.org", False),
    ],
)
def test_privacy_mode_keeps_group_talk_from_the_bot(
    telegram: FakeTelegram, alice: Person, forum: Chat, text: str, *, heard: bool
) -> None:
    alice.says(text, in_=forum)
    assert texts(telegram) == ([text] if heard else [])


def test_privacy_mode_lets_replies_and_named_mentions_through(
    telegram: FakeTelegram, alice: Person, forum: Chat
) -> None:
    answer = sends(telegram, forum)
    alice.says("and then?", in_=forum, reply_to=answer)
    name = {"type": "text_mention", "offset": 0, "length": 3, "user": telegram.bot_json()}
    alice.says("Bot, why?", in_=forum, entities=[name])
    assert texts(telegram) == ["and then?", "Bot, why?"]
    assert last_update(telegram)["message"]["entities"] == [name]


@pytest.mark.parametrize("way", ["privacy off", "administrator"])
def test_without_privacy_mode_everything_is_heard(way: str) -> None:
    telegram = FakeTelegram(privacy=way != "privacy off")
    alice = telegram.user("Alice")
    group = telegram.group("Neighbours", [alice], announced=False)
    if way == "administrator":
        telegram.promote_bot(group)
    alice.says("hello all", in_=group)
    assert texts(telegram) == ["hello all"]


def test_other_bots_are_heard(telegram: FakeTelegram) -> None:
    other = telegram.other_bot("Helper", username="helper_bot")
    group = telegram.group("Bots", [other], announced=False)
    other.says("@crisisbot hi", in_=group)
    assert last_update(telegram)["message"]["from"]["is_bot"] is True


def test_strangers_cannot_write_in_a_group(telegram: FakeTelegram, forum: Chat) -> None:
    with pytest.raises(ValueError, match="is not a member of"):
        telegram.user("Bob").says("hi", in_=forum)


def test_joining_a_group_is_told_twice(telegram: FakeTelegram, alice: Person) -> None:
    group = telegram.group("Neighbours", [alice])
    change, message = telegram.pending
    assert change["my_chat_member"]["chat"] == {"id": group.id, "type": "group", "title": "Neighbours"}
    assert change["my_chat_member"]["from"] == alice.json()
    assert change["my_chat_member"]["old_chat_member"]["status"] == "left"
    assert change["my_chat_member"]["new_chat_member"] == {"status": "member", "user": telegram.bot_json()}
    assert message["message"]["new_chat_members"] == [telegram.bot_json()]


def test_joining_and_leaving_members_are_told(telegram: FakeTelegram, forum: Chat) -> None:
    bob = telegram.user("Bob")
    telegram.joins(bob, forum)
    assert last_update(telegram)["message"]["new_chat_members"] == [bob.json()]
    telegram.leaves(bob, forum)
    assert last_update(telegram)["message"]["left_chat_member"] == bob.json()


def test_reactions_are_told_only_on_request(telegram: FakeTelegram, alice: Person) -> None:
    message = alice.says("hi")
    alice.reacts(message, "👍")
    assert "message" in last_update(telegram)
    ask(telegram, "getUpdates", allowed_updates=["message", "message_reaction"])
    alice.reacts(message, "👍")
    assert last_update(telegram)["message_reaction"]["new_reaction"] == [{"type": "emoji", "emoji": "👍"}]


def test_deleted_messages_are_gone_without_a_word(telegram: FakeTelegram, alice: Person) -> None:
    question = alice.says("what")
    answer = sends(telegram, alice.private(), reply_parameters={"message_id": question.id})
    alice.deletes(question)
    assert (question.is_deleted, answer.reply_to, len(telegram.pending)) == (True, None, 1)


def test_clients_split_what_is_too_long(alice: Person) -> None:
    assert alice.says("🏙" * 2048).text == "🏙" * 2048
    with pytest.raises(ValueError, match="4096 UTF-16 units"):
        alice.says("🏙" * 2048 + "x")


def test_a_forward_of_a_forward_keeps_its_origin(telegram: FakeTelegram, alice: Person) -> None:
    first = alice.forwards(telegram.user("Bob").says("news"))
    assert alice.forwards(first).data["forward_origin"] == first.data["forward_origin"]

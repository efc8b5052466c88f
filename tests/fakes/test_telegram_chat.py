from collections.abc import Callable

import pytest

from tests.fakes.bot_api import ask, refusal
from tests.fakes.telegram import Chat, FakeTelegram, Message, Person
from tests.fakes.telegram_wire import Json, Refused


def last_update(telegram: FakeTelegram) -> Json:
    update: Json = telegram.pending[-1]
    return {key: value for key, value in update.items() if key != "update_id"}


def texts(telegram: FakeTelegram) -> list[str]:
    return [update["message"].get("text", "") for update in telegram.pending if "message" in update]


def refused_in(chat: Chat, **parameters: object) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        ask(chat.world, "sendMessage", chat_id=chat.id, text="x", **parameters)
    return refused.value.status, refused.value.description


def sends(telegram: FakeTelegram, chat: Chat, text: str = "x", **parameters: object) -> Message:
    ask(telegram, "sendMessage", chat_id=chat.id, text=text, **parameters)
    return chat.last_reply()


def test_topics_mark_their_messages(telegram: FakeTelegram, alice: Person, forum: Chat) -> None:
    water = telegram.topic(forum, "Water")
    asked = alice.says("/ask", in_=forum, topic=water)
    assert (asked.data["message_thread_id"], asked.data["is_topic_message"]) == (water, True)
    assert asked.data["reply_to_message"]["forum_topic_created"]["name"] == "Water"
    answer = sends(telegram, forum, message_thread_id=water, reply_parameters={"message_id": asked.id})
    assert (answer.topic, answer.reply_to, forum.last_reply(topic=water)) == (water, asked, answer)
    followed = sends(telegram, forum, reply_parameters={"message_id": asked.id})
    assert followed.topic == water


def test_general_has_no_topic_but_replies_have_threads(alice: Person, forum: Chat) -> None:
    first = alice.says("/ask", in_=forum)
    second = alice.says("/more", in_=forum, reply_to=first)
    assert "message_thread_id" not in first.data
    assert second.data["message_thread_id"] == first.id
    assert ("is_topic_message" in second.data, second.topic) == (False, None)
    missing = (400, "Bad Request: message thread not found")
    assert refused_in(forum, message_thread_id=first.id) == missing
    assert refused_in(forum, message_thread_id=1) == missing


def test_topics_close_and_go(telegram: FakeTelegram, alice: Person, forum: Chat) -> None:
    water = telegram.topic(forum, "Water")
    alice.says("hi", in_=forum, topic=water)
    telegram.close_topic(forum, water)
    assert refused_in(forum, message_thread_id=water) == (400, "Bad Request: TOPIC_CLOSED")
    telegram.delete_topic(forum, water)
    assert refused_in(forum, message_thread_id=water) == (400, "Bad Request: message thread not found")
    assert forum.messages == []


def test_a_reply_does_not_cross_topics(telegram: FakeTelegram, alice: Person, forum: Chat) -> None:
    water, light = telegram.topic(forum, "Water"), telegram.topic(forum, "Light")
    asked = alice.says("/ask", in_=forum, topic=water)
    words = refused_in(forum, message_thread_id=light, reply_parameters={"message_id": asked.id})[1]
    assert words.startswith("Bad Request: a reply to a message of another topic")


def test_the_bot_cannot_write_first(telegram: FakeTelegram, alice: Person) -> None:
    assert refused_in(alice.private()) == (400, "Bad Request: chat not found")
    group = telegram.group("Neighbours", [alice])
    forbidden = (403, "Forbidden: bot can't initiate conversation with a user")
    assert refused_in(alice.private()) == forbidden
    alice.says("/ask", in_=group)
    assert refused_in(alice.private()) == forbidden
    alice.says("/start")
    assert sends(telegram, alice.private()).text == "x"


def test_blocking_is_told_and_felt(telegram: FakeTelegram, alice: Person) -> None:
    alice.says("/start")
    alice.blocks_bot()
    assert last_update(telegram)["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert refused_in(alice.private()) == (403, "Forbidden: bot was blocked by the user")
    with pytest.raises(ValueError, match="must unblock it first"):
        alice.says("still here?")
    alice.unblocks_bot()
    assert sends(telegram, alice.private()).text == "x"


@pytest.mark.parametrize(
    "happens,status,words",
    [
        (FakeTelegram.kick_bot, 403, "Forbidden: bot was kicked from the supergroup chat"),
        (FakeTelegram.mute_bot, 400, "Bad Request: not enough rights to send text messages to the chat"),
    ],
)
def test_what_happens_to_the_bot_in_a_group(
    telegram: FakeTelegram,
    alice: Person,
    forum: Chat,
    happens: Callable[[FakeTelegram, Chat], None],
    status: int,
    words: str,
) -> None:
    happens(telegram, forum)
    assert "my_chat_member" in last_update(telegram)
    assert refused_in(forum) == (status, words)
    telegram.add_bot(forum, by=alice)
    assert sends(telegram, forum).text == "x"


def test_a_bot_that_left_is_no_member(telegram: FakeTelegram, alice: Person, forum: Chat) -> None:
    assert ask(telegram, "leaveChat", chat_id=forum.id) is True
    assert refused_in(forum) == (403, "Forbidden: bot is not a member of the supergroup chat")
    alice.says("/ask", in_=forum)
    assert texts(telegram) == []


def test_a_migrated_group_names_its_new_id(telegram: FakeTelegram, alice: Person) -> None:
    group = telegram.group("Neighbours", [alice], announced=False)
    new = telegram.migrate(group)
    assert [update["message"].get("migrate_to_chat_id") for update in telegram.pending] == [new.id, None]
    assert last_update(telegram)["message"]["migrate_from_chat_id"] == group.id
    with pytest.raises(Refused) as refused:
        ask(telegram, "sendMessage", chat_id=group.id, text="x")
    assert refused.value.description == "Bad Request: group chat was upgraded to a supergroup chat"
    assert refused.value.parameters == {"migrate_to_chat_id": new.id}
    assert sends(telegram, new).text == "x"


def test_chats_and_members_can_be_looked_up(telegram: FakeTelegram, alice: Person, forum: Chat) -> None:
    bob = telegram.user("Bob")
    telegram.joins(bob, forum)
    chat = ask(telegram, "getChat", chat_id=forum.id)
    assert (chat["type"], chat["title"], chat["is_forum"]) == ("supergroup", "Neighbours", True)
    place = {"chat_id": forum.id}
    members = [ask(telegram, "getChatMember", **place, user_id=who.id)["status"] for who in (alice, bob)]
    assert members == ["creator", "member"]
    telegram.promote(bob, forum)
    administrators = ask(telegram, "getChatAdministrators", **place)
    assert [(one["user"]["id"], one["status"]) for one in administrators] == [
        (alice.id, "creator"),
        (bob.id, "administrator"),
    ]
    assert ask(telegram, "getChatMember", **place, user_id=telegram.bot_id)["status"] == "member"


def test_bots_cannot_be_written_to(telegram: FakeTelegram) -> None:
    other = telegram.other_bot("Helper", username="helper_bot")
    other.says("hi")
    assert refused_in(other.private()) == (403, "Forbidden: bot can't send messages to bots")


def test_channels_are_found_by_name_and_need_an_administrator(telegram: FakeTelegram) -> None:
    channel = telegram.channel("Tidings", username="Tidings")
    sent = ask(telegram, "sendMessage", chat_id="@tidings", text="x")
    assert (sent["chat"]["id"], sent["sender_chat"]["id"], "from" in sent) == (channel.id, channel.id, False)
    telegram.demote_bot(channel)
    assert refused_in(channel) == (400, "Bad Request: need administrator rights in the channel chat")
    assert refusal(telegram, "getChat", chat_id="@nowhere") == "Bad Request: chat not found"


def test_what_members_may_be_asked_about(
    telegram: FakeTelegram, alice: Person, forum: Chat, chat: Chat
) -> None:
    bob = telegram.user("Bob")
    assert ask(telegram, "getChat", chat_id=chat.id)["first_name"] == "Alice"
    assert ask(telegram, "getChatMember", chat_id=forum.id, user_id=bob.id)["status"] == "left"
    assert ask(telegram, "getChatMember", chat_id=chat.id, user_id=alice.id)["status"] == "member"
    inaccessible = refusal(telegram, "getChatMember", chat_id=chat.id, user_id=bob.id)
    assert inaccessible == "Forbidden: member list is inaccessible"
    assert refusal(telegram, "getChatMember", chat_id=chat.id, user_id=1) == "Bad Request: user not found"
    alone = refusal(telegram, "getChatAdministrators", chat_id=chat.id)
    assert alone == "Bad Request: there are no administrators in the private chat"
    stays = refusal(telegram, "leaveChat", chat_id=chat.id)
    assert stays == "Bad Request: chat member status can't be changed in private chats"
    telegram.promote_bot(forum)
    last = ask(telegram, "getChatAdministrators", chat_id=forum.id)[-1]
    assert (last["user"]["id"], last["status"], last["can_delete_messages"]) == (
        telegram.bot_id,
        "administrator",
        True,
    )
    telegram.mute_bot(forum)
    muted = ask(telegram, "getChatMember", chat_id=forum.id, user_id=telegram.bot_id)
    assert (muted["status"], muted["can_send_messages"]) == ("restricted", False)

"""The methods about how updates reach the bot: polling and webhooks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fakes.telegram_updates import KINDS, Poll
from tests.fakes.telegram_wire import Json, bad_request, too_strict

if TYPE_CHECKING:
    from tests.fakes.telegram_world import World

LONGEST_POLL = 50
MOST_UPDATES = 100
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def get_updates(world: World, parameters: Json) -> Poll:
    _remember_allowed(world, parameters)
    limit = parameters.get("limit", MOST_UPDATES)
    return world.updates.open_poll(
        offset=parameters.get("offset", 0),
        limit=limit if 1 <= limit <= MOST_UPDATES else MOST_UPDATES,
        seconds=min(max(parameters.get("timeout", 0), 0), LONGEST_POLL),
    )


def set_webhook(world: World, parameters: Json) -> bool:
    url = parameters["url"]
    if url and not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if "secret_token" in parameters and not _SECRET.fullmatch(parameters["secret_token"]):
        raise bad_request("secret token contains unallowed characters")
    _remember_allowed(world, parameters)
    _drop(world, parameters)
    world.updates.webhook = {"url": url, **parameters}
    return True


def delete_webhook(world: World, parameters: Json) -> bool:
    _drop(world, parameters)
    world.updates.webhook = {"url": ""}
    return True


def get_webhook_info(world: World, _: Json) -> Json:
    pending = {"has_custom_certificate": False, "pending_update_count": len(world.updates.waiting)}
    allowed = {"allowed_updates": list(world.updates.allowed)} if world.updates.allowed else {}
    return {"url": world.updates.webhook["url"]} | pending | allowed


def _remember_allowed(world: World, parameters: Json) -> None:
    """Keep the list of kinds until another is given; an empty one asks for the default."""
    allowed = parameters.get("allowed_updates")
    if allowed is None:
        return
    if unknown := sorted(set(allowed) - set(KINDS) - _NEVER_SENT_HERE):
        raise too_strict(f"unknown kinds of updates: {', '.join(unknown)}")
    world.updates.allowed = tuple(allowed)


def _drop(world: World, parameters: Json) -> None:
    if parameters.get("drop_pending_updates"):
        world.updates.waiting.clear()


_NEVER_SENT_HERE = frozenset(
    {
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction_count",
        "chosen_inline_result",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
    }
)

"""What crosses the wire of the Bot API: a call in, and an answer or a broken connection out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

HowBroken = Literal["error", "timeout"]
OK = 200


@dataclass(frozen=True)
class Upload:
    """A file in a multipart body."""

    name: str
    content: bytes
    mime_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Call:
    """One request as it came: values are strings (forms) or JSON values (JSON bodies)."""

    token: str
    method: str
    parameters: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """An HTTP status and the JSON that goes with it."""

    status: int
    content: Json

    @classmethod
    def ok(cls, result: object) -> Answer:
        return cls(OK, {"ok": True, "result": result})

    @property
    def body(self) -> bytes:
        return json.dumps(self.content, ensure_ascii=False).encode()

    @property
    def description(self) -> str:
        """The words of a refusal; empty for a success."""
        return str(self.content.get("description", ""))


@dataclass(frozen=True)
class Broken:
    """No answer: the connection broke, or nothing came back in time."""

    how: HowBroken


class Refused(Exception):
    """The Bot API says no; `description` is the whole of it, "Bad Request: " included."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def answer(self) -> Answer:
        content: Json = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            content["parameters"] = self.parameters
        return Answer(self.status, content)


def bad_request(description: str) -> Refused:
    return Refused(400, f"Bad Request: {description}")


def forbidden(description: str) -> Refused:
    return Refused(403, f"Forbidden: {description}")


def not_here(what: str) -> Refused:
    """Refuse what Telegram has and this fake has not; never mistaken for Telegram's own words."""
    return bad_request(f"{what} is not implemented in this fake")


def too_strict(what: str) -> Refused:
    """Refuse what Telegram would let pass, because it can only be a mistake of ours."""
    return bad_request(f"{what} (this fake is stricter than Telegram here)")

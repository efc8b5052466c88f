"""`crisisbot sync` and `crisisbot index`, as people type them."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.damage import flip

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.command_line import CommandLine

QUESTION = "who was arrested?"


def generations(crisisbot: CommandLine) -> list[dict[str, Any]]:
    return [json.loads(line) for line in crisisbot.says("index", "list", "--json").splitlines()]


def in_use(crisisbot: CommandLine) -> str:
    [name] = [one["name"] for one in generations(crisisbot) if one["current"]]
    return str(name)


def segment_file(crisisbot: CommandLine) -> Path:
    return next(crisisbot.data.glob("index/*/segment-*/en/arrays"))


def test_the_generation_in_use_is_listed_with_what_it_holds(crisisbot: CommandLine) -> None:
    [*_, listed] = generations(crisisbot)
    line = crisisbot.says("index", "list").splitlines()[-1]

    assert listed["current"]
    assert (listed["passages"], listed["segments"], listed["line"]) == (259, 1, 1)
    assert listed["model"].startswith("all-MiniLM-L6-v2@")
    assert line.startswith(f"* {listed['name']}")
    assert "259 passages" in line


def test_without_an_index_the_list_says_how_to_get_one(crisisbot: CommandLine) -> None:
    shutil.rmtree(crisisbot.data / "index")
    assert "`crisisbot sync`" in crisisbot.says("index", "list")
    assert crisisbot.says("index", "list", "--json") == ""
    assert crisisbot.types("index", "verify").exit_code == 2


def test_a_sound_generation_is_verified(crisisbot: CommandLine) -> None:
    assert crisisbot.says("index", "verify") == (
        f"{in_use(crisisbot)}: 259 passages in 1 segments, all checksums right\n"
    )


def test_a_damaged_one_is_named_and_a_sync_makes_it_whole(crisisbot: CommandLine) -> None:
    flip(segment_file(crisisbot))

    found = crisisbot.types("index", "verify")

    assert found.exit_code == 1
    assert "en/arrays is not what was written; `crisisbot sync` makes it whole" in found.stderr
    assert "0 sentences encoded" in crisisbot.says("sync")
    assert crisisbot.types("index", "verify").exit_code == 0


@pytest.mark.parametrize(
    "lost, told",
    [
        ("CURRENT", "the index: .*CURRENT is missing"),
        ("garbage", "the index: .*CURRENT cannot be read"),
        ("generation", "there is no generation .*, which .*CURRENT names"),
    ],
)
def test_what_a_copy_lacks_is_named_and_a_sync_makes_it_whole(
    crisisbot: CommandLine, lost: str, told: str
) -> None:
    [pointer] = crisisbot.data.glob("index/*/CURRENT")
    if lost == "CURRENT":
        pointer.unlink()
    elif lost == "garbage":
        pointer.write_bytes(b"\0" * 100)
    else:
        shutil.rmtree(pointer.parent / in_use(crisisbot))

    found, back = crisisbot.types("index", "verify"), crisisbot.types("index", "rollback")

    assert not any(one["current"] for one in generations(crisisbot))
    assert (back.exit_code, "Traceback" in back.stderr) == (1 if lost == "garbage" else 2, False)
    assert found.exit_code == 1
    assert re.search(told + ".*; `crisisbot sync` makes it whole$", found.stderr.strip())
    assert "0 sentences encoded" in crisisbot.says("sync")
    assert crisisbot.types("index", "verify").exit_code == 0


@pytest.mark.parametrize("command", ["verify", "rollback"])
def test_a_generation_that_is_not_there_is_wrong(crisisbot: CommandLine, command: str) -> None:
    found = crisisbot.types("index", command, "generation-999999-ffff")

    assert found.exit_code == 2
    assert "there is no generation 'generation-999999-ffff'; `crisisbot index list`" in found.stderr


def test_a_rebuild_switches_and_a_rollback_goes_back_and_forth(crisisbot: CommandLine) -> None:
    before, answer = in_use(crisisbot), crisisbot.asks(QUESTION)

    told = crisisbot.says("sync", "--rebuild")
    rebuilt = in_use(crisisbot)
    back = crisisbot.says("index", "rollback")

    assert told.startswith("259 passages added, 0 removed, 0 kept; 0 sentences encoded\n")
    assert rebuilt != before
    assert in_use(crisisbot) == before
    assert back.startswith(f"{before} is in use; a running bot, or `crisisbot sync`, brings it up to date")
    assert crisisbot.types("index", "rollback").exit_code == 2
    assert in_use(crisisbot) == before
    assert crisisbot.asks(QUESTION) == answer
    crisisbot.says("index", "rollback", rebuilt)
    assert in_use(crisisbot) == rebuilt
    assert crisisbot.asks(QUESTION) == answer


def test_where_there_is_no_older_one_a_rollback_says_so(nothing_yet: CommandLine) -> None:
    nothing_yet.begins()
    nothing_yet.says("sync", CRISISBOT_BUNDLED="0")

    found = nothing_yet.types("index", "rollback", CRISISBOT_BUNDLED="0")

    assert found.exit_code == 2
    assert found.stderr == (
        "crisisbot: there is no older generation to go back to; `crisisbot index list` shows those "
        "there are, and `crisisbot index rollback NAME` takes any of them\n"
    )


def test_following_and_rebuilding_at_once_is_refused(crisisbot: CommandLine) -> None:
    found = crisisbot.types("sync", "--follow", "--rebuild")

    assert found.exit_code == 2
    assert "give one of them" in found.stderr

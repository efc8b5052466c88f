"""What stands in place of an article is not taken for it, and articles are not taken for that."""

from __future__ import annotations

import pytest

from corpus.sources.files import read_bundled
from corpus.sources.walls import is_announced

TITLE = "Explosion in Almaty kills twelve"
LONG_AGO = "Many people walked through the streets of the old town and looked at all the shops there. " * 30


@pytest.mark.parametrize(
    "text, title, summary",
    [
        ("An explosion shook Almaty on Monday. Twelve people died.", TITLE, ""),
        ("Взрывом в Алматы убиты двенадцать человек.", "Взрыв в Алматы: двенадцать убитых", ""),
        ("Алматыдағы жарылыстан он екі адам қаза тапты.", "Алматыда жарылыс болды", ""),
        ("The zebra is back in the zoo.", "Zebra at large", "It is gone…"),
        ("Nobody is left in the camp.", "What happened?", "The camp is empty, nobody is there."),
        ("No word of it.", "12 + 5", ""),
        ("The dam at Korr holds despite the flood, engineers said.", "Dam at Korr holds", "Dam holds."),
        (f"Ночью в Алматы прогремел взрыв. {LONG_AGO} Нажмите «принять файлы cookie».", "Ночь в Алматы", ""),
        (
            "Sites use cookies against the law, a court in Almaty said.",
            "Court in Almaty: cookies break the law",
            "",
        ),
    ],
)
def test_an_article_says_what_was_announced(text: str, title: str, summary: str) -> None:
    assert is_announced(text, title=title, summary=summary)


@pytest.mark.parametrize(
    "text, summary",
    [
        (f"{TITLE}\n\nBefore you continue: choose which partners may store data on your device.", ""),
        (f"{TITLE} {TITLE.upper()} Log in to read what happened in all of the town.", ""),
        (LONG_AGO, "A gas bottle exploded in a bakery on Monday, and firemen found twelve bodies."),
        (f"{TITLE}\n« {TITLE.upper()}. »\nWelcome. Explore all of our offers.", ""),
        (f"{TITLE.replace(' kills', chr(10) + 'kills')}\nWelcome. Explore all of our offers.", ""),
        ("Explosion in the town of Almaty, twelve died. Already a subscriber? Welcome.", ""),
        ("Взрыв в Алматы, погибли двенадцать. Чтобы читать дальше, оформите подписку.", ""),
        ("Almaty explosion, twelve died. Толық оқу үшін тіркеліңіз.", ""),
        ("We use cookies in Almaty. Please accept all cookies.", ""),
        ("Please enable JavaScript to see that you are not a robot.", ""),
        ("", ""),
    ],
)
def test_a_wall_says_something_else(text: str, summary: str) -> None:
    assert not is_announced(text, title=TITLE, summary=summary)


def test_every_bundled_brief_is_what_its_title_announces_and_none_is_anothers() -> None:
    briefs = list(read_bundled())
    own = [is_announced(one.text, title=one.title, summary="") for one in briefs]
    assert all(own)
    walls = [is_announced("You can change your choices.", title=one.title, summary="") for one in briefs]
    assert not any(walls)

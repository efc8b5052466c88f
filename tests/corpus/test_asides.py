"""What sites put between the lines of an article is left out, and no line of the article is."""

from __future__ import annotations

import pytest

from corpus.sources.asides import LONGEST, is_aside, without_asides


@pytest.mark.parametrize(
    "line",
    [
        "Читайте также: В Караганде открыли новую школу.",
        "ЧИТАТЬ ТАКЖЕ",
        "По теме: Что известно о ценах на газ",
        "Сондай-ақ оқыңыз: Газ бағасы қымбаттады.",
        "Read more: The bank kept its rate.",
        "» Related stories:",
        "Подписывайтесь на наш канал в Telegram и узнавайте новости первыми!",
        "Біздің Telegram арнамызға жазылыңыз!",
        "Subscribe to our newsletter to be the first to know.",
        "Нашли ошибку в тексте? Выделите её мышью и нажмите Ctrl+Enter.",
        "Все права защищены. Использование материалов возможно только со ссылкой.",
        "We use cookies to make this site better. By staying you agree to that.",
        "Мы используем файлы cookie.",
        "Фото: Nur.kz / Иван Иванов",
    ],
)
def test_pointers_calls_and_notes_are_asides(line: str) -> None:
    assert is_aside(line)


@pytest.mark.parametrize(
    "line",
    [
        "Читайте также закон, сказал министр журналистам.",
        "По теме газа министр высказался коротко.",
        "Related to the case, the police said, are two men from Oral.",
        "Подпишитесь под петицией, просят жители Актау.",
        "Follow us, the protesters shouted in front of the city hall.",
        "Использование материалов дела в суде запретили.",
        "Фото: на нём видно, как горит акимат. Его снял житель города.",
        "Cookies are stored by the site of the ministry, auditors found.",
        "Подробнее министр рассказал о ценах на газ.",
        "Читайте также: " + "Длинный абзац о газе. " * (LONGEST // 20),
        "",
    ],
)
def test_what_may_be_said_in_an_article_stays(line: str) -> None:
    assert not is_aside(line)


def test_lines_are_left_out_as_a_whole_and_others_stay_as_they_are() -> None:
    text = "It was calm.\nЧитайте также: Газ\nNobody was hurt.\n\nRead also: Gas\n\nTrains  run."
    assert without_asides(text) == "It was calm.\nNobody was hurt.\n\nTrains  run."
    assert without_asides("Все права защищены.\n\nФото: архив") == ""

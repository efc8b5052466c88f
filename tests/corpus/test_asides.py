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
        "Фото: пресс-служба МЧС",
        "Photo: Reuters/Pavel Mikheyev",
        "Подробнее →",
        "Нашли ошибку?",
        "Заметили опечатку в тексте? Выделите фрагмент и нажмите Ctrl + Enter",
        "Самые важные новости — в нашем Telegram-канале.",
        "Хотите узнавать новости первыми? Подписывайтесь на наш Telegram-канал!",
        "Читайте нас в Telegram",
        "Follow us on Telegram for more news.",
        "Join our WhatsApp channel!",
        "При использовании материалов гиперссылка на сайт обязательна.",
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
        "Обнаружили ошибку в списке погибших: их не 12, а 40, сообщил МВД.",
        "Found an error in the list of the dead, the ministry said on Friday.",
        "Подробнее: эвакуация начнётся в 18:00 с площади Республики, автобусы бесплатны.",
        "Читайте: пункт выдачи воды работает до 20:00.",
        "Важные новости пришли с Суэцкого канала: там сел на мель паром, пострадали 12 человек.",
        "Follow us into the shelter, the officer told 40 residents in a Telegram message.",
        # And more of the kind
        "Нашли ошибку в законе, и суд освободил задержанных.",
        "Подписывайтесь на наш канал, призвал задержанный 40 своих читателей в Telegram.",
        "Присоединяйтесь к нам на площади, написали в Telegram участники протеста.",
        "Важные новости из Актау: в Telegram пишут, что аэропорт закрыт.",
        "Следите за новостями: Telegram и WhatsApp отключили по всей стране.",
        "Использование материалов сайта со ссылкой на министра суд назвал клеветой.",
        "Все права защищены конституцией, напомнил омбудсмен.",
        "Видео: горит акимат Алматы",
        "По теме — министр высказался коротко.",
        "Noticed a typo in the decree, the court freed the men.",
        "Join our march, the channel of the strikers said.",
        "Related: the two deaths in Oral, the police think.",
        "We use cookies of 40 citizens as evidence, the prosecutor said.",
        "See more: buses leave the square at noon.",
        "Біздің арнамызға жазылыңыз деп алаяқтар 40 адамды алдады.",
        "Қате тапсаңыз, учаскелік комиссияға барыңыз, деді министр.",
        "Толығырақ: эвакуация сағат алтыда басталады.",
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


def test_a_line_that_is_made_to_do_harm_is_told_at_once() -> None:
    for piece in ("A-", "a.a/", "@a ", "Читайте ", "следите "):
        assert not is_aside("Фото: " + (piece * LONGEST)[: LONGEST - 10] + "!")

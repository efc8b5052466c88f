"""Asides: lines that sites put between those of an article, and that are none of it; pure.

Pointers to other news, calls to follow or subscribe, notes about mistakes, rights and cookies. A line is left
out as a whole or stays as it is. Only what begins like an aside, and is as short as one, is left out.
"""

import re

#: Characters of such a line; the headline that it points to is a part of it.
LONGEST = 300

_POINTERS = (
    r"(?:читайте|читать|смотрите|см\.)\s(?:также|ещё|еще|по теме)",
    r"(?:также\s(?:читайте|смотрите)|читайте(?:\sв нашем материале)?|подробнее(?:\s(?:по теме|здесь))?)",
    r"(?:(?:материалы?|новости|статьи|ещё|еще)\s)?по теме",
    r"(?:сондай-ақ|тағы|тағы да|толығырақ)\s(?:оқыңыз|оқыңыздар|қараңыз)",
    r"(?:оқи отырыңыз|осы тақырып(?:та|қа қатысты))",
    r"(?:(?:read|see)\s(?:also|more|next)|also read|more on this(?:\sstory)?)",
    r"related(?:\s(?:stories|news|articles|story))?",
)
_CALLS = (
    r"(?:подпи(?:сывайтесь|шитесь)|присоединяйтесь|читайте нас)\b",
    r"(?:следите за (?:нашими\s)?новостями|(?:хотите|хочешь)\s(?:получать|узнавать))\b",
    r"(?:самые\s)?(?:свежие|важные|оперативные)\sновости\b",
    r"(?:(?:subscribe to|follow|join)\s(?:our|us)|sign up for)\b",
    r"біздің\b.{0,40}\b(?:жазылыңыз|қосылыңыз)",
    r"(?:telegram|instagram|whatsapp)[\w-]*\s(?:арна|парақша)\w*\s(?:жазылыңыз|қосылыңыз)",
)
_PLACES = (
    "telegram|телеграм|instagram|инстаграм|whatsapp|ватсап|facebook|фейсбук|youtube|ютуб|tiktok|viber|twitter",
    "newsletter|рассылк|канал|арна|парақша|google news",
)
_NOTES = (
    r"(?:если вы\s)?(?:нашли|заметили|обнаружили|увидели)\s(?:ошибку|опечатку)\b.*(?:ctrl|выдел|$)",
    r"выделите (?:её|ее|ошибку|текст|фрагмент)\b.*ctrl",
    r"(?:мәтіннен\s)?қате (?:тапсаңыз|көрсеңіз)\b",
    r"(?:found|spotted|noticed) (?:a|an) (?:mistake|error|typo)\b.*(?:ctrl|select|$)",
    r"(?:©.{0,80})?(?:все права защищены|барлық құқықтар қорғалған|all rights reserved)\b",
    r"(?:при\s)?использовани[еи]\sматериалов\s(?:сайта|портала|издания|агентства|допускается|разрешается|возможно)",
    r"(?:we|this (?:site|website)) uses? cookies\b",
    r"(?:мы используем|(?:этот|наш|данный) сайт использует)\s(?:файлы )?cookies?\b",
    r"біз(?:дің сайт)? cookie",
    r"(?:фото|photo|сурет|видео|video|иллюстрация|скриншот|коллаж)\s?:\s?(?:[^.!?]|\.(?=\S)){1,80}$",
    r"our standards: the thomson reuters trust principles",
)
_ASIDE = re.compile(rf"\W*(?:(?:{'|'.join(_POINTERS)})\s*(?:[:–—-]|$)|{'|'.join(_NOTES)})", re.IGNORECASE)
_CALL = re.compile(rf"\W*(?:{'|'.join(_CALLS)})", re.IGNORECASE)
_PLACE = re.compile("|".join(_PLACES), re.IGNORECASE)


def without_asides(text: str) -> str:
    """Leave lines out that are no part of an article; "" where there are no others."""
    paragraphs = (
        "\n".join(line for line in paragraph.split("\n") if not is_aside(line))
        for paragraph in text.split("\n\n")
    )
    return "\n\n".join(filter(None, paragraphs))


def is_aside(line: str) -> bool:
    """Say whether a line surely is none of the article's."""
    if len(line) > LONGEST:
        return False
    if _ASIDE.match(line) is not None:
        return True
    return _CALL.match(line) is not None and _PLACE.search(line) is not None

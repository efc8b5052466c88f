"""Asides: lines that sites put between those of an article, and that are none of it; pure.

Pointers to other news, calls to follow or subscribe, notes about mistakes, rights and cookies. A line is left
out as a whole or stays as it is. Only what begins like an aside, and is as short as one, is left out. In
doubt a line stays: a fact that is lost is worse than a pointer that is kept.
"""

import re

#: Characters of such a line; the headline that it points to is a part of it.
LONGEST = 300

# "Подробнее: " and "Читайте: " are not among them: what follows them may be the news itself.
_POINTERS = (
    r"(?:читайте|читать|смотрите|см\.)\s(?:также|ещё|еще|по теме)",
    r"(?:также\s(?:читайте|смотрите)|читайте\sв нашем материале|подробнее\sпо теме)",
    r"(?:(?:материалы?|новости|статьи|ещё|еще)\s)?по теме",
    r"(?:сондай-ақ|тағы|тағы да|толығырақ)\s(?:оқыңыз|оқыңыздар|қараңыз)",
    r"(?:оқи отырыңыз|осы тақырып(?:та|қа қатысты))",
    r"(?:read\s(?:also|more|next)|see also|also read|more on this(?:\sstory)?)",
    r"related\s(?:stories|news|articles|story)",
)
#: What points to other news only where nothing else stands in the line.
_ALONE = r"(?:читайте|читать|подробнее(?:\sздесь)?|толығырақ|related)"

_NETWORK = (
    "telegram|телеграмм?|instagram|инстаграм|whatsapp|ватсап|facebook|фейсбук"
    "|youtube|ютуб|tiktok|viber|twitter"
)
_OUR = r"(?:наш(?:у|и|ему|ей|им|ем|их)?|нас|нам)"
# "канала" is Suez's.
_PLACE_RU = (
    rf"(?:(?:{_NETWORK})(?:е|у)?(?:-канал(?:е|у|ы|ам|ах)?|-чат(?:е|у)?)?"
    r"|рассылк[уе]|рассылки|канал(?:е|у|ы|ам|ах)?|страниц[уе]|google news)\b"
)
_PLACE_EN = rf"(?:{_NETWORK}|newsletters?|channels?|google news)\b"
_FEW = r"(?:[\w-]+\s){0,3}?"  # words
_PLACE_KK = rf"(?:{_NETWORK}|арна|парақша)"
_CALLS = (
    rf"(?:подпи(?:сывайтесь|шитесь)\sна|присоединяйтесь\sк(?:о)?)\s{_OUR}\s{_FEW}{_PLACE_RU}",
    rf"читайте нас\s(?:в|на)\s{_PLACE_RU}",
    rf"следите за (?:нашими\s)?новостями\s(?:в|на)\s{_OUR}\s{_FEW}{_PLACE_RU}",
    rf"(?:самые\s)?(?:свежие|важные|оперативные)\sновости\s{_FEW}[–—-]?\s?(?:в|на)\s{_OUR}\s{_FEW}{_PLACE_RU}",
    rf"(?:subscribe to|follow|join|sign up (?:for|to))\sour\s{_FEW}{_PLACE_EN}",
    rf"(?:follow|join)\sus\s(?:on|in)\s(?:{_NETWORK})\b",
    rf"біздің\s{_FEW}{_PLACE_KK}[\w-]*\s(?:[\w-]+\s)?(?:жазылыңыз|қосылыңыз)",
    rf"(?:{_NETWORK})[\w-]*\s(?:арна|парақша)мыз\w*\s(?:жазылыңыз|қосылыңыз)",
)
_ASKED = r"(?:(?:хотите|хочешь)\s(?:получать|узнавать)\s[^.?!]{1,80}\?\s)?"
_FOUND = r"(?:нашли|заметили|обнаружили|увидели)\s(?:ошибку|опечатку)(?:\sв тексте)?"
_FOUND_EN = r"(?:found|spotted|noticed) (?:a|an) (?:mistake|error|typo)(?:\sin the (?:text|article))?"
_MATERIALS = r"(?:при\s)?использовани[еи]\sматериалов\b"
_NOTES = (
    rf"(?:если вы\s)?{_FOUND}(?:\s?[?!]?$|\b.*\bctrl\b|\b.*\bвыделите\b)",
    r"выделите (?:её|ее|ошибку|текст|фрагмент)\b.*\bctrl\b",
    r"(?:мәтіннен\s)?қате (?:тапсаңыз|көрсеңіз)\b(?:\s?[?!]?$|.*\bctrl\b|.*\bбізге\b)",
    rf"{_FOUND_EN}(?:\s?[?!]?$|\b.*\bctrl\b|\b.*\bselect (?:it|the text)\b)",
    r"(?:we|this (?:site|website)) uses? cookies\b",
    r"(?:мы используем|(?:этот|наш|данный) сайт использует)\s(?:файлы )?cookies?\b",
    r"біз(?:дің сайт)? cookie",
    rf"{_MATERIALS}(?=.*\b(?:гипер)?ссылк).*\b(?:допускается|разреш\w+|возможно|обязательн\w+|запрещ\w+)",
)
_RIGHTS = (
    r"(?:©.{0,80})?(?:все права защищены|барлық құқықтар қорғалған|all rights reserved)\s?(?:[.!©]|$)",
    r"our standards: the thomson reuters trust principles",
)
#: Whom a picture is by: names, sites and what stands around them; "Видео: горит акимат" is news.
_CREDIT = re.compile(
    r"\W*(?i:фото|photo|сурет|видео|video|иллюстрация|скриншот|коллаж)\s?:"
    r"(?>[\s/|,«»\"()–—-]*(?:[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w'’.-]*|@?[a-z][\w/-]*(?:\.[\w/-]+)+|@\w+"
    r"|архив\w*|из|с|сайта|пресс-служб\w*|соцсет\w*|мұрағат\w*|by|from|the|of|courtesy|via)(?!\w)){1,8}[\s»\")]*"
)

_ASIDE = re.compile(
    rf"\W*(?:(?:{'|'.join(_POINTERS)})\s*(?::|$)|{_ALONE}\W*$|{'|'.join(_RIGHTS)})", re.IGNORECASE
)
_CALL_OR_NOTE = re.compile(rf"\W*(?:{_ASKED}(?:{'|'.join(_CALLS)})|{'|'.join(_NOTES)})", re.IGNORECASE)
#: What no site writes to its readers: a number, and who said so.
_TOLD = re.compile(
    r"\d|\b(?:says?|said|told|urged|сказал\w*|призва\w+|рассказал\w*|напис\w+|сообщил\w*|сообща\w+|заяви\w+|отмети\w+"
    r"|деді|деп|айтты|хабарла\w+|мәлімде\w+)\b",
    re.IGNORECASE,
)


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
    if _ASIDE.match(line) is not None or _CREDIT.fullmatch(line) is not None:
        return True
    return _CALL_OR_NOTE.match(line) is not None and _TOLD.search(line) is None

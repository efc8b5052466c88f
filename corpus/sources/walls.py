"""Walls: pages that stand in place of an article, asking to consent, to sign in or to pay; pure."""

import re

_EVERYWHERE = """about access after also already been before best click content cookies from have here into
just like more most news only other over page pages please privacy read site some such than that their them
then there these they this those time user users using visit want website were what when where which while
will with would your yours более будет было быть ваша ваши ваше вашем весь всего всех данные даже если есть
какие когда который можно наша наше нашего новости этого этом этот после сайт сайта также тебе того только
файлы чтобы барлық біздің болып деген емес және жаңалықтар кейін керек осы сайт сіздің туралы үшін"""

#: Words that say nothing of what a text is about: each is on every wall.
_UNTELLING = frozenset(_EVERYWHERE.split())
_WORD = re.compile(r"[^\W\d_]{4,}")
#: The first letters of a word of so many, which its other forms have, too.
_SHORTEST, _LONGEST_STEM = 3, 5

#: Telling words that a page must share with its announcement, or half of those that the headline has.
_FEWEST = 2
#: From so many in the summary on: this share of all, up to a limit.
_MANY, _SHARE, _MOST = 6, 0.2, 10
#: The same of a short text that asks for consent.
_SHARE_OF_CONSENT = 0.5

#: How a headline is looked for.
_LINES = re.IGNORECASE | re.MULTILINE

#: Characters of a text up to which such words are looked for; who writes about cookies at length may.
SHORT = 2_000

#: What asks for money or a name: before it stands no more than the beginning of an article.
_ASKS_TO_PAY = re.compile(
    r"subscribe (?:now )?to (?:continue|keep|read)|to (?:continue|keep) reading,? (?:please )?"
    r"(?:subscribe|sign|log|register)|(?:sign|log) in to (?:continue|read|view)|already a subscriber"
    r"|subscribers?[ -]only|(?:only|exclusive(?:ly)?) (?:for|to) (?:our )?subscribers"
    r"|create a free account to"
    r"|this (?:article|content|story) is (?:reserved )?for (?:paid )?(?:subscribers|members)"
    r"|(?:доступ\w*|открыт\w*) (?:только )?(?:по подписке|(?:для )?подписчик\w+)|только для подписчиков"
    r"|(?:оформите|купите) подписку|чтобы (?:дочитать|продолжить чтение)"
    r"|чтобы (?:читать|прочитать) (?:дальше|далее|полностью|полный текст|эту статью|весь материал)"
    r"|(?:войдите|авторизуйтесь|зарегистрируйтесь),? чтобы|уже (?:есть подписка|подписаны\?)"
    r"|(?:тек|тек қана) жазылушылар\w*|жазылушыларға (?:ғана|арналған)|жазылымды? (?:рәсімде|сатып ал)\w*"
    r"|оқуды жалғастыру үшін|толық оқу үшін (?:кір|тірк|жазыл)\w*",
    re.IGNORECASE,
)
#: What asks to be watched, or for another browser.
_ASKS_FOR_CONSENT = re.compile(
    r"(?:use|uses|using|accept(?: all)?|manage|reject(?: all)?) cookies"
    r"|cookie (?:policy|settings|preferences)"
    r"|we and our (?:\d[\d,. ]* )?partners|before you continue|personali[sz]ed (?:ads|content)"
    r"|enable (?:javascript|cookies)|unusual traffic|(?:are not|you're not|you are) a robot"
    r"|checking your browser|файл\w* cookie|cookie[- ]файл\w*|\bкуки\b"
    r"|включите javascript|согласие на обработку|что вы не робот"
    r"|cookie файлдар\w*|javascript\w* қос\w*|робот емес",
    re.IGNORECASE,
)


def is_announced(text: str, *, title: str | None, summary: str) -> bool:
    """Say whether a page's text may be the article that a feed announced, and not what stands before it.

    Args:
        text: what was found on the page.
        title: the headline in the feed; walls repeat it, so that a line of its own does not count.
        summary: the words of the feed's summary, "" where it has none.
    """
    written = r"\s+".join(map(re.escape, (title or "").split()))
    alone = _without(written, text)
    is_short = len(alone) <= SHORT
    if is_short and _ASKS_TO_PAY.search(alone):
        return False
    headline, rest = _stems(title or ""), _stems(summary)
    announced = headline | rest
    shared = len(announced & _beginnings(alone))
    if is_short and _ASKS_FOR_CONSENT.search(alone):
        shared = len(announced & _beginnings(_without_sentences(written, alone)))
        return bool(announced) and shared >= max(_FEWEST, _SHARE_OF_CONSENT * len(announced))
    share = min(_SHARE * len(announced), _MOST) if len(rest) >= _MANY else 0.0
    return shared >= max(min(_FEWEST, ((len(headline) or len(rest)) + 1) // 2), share)


def _without(headline: str, text: str) -> str:
    """Leave out of a text the lines that are its headline; articles begin with the same words, too."""
    return re.sub(rf"^[^\w\n]*{headline}[^\w\n]*$", " ", text, flags=_LINES) if headline else text


def _without_sentences(headline: str, text: str) -> str:
    """Leave out the sentences that are its headline."""
    return (
        re.sub(rf"(?:^|(?<=[.!?…»]\s)){headline}(?=[.!?…»]|$)", " ", text, flags=_LINES) if headline else text
    )


def _stems(text: str) -> frozenset[str]:
    """Return how the telling words of a text begin."""
    words = set(_WORD.findall(text.lower())) - _UNTELLING
    return frozenset(word[: min(max(len(word) - 1, _SHORTEST), _LONGEST_STEM)] for word in words)


def _beginnings(text: str) -> frozenset[str]:
    """Return all that words of a text begin with, in as many letters as stems have."""
    words = set(_WORD.findall(text.lower()))
    lengths = range(_SHORTEST, _LONGEST_STEM + 1)
    return frozenset(word[:length] for word in words for length in lengths)

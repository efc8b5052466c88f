"""Kazakh stems: one for all forms of a word, by taking off its endings from the outside in; pure.

A Kazakh word is a root and a row of endings, each of one meaning and in a fixed order: noun + plural +
possessive + case; verb + voice + negation + participle, which then goes on as a noun, or + tense and person.
An ending agrees with what it follows: its vowels with the last vowel (-лар, -лер), its first consonant with
the letter before it (-лар, -дар, -тар). That agreement is checked, which keeps "доллар" and "қаңтар" whole.
The order and the alternations follow Kessikbayeva and Cicekli 2014 ("Rule Based Morphological Analyzer of
Kazakh Language", SIGMORPHON), Washington, Salimzyanov and Tyers 2014 ("Finite-state morphological transducers
for three Kypchak languages", LREC) and Muhamedowa 2016 ("Kazakh: A Comprehensive Grammar"). As in the
lexicon-free stemmer of Tukeyev et al. there is no dictionary, only a few words that look inflected.

Every cut is decided on the letters of `fold_kazakh`, so that a word typed on a Russian keyboard is cut at the
same place: `fold_kazakh(stem(word)) == stem(fold_kazakh(word))`, for any word.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from index.letters import fold_kazakh

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: No stem is shorter, in letters: шың and шыңғыс may meet, ел and елді do not.
SHORTEST: Final = 3

_WORD = re.compile("[а-яёәғқңөұүһі]+")
_VOWELS: Final = "аеиоыэюя"

# What an ending may follow, in folded letters. и is і, too, so it counts as a vowel and as a sonorant; loans
# in б, в, г, д sound voiceless at their end (Назарбаевқа).
_AFTER: Final = {
    "V": _VOWELS,
    "W": "аеоэюя",  # vowels other than the possessive's own
    "I": "ыи",
    "R": "рйуи",
    "J": "рйу",
    "L": "л",
    "N": "мн",
    "Z": "зж",
    "T": "бвгдкпстфхцчшщ",
    "C": "бвгджзйклмнпрстуфхцчшщ",
}


@dataclass(frozen=True, slots=True)
class _Ending:
    """An ending in folded letters, the letters it may follow, and the fewest letters it leaves."""

    letters: str
    after: frozenset[str]
    least: int
    front: bool | None  # None where it has one form for all words, as -мен


def _endings(forms: str, least: int = SHORTEST) -> tuple[_Ending, ...]:
    """Read endings written as "VR:лAр LNZ:дAр": what may stand before, and A for а or е, I for ы or і."""
    return tuple(ending for form in forms.split() for ending in _harmonised(form, least))


def _harmonised(form: str, least: int) -> Iterator[_Ending]:
    classes, letters = form.split(":")
    after = frozenset("".join(_AFTER[name] for name in classes))
    for front, vowels in enumerate(("аы", "еи")):
        harmonised = letters.translate(str.maketrans("AI", vowels))
        yield _Ending(harmonised, after, least, front=bool(front) if harmonised != letters else None)


# In each table stands what excludes each other; of several that fit, the longest is it.
_PRESENT: Final = _endings(
    "C:AдI V:йдI C:AмIн V:ймIн C:AмIз V:ймIз C:AсIн V:йсIн C:AсIз V:йсIз C:AсIндAр V:йсIндAр"
)
_PAST: Final = _endings("V:дI V:дIм V:дIн V:дIк V:дIнIз RLNZ:дIм RLNZ:дIнIз R:дIк T:тIм T:тIнIз")
_CONDITIONAL: Final = _endings("VC:сA VC:сAм VC:сAн VC:сAк VC:сAнIз")
_CONVERB: Final = (
    *_endings("C:Iп C:IптI W:п W:птI VRL:мAй NZ:бAй T:пAй"),
    *_endings("VRLNZ:гAлI T:кAлI", 4),
)
_PERSON: Final = (*_endings("T:пIн T:пIз Z:бIз", 4), *_endings("VRLN:мIн N:сIн N:сIз", 5))
_ACCUSATIVE: Final = _endings("RLNZ:дI T:тI")  # and the past tense after a consonant
_CASE: Final = (
    *_ACCUSATIVE,
    *_endings("VN:нIн RLZ:дIн T:тIн VRLNZ:гA T:кA VRLNZ:дA T:тA VRLZ:дAн N:нAн T:тAн"),
    *_endings("VRLN:мен Z:бен T:пен VRLNZ:дAгI T:тAгI"),
    *_endings("W:нI", 4),
    *_endings("I:нI", 6),  # алматы-ны, but мәтін-і
)
_CASE_OF_POSSESSED: Final = _endings("I:н I:нA I:нAн I:ндA I:ндAгI I:ншA", 4)
_AFTER_AGENT: Final = re.compile("(?<=ш[ыи])[сн][ыи]$")
# What must not be taken for a possessive stands here as well, since the longest ending wins: соң-ғы, екі-нші.
_POSSESSIVE: Final = (
    *_endings("W:сI C:I V:мIз C:IмIз V:нIз C:IнIз JLNZ:гI T:кI C:IншI V:ншI J:лI"),
    *_endings("W:лI", 4),
)
_PLURAL: Final = _endings("VR:лAр LNZ:дAр T:тAр")
_DERIVED: Final = (
    *_endings("VR:лIк VR:лIг LNZ:дIк LNZ:дIг T:тIк T:тIг"),
    *_endings("VC:сIз VRLNZ:дAй T:тAй VC:шA", 4),
)
_PARTICIPLE: Final = (*_endings("VRLNZ:гAн T:кAн V:йтIн C:у"), *_endings("V:у", 4))
_POSSESSED: Final = re.compile("(?:(?<=[гк][ае]н)|(?<=йт[ыи]н))[ыи]н?$")  # ұсталған-ын, not ұсталға-ның
# келетін is a participle, комитетін a noun with its possessive: such roots are short, or derived themselves.
_HABITUAL: Final = re.compile("(.{3}|.*(?:[аеыи]л|[ыи][нрз]))[ае]т[ыи]н(?:[ыи]н?)?")
_NEGATION: Final = _endings("VRL:мA NZ:бA T:пA")
_VOICE: Final = (
    *_endings("C:Iл"),
    *_endings("W:л C:Iн VRLNZ:дIр T:тIр", 4),
)
_FROM_NOUN: Final = _endings("VR:лA LNZ:дA T:тA VR:лAн LNZ:дAн T:тAн", 4)
_VOICE_OR_NOUN: Final = (*_endings("C:Iл"), *_endings("VRLNZ:дIр T:тIр VR:лAн", 4))
_LAST_VOWEL: Final = _endings("C:I")
_LAST_CONSONANT: Final = _endings("W:л W:н", 4)

# Words that look inflected and are not; their own endings still come off.
_WHOLE: Final = frozenset(
    fold_kazakh(
        """азап алматы алтын әріп әріптес барлық басқа белгі белгілі билет бірнеше босқын бұрын бүгін гектар
        гендер дағыстан дейін есеп жақын жалын жасыл жауап жеңіл жолдас зардап канада кәсіп кейін келін кеңес
        кеңсе кеуде кітап команда көңіл көшкін қалып қанат қараша қару қауіп қашқын қиын қызыл қысқа ленин
        майдан мамин мансап машина маусым мәдени мәтін медицина мектеп митинг нәсіл оқиға отандас отставка
        отын өскемен пайда палестина перде пошта путин рейтинг сағат сайын санат сауда себеп сталин сұлу сурет
        тағдыр талап тамаша тасқын тәртіп тәсіл тәулік тендер теңге толқын төмен тұлға тұрғын түтін тығын
        украина ұшқын шарап шілде ғұрып"""
    ).split()
)

# Roots that end in a vowel, so that their past looks like the present of a shorter root (қара-ды, бар-а-ды).
_VOWEL_ROOTS: Final = frozenset(fold_kazakh("жаса жина қама қара сана сұра тара").split())
_DENOMINAL: Final = re.compile(".*[^аеиы]л[ае]")  # хабарла-ды, but қолдан-ыл-а-ды
_CODA: Final = re.compile(
    f".*(?:[{_VOWELS}][^{_VOWELS}]|[рлйну][кпстш])"
)  # бар, айт, but not "ұст" or "хабарл"

# Roots that lose a vowel before an ending that begins with one: халық, халқы.
_ELIDED: Final = frozenset(
    fold_kazakh(
        "халқ ауз орн мұрн ерн мойн қойн ерк көрк құлқ әрп ғұрп нарқ парқ қалп қарн бөрк көңл"
    ).split()
)
_SOFTENED: Final = re.compile("^(та|жа|ша|те|се)у(?=[ыіи]п)")  # тап, тауып
_DIE: Final = re.compile("ол.")  # өл-ді: too short to be a stem, too telling to be lost; its stem is өлу
_VOICELESS: Final = str.maketrans("бгғ", "пкқ")
_COUNTRY: Final = re.compile(f".*(?:[^{_VOWELS}у]|и)стан")  # Қазақстан, but облыс-тан

_HAS_VOWEL: Final = re.compile(f"[{_VOWELS}у]")
_TAIL: Final = f"(?:(?<=[{_VOWELS}])у)?[^{_VOWELS}уь]*$"  # no vowel: у after one is a glide
_FRONT_WORD: Final = re.compile(f"(?:^|[^{_VOWELS}у])[еэ]{_TAIL}")
_BACK_WORD: Final = re.compile(f"(?:[ыя]|[{_VOWELS}у].*а){_TAIL}")


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return what all forms of a Kazakh word share, in small letters; a word in other letters is left alone.

    It has `SHORTEST` letters at least, or all of the word's, and need not be a word itself: басшы is "басш".
    """
    small = _SOFTENED.sub(r"\1п", word.casefold())
    if not _WORD.fullmatch(small):
        return word
    folded = fold_kazakh(small)
    if _DIE.match(folded) and _cut("_" + folded) == "_ол":
        return small[:2] + "у"
    return _repair(small, len(_cut(folded)))


def strip_case(word: str) -> str:
    """Take a case ending off a name in small letters, and nothing else: алматыда, алматыдағы -> алматы."""
    return word[: len(_strip(fold_kazakh(word), _CASE))]


def _cut(word: str) -> str:
    """Return the beginning of a word, in folded letters, that is its stem."""
    verb = _strip_finite(word)
    if verb != word:
        return _finish(_strip_voices(verb))
    noun = _strip_nominal(word)
    verb = min(_strip_participle(word), _strip_participle(noun), key=len)
    if len(verb) < len(noun) and not _is_whole(noun):
        return _finish(_strip_voices(verb))
    if word != noun == _strip(word, _ACCUSATIVE):
        return _finish(_strip_all(noun, _VOICE_OR_NOUN))
    return _finish(noun)


def _strip_finite(word: str) -> str:
    """Take off tense and person, where no noun could look like that."""
    present = _strip(word, _PRESENT)
    if present != word and _is_root(present, word[len(present)]):
        return present
    rests = (_strip(word, table) for table in (_PAST, _CONDITIONAL, _CONVERB))
    return next((rest for rest in rests if rest != word), word)


def _is_root(rest: str, vowel: str) -> bool:
    """Say whether a vowel before an ending is the present tense's own, rather than the root's last letter."""
    longer = rest + vowel
    if vowel == "й":
        return True
    denominal = len(longer) > SHORTEST + 1 and _DENOMINAL.fullmatch(longer)
    return longer not in _VOWEL_ROOTS and not denominal and _CODA.fullmatch(rest) is not None


def _strip_nominal(word: str) -> str:
    """Take off what nouns, adjectives and participles may end in."""
    noun = _AFTER_AGENT.sub("", _strip(_strip(word, _PERSON), (*_CASE, *_CASE_OF_POSSESSED)))
    return _strip_all(_strip(_strip(noun, _POSSESSIVE), _PLURAL), _DERIVED)


def _strip_participle(word: str) -> str:
    """Take off what makes a noun of a verb, with its possessive, which looks like a case of another word."""
    habitual = _HABITUAL.fullmatch(word)
    if habitual and not _is_whole(word[: habitual.end(1) + 2]):
        return habitual[1]
    participle = _POSSESSED.sub("", word)
    verb = _strip(participle, _PARTICIPLE)
    return word if verb == participle else verb


def _strip_voices(verb: str) -> str:
    return _strip(_strip_all(_strip(verb, _NEGATION), _VOICE), _FROM_NOUN)


def _finish(word: str) -> str:
    """Take off, of all words alike, what in some is an ending and in others is not.

    ы may be the possessive (басшы), л the passive (ұстал-ды, журнал-ды), н the accusative's (қала-ны,
    аудан-ы).
    """
    root = _strip(_strip(word, _LAST_VOWEL), _LAST_CONSONANT)
    hard = root.rstrip("ьъ")
    return hard if len(hard) >= SHORTEST else root


def _strip_all(word: str, endings: Sequence[_Ending]) -> str:
    """Take endings of one table off until none is left."""
    shorter = _strip(word, endings)
    return word if shorter == word else _strip_all(shorter, endings)


def _strip(word: str, endings: Sequence[_Ending]) -> str:
    """Take off the longest ending that fits, or one that leaves a word known to be whole."""
    if _is_whole(word):
        return word
    rests = [word[: -len(ending.letters)] for ending in endings if _fits(word, ending)]
    return min([rest for rest in rests if _is_whole(rest)] or rests, key=len, default=word)


def _is_whole(word: str) -> bool:
    return word in _WHOLE or word[:-1] + word[-1:].translate(_VOICELESS) in _WHOLE


def _fits(word: str, ending: _Ending) -> bool:
    if not word.endswith(ending.letters):
        return False
    rest = word[: -len(ending.letters)]
    if len(rest) < ending.least or rest.rstrip("ьъ")[-1:] not in ending.after:
        return False
    if (country := _COUNTRY.match(word)) and country.end() > len(rest):
        return False
    return _HAS_VOWEL.search(rest) is not None and (ending.front is None or _agrees(rest, front=ending.front))


def _agrees(rest: str, *, front: bool) -> bool:
    """Say whether a word takes front endings, or back ones.

    Folded letters leave it open where а may be ә, о ө, у ұ or ү, and и і; a soft sign and -аев do, too.
    """
    return (_BACK_WORD if front else _FRONT_WORD).search(rest) is None


def _repair(word: str, length: int) -> str:
    """Give a root back the vowel and the voiceless letter that it loses before a vowel: кітаб-ы, халқ-ы."""
    root, vowel = word[:length], word[length : length + 1]
    if fold_kazakh(root) in _ELIDED and vowel in {*"ыіи"}:
        root = root[:-1] + vowel + root[-1]
    return root[:-1] + root[-1].translate(_VOICELESS)

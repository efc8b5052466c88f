"""What counts as a copy; the figures are in docs/decisions/0007-wire-copies.md."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.accounts import Account, read_account
from corpus.articles import ArticleId, RevisionId
from corpus.copies import (
    Copy,
    bands,
    contradict,
    days_apart,
    is_same_report,
    is_same_sentence,
    is_telling,
    kept,
    wording,
)
from corpus.languages import Language
from corpus.passages import split

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

TOLL = (
    "Eight police officers have been killed in unrest in Kazakhstan, the interior ministry said on Thursday. "
    "Another 317 officers were injured in clashes in several regions. "
    "Protesters stormed the mayor's office in Almaty on Wednesday and set it on fire. "
    "President Kassym-Jomart Tokayev declared a state of emergency until January 19."
)


def account(text: str, language: Language = EN, published: date | None = None) -> Account:
    sentences = [text[one.sentence.start : one.sentence.end] for one in split(text, language)]
    return read_account(sentences, language, published)


def test_a_shortened_reworded_and_credited_copy_is_the_same_report() -> None:
    copy = (
        "ALMATY, Jan 6 (Reuters) - The interior ministry of Kazakhstan said on Thursday that 8 police "
        "officers had been killed in the unrest. In clashes in several regions, another 317 officers were "
        "injured."
    )

    assert is_same_report(account(TOLL), account(copy))
    assert is_same_report(account(copy), account(TOLL))


@pytest.mark.parametrize(
    "was,becomes",
    [
        ("Eight", "Twelve"),
        ("317", "353"),
        ("Thursday", "Friday"),
        ("January 19", "January 25"),
        ("Kazakhstan, the", "Uzbekistan, the"),
        ("have been killed", "have not been killed"),
        ("said on Thursday", "denied on Thursday"),
    ],
)
def test_another_number_day_name_or_a_denial_makes_another_report(was: str, becomes: str) -> None:
    other = TOLL.replace(was, becomes)

    assert other != TOLL
    assert not is_same_report(account(TOLL), account(other))


def test_an_update_that_repeats_the_old_report_is_another_one() -> None:
    update = (
        "A curfew has been imposed in the capital from Thursday evening, city officials announced. "
        "Buses and shops will stop working at 11 p.m. "
    )

    assert not is_same_report(account(TOLL), account(update + TOLL))


def test_copies_are_published_within_a_few_days() -> None:
    early = account(TOLL, published=date(2022, 1, 6))

    assert is_same_report(early, account(TOLL, published=date(2022, 1, 8)))
    assert not is_same_report(early, account(TOLL, published=date(2022, 1, 12)))
    assert is_same_report(early, account(TOLL))


def test_a_number_is_the_same_in_digits_and_in_words() -> None:
    russian = "В Алматы ранены двадцать пять человек и убиты 1 500 овец, ущерб 2,5 млн тенге, сообщило МВД."
    written = "По данным МВД, в Алматы ранены 25 человек и убиты 1500 овец, ущерб 2,5 миллиона тенге."

    assert is_same_report(account(russian, RU), account(written, RU))
    assert not is_same_report(account(russian, RU), account(written.replace("25", "35"), RU))


@pytest.mark.parametrize(
    "text,was,becomes,language",
    [
        ("{} people were held in Almaty after riots, police said on Friday.", "A hundred", "Two hundred", EN),
        ("{} people were held in Almaty after riots, police said on Friday.", "Dozens of", "Hundreds of", EN),
        ("More than {} people were held in Almaty after riots.", "a thousand", "five thousand", EN),
        ("About {} people were held in Almaty after riots.", "a million", "half a million", EN),
        ("{} of those held in Almaty after riots were at work on Friday.", "Half", "A third", EN),
        ("The airport in Almaty was {} on Friday after the attack.", "closed", "reopened", EN),
        ("В Алматы полиция задержала более {} участников беспорядков.", "тысячи", "тысячи двухсот", RU),
        ("В Алматы полиция задержала {} участников беспорядков.", "двести", "триста", RU),
        ("В Алматы полиция задержала {} участников беспорядков.", "десятки", "сотни", RU),
        ("В Алматы полиция после беспорядков {} сотрудника мэрии.", "задержала", "отпустила", RU),
        ("Алматыда полиция тәртіпсіздіктен кейін {} адамды ұстады.", "екі жүз", "мың екі жүз", KK),
        ("Алматыда шабуылдан кейін әуежай жұма күні {}.", "жабылды", "ашылды", KK),
    ],
)
def test_another_number_in_words_or_the_contrary_makes_another_report_and_another_sentence(
    text: str, was: str, becomes: str, language: Language
) -> None:
    one, other = text.format(was), text.format(becomes)

    assert is_same_report(account(one, language), account(one, language))
    assert not is_same_report(account(one, language), account(other, language))
    assert not is_same_report(account(other, language), account(one, language))
    assert contradict(account(f"{TOLL} {one}", language), account(f"{TOLL} {other}", language))
    assert not is_same_sentence(one, other, language)


@pytest.mark.parametrize(
    "beginning",
    [
        "НЕПРАВДА, 5 января - ",
        "ОПРОВЕРЖЕНИЕ (Алматы) - ",
        "ФЕЙК, 5 января - ",
        "ФЕЙК (ТАСС) - ",
        "ЛОЖЬ. ТАСС - ",
    ],
)
def test_a_hoax_is_no_copy_of_its_denial(beginning: str) -> None:
    hoax = "Аэропорт Алматы захвачен вооружёнными людьми, все рейсы отменены, сообщают очевидцы в городе."
    assert not is_same_sentence(beginning + hoax, hoax, RU)
    assert not is_same_report(account(beginning + hoax, RU), account(hoax, RU))
    assert is_same_sentence(f"АЛМАТЫ, 5 января - {hoax}", hoax, RU)


@pytest.mark.parametrize("beginning", ["FALSE, Jan 5 - ", "FALSE, Jan 5 (Reuters) - ", "DENIED (Almaty) - "])
def test_an_english_hoax_is_no_copy_of_its_denial(beginning: str) -> None:
    hoax = (
        "Armed men seized the airport of Almaty and all flights were cancelled, witnesses in the city said."
    )
    assert not is_same_sentence(beginning + hoax, hoax, EN)
    assert not is_same_report(account(beginning + hoax), account(hoax))
    assert is_same_sentence(f"ALMATY, Jan 5 (Reuters) - {hoax}", hoax, EN)


def test_a_kazakh_ten_is_no_russian_he() -> None:
    ten = "Ереуіл кезінде Ақтөбе қаласында он адам ұсталды деп хабарлады полиция."

    assert account(ten, KK).numbers == {"10"}
    assert account("Он сказал, что ждал в Актобе.", RU).numbers == frozenset()


def test_two_excerpts_of_different_parts_are_no_copies_but_do_not_contradict() -> None:
    first, second = (". ".join(part) for part in (TOLL.split(". ")[:2], TOLL.split(". ")[2:]))

    assert not is_same_report(account(first), account(second))
    assert not contradict(account(first), account(second))
    assert contradict(account(first), account(first.replace("317", "353")))


def test_a_number_does_not_agree_because_it_stands_in_another_sentence() -> None:
    text = "In Almaty 12 officers were killed by gunfire. In Aktobe 18 officers were injured by stones."
    turned = text.replace("12", "x").replace("18", "12").replace("x", "18")

    assert contradict(account(text), account(turned))
    assert not is_same_report(account(text), account(turned))


def test_another_person_who_says_the_same_at_the_beginning_makes_another_report() -> None:
    said = "{} told reporters in Brussels that he was gravely concerned by the violence in Almaty."

    assert not is_same_report(account(said.format("Blinken")), account(said.format("Borrell")))
    assert is_same_report(account(said.format("Blinken")), account(said.format("Antony Blinken")))


def test_an_empty_article_is_no_copy_of_anything() -> None:
    assert not is_same_report(account(""), account(TOLL))
    assert bands(account(""), EN) == ()


@given(st.text(), st.text())
def test_it_does_not_matter_which_article_came_first(one: str, other: str) -> None:
    assert is_same_report(account(one), account(other)) == is_same_report(account(other), account(one))
    assert contradict(account(one), account(one)) is False


def test_a_shortened_copy_shares_bands_and_another_language_none() -> None:
    full, part = account(TOLL), account(". ".join(TOLL.split(". ")[:2]) + ".")

    assert len(set(bands(full, EN)) & set(bands(part, EN))) >= 3
    assert not set(bands(full, EN)) & set(bands(full, RU))


def test_no_article_has_more_bands_than_are_kept_and_copies_keep_the_same() -> None:
    text = " ".join(f"Sentence {n} tells of town{n} and of river{n} at once." for n in range(200))
    found = kept(bands(account(text), EN))

    assert len(found) == 32
    assert set(found) <= set(bands(account(text), EN))
    assert found == kept(bands(account(text + " Another sentence at the end of it all."), EN))


def test_wording_counts_words_numbers_and_questions_and_nothing_else() -> None:
    said = wording("Police said: “1,500 people were held” — in Almaty.")

    assert said == wording("police SAID 1 500 people  were held in Almaty")
    assert said == wording("Police said 1.500 people were held, in Almaty…")
    assert said != wording("Police said 1,501 people were held in Almaty.")
    assert wording("Eight died.") != wording("Eight died?")
    assert wording("It was -5 there.") != wording("It was 5 there.")
    assert wording("Всё спокойно.") == wording("все спокойно")
    assert 0 <= said < 2**63


@pytest.mark.parametrize(
    "other,same",
    [
        ("The interior ministry said 26 armed men were killed in Almaty on Friday night.", True),
        ("26 armed men were killed in Almaty on Friday night, according to the interior ministry.", True),
        ("The interior ministry said 28 armed men were killed in Almaty on Friday night.", False),
        ("The interior ministry said 26 armed men were killed in Aktobe on Friday night.", False),
        ("The interior ministry said 26 armed men were wounded in Almaty on Friday night.", False),
        ("The interior ministry denied 26 armed men were killed in Almaty on Friday night.", False),
        ("The interior ministry said 26 armed men were not killed in Almaty on Friday night.", False),
        ("The interior ministry said 26 armed men were killed.", False),
    ],
)
def test_a_sentence_is_the_same_if_hardly_a_word_differs_and_none_that_matters(
    other: str, *, same: bool
) -> None:
    one = "The interior ministry said that 26 armed men were killed in Almaty on Friday night."

    assert is_same_sentence(one, other, EN) is same
    assert is_same_sentence(other, one, EN) is same


@pytest.mark.parametrize(
    "sentence,telling",
    [
        ("He did not say more than that.", False),
        ("The investigation goes on, and nobody knows when it will come to its end.", False),
        ("The curfew in Almaty lasts from eleven in the evening to seven in the morning.", True),
    ],
)
def test_a_sentence_that_stands_in_any_article_tells_nothing(sentence: str, *, telling: bool) -> None:
    assert is_telling(sentence, EN) is telling


def test_the_earliest_comes_first_whether_days_moments_or_nothing_is_known() -> None:
    almaty = timezone(timedelta(hours=6))
    seen = datetime(2022, 1, 9, tzinfo=UTC)
    published = [
        datetime(2022, 1, 5, 17, 0, tzinfo=almaty),  # 11:00 UTC
        date(2022, 1, 5),
        datetime(2022, 1, 5, 18, 30, tzinfo=almaty),
        date(2022, 1, 6),
        None,  # seen on the 9th
    ]
    copies = [
        Copy(ArticleId(n), RevisionId(n), 0, "", "", None, day, seen) for n, day in enumerate(published)
    ]

    assert [one.article_id for one in sorted(set(copies), key=lambda one: one.order)] == [0, 1, 2, 3, 4]


def test_days_apart_are_counted_only_between_dates() -> None:
    assert days_apart(date(2022, 1, 5), date(2022, 1, 8)) == 3
    assert days_apart(date(2022, 1, 5), datetime(2022, 1, 6, 0, 0, tzinfo=UTC)) == 0.5
    assert days_apart(None, date(2022, 1, 8)) == 0


# Datelines


@pytest.mark.parametrize(
    "one, other",
    [
        ("NUR-SULTAN, Jan 6 (Reuters) - ", ""),
        ("ALMATY, January 6. /TASS/. ", "NUR-SULTAN. KAZINFORM - "),  # the text names the one
        ("ASTANA (Agency) - ", "NUR-SULTAN, Jan 6 (AP) - "),  # one city
        ("(Reuters) - ", "Reuters - "),
    ],
)
def test_a_dateline_hides_no_copy(one: str, other: str) -> None:
    assert is_same_report(account(one + TOLL), account(other + TOLL))
    assert is_same_sentence(one + TOLL, other + TOLL, EN)


@pytest.mark.parametrize(
    "one, other",
    [
        ("ATYRAU (Reuters) - ", "URALSK (Reuters) - "),
        ("ATYRAU, Nov 7 (Reuters) - ", "ATYRAU, Nov 8 (Reuters) - "),
    ],
)
def test_where_datelines_alone_tell_place_or_day_they_do(one: str, other: str) -> None:
    fog = "The city's airport was closed because of fog, and 11 flights were diverted. Trains run as usual."
    assert not is_same_report(account(one + fog), account(other + fog))
    assert not is_same_sentence(one + fog, other + fog, EN)
    assert is_same_report(account(one + fog), account(one + fog))


def test_a_report_that_names_nobody_may_be_from_anywhere_without_its_dateline() -> None:
    fog = "The airport was closed because of dense fog, and 11 flights were diverted. Trains run as usual."
    assert not is_same_report(account("ATYRAU (Reuters) - " + fog), account(fog))
    assert is_same_report(account("ATYRAU (Reuters) - " + fog), account(fog.replace("The", "Atyrau's", 1)))


def test_a_report_that_was_filed_on_a_later_day_is_no_copy_of_an_older_article() -> None:
    later = account("ALMATY, Jan 9 (Reuters) - " + TOLL, published=date(2022, 1, 9))
    assert not is_same_report(account(TOLL, published=date(2022, 1, 7)), later)
    assert is_same_report(account(TOLL, published=date(2022, 1, 10)), later)


def test_the_city_of_a_dateline_is_no_name_of_the_report() -> None:
    assert "nur-su" not in account("NUR-SULTAN, Jan 6 (Reuters) - " + TOLL).names
    assert wording("NUR-SULTAN, Jan 6 (Reuters) - " + TOLL) == wording(TOLL)

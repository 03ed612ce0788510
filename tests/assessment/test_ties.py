"""What people say about each other partner: which answers are accepted, and who can see what of them."""

from datetime import timedelta
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F

from partnerships.assessment import answering, catalog, gaps, rounds
from partnerships.assessment.choices import ScoreState
from partnerships.assessment.rules import other_parties
from partnerships.assessment.tie_queries import ties_seen
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotFound
from partnerships.models import Contact, Membership, Round, TieAnswer, TieScore
from partnerships.registry.actions import save_partnership
from tests.assessment.conftest import Board, days_later
from tests.factories import in_days, make_jurisdiction, make_person

pytestmark = pytest.mark.django_db

TRUST = ("reliability", "mission", "openness")
VALUE = ("power", "involvement", "resources")


def levels_of(trust=None, value=None, intensity=None):
    levels = dict.fromkeys(TRUST, trust) | dict.fromkeys(VALUE, value) | {"intensity": intensity}
    return {key: level for key, level in levels.items() if level is not None}


def all_say_of(board, number, about, *levels):
    """Let people of a party answer about another party, with their levels, and finish."""
    for respondent, one in zip(board.respondents_of(number), levels, strict=False):
        answering.save_tie_answers(respondent=respondent, party=board.parties[about], levels=one)


def everyone_is_done(board):
    for respondent in board.round.respondents.order_by("pk"):
        answering.finish(respondent=respondent)
    return Round.objects.get(pk=board.round.pk)


def member_of(board, number):
    person, entity = make_person(f"member{number}@example.org"), board.parties[number].entity
    Membership.objects.create(person=person, **{entity._meta.model_name: entity}, role="reader")
    return person


def visible_ties(person, survey_round, own_sides=()):
    """Return ({(about, side): (trust, value)}, {pair: what both said}) as numbers, by the position of a party."""
    found = ties_seen(person, survey_round, set(own_sides))
    opinions = {(str(one.about), one.side): (one.trust, one.value) for one in found.opinions}
    return opinions, {tuple(map(str, one.parties)): one.levels for one in found.close}


# Accepted answers


def test_people_answer_about_the_partners_that_they_may_know_of(board):
    board.ask(1, 1)
    assert other_parties(board.respondents_of(0)[0]) == board.parties[1:]
    assert other_parties(board.respondents_of(1)[0]) == [board.parties[0], board.parties[2]]
    board.hide(1)
    assert other_parties(board.respondents_of(1)[0]) == [board.parties[0]]
    with pytest.raises(NotFound):
        answering.save_tie_answers(
            respondent=board.respondents_of(1)[0], party=board.parties[2], levels=levels_of(trust=2)
        )


def test_no_one_answers_about_a_partner_that_left_or_about_their_own(board):
    board.ask(1, 1)
    respondent = board.respondents_of(1)[0]
    board.seat(2, ends_on=in_days(-2))
    for number in (1, 2):
        with pytest.raises(NotFound):
            answering.save_tie_answers(respondent=respondent, party=board.parties[number], levels=levels_of(trust=2))
    assert not TieAnswer.objects.exists()


def test_a_new_answer_about_a_partner_replaces_the_earlier_one(board):
    board.ask(1, 1)
    respondent, other = board.respondents_of(1)[0], board.parties[0]
    answering.save_tie_answers(respondent=respondent, party=other, levels=levels_of(trust=2, intensity=4))
    answering.save_tie_answers(respondent=respondent, party=other, levels={"mission": 1})
    assert list(respondent.tie_answers.values_list("item", "level")) == [("mission", 1)]
    answering.save_tie_answers(respondent=respondent, party=other, levels={})
    assert not respondent.tie_answers.exists()


@pytest.mark.parametrize(
    "levels", [{"reliability": 0}, {"reliability": 5}, {"intensity": -1}, {"intensity": 5}, {"mission": 4, "power": 9}]
)
def test_a_level_beyond_its_scale_is_refused_and_nothing_of_it_stays(board, levels):
    board.ask(1, 1)
    answering.save_tie_answers(respondent=board.respondents_of(1)[0], party=board.parties[0], levels={"mission": 2})
    with pytest.raises(ValidationError, match="Choose one of the levels"):
        answering.save_tie_answers(respondent=board.respondents_of(1)[0], party=board.parties[0], levels=levels)
    assert list(TieAnswer.objects.values_list("item", "level")) == [("mission", 2)]


def test_an_item_that_is_not_asked_is_refused(board):
    board.ask(1, 1)
    with pytest.raises(NotFound):
        answering.save_tie_answers(
            respondent=board.respondents_of(1)[0], party=board.parties[0], levels={"decisions": 2}
        )


def test_a_round_about_say_has_no_second_page(board):
    board.ask(1, 1, asks=catalog.ENGAGEMENT)
    assert other_parties(board.respondents_of(1)[0]) == []
    with pytest.raises(NotFound):
        answering.save_tie_answers(respondent=board.respondents_of(1)[0], party=board.parties[0], levels={"mission": 2})


def test_after_the_last_day_nothing_more_is_taken(board):
    board.ask(1, 1)
    respondent = board.respondents_of(1)[0]
    with days_later(16), pytest.raises(NotFound):
        answering.save_tie_answers(respondent=respondent, party=board.parties[0], levels={"mission": 2})


@pytest.mark.parametrize("end", ["decline", "open"])
def test_single_answers_are_erased_with_those_to_the_questions(board, end):
    board.ask(1, 1)
    answering.save_tie_answers(respondent=board.respondents_of(1)[0], party=board.parties[0], levels=levels_of(2, 3, 1))
    if end == "decline":
        answering.decline(respondent=board.respondents_of(1)[0])
    else:
        everyone_is_done(board)
    assert not TieAnswer.objects.exists()


def test_a_round_that_keeps_answers_keeps_these(board):
    board.ask(1, 1, erases_answers=False)
    answering.save_tie_answers(respondent=board.respondents_of(1)[0], party=board.parties[0], levels={"mission": 2})
    everyone_is_done(board)
    assert TieAnswer.objects.count() == 1


# What is shown


def test_nothing_is_seen_before_the_round_opens(people, board):
    survey_round = board.ask(1, 1)
    all_say_of(board, 0, 1, levels_of(4, 4, 4))
    all_say_of(board, 1, 0, levels_of(4, 4, 4))
    assert (visible_ties(people.administrator, survey_round), TieScore.objects.count()) == (({}, {}), 0)


def test_two_sides_that_both_said_something_read_each_other(people, board):
    board.ask(1, 1)
    all_say_of(board, 0, 1, levels_of(trust=4, value=2, intensity=3))
    all_say_of(board, 1, 0, levels_of(trust=1, value=3, intensity=1))
    survey_round, lead, tenants = everyone_is_done(board), str(board.parties[0]), str(board.parties[1])
    expected = {(lead, "community"): (1.0, 3.0), (tenants, "government"): (4.0, 2.0)}, {(lead, tenants): (3.0, 1.0)}
    assert visible_ties(people.administrator, survey_round) == expected
    assert visible_ties(member_of(board, 0), survey_round, {"government"}) == expected
    assert visible_ties(member_of(board, 1), survey_round, {"community"}) == expected


def test_what_one_side_alone_said_stays_with_it(people, board):
    board.ask(1, 1)
    all_say_of(board, 0, 1, levels_of(trust=4, value=2, intensity=3))
    survey_round = everyone_is_done(board)
    assert visible_ties(people.administrator, survey_round) == ({}, {})
    assert visible_ties(member_of(board, 1), survey_round, {"community"}) == ({}, {})
    opinions, close = visible_ties(member_of(board, 0), survey_round, {"government"})
    assert (opinions, close) == ({(str(board.parties[1]), "government"): (4.0, 2.0)}, {})


def test_what_a_side_says_of_its_own_stays_with_it(people, board):
    board.ask(1, 1, 1)
    all_say_of(board, 0, 1, levels_of(trust=3))
    all_say_of(board, 1, 0, levels_of(trust=3))
    all_say_of(board, 1, 2, levels_of(trust=1))
    survey_round, own = everyone_is_done(board), (str(board.parties[2]), "community")
    assert own not in visible_ties(people.administrator, survey_round)[0]
    assert own not in visible_ties(member_of(board, 0), survey_round, {"government"})[0]
    assert visible_ties(member_of(board, 2), survey_round, {"community"})[0][own] == (1.0, None)


def test_a_party_that_scores_name_is_not_removed(people, board):
    """The office that keeps the record can't take out of an old round what one side said of the other."""
    board.ask(1, 1)
    all_say_of(board, 0, 1, levels_of(trust=4, value=2))
    all_say_of(board, 1, 0, levels_of(trust=4))
    survey_round = everyone_is_done(board)
    before = visible_ties(people.administrator, survey_round)
    rows = [{"jurisdiction": board.lead}]
    with pytest.raises(ValidationError) as problem:
        save_partnership(partnership=board.partnership, by=SYSTEM, fields={}, parties=rows, words_leave=True)
    assert problem.value.code == "took_part"
    assert visible_ties(people.administrator, survey_round) == before != ({}, {})


def test_no_party_is_removed_while_a_round_is_answered_whether_or_not_anyone_spoke_of_it(board):
    """An attack that once worked: staff remove their own office and add it again, and no one had said anything about it."""
    board.ask(1, 3, 3)
    answering.save_tie_answers(respondent=board.respondents_of(1)[0], party=board.parties[0], levels={"intensity": 0})
    for number in (0, 2):
        with pytest.raises(ValidationError, match="had a part in survey rounds"):
            board.seat(number, gone=True)
    assert TieAnswer.objects.count() == 1


def test_trust_needs_all_three_of_its_items(people, board):
    board.ask(1, 1)
    all_say_of(board, 0, 1, {"reliability": 4, "mission": 4} | levels_of(value=2))
    all_say_of(board, 1, 0, {"openness": 4})
    survey_round = everyone_is_done(board)
    assert visible_ties(people.administrator, survey_round)[0] == {(str(board.parties[1]), "government"): (None, 2.0)}


def test_a_small_side_that_keeps_its_score_back_keeps_this_too(people, board):
    board.ask(1, 2)
    all_say_of(board, 0, 1, levels_of(4, 4, 4))
    all_say_of(board, 1, 0, levels_of(1, 1, 1), levels_of(1, 1, 1))
    answering.withhold_score(respondent=board.respondents_of(1)[1], wanted=True)
    survey_round = everyone_is_done(board)
    kept = TieScore.objects.filter(side__key="community")
    assert set(kept.values_list("standing", "median", "answered")) == {(ScoreState.KEPT_BACK, None, 0)}
    opinions, close = visible_ties(people.administrator, survey_round)
    assert (list(opinions), close) == ([(str(board.parties[1]), "government")], {})
    assert list(visible_ties(member_of(board, 1), survey_round, {"community"})[0]) == [
        (str(board.parties[1]), "government")
    ]


@pytest.mark.parametrize(("answers", "trust"), [((4, 4), None), ((4, 4, 4), 3.0), ((1, 1, 1), 2.0), ((1, 2, 4), 2.0)])
def test_a_side_of_three_shows_a_middle_from_three_answers_and_never_an_end(people, board, answers, trust):
    board.ask(1, 3)
    all_say_of(board, 0, 1, levels_of(trust=2))
    all_say_of(board, 1, 0, *(levels_of(trust=level) for level in answers))
    survey_round = everyone_is_done(board)
    found = [one for one in ties_seen(people.administrator, survey_round).opinions if one.side == "community"]
    assert [one.trust for one in found] == ([] if trust is None else [trust])


def test_a_party_of_two_in_a_larger_side_reports_closeness_and_one_of_three_only_from_three(people, board):
    board.ask(1, 2, 3)
    all_say_of(board, 0, 1, levels_of(intensity=2))
    all_say_of(board, 0, 2, levels_of(intensity=2))
    answering.save_tie_answers(
        respondent=board.respondents_of(0)[0], party=board.parties[1], levels=levels_of(intensity=2)
    )
    all_say_of(board, 1, 0, levels_of(intensity=1), levels_of(intensity=4))
    all_say_of(board, 2, 0, levels_of(intensity=4), levels_of(intensity=4))
    close = visible_ties(people.administrator, everyone_is_done(board))[1]
    assert close == {(str(board.parties[0]), str(board.parties[1])): (2.0, 2.5)}


def test_an_erased_person_makes_no_party_smaller_than_shown(people, board):
    board.ask(1, 3)
    all_say_of(board, 0, 1, levels_of(intensity=2))
    all_say_of(board, 1, 0, levels_of(intensity=4), levels_of(intensity=4))
    Contact.objects.filter(pk=board.respondents_of(1)[2].contact_id).delete()
    everyone_is_done(board)
    assert visible_ties(people.administrator, board.close())[1] == {}
    assert TieScore.objects.get(by=board.parties[1], item="intensity").standing == ScoreState.KEPT_BACK


def test_a_party_that_the_reader_may_not_see_is_left_out(board):
    board.ask(1, 1, 1)
    all_say_of(board, 0, 2, levels_of(3, 3, 3))
    all_say_of(board, 2, 0, levels_of(3, 3, 3))
    survey_round = everyone_is_done(board)
    board.hide(1)
    opinions, close = visible_ties(member_of(board, 1), survey_round, {"community"})
    assert (list(opinions), close) == ([(str(board.parties[0]), "community")], {})


def test_a_nation_reads_and_is_read_as_a_side_of_its_own(people, db):
    nation = make_jurisdiction("Prairie Island Indian Community", kind="tribal_nation")
    board = Board(organizations=1, others=[nation])
    board.ask(1, 1, 1)
    all_say_of(board, 0, 2, levels_of(trust=2))
    all_say_of(board, 2, 0, levels_of(trust=1))
    opinions = visible_ties(people.administrator, everyone_is_done(board))[0]
    assert opinions == {
        (str(board.parties[0]), f"nation-{nation.pk}"): (1.0, None),
        (str(board.parties[2]), "government"): (2.0, None),
    }


# Someone who knows everything that is shown and their own answer


def test_no_single_answer_is_the_only_one_that_fits():
    """For every set of three or four answers from 1 to 4, and each of their authors, no other answer is certain."""
    for many in (3, 4):
        fits: dict = {}
        for levels in product(range(1, 5), repeat=many):
            shown = gaps.score(many, [gaps.Given(level) for level in levels], top=4, bottom=1)
            for other in range(1, many):
                fits.setdefault((shown, levels[0], other), set()).add(levels[other])
        assert min(map(len, fits.values())) > 1


def test_a_partner_whose_people_hardly_changed_shows_bands_even_on_a_large_side(board):
    """Two exact levels of five people, with one person replaced, could show that one's answer."""
    people = {
        number: [(board.parties[number], desk) for desk in board.desks[board.parties[number]]] for number in (1, 2)
    }
    lead = (board.parties[0], board.desks[board.parties[0]][0])
    bands = []
    for five in (people[1][:5], people[1][1:6]):
        Round.objects.update(opened_at=F("opened_at") - timedelta(days=200))
        fields = {"title": "Fall round", "closes_on": in_days(14)}
        asked = [lead, *five, *people[2]]
        board.round = rounds.start_round(partnership=board.partnership, by=SYSTEM, fields=fields, asked=asked)
        all_say_of(board, 1, 0, *[levels_of(intensity=level) for level in (1, 2, 2, 2, 3)])
        board.round = everyone_is_done(board)
        row = TieScore.objects.get(side__round=board.round, by=board.parties[1], item="intensity")
        bands.append((row.standing, row.is_band))
    assert bands == [(ScoreState.SHOWN, False), (ScoreState.SHOWN, True)]

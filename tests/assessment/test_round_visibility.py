"""What each reader sees of an open round, what staff record for others, and the response to a gap."""

import pytest
from django.core.exceptions import ValidationError

from partnerships.assessment import answering, notes, queries, rounds, score_queries
from partnerships.assessment.choices import ScoreState
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, NotFound
from partnerships.models import (
    Membership,
    ResponseNote,
    Round,
    SharedWord,
    SideScore,
)
from tests.assessment.conftest import days_later, scores
from tests.factories import in_days, make_person

pytestmark = pytest.mark.django_db


# Who sees which score


def reader_of(board, number):
    person = make_person(f"reader{number}@example.org")
    entity = board.parties[number].entity
    Membership.objects.create(person=person, **{entity._meta.model_name: entity}, role="reader")
    return person


def seen_by(person, survey_round, item="decisions"):
    """Return side → its median for this person, or its status without one, or “sealed” if the person may not see it.

    Of a small side, the status is that of the whole round.
    """
    seen = score_queries.round_seen(person, Round.objects.get(pk=survey_round.pk))
    one = next(one for one in seen.items if one.item.key == item)
    whole = {side.side.key: side.standing for side in seen.sides}
    return {
        key: "sealed" if score is None else (whole[key] or score.standing) if score.median is None else score.median
        for key, score in one.scores.items()
    }, one


def test_a_score_without_one_of_the_other_side_is_seen_by_its_own_side_only(people, board):
    survey_round = board.ask(1, 1)
    board.all_say(0, 3, shares_words=True, comment="We want to hear you")
    with days_later(16):
        rounds.open_due()
    office, partner = reader_of(board, 0), reader_of(board, 1)
    assert seen_by(office, survey_round)[0] == {"government": 3.0, "community": ScoreState.NO_ANSWER}
    for person in (partner, people.administrator):
        values, one = seen_by(person, survey_round)
        assert values == {"government": "sealed", "community": ScoreState.NO_ANSWER}
        assert (one.gap, one.is_flagged, one.words) == (None, False, [])


def test_what_a_side_keeps_back_leaves_it_in_no_form(people, board):
    survey_round = board.ask(1, 2)
    answering.withhold_score(respondent=board.respondents_of(1)[1], wanted=True)
    board.all_say(0, 4)
    board.all_say(1, 0, 0, comment="Ours", shares_words=True, evidence="Ours")
    for person in (reader_of(board, 0), people.administrator, reader_of(board, 1)):
        values, one = seen_by(person, survey_round)
        assert values == {"government": 4.0, "community": ScoreState.KEPT_BACK}
        assert (one.gap, one.is_flagged, one.words) == (None, False, [])
    row = SideScore.objects.get(side__key="community", item="decisions")
    assert (row.standing, row.median, row.low, row.high) == (ScoreState.NO_SCORE, None, None, None)
    assert score_queries.flags_of(survey_round) == set()
    assert not SharedWord.objects.exists()


def test_one_of_a_large_side_keeps_its_score_back_too(people, board):
    survey_round = board.ask(1, 5)
    answering.withhold_score(respondent=board.respondents_of(1)[0], wanted=True)
    board.all_say(0, 4)
    board.all_say(1, 0, 0, 0, 0, 0)
    assert scores(survey_round)["community"] == (ScoreState.KEPT_BACK, None)


def test_a_side_of_three_is_withheld_when_someone_is_erased(board):
    survey_round = board.ask(1, 3)
    board.desks[board.parties[1]][2].delete()
    board.all_say(0, 3)
    board.all_say(1, 1, 1)
    board.close()
    assert scores(survey_round) == {"government": (ScoreState.SHOWN, 3.0), "community": (ScoreState.TOO_FEW, None)}


def test_strangers_and_other_offices_see_no_round(people, board):
    survey_round = board.ask(1, 1)
    for person in (None, people.stranger, people.editor, people.partner):
        assert queries.rounds_of(person, board.partnership) == []
        with pytest.raises(NotFound):
            queries.round_of(person, survey_round.public_id)


@pytest.mark.parametrize("words", ["BACDE", "BACD"])
def test_words_are_shown_by_choice_alone_from_five_answers_on_and_under_the_side(board, words):
    board.ask(1, len(words))
    board.all_say(0, 3, comment="Of one", shares_words=True)
    for respondent, word in zip(board.respondents_of(1), words, strict=True):
        board.say(respondent, level=1, comment=word, shares_words=word not in "CDE")
        answering.finish(respondent=respondent)
    shown = [("community", "A"), ("community", "B")] if len(words) == 5 else []
    assert list(SharedWord.objects.values_list("side__key", "text")) == shown


# Reciprocity


@pytest.mark.parametrize("why", ["kept back", "too few", "no answer", "declined"])
def test_a_government_side_that_shows_nothing_reads_nothing(people, board, why):
    survey_round = board.ask(3 if why == "too few" else 1, 3)
    if why == "declined":
        answering.decline(respondent=board.respondents_of(0)[0])
    elif why == "kept back":
        answering.withhold_score(respondent=board.respondents_of(0)[0], wanted=True)
    if why in ("kept back", "too few"):
        board.all_say(0, 4, 4)
    board.all_say(1, 1, 1, 1)
    board.close()
    for person in (reader_of(board, 0), people.administrator):
        assert seen_by(person, survey_round)[0]["community"] == "sealed"
    assert seen_by(reader_of(board, 1), survey_round)[0]["community"] == 1.0


def test_a_community_side_that_keeps_back_still_reads_the_governments(people, board):
    survey_round = board.ask(1, 3)
    answering.withhold_score(respondent=board.respondents_of(1)[0], wanted=True)
    board.all_say(0, 4)
    board.all_say(1, 1, 1, 1)
    assert seen_by(reader_of(board, 1), survey_round)[0] == {"government": 4.0, "community": ScoreState.KEPT_BACK}


def test_who_belongs_to_both_sides_reads_as_the_government(people, board):
    survey_round = board.ask(1, 3)
    answering.withhold_score(respondent=board.respondents_of(0)[0], wanted=True)
    board.all_say(0, 4)
    board.all_say(1, 1, 1, 1)
    both = reader_of(board, 1)
    Membership.objects.create(person=both, jurisdiction=board.lead, role="reader")
    assert seen_by(both, survey_round)[0] == {"government": ScoreState.KEPT_BACK, "community": "sealed"}


# Repeated rounds


def test_the_same_is_asked_again_60_days_after_the_answers_at_the_earliest(people, board):
    board.ask(1, 1)
    board.all_say(0, 3)
    board.all_say(1, 1)
    asked = [(party, desks[0]) for party, desks in board.desks.items()]
    fields = {"title": "Again", "closes_on": in_days(80)}
    with days_later(59), pytest.raises(ValidationError, match="You can ask again from"):
        rounds.start_round(partnership=board.partnership, by=SYSTEM, fields=fields, asked=asked)
    short = rounds.start_round(
        partnership=board.partnership, by=SYSTEM, fields=fields | {"asks": "engagement"}, asked=asked
    )
    assert short.is_running
    with days_later(61):
        assert rounds.start_round(partnership=board.partnership, by=SYSTEM, fields=fields, asked=asked).is_running


def asked_twice(board, first, second):
    """Run two rounds that ask this many people of each party. Everyone who is asked answers 2."""
    for counts in (first, second):
        board.ask(*counts)
        for number, n in enumerate(counts):
            board.all_say(number, *([2] * n))
        board.close()
    return {side.key: side.bands_only for side in board.round.sides.all()}


@pytest.mark.parametrize(
    ("first", "second", "bands_only"),
    [(5, 6, True), (6, 5, True), (5, 7, True), (5, 8, False), (6, 6, False), (8, 9, False), (7, 8, True), (7, 9, True)],
)
def test_where_one_or_two_of_a_small_side_changed_only_bands_are_shown_and_no_trend(board, first, second, bands_only):
    assert asked_twice(board, (1, first), (1, second)) == {"government": False, "community": bands_only}
    row = SideScore.objects.get(side__round=board.round, side__key="community", item="decisions")
    assert row.is_band is bands_only
    one = seen_by(reader_of(board, 1), board.round)[1]
    assert bool(one.earlier) is not bands_only


def test_someone_in_place_of_someone_else_is_a_change_of_two(board):
    board.ask(1, 5)
    board.all_say(1, *[2] * 5)
    board.close()
    board.desks[board.parties[1]][0] = board.desks[board.parties[1]].pop()
    board.ask(1, 5)
    board.all_say(1, *[2] * 5)
    board.close()
    assert board.round.sides.get(key="community").bands_only


def test_a_round_between_two_hides_no_small_change(board):
    """Five people, then nine, then six: the third round is compared with the first, too."""
    asked_twice(board, (1, 5), (1, 9))
    board.ask(1, 6)
    board.all_say(1, *[2] * 6)
    board.close()
    assert board.round.sides.get(key="community").bands_only


# The response


def test_a_flagged_gap_needs_a_response_that_the_next_round_shows_again(people, board):
    Membership.objects.create(person=people.member, jurisdiction=board.lead, role="editor")
    survey_round = board.ask(1, 1)
    board.all_say(0, 4)
    board.all_say(1, 1)
    survey_round.refresh_from_db()
    seen = score_queries.round_seen(people.member, survey_round)
    assert [one.item.key for one in seen.due_responses] == ["decisions"]
    assert [one.gap for one in seen.due_responses] == [3.0]
    action = {"title": "Give two seats a vote", "owner_party": board.parties[0], "due_on": in_days(40)}
    notes.save_response(
        survey_round=survey_round, by=people.member, item="decisions", text="We will vote together.", action=action
    )
    seen = score_queries.round_seen(people.member, survey_round)
    assert (seen.due_responses, ResponseNote.objects.get().action.title) == ([], "Give two seats a vote")
    board.ask(1, 1)
    board.all_say(0, 3)
    board.all_say(1, 2)
    one = seen_by(people.member, board.round)[1]
    assert one.earlier_note.text == "We will vote together."
    assert [(r.pk, s["government"].median, s["community"].median) for r, s in one.earlier] == [
        (survey_round.pk, 4.0, 1.0)
    ]


def test_a_response_is_written_only_where_one_is_due_and_by_the_lead(people, board):
    Membership.objects.create(person=people.member, organization=board.organizations[0], role="editor")
    survey_round = board.ask(1, 1)
    with pytest.raises(ValidationError, match="No response is needed"):
        notes.save_response(survey_round=survey_round, by=SYSTEM, item="decisions", text="Too early")
    board.all_say(0, 2)
    board.all_say(1, 2)
    survey_round.refresh_from_db()
    with pytest.raises(ValidationError, match="No response is needed"):
        notes.save_response(survey_round=survey_round, by=SYSTEM, item="decisions", text="No gap")
    with pytest.raises(NotAllowed):
        notes.save_response(survey_round=survey_round, by=people.member, item="decisions", text="Not ours to say")
    assert ResponseNote.objects.count() == 0

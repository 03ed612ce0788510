"""What of a round that has opened each reader sees, what staff write down for others, and the response to a gap."""

import pytest
from django.core.exceptions import ValidationError

from partnerships.core.errors import Missing, NotAllowed
from partnerships.framework import answering, notes, queries, rounds
from partnerships.framework.choices import Standing
from partnerships.models import (
    Membership,
    ResponseNote,
    Round,
    SharedWord,
    SideScore,
)
from tests.framework.conftest import later, scores
from tests.make import in_days, make_person

pytestmark = pytest.mark.django_db


# Who sees which score


def reader_of(board, number):
    person = make_person(f"reader{number}@example.org")
    entity = board.parties[number].entity
    Membership.objects.create(person=person, **{entity._meta.model_name: entity}, role="reader")
    return person


def seen_by(person, round, item="decisions"):
    """Side → its median as this person sees it, its standing where there is none; “sealed” where it is not theirs to see."""
    seen = queries.round_seen(person, Round.objects.get(pk=round.pk))
    one = next(one for one in seen.items if one.item.key == item)
    return {
        key: "sealed" if score is None else score.standing if score.median is None else score.median
        for key, score in one.scores.items()
    }, one


def test_a_score_whose_other_side_has_none_is_its_own_sides_alone(people, board):
    round = board.ask(1, 1)
    board.all_say(0, 3, shares_words=True, comment="We want to hear you")
    with later(16):
        rounds.open_due()
    office, partner = reader_of(board, 0), reader_of(board, 1)
    assert seen_by(office, round)[0] == {"government": 3.0, "community": Standing.NO_ANSWER}
    for person in (partner, people.administrator):
        values, one = seen_by(person, round)
        assert values == {"government": "sealed", "community": Standing.NO_ANSWER}
        assert (one.gap, one.is_flagged, one.words) == (None, False, [])


def test_what_a_side_keeps_back_leaves_it_in_no_form(people, board):
    round = board.ask(1, 2)
    answering.keep_back(place=board.places(1)[1], wanted=True)
    board.all_say(0, 4)
    board.all_say(1, 0, 0, comment="Ours", shares_words=True, evidence="Ours")
    for person in (reader_of(board, 0), people.administrator, reader_of(board, 1)):
        values, one = seen_by(person, round)
        assert values == {"government": 4.0, "community": Standing.KEPT_BACK}
        assert (one.gap, one.is_flagged, one.words) == (None, False, [])
    row = SideScore.objects.get(side__key="community", item="decisions")
    assert (row.median, row.answered, row.low, row.high) == (None, 0, None, None)
    assert queries.flags_of(round) == set()
    assert not SharedWord.objects.exists()


def test_a_side_of_three_has_no_such_choice_since_nobody_stands_alone(board):
    board.ask(1, 3)
    with pytest.raises(ValidationError, match="one or two"):
        answering.keep_back(place=board.places(1)[0], wanted=True)


def test_a_side_that_was_told_it_is_three_is_kept_back_when_someone_is_erased(board):
    round = board.ask(1, 3)
    board.desks[board.parties[1]][2].delete()
    board.all_say(0, 3)
    board.all_say(1, 1, 1)
    board.close()
    assert scores(round) == {"government": (Standing.SHOWN, 3.0), "community": (Standing.KEPT_BACK, None)}


def test_strangers_and_other_offices_see_no_round(people, board):
    round = board.ask(1, 1)
    for person in (None, people.stranger, people.editor, people.partner):
        assert queries.rounds_of(person, board.partnership) == []
        with pytest.raises(Missing):
            queries.round_of(person, round.public_id)


def test_words_are_shown_by_choice_alone_and_under_the_side(board):
    board.ask(1, 3)
    board.all_say(0, 3, comment="Not for others")
    for place, words in zip(board.places(1), ("B", "A", "C"), strict=True):
        board.say(place, level=1, comment=words, shares_words=words != "C")
        answering.finish(place=place)
    assert list(SharedWord.objects.values_list("side__key", "text")) == [("community", "A"), ("community", "B")]


# The response


def test_a_flagged_gap_owes_a_response_that_the_next_round_shows_again(people, board):
    Membership.objects.create(person=people.member, jurisdiction=board.lead, role="editor")
    round = board.ask(1, 1)
    board.all_say(0, 4)
    board.all_say(1, 1)
    round.refresh_from_db()
    seen = queries.round_seen(people.member, round)
    assert [one.item.key for one in seen.owed] == ["decisions"]
    assert [one.gap for one in seen.owed] == [3.0]
    action = {"title": "Give two seats a vote", "owner_party": board.parties[0], "due_on": in_days(40)}
    notes.write_note(round=round, by=people.member, item="decisions", text="We will vote together.", action=action)
    seen = queries.round_seen(people.member, round)
    assert (seen.owed, ResponseNote.objects.get().action.title) == ([], "Give two seats a vote")
    board.ask(1, 1)
    board.all_say(0, 3)
    board.all_say(1, 2)
    one = seen_by(people.member, board.round)[1]
    assert one.earlier_note.text == "We will vote together."
    assert [(r.pk, s["government"].median, s["community"].median) for r, s in one.earlier] == [(round.pk, 4.0, 1.0)]


def test_a_note_is_written_only_where_one_is_owed_and_by_who_owes_it(people, board):
    Membership.objects.create(person=people.member, organization=board.organizations[0], role="editor")
    round = board.ask(1, 1)
    with pytest.raises(ValidationError, match="No response is asked for"):
        notes.write_note(round=round, by=None, item="decisions", text="Too early")
    board.all_say(0, 2)
    board.all_say(1, 2)
    round.refresh_from_db()
    with pytest.raises(ValidationError, match="No response is asked for"):
        notes.write_note(round=round, by=None, item="decisions", text="No gap")
    with pytest.raises(NotAllowed):
        notes.write_note(round=round, by=people.member, item="decisions", text="Not ours to say")
    assert ResponseNote.objects.count() == 0

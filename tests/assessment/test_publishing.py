"""When everyone may read a round, what they may read of it, and that it's hidden again at once."""

from importlib import import_module

import pytest
from django.apps import apps

from partnerships.assessment import answering, notes, publishing, publishing_queries
from partnerships.assessment.doctor import rounds_out_of_sync
from partnerships.assessment.portfolio_queries import latest_of
from partnerships.assessment.publishing_queries import published_of, published_round, replies_to, seen_by_all
from partnerships.assessment.queries import requests_to_partners
from partnerships.assessment.rules import published_rounds
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, NotFound
from partnerships.models import Change, Membership, Organization, PublishingWord, Respondent, Round
from partnerships.records.merging import merge, undo_merge
from partnerships.registry.actions import withdraw_partnership
from tests.factories import in_days, make_person

pytestmark = pytest.mark.django_db


def opened_round(board, *counts, **fields):
    board.ask(*counts, **fields)
    for number, count in enumerate(counts):
        board.all_say(number, *([3, 0, 3][number] for _ in range(count)), comment="Ours alone", shares_words=True)
    board.round = Round.objects.get(pk=board.round.pk)
    return board.round


def agree(board, number, agrees=True, reply=""):
    board.round = publishing.decide(
        survey_round=board.round, by=SYSTEM, party=board.parties[number], agrees=agrees, reply=reply
    )


def is_public(board):
    found = published_rounds().filter(pk=board.round.pk).exists()
    try:
        published_round(board.round.public_id)
    except NotFound:
        assert not found
    else:
        assert found
    assert (published_of(board.partnership) is not None) == found
    return found


def editor_of(board, number):
    person, entity = make_person(f"editor{number}@example.org"), board.parties[number].entity
    Membership.objects.create(person=person, **{entity._meta.model_name: entity}, role="editor")
    return person


def asked_to_publish(person):
    return [(one.side.round, one.party) for one in requests_to_partners(person)[1]]


def test_it_is_public_once_each_party_that_was_asked_agrees(board):
    opened_round(board, 1, 1, 1)
    steps = [is_public(board)]
    for number in range(3):
        agree(board, number)
        steps.append(is_public(board))
    assert steps == [False, False, False, True]


@pytest.mark.parametrize("kept", [1, 2])
@pytest.mark.parametrize(("says", "public"), [((None, True), False), ((False, True), False), ((True, True), True)])
def test_of_two_partners_that_are_merged_both_have_to_agree(board, kept, says, public):
    """Otherwise an office could merge a partner that doesn't agree with a record of its own that does."""
    opened_round(board, 1, 1, 1)
    agree(board, 0)
    for number, agrees in enumerate(says, 1):
        if agrees is not None:
            agree(board, number, agrees, "Our words.")
    words = [*PublishingWord.objects.order_by("party").values_list("party", "agrees", "reply")]
    organizations = [Organization.objects.get(pk=one.pk) for one in board.organizations]
    first, second = organizations if kept == 1 else organizations[::-1]
    made = merge(kept=first, lost=second, by=SYSTEM, versions=(None, None))
    assert is_public(board) is public
    undo_merge(merge=made, kept=Organization.objects.get(pk=first.pk), by=SYSTEM)
    assert [*PublishingWord.objects.order_by("party").values_list("party", "agrees", "reply")] == words
    assert is_public(board) is public


def test_a_party_that_was_not_asked_has_no_say_in_it(board):
    opened_round(board, 1, 1)
    agree(board, 0)
    agree(board, 1)
    assert is_public(board)
    with pytest.raises(NotAllowed):
        publishing.decide(survey_round=board.round, by=editor_of(board, 2), party=board.parties[2], agrees=False)


def test_one_party_that_withdraws_unpublishes_the_round_at_once(board):
    opened_round(board, 1, 1)
    agree(board, 0)
    agree(board, 1)
    agree(board, 1, agrees=False, reply="Not like this")
    assert not is_public(board)
    assert list(replies_to(make_person(), board.round)) == []


def test_a_respondent_who_left_takes_no_partners_decision_along(board):
    """An erased account or a removed contact takes its place in the round along. Its partner can still decide."""
    opened_round(board, 1, 1)
    agree(board, 0)
    Respondent.objects.filter(round=board.round, party=board.parties[1]).delete()
    assert not is_public(board)
    person = editor_of(board, 1)
    assert asked_to_publish(person) == [(board.round, board.parties[1])]
    publishing.decide(survey_round=board.round, by=person, party=board.parties[1], agrees=True)
    assert is_public(board)
    publishing.decide(
        survey_round=Round.objects.get(pk=board.round.pk), by=person, party=board.parties[1], agrees=False
    )
    assert not is_public(board)


def test_rounds_that_were_public_before_are_marked_for_sync(board):
    marked = []
    for agrees in (True, False):
        opened_round(board, 1, 1)
        agree(board, 0)
        agree(board, 1, agrees)
        marked.append(board.round.pk)
    Round.objects.update(is_public=False)
    assert len(list(rounds_out_of_sync())) == 1
    import_module("partnerships.migrations.0080_rounds_in_sync").mark_public_rounds(apps, None)
    assert list(Round.objects.filter(is_public=True).values_list("pk", flat=True)) == marked[:1]
    assert list(rounds_out_of_sync()) == []


@pytest.mark.parametrize(
    "what",
    ["unlisted", "left", "draft", "no approach", pytest.param("not opened", marks=pytest.mark.unpublished_writes)],
)
def test_what_ends_the_listing_ends_the_publishing(board, what):
    opened_round(board, 1, 1)
    agree(board, 0)
    agree(board, 1)
    assert is_public(board)
    if what == "unlisted":
        board.hide(0)
    elif what == "left":
        board.seat(1, gone=True)
    elif what == "no approach":
        board.seat(1, circle="declined")
    elif what == "draft":
        withdraw_partnership(partnership=board.partnership, by=SYSTEM)
    else:
        Round.objects.update(opened_at=None)
    assert not is_public(board)


def test_a_round_that_asked_one_side_alone_is_never_public(board):
    opened_round(board, 1)
    agree(board, 0)
    assert not is_public(board)


def test_everyone_reads_scores_and_responses_and_no_comments(board):
    opened_round(board, 1, 1)
    notes.save_response(survey_round=board.round, by=SYSTEM, item="decisions", text="We will share two decisions.")
    agree(board, 0)
    agree(board, 1, reply="We will see.")
    (one,) = [one for one in seen_by_all(board.round).items if one.item.key == "decisions"]
    assert {key: score.median for key, score in one.scores.items()} == {"government": 3.0, "community": 0.0}
    assert (one.gap, one.is_flagged, one.note.text) == (3.0, True, "We will share two decisions.")
    assert (one.words, one.earlier, one.suggestion, one.sees_action) == ([], [], None, False)
    assert [word.reply for word in replies_to(make_person(), board.round)] == ["We will see."]


def test_other_sides_do_not_show_on_it(board):
    opened_round(board, 1, 1)
    agree(board, 0)
    agree(board, 1)
    seen = seen_by_all(board.round)
    assert [side.side.key for side in seen.sides] == ["government", "community"]
    assert {key for one in seen.items for key in one.scores} == {"government", "community"}


def test_what_a_side_kept_back_stays_back(board):
    board.ask(1, 1)
    answering.withhold_score(respondent=board.respondents_of(1)[0], wanted=True)
    board.all_say(0, 3)
    board.all_say(1, 0)
    board.round = Round.objects.get(pk=board.round.pk)
    agree(board, 0)
    agree(board, 1)
    (one,) = [one for one in seen_by_all(board.round).items if one.item.key == "decisions"]
    assert (one.scores["community"].median, one.scores["community"].standing) == (None, "no_score")
    assert [side.standing for side in seen_by_all(board.round).sides] == ["shown", "kept_back"]


def test_only_a_partners_own_editors_agree_to_publish(people, board):
    opened_round(board, 1, 1)
    for person in (people.stranger, people.editor, people.partner, editor_of(board, 0), editor_of(board, 2)):
        with pytest.raises(NotAllowed):
            publishing.decide(survey_round=board.round, by=person, party=board.parties[1], agrees=True)
    assert not PublishingWord.objects.exists()
    person = editor_of(board, 1)
    publishing.decide(survey_round=board.round, by=person, party=board.parties[1], agrees=True, reply="Ours")
    assert PublishingWord.objects.values_list("party", "agrees", "reply", "by").get() == (
        board.parties[1].pk, True, "Ours", person.pk,
    )  # fmt: skip


def test_no_one_decides_before_answers_are_open(board):
    board.ask(1, 1)
    with pytest.raises(NotAllowed):
        publishing.decide(survey_round=board.round, by=editor_of(board, 1), party=board.parties[1], agrees=True)


def test_the_same_word_again_changes_nothing_and_a_stale_one_is_refused(board):
    opened_round(board, 1, 1)
    before = board.round
    agree(board, 1, reply="Ours")
    changes, version = Change.objects.count(), board.round.version
    agree(board, 1, reply="Ours")
    assert (Change.objects.count(), board.round.version) == (changes, version)
    with pytest.raises(EditConflict):
        publishing.decide(survey_round=before, by=SYSTEM, party=board.parties[0], agrees=True, version=version - 1)


def test_the_change_log_holds_the_word_and_no_name_of_who_said_it(board):
    opened_round(board, 1, 1)
    agree(board, 1, reply="Ours")
    after = Change.objects.get(verb="publish", record_type="round").after
    word = after[f"publishing {board.parties[1].pk}"]
    assert (sorted(word), word["agrees"], word["reply"]) == (["agrees", "party", "reply"], True, "Ours")


def test_partners_without_a_decision_are_asked_once_another_partner_agrees(board, django_assert_num_queries):
    opened_round(board, 1, 1)
    lead, partner = editor_of(board, 0), editor_of(board, 1)
    assert (asked_to_publish(lead), asked_to_publish(partner)) == ([], [])
    agree(board, 1)
    assert asked_to_publish(partner) == []
    with django_assert_num_queries(1):
        assert asked_to_publish(lead) == [(board.round, board.parties[0])]
    agree(board, 0, agrees=False)
    assert asked_to_publish(lead) == []


def test_the_status_names_partners_that_the_reader_sees_and_counts_the_others(people, board):
    opened_round(board, 1, 1, 1)
    agree(board, 1)
    board.hide(1)
    decisions, hidden = publishing_queries.publishing_status(editor_of(board, 1), board.round)
    assert ([(one.party, one.word and one.word.agrees, one.is_own) for one in decisions], hidden) == (
        [(board.parties[0], None, False), (board.parties[1], True, True)], 1,
    )  # fmt: skip


def test_the_latest_public_round_is_the_one_on_the_record(board):
    first = opened_round(board, 1, 1)
    agree(board, 0)
    agree(board, 1)
    second = opened_round(board, 1, 1, title="Next", closes_on=in_days(20))
    assert published_of(board.partnership) == first
    assert list(latest_of(published_rounds(), [board.partnership.pk])) == [first]
    agree(board, 0)
    agree(board, 1)
    assert published_of(board.partnership) == second

"""The portfolio pages list and count the same as the pages of single rounds, and give no answer away."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import Client

from partnerships.assessment import notes, portfolio_queries, queries, rules, score_queries
from partnerships.assessment.choices import ScoreState
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotFound, UnknownParameters
from partnerships.models import Membership, ResponseNote, Round
from tests.assessment.many import Many
from tests.assessment.portfolio_attack import Attack
from tests.factories import make_person
from tests.shares import share_of
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def scene(people):
    made = Many(people)
    for n in range(7):
        made.add(plain=n < 3, desks=(1, 4), all_of_it=n % 2 == 0)
    Round.objects.filter(pk=made.rounds[-1].pk).update(opened_at=clock.now())  # its responses aren't due yet
    made.rounds[-1].refresh_from_db()
    return made


def found_rounds(person, show, **params):
    query = QueryDict(mutable=True)
    query.update(params)
    return portfolio_queries.find_rounds(person, query, show=show)


def listed_rows(person, show, **params):
    return portfolio_queries.rows_of(person, list(found_rounds(person, show, **params).listing.ordered()))


def single_round_values(rounds):
    """Return (round, question) → what the round's own page shows of it to a reader of neither side."""
    found = {}
    for survey_round in rounds:
        for one in score_queries.seen_by_sides(survey_round, set()).items:
            found[survey_round.pk, one.item.key] = one
    return found


def keys(rows):
    return [(row.round.pk, row.seen.item.key) for row in rows]


def seen_rounds(person, many):
    return [one for one in many.rounds if queries.rounds_of(person, one.partnership)]


@pytest.mark.slow
def test_each_list_says_what_the_single_rounds_say(people, scene):
    note = next(row for row in listed_rows(people.editor, "owed"))
    ResponseNote.objects.create(round=note.round, item=note.seen.item.key, text="We heard it.", at=clock.now())
    for person in (people.editor, people.partner, people.administrator):
        alone = single_round_values(seen_rounds(person, scene))
        gaps = listed_rows(person, "gaps")
        assert {key: alone[key].gap for key in alone if alone[key].gap is not None} == {
            (row.round.pk, row.seen.item.key): row.seen.gap for row in gaps
        }
        assert [abs(row.seen.gap) for row in gaps] == sorted((abs(row.seen.gap) for row in gaps), reverse=True)
        due = {key for key, one in alone.items() if one.is_flagged and one.note is None}
        assert (set(keys(listed_rows(person, "owed"))), len(listed_rows(person, "owed"))) == (due, len(due))
        low = listed_rows(person, "low")
        seconds = {key: one.scores.get(rules.compared_sides(round_of(scene, key))[1]) for key, one in alone.items()}
        shown = {
            key: one.median for key, one in seconds.items() if one is not None and one.standing == ScoreState.SHOWN
        }
        assert dict(zip(keys(low), [row.seen.scores[row.pair[1]].median for row in low], strict=True)) == shown
        assert list(shown.values())
        assert [shown[key] for key in keys(low)] == sorted(shown.values())
        assert all(row.seen.scores == alone[key].scores for row, key in zip(gaps + low, keys(gaps + low), strict=True))
        summary = portfolio_queries.summary(found_rounds(person, "gaps"))
        talk = {pk for (pk, _), one in alone.items() if one.is_flagged}
        past = sum(row.is_past for row in listed_rows(person, "owed"))
        assert (summary.partnerships, summary.to_talk) == (len(seen_rounds(person, scene)), len(talk))
        assert (summary.due, summary.past) == (len(due), past)
    assert past
    assert len(due) > past


def round_of(many, key):
    return next(one for one in many.rounds if one.pk == key[0])


def test_answers_are_counted_by_side(people, scene):
    for row in listed_rows(people.administrator, "answers", ordering="fewest"):
        seen = score_queries.sides_seen([row.round])[row.round.pk]
        assert [(one.side.key, one.side.asked, one.finished) for one in row.sides] == [
            (one.side.key, one.side.asked, one.finished) for one in seen
        ]
    # Of a side with one standing for the whole round, no one learns how many have answered.
    listed = listed_rows(people.administrator, "answers", ordering="fewest")
    counted = [[one for one in row.sides if not one.standing] for row in listed]
    asked = [sum(one.side.asked for one in sides) for sides in counted]
    shares = [sum(one.finished for one in sides) / n for sides, n in zip(counted, asked, strict=True) if n]
    assert shares == sorted(shares)
    assert 0 < len(shares) <= len(listed) == len(scene.rounds)
    moments = [row.round.opened_at for row in listed_rows(people.administrator, "answers")]
    assert moments == sorted(moments)


def test_people_of_partners_that_a_reader_may_not_know_of_are_not_counted_for_them(board):
    """As on the page of one round, so on the pages and in the file of many."""
    board.hide(0)
    board.ask(1, 3, 2)
    for number, levels in enumerate(((3,), (1, 2, 3), (2, 2))):
        board.all_say(number, *levels)
    board.close()
    reader, staff = make_person("reader@example.org"), make_person("staff@example.org")
    Membership.objects.create(person=reader, organization=board.organizations[1], role="reader")
    Membership.objects.create(person=staff, jurisdiction=board.lead, role="reader")
    texts = {}
    for person in (reader, staff):
        client = Client()
        client.force_login(person)
        pages = (
            f"/rounds/{board.round.public_id}/",
            "/rounds/?show=answers",
            "/rounds.csv?show=answers",
            "/rounds/?show=groups",
        )
        texts[person] = [" ".join(re.sub("<[^>]+>", " ", text_of(client.get(page))).split()) for page in pages]
    page, answers, file, _ = texts[staff]
    assert "The community 5 people of 2 partners 5 0" in page or "5 people of 2 partners 5 0" in page
    assert ("5 of 5" in answers, ",5,5,0," in file) == (True, True)
    [group] = portfolio_queries.groups(staff, found_rounds(staff, "groups"), "jurisdiction")
    assert (group["people_asked"], group["people_finished"]) == (5, 5)  # not the lead's one person
    page, answers, file, _ = texts[reader]
    assert "2 people of 1 partner, and others whose partner isn’t shown to you Not shown Not shown" in page
    assert "2 people of 1 partner, and others" in answers
    assert (",5," in file, "5 of 5" in answers, ",,,," in file) == (False, False, True)
    # Counting those of the partner that the reader sees would say whether these have answered.
    [group] = portfolio_queries.groups(reader, found_rounds(reader, "groups"), "jurisdiction")
    assert (group["people_asked"], group["people_finished"]) == (0, 0)
    [listed] = found_rounds(reader, "answers", ordering="fewest").listing.ordered()
    assert (listed.asked, listed.finished, listed.share) == (0, 0, None)


def text_of(answer):
    return (b"".join(answer) if answer.streaming else answer.content).decode()


def test_groups_count_partnerships_and_people_and_nothing_else(people, scene):
    rounds = scene.rounds
    flagged = {key[0] for key, one in single_round_values(rounds).items() if one.is_flagged}
    found = portfolio_queries.groups(people.administrator, found_rounds(people.administrator, "groups"), "jurisdiction")
    of_lead = Counter(one.partnership.lead.public_id for one in rounds)
    talk = Counter(one.partnership.lead.public_id for one in rounds if one.pk in flagged)
    people_asked = Counter()
    for one in rounds:
        people_asked[one.partnership.lead.public_id] += one.respondents.filter(side__standing="").count()
    assert {g["key"]: (g["partnerships"], g["to_talk"], g["people_asked"]) for g in found} == {
        key: (n, talk[key], people_asked[key]) for key, n in of_lead.items()
    }
    for by, values in (("kind", {one.partnership.kind for one in rounds}), ("issue", None), ("department", None)):
        groups = portfolio_queries.groups(people.administrator, found_rounds(people.administrator, "groups"), by)
        assert values is None or {g["key"] for g in groups} == values
        for group in [g for g in groups if g["key"]]:
            among = found_rounds(people.administrator, "gaps", **{by: group["key"]})
            assert portfolio_queries.summary(among).partnerships == group["partnerships"]


def test_only_the_latest_round_counts_and_those_who_see_none_get_no_news(people, scene):
    old = scene.rounds[1]
    again = Round.objects.get(pk=old.pk)
    again.pk, again.public_id, again.opened_at = None, "R-000007-0", clock.now() - timedelta(days=1000)
    again.save(force_insert=True)
    pks = [row.round.pk for row in listed_rows(people.administrator, "answers")]
    assert (again.pk in pks, old.pk in pks) == (False, True)
    Round.objects.filter(pk=again.pk).update(opened_at=clock.now())
    pks = [row.round.pk for row in listed_rows(people.administrator, "answers")]
    assert (again.pk in pks, old.pk in pks) == (True, False)
    for person in (None, people.stranger):
        with pytest.raises(NotFound):
            found_rounds(person, "gaps")


@pytest.mark.parametrize("params", [{"item": "x"}, {"kind": "x"}, {"ordering": "x"}, {"portfolio": "F-000000-0"}])
def test_wrong_parameters_are_refused(people, params):
    with pytest.raises(ValidationError):
        found_rounds(people.editor, "gaps", **params)


def test_what_it_does_not_know_is_refused_by_name(people):
    for show, name in (("gaps", "kidn"), ("answers", "item"), ("gaps", "q")):
        with pytest.raises(UnknownParameters):
            found_rounds(people.editor, show, **{name: "decisions"})


@pytest.mark.unpublished_writes
def test_a_given_response_is_no_longer_due(people, scene):
    row = listed_rows(people.administrator, "owed")[0]
    assert row.due_on == score_queries.note_due_on(row.round)
    before = len(listed_rows(people.administrator, "owed"))
    notes.save_response(survey_round=row.round, by=SYSTEM, item=row.seen.item.key, text="We heard it.")
    assert len(listed_rows(people.administrator, "owed")) == before - 1


@pytest.mark.slow
@pytest.mark.unpublished_writes
def test_no_answer_can_be_inferred_from_everything_together():
    """A small world, by one reader. bench/figures/qa21.py tries a large one."""
    tried, wrong = Attack(partnerships=3, desks=(1, 4)).run(1, readers=share_of(("editor", "partner"), 2))
    assert wrong == []
    assert tried > 15

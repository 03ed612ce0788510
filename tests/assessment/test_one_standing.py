"""What one person of a side of one or two does changes one sentence about the side and the round, and nothing else."""

import pytest
from django.test import Client

from partnerships.assessment.choices import ScoreState
from partnerships.assessment.scoring import write_scores
from partnerships.core import clock
from partnerships.models import Answer, Membership, Respondent, RoundSide, SharedWord, SideScore
from partnerships.records.public_records import records_of
from tests.assessment.conftest import scores
from tests.assessment.portfolio_attack import BY_RIGHT
from tests.factories import make_person
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
WITHHELD = "Community shows no scores in this round: someone on this side withheld them."
DECLINED = "Community shows no scores in this round: everyone asked chose not to answer, and that is fine."
SILENT = "Community shows no scores in this round: no one answered."
INCOMPLETE = "Community is one or two people, and not every question has an answer."
# What the person does → the sentence, and the status that files and the API have.
ACTS = {
    "withholds": (WITHHELD, "withheld", ScoreState.KEPT_BACK),
    "skips one and withholds": (WITHHELD, "withheld", ScoreState.KEPT_BACK),
    "declines": (DECLINED, "chose not to answer", ScoreState.DECLINED),
    "skips all": (DECLINED, "chose not to answer", ScoreState.DECLINED),
    "says nothing": (SILENT, "no one answered", ScoreState.NO_ANSWER),
    "skips one": (INCOMPLETE, "one or two people, not every question has an answer", ScoreState.INCOMPLETE),
    "leaves one out": (INCOMPLETE, "one or two people, not every question has an answer", ScoreState.INCOMPLETE),
}


@snapshot_fixture
def small(board):
    """An opened round of three of the government, and one of the community."""
    board.reader = make_person("reader@example.org")
    Membership.objects.create(person=board.reader, jurisdiction=board.lead, role="editor")
    board.ask(3, 1, erases_answers=False)
    for item in board.round.items:
        for respondent in board.respondents_of(0):
            board.say(respondent, item, 3)
    board.close()
    return board


def act(board, what):
    """Store the round again as if the person of the community had done this."""
    respondent, items = board.respondents_of(1)[0], list(board.round.items)
    skipped = items if what == "skips all" else items[:1] if "skips one" in what else []
    said = {
        "declines": [], "says nothing": [], "leaves one out": items[1:],
    }.get(what, items)  # fmt: skip
    declined_at = clock.now() if what == "declines" else None
    Respondent.objects.filter(pk=respondent.pk).update(keeps_back="withholds" in what, declined_at=declined_at)
    Answer.objects.filter(respondent=respondent).delete()
    for item in said:
        level = None if item in skipped else 1
        Answer.objects.create(respondent=respondent, item=item, level=level, at=clock.now())
    SideScore.objects.all().delete()
    SharedWord.objects.all().delete()
    write_scores(board.round)


def readings(board):
    client = Client()
    client.force_login(board.reader)
    page, found = f"/rounds/{board.round.public_id}/", {}
    lists = [
        f"/rounds{end}?show={show}" for end in (".csv", "/") for show in ("gaps", "low", "owed", "answers", "groups")
    ]
    for path in (page, board.partnership.get_absolute_url(), *lists):
        answer = client.get(path)
        body = b"".join(answer) if answer.streaming else answer.content
        found[path] = " ".join(BY_RIGHT.sub("", body.decode()).split())
    found["records"] = str(records_of(board.reader, board.partnership, private=True)["rounds"])
    return found


@pytest.mark.slow
def test_whatever_the_one_person_of_a_side_does_changes_one_sentence_alone(small):
    read = {}
    for what, (sentence, short, standing) in ACTS.items():
        act(small, what)
        found = readings(small)
        assert found[f"/rounds/{small.round.public_id}/"].count(sentence) == 1
        assert RoundSide.objects.get(round=small.round, key="community").standing == standing
        assert found["/rounds.csv?show=answers"].count(short) == 1
        for path, text in found.items():
            text = text.replace(f'"{short}"', short)  # a cell with a comma
            for words in (sentence, f",{short}", f"Community: {short}", f"'community': '{standing}'"):
                text = text.replace(words, "")
            read.setdefault(path, {})[what] = text
    for path, texts in read.items():
        assert {what for what, text in texts.items() if text != texts["says nothing"]} == set(), path


def test_no_question_of_such_a_side_has_a_status_of_its_own(small):
    act(small, "skips one")
    rows = SideScore.objects.filter(side__round=small.round, side__key="community")
    assert set(rows.values_list("standing", "median", "low", "high")) == {(ScoreState.NO_SCORE, None, None, None)}


def test_a_side_of_two_shows_its_scores_where_every_question_has_one(board):
    board.ask(1, 2)
    first, second = board.respondents_of(1)
    for item in board.round.items:
        board.say(first, item, 1)
    board.say(second, level=None)  # the other one has answered it
    board.all_say(0, 3)
    board.close()
    assert scores(board.round) == {"government": (ScoreState.SHOWN, 3.0), "community": (ScoreState.SHOWN, 1.0)}
    standings = dict(board.round.sides.values_list("key", "standing"))
    assert standings == {"government": ScoreState.SHOWN, "community": ScoreState.SHOWN}


def test_a_side_of_three_keeps_a_status_for_each_question(board):
    board.ask(1, 3)
    board.all_say(0, 3)
    board.all_say(1, 1, 1, 1)
    board.close()
    assert scores(board.round)["community"] == (ScoreState.SHOWN, 1.0)
    assert scores(board.round, "influence")["community"] == (ScoreState.NO_ANSWER, None)
    assert RoundSide.objects.get(round=board.round, key="community").standing == ""


def test_of_three_who_were_asked_two_who_answered_have_one_standing_too(board):
    board.ask(1, 3)
    board.all_say(0, 3)
    board.all_say(1, 1, None)
    board.close()
    for item in board.round.items:
        assert scores(board.round, item)["community"] == (ScoreState.TOO_FEW, None)

"""A partner without an account or email takes part in a round with printed codes: its own, and one for each person."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partnerships.assessment import answering, canceling, round_codes, rounds
from partnerships.assessment.asking_queries import NO_PROPOSAL
from partnerships.assessment.choices import ScoreState
from partnerships.core import clock
from partnerships.core import codes as printed_codes
from partnerships.core.access import SYSTEM
from partnerships.mail.schedule import day_words
from partnerships.models import (
    Answer,
    AskedParty,
    Change,
    Contact,
    Email,
    Membership,
    Objection,
    Party,
    PendingAnswer,
    Person,
    Respondent,
    Round,
    RoundSide,
    SharedWord,
)
from partnerships.web.frame.words import day
from tests.assessment.conftest import Board, days_later, scores
from tests.browser.forms import forms, values
from tests.factories import in_days, make_department
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
SOURCE = "The director, by phone on March 2, code by mail"


@snapshot_fixture
def board(people):
    """The first organization has an editor. The second one has no users and no email address."""
    board = Board(lead=people.office)
    board.staff, board.first = people.editor, people.partner
    Membership.objects.create(person=board.first, organization=board.organizations[0], role="editor")
    Contact.objects.filter(organization=board.organizations[1]).delete()
    board.desks[board.parties[2]] = []
    return board


def start_round(board, partners=(0, 1, 2)):
    asked = [(board.parties[n], NO_PROPOSAL) for n in partners]
    fields = {"title": "Fall round", "closes_on": in_days(30)}
    board.round = rounds.start_round(partnership=board.partnership, by=board.staff, fields=fields, asked=asked)
    return board.round


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def page_text(answer):
    return " ".join(answer.content.decode().split()).replace("&#x27;", "'")


def code_url(board, number=2):
    return f"/rounds/{board.round.public_id}/people/{board.parties[number].pk}/code/"


def print_code(board, by):
    page = client_of(by).post(code_url(board), {"source": SOURCE})
    assert page.status_code == 200
    return codes_on(page)[0]


def codes_on(page):
    return re.findall(r"<code>([0-9A-Z-]+)</code>", page_text(page))


def ticket_on(page):
    return re.search(r'name="ticket" value="([^"]+)"', page_text(page))[1]


def name(code, *people, client=None, **fields):
    """Name people as someone with a partner's code. `people`: (name, phone)."""
    client = client or Client()
    ticket = ticket_on(client.post("/code/", {"code": code}))
    fields |= {
        f"{field}_{n}": value
        for n, row in enumerate(people, 1)
        for field, value in zip(("name", "phone"), row, strict=True)
    }
    return client.post("/code/", {"ticket": ticket, "press": "name"} | fields)


TWO = (("Front porch", "612 555 0101"), ("Back porch", "612 555 0102"))


def begin_round(board, by=None, people=TWO):
    """Prepare a round up to the answers. Returns the codes of the people who were named with a code that `by` printed."""
    start_round(board)
    code = print_code(board, by or board.first)
    codes = codes_on(name(code, *people))
    for number, editor in ((0, board.staff), (1, board.first)):
        seat = board.parties[number]
        page = f"/rounds/{board.round.public_id}/people/{seat.pk}/"
        client_of(editor).post(page, {"asked": [f"contact:{desk.pk}" for desk in board.desks[seat][:3]]})
    board.round.refresh_from_db()
    assert board.round.is_answering
    return code, codes


def test_a_double_click_prints_one_code_for_a_partner(board):
    start_round(board)
    client, url = client_of(board.staff), code_url(board)
    typed = values(client.get(url).content.decode()) | {"source": SOURCE}
    first, second = client.post(url, typed), client.post(url, typed)
    assert codes_on(second) == codes_on(first)
    assert Change.objects.filter(verb="code").count() == 1
    assert Client().post("/code/", {"code": codes_on(first)[0]}).status_code == 200


def test_a_double_click_gives_each_person_one_code(board):
    start_round(board)
    client, code = Client(), print_code(board, board.first)
    page = client.post("/code/", {"code": code}).content.decode()
    typed = next(form.values() for form in forms(page) if "name_1" in form.fields)
    typed |= {"press": "name", "name_1": "Front porch", "phone_1": "612 555 0101"}
    named, again = client.post("/code/", typed), client.post("/code/", typed)
    with_code = Respondent.objects.get(name="Front porch")
    for page in (named, again):
        assert (page.status_code, [printed_codes.digest_of(code) for code in codes_on(page)]) == (200, [with_code.code])


def test_a_double_click_of_the_last_partner_still_shows_its_codes(board):
    """The first post closes the respondent list, so codes could not be made again."""
    start_round(board, partners=(0, 2))
    seat = board.parties[0]
    client_of(board.staff).post(
        f"/rounds/{board.round.public_id}/people/{seat.pk}/", {"asked": [f"contact:{board.desks[seat][0].pk}"]}
    )
    client = Client()
    page = client.post("/code/", {"code": print_code(board, board.staff)}).content.decode()
    typed = next(form.values() for form in forms(page) if "name_1" in form.fields)
    typed |= {"press": "name", "name_1": "Front porch", "phone_1": "612 555 0101"}
    named, again = client.post("/code/", typed), client.post("/code/", typed)
    board.round.refresh_from_db()
    assert board.round.is_answering
    assert (again.status_code, codes_on(again)) == (200, codes_on(named))


def answer(code, item="decisions", level=1, client=None, **more):
    return (client or Client()).post("/code/", {"code": code, "item": item, f"{item}-level": str(level)} | more)


@pytest.mark.both
def test_a_partner_without_email_names_its_people_and_each_answers_with_a_code(board):
    _, codes = begin_round(board)
    assert len(codes) == 2
    client = Client()
    page = client.post("/code/", {"code": codes[0].lower().replace("-", " ")})
    assert "How is the work going, from where you sit?" in page_text(page)
    ticket = ticket_on(page)
    saved = client.post("/code/", {"ticket": ticket, "item": "decisions", "decisions-level": "1"})
    assert "1 of 10 done" in page_text(saved)
    done = client.post("/code/", {"ticket": ticket, "press": "finish"})
    assert "Your answers are in." in page_text(done)
    assert "You left out 9 questions." in page_text(done)
    respondent = Respondent.objects.get(name="Front porch")
    assert (respondent.finished_at is not None, Answer.objects.get().respondent) == (True, respondent)
    assert not Email.objects.filter(subject_type="respondent", subject_id=respondent.pk).exists()
    answer(codes[1], level=2)
    board.all_say(1, 1, 1, 1)
    board.all_say(0, 4, 4, 4)
    board.close()
    assert scores(board.round)["community"] == (ScoreState.SHOWN, 1.0)
    assert not Respondent.objects.exclude(name="").exists()  # names are deleted when the round closes


def test_the_round_page_offers_a_code_only_where_a_partner_has_no_editor(people, board):
    start_round(board)
    for person, offers in (
        (board.staff, True),
        (board.first, True),
        (people.partner_reader, None),
        (people.administrator, True),
    ):
        page = client_of(person).get(f"/rounds/{board.round.public_id}/")
        assert (page.status_code == 404) if offers is None else (code_url(board) in page_text(page)) is offers
        assert code_url(board, 1) not in page_text(page)
    assert client_of(board.staff).get(code_url(board, 1)).status_code == 403
    for person in (people.stranger, people.other_editor):
        assert client_of(person).get(code_url(board)).status_code == 404
    assert Client().get(code_url(board)).status_code == 404
    refused = client_of(board.staff).post(code_url(board), {"source": " "})
    assert (refused.status_code, "Enter who you called or met" in page_text(refused)) == (422, True)
    assert not AskedParty.objects.exclude(code="").exists()


def test_no_one_reads_a_code_again_and_a_new_one_ends_it(board):
    start_round(board)
    first = print_code(board, board.staff)
    second = print_code(board, board.first)
    assert client_of(board.staff).post(code_url(board), {"source": SOURCE}).status_code == 403  # not in place of theirs
    assert "isn't valid" in page_text(Client().post("/code/", {"code": first})).replace("’", "'")
    assert "Who answers for" in page_text(Client().post("/code/", {"code": second}))
    plain = second.replace("-", "")
    rows = [*AskedParty.objects.values_list(), *Change.objects.values_list()]
    assert (plain in str(rows), second in str(rows)) == (False, False)
    assert Change.objects.filter(verb="code").values_list("by", "why")[0] == (board.first.pk, SOURCE)
    assert plain not in page_text(client_of(board.staff).get(f"/rounds/{board.round.public_id}/history/"))


@pytest.mark.slow
def test_answers_by_codes_that_another_side_printed_make_no_score(board):
    """Staff print the code of a sham organization, name shams and answer for them, to read the only real answer."""
    start_round(board, partners=(0, 1, 2))
    codes = codes_on(name(print_code(board, board.staff), *TWO))
    for number, editor, n in ((0, board.staff, 1), (1, board.first, 1)):
        seat = board.parties[number]
        client_of(editor).post(
            f"/rounds/{board.round.public_id}/people/{seat.pk}/",
            {"asked": [f"contact:{desk.pk}" for desk in board.desks[seat][:n]]},
        )
    board.round.refresh_from_db()
    for code, level in zip(codes, (0, 4), strict=True):
        answer(code, level=level)
    board.all_say(1, 1)
    board.all_say(0, 3)
    assert RoundSide.objects.get(key="community").has_recorded
    board.close()
    assert scores(board.round)["community"] == (ScoreState.KEPT_BACK, None)


def test_printing_codes_on_the_same_side_shows_no_one_elses_answer(board):
    """An editor of the side prints both codes and could know both answers, and so infer the third."""
    _, codes = begin_round(board)
    for code, level in zip(codes, (0, 4), strict=True):
        answer(code, level=level)
    board.all_say(1, 2)
    board.all_say(0, 3, 3, 3)
    board.close()
    assert scores(board.round)["community"] == (ScoreState.KEPT_BACK, None)


def test_another_side_speaks_no_words_for_this_one(board):
    """Five people of the side answered, so comments are shown, but not those by a code that staff printed."""
    start_round(board)
    codes = codes_on(name(print_code(board, board.staff), *TWO))
    for number, editor, n in ((0, board.staff, 1), (1, board.first, 5)):
        seat = board.parties[number]
        desks = [f"contact:{desk.pk}" for desk in board.desks[seat][:n]]
        client_of(editor).post(f"/rounds/{board.round.public_id}/people/{seat.pk}/", {"asked": desks})
    board.round.refresh_from_db()
    assert "Show these words" not in page_text(Client().post("/code/", {"code": codes[0]}))
    comment = {"decisions-comment": "All is well", "decisions-shares_words": "on"}
    answer(codes[0], level=4, **comment)
    respondent = Respondent.objects.get(name="Front porch")
    answering.save_answer(
        respondent=respondent, item="decisions", fields={"level": 4, "comment": "All is well", "shares_words": True}
    )
    board.all_say(1, 1, 1, 1, 1, 1, comment="Ask us first", shares_words=True)
    board.all_say(0, 4)
    board.close()
    assert list(SharedWord.objects.values_list("text", flat=True)) == ["Ask us first"]


def test_a_code_that_another_side_printed_keeps_nothing_back_objects_to_nothing_and_shows_no_names(board):
    code, codes = begin_round(board, by=board.staff)
    page = page_text(Client().post("/code/", {"code": codes[0]}))
    assert ("Withhold our score" in page, "Desk 0 of Neighbors 0" in page) == (False, False)
    Client().post("/code/", {"code": codes[0], "press": "keep_back"})
    assert not Respondent.objects.filter(keeps_back=True).exists()
    respondent = board.respondents_of(1)[0]
    page = page_text(Client().post("/code/", {"code": code, "object": str(respondent.pk)}))
    assert ("Someone of another side printed your code" in page, "Desk 0" in page) == (True, False)
    assert not Objection.objects.exists()


def test_once_a_partner_has_named_its_people_no_other_side_prints_a_code_for_it(board):
    start_round(board)
    name(print_code(board, board.first), *TWO)
    assert client_of(board.staff).post(code_url(board), {"source": SOURCE}).status_code == 403
    assert client_of(board.first).get(code_url(board)).status_code == 200


@pytest.mark.slow
def test_a_partner_objects_with_its_code_and_withdraws_it(board):
    code, _ = begin_round(board)
    respondent = board.respondents_of(1)[0]
    page = Client().post("/code/", {"code": code})
    assert "Desk 0 of Neighbors 0" in page_text(page)
    response = Client().post("/code/", {"ticket": ticket_on(page), "object": str(respondent.pk)})
    assert "We saved your objection." in page_text(response)
    assert Objection.objects.get(respondent=respondent).party == board.parties[2]
    # A second press of the same button doesn't withdraw it.
    Client().post("/code/", {"code": code, "object": str(respondent.pk)})
    assert Objection.objects.get(respondent=respondent).party == board.parties[2]
    page = Client().post("/code/", {"code": code})
    assert f'name="withdraw" value="{respondent.pk}"' in page_text(page)
    Client().post("/code/", {"ticket": ticket_on(page), "withdraw": str(respondent.pk)})
    assert not Objection.objects.filter(respondent=respondent).exists()
    own = Respondent.objects.get(name="Front porch")
    assert Client().post("/code/", {"code": code, "object": str(own.pk)}).status_code == 422
    assert not Objection.objects.filter(respondent=own).exists()
    assert Client().post("/code/", {"code": code, "object": str(board.respondents_of(0)[0].pk)}).status_code == 200
    assert not Objection.objects.exists()


@pytest.mark.slow
def test_someone_confirms_with_their_code_what_was_recorded_for_them(board):
    _, codes = begin_round(board)
    respondent = Respondent.objects.get(name="Front porch")
    record = f"/rounds/asked/{respondent.pk}/record/"
    client_of(board.staff).post(record, {"way": "phone", "was_chosen": "on", "decisions": "0", "influence": "3"})
    page = page_text(Client().post("/code/", {"code": codes[0]}))
    assert "by staff of another side" in page
    read = re.search(r'name="recorded" value="([0-9,]+)"', page)[1]
    # It's recorded again between reading and pressing. What wasn't read isn't confirmed.
    client_of(board.staff).post(record, {"way": "phone", "was_chosen": "on", "decisions": "4"})
    Client().post("/code/", {"code": codes[0], "press": "confirm", "recorded": read})
    assert list(Answer.objects.values_list("item", "level", "by_other_side")) == [("influence", 3, True)]
    assert PendingAnswer.objects.get().level == 4
    Client().post("/code/", {"code": codes[1], "press": "confirm", "recorded": str(PendingAnswer.objects.get().pk)})
    assert Answer.objects.count() == 1  # another person's code
    left = str(PendingAnswer.objects.get().pk)
    Client().post("/code/", {"code": codes[0], "press": "discard", "recorded": left})
    assert (PendingAnswer.objects.count(), Answer.objects.count()) == (0, 1)


def test_a_code_never_shows_what_was_answered(board):
    _, codes = begin_round(board)
    answer(codes[0], level=1, **{"decisions-comment": "Ask us on the porch"})
    answer(codes[0], "backbone", 0, press="rather_not")
    page = page_text(Client().post("/code/", {"code": codes[0]}))
    assert ("Saved. You can change it." in page, "Saved: 1" in page, "Ask us on the porch" in page) == (
        True,
        False,
        False,
    )
    assert ('class="passed"' in page, page.count('class="done"')) == (False, 2)


def test_a_person_who_declined_with_a_code_stays_declined_until_they_answer(board):
    _, codes = begin_round(board)
    respondent = Respondent.objects.get(name="Front porch")
    response = page_text(Client().post("/code/", {"code": codes[0], "press": "decline"}))
    assert "You won’t take part this time" in response
    answering.record_answers(
        respondent=respondent, by=board.staff, way="phone", was_read_back=True, answers={"decisions": 4}
    )
    assert Respondent.objects.get(pk=respondent.pk).declined_at
    answer(codes[0], level=2)
    assert Respondent.objects.get(pk=respondent.pk).declined_at is None


@pytest.mark.slow
@pytest.mark.parametrize("end", ["closed", "canceled", "left", "renamed"])
def test_a_code_ends_with_its_reason(board, end):
    code, codes = begin_round(board) if end != "renamed" else (None, None)
    if end == "closed":
        with days_later(40):
            assert Client().post("/code/", {"code": codes[0]}).status_code == 422
            rounds.open_due()
    elif end == "canceled":
        canceling.cancel_round(survey_round=board.round, by=SYSTEM, why="Too early")
    elif end == "left":
        board.seat(2, ends_on=in_days(-1))
    else:
        start_round(board)
        code = print_code(board, board.first)
        codes = codes_on(name(code, *TWO))
        name(code, ("Someone else", "612 555 0199"))
    for one in codes:
        for sent in ({}, {"item": "decisions", "decisions-level": "3"}, {"press": "finish"}):
            refused = Client().post("/code/", {"code": one} | sent)
            assert (refused.status_code, "isn’t valid" in page_text(refused).replace("'", "’")) == (422, True), (
                end,
                sent,
            )
    if end != "renamed":
        assert Client().post("/code/", {"code": code}).status_code == 422
    assert Answer.objects.count() == 0


def test_who_types_a_code_before_answering_begins_is_told_when_it_works(board):
    """It was printed at once, and isn’t wrong."""
    start_round(board)
    printed = name(print_code(board, board.first), *TWO)
    begins = board.round.roll_closes_at.astimezone(clock.zone(board.round.zone)).date()
    assert (
        page_text(printed).count(f"Your code works once every partner has named its people, or after {day(begins)}.")
        == 2
    )
    for sent in ({}, {"item": "decisions", "decisions-level": "3"}, {"press": "finish"}):
        refused = Client().post("/code/", {"code": codes_on(printed)[0]} | sent)
        says = f"Keep your code: it works once every partner has named its people, or after {day_words(begins)}."
        assert (refused.status_code, says in page_text(refused)) == (422, True)
    assert Answer.objects.exists() is False


@pytest.mark.unpublished_writes
@pytest.mark.parametrize("why", ["editor", "declined", "unpublished"])
def test_the_code_of_a_partner_ends_with_its_reason(people, board, why):
    start_round(board)
    code = print_code(board, board.first)
    assert Client().post("/code/", {"code": code}).status_code == 200
    if why == "editor":  # names its people from now on
        Membership.objects.create(person=people.stranger, organization=board.organizations[1], role="editor")
    elif why == "declined":
        Party.objects.filter(pk=board.parties[2].pk).update(state="declined")
    else:
        board.round.partnership.__class__.objects.filter(pk=board.partnership.pk).update(is_published=False)
    refused = Client().post("/code/", {"code": code, "press": "name", "name_1": "A", "phone_1": "612 555 0101"})
    assert (refused.status_code, Respondent.objects.count()) == (422, 0)


def test_each_person_has_a_number_of_their_own(board):
    start_round(board)
    staff_desk = Contact.objects.filter(jurisdiction=board.lead).first()
    staff_desk.phone = "(612) 555-0777"
    staff_desk.save()
    Contact.objects.create(department=make_department(board.lead), name="Front desk", phone="612-555-0888")
    code = print_code(board, board.first)
    for people, error in (
        ((("A", "612 555 0101"), ("B", "+1 (612) 555-0101")), "Each person needs their own."),
        ((("A", "12"),), "Enter a name and a full phone number for A."),
        ((("A", "612.555.0777"),), "belongs to another side"),
        ((("A", "612 555 0888"),), "belongs to another side"),  # a department that isn't a partner itself
        ((("A", ""),), "Enter a phone number of their own, too."),
        ((("", "612 555 0101"),), "Enter a name, too."),
    ):
        refused = name(code, *people)
        assert (refused.status_code, error in page_text(refused)) == (422, True), people
        assert people[0][0] in page_text(refused)
    assert not Respondent.objects.exists()


def test_a_partner_names_no_one_only_if_it_says_so(board):
    start_round(board)
    code = print_code(board, board.first)
    porch = ("Porch", "612 555 0101")
    for people, fields, error in (
        ((), {}, "Name at least one person. If no one answers for you, check this box."),
        ((porch,), {"no_one": "on"}, "You named people. Uncheck this box, or remove them."),
    ):
        refused = name(code, *people, **fields)
        assert (refused.status_code, error in page_text(refused)) == (422, True)
    assert not Respondent.objects.exists()
    assert name(code, no_one="on").status_code == 200
    url = f"/rounds/{board.round.public_id}/people/{board.parties[1].pk}/"
    assert client_of(board.first).post(url, {"phone_1": ""}).status_code == 422
    assert client_of(board.first).post(url, {"no_one": "on"}).status_code == 302


def test_people_stay_when_others_are_added(board):
    start_round(board)
    code = print_code(board, board.first)
    first = codes_on(name(code, TWO[0]))
    kept = Respondent.objects.get()
    page = Client().post("/code/", {"code": code})
    sent = {"ticket": ticket_on(page), "press": "name", "asked": f"place:{kept.pk}"}
    more = codes_on(Client().post("/code/", sent | {"name_1": "Back porch", "phone_1": "612 555 0102"}))
    assert (len(first), len(more), Respondent.objects.count()) == (1, 1, 2)
    assert Respondent.objects.get(pk=kept.pk).name == "Front porch"


def test_a_partners_own_editor_names_people_without_email_and_prints_their_codes(board):
    start_round(board)
    page = client_of(board.first).post(
        f"/rounds/{board.round.public_id}/people/{board.parties[1].pk}/", {"name_1": "Porch", "phone_1": "612 555 0101"}
    )
    assert (page.status_code, len(codes_on(page)), "no-store" in page["Cache-Control"]) == (200, 1, True)
    respondent = Respondent.objects.get()
    assert (respondent.code_by, respondent.code_by_other_side) == (None, False)


def test_someone_named_by_their_partners_editor_counts_like_everyone_else(board):
    start_round(board)
    desks = {"asked": [f"contact:{desk.pk}" for desk in board.desks[board.parties[1]][:2]]}
    page = f"/rounds/{board.round.public_id}/people/{board.parties[1].pk}/"
    (code,) = codes_on(client_of(board.first).post(page, desks | {"name_1": "Porch", "phone_1": "612 555 0101"}))
    name(print_code(board, board.first), no_one="on")
    desk = {"asked": f"contact:{board.desks[board.parties[0]][0].pk}"}
    client_of(board.staff).post(f"/rounds/{board.round.public_id}/people/{board.parties[0].pk}/", desk)
    board.round.refresh_from_db()
    answer(code, level=1)
    board.all_say(0, 4)
    board.all_say(1, 1, 1)
    board.close()
    assert scores(board.round)["community"] == (ScoreState.SHOWN, 1.0)


@pytest.mark.slow
def test_wrong_codes_are_limited_and_a_page_that_is_open_goes_on(board, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"printed_code/network": "4/10m"}
    _, codes = begin_round(board)
    ticket = ticket_on(Client().post("/code/", {"code": codes[0]}))
    tries = [Client().post("/code/", {"code": f"ABCD-EFGH-JKM{n}"}).status_code for n in range(4)]
    assert tries == [422, 422, 429, 429]  # the two right codes counted, too
    refused = Client().post("/code/", {"code": codes[1]})
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)
    assert "1 of 10 done" in page_text(
        Client().post("/code/", {"ticket": ticket, "item": "decisions", "decisions-level": "1"})
    )
    assert Client().post("/code/", {"ticket": ticket[:-2]}).status_code == 422


def test_typed_values_stay_after_an_error_with_a_code(board):
    _, codes = begin_round(board)
    refused = Client().post("/code/", {"code": codes[0], "item": "decisions", "decisions-comment": "A long thought"})
    assert (refused.status_code, "A long thought" in page_text(refused), Answer.objects.count()) == (422, True, 0)


def test_the_page_of_codes_checks_its_forms(board):
    assert Client(enforce_csrf_checks=True).post("/code/", {"code": "x"}).status_code == 403
    assert Round.objects.count() == 0


def test_who_may_print_is_asked_at_once_for_all_partners(board):
    start_round(board)
    rows = AskedParty.objects.filter(side__round=board.round).select_related("party__partnership", "party__department")
    partners = list(rows)

    def asked(some):
        reader = Person.objects.get(pk=board.staff.pk)
        with CaptureQueriesContext(connection) as found:
            assert round_codes.party_ids_with_printable_code(reader, board.round, some) <= {
                one.party_id for one in some
            }
        return len(found)

    assert len(partners) > 2
    assert asked(partners[:2]) == asked(partners)

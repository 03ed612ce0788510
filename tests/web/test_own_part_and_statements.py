"""Both sides of a record on pages: a partner's own part, its statement, remarks with replies, and shared drafts."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.models import Change, Confirmation, DraftShare, PartyNote, Remark, Reply
from partnerships.registry import actions, own_part, remarks, sharing
from partnerships.web.frame.words import day
from tests.browser.forms import forms
from tests.factories import make_department, make_organization, make_partnership, party
from tests.partnership_pages import whole_page
from tests.snapshots import snapshot_fixture
from tests.web.test_editing import fields_of

pytestmark = pytest.mark.django_db
WORDS = "We asked for this three years before. The city joined us."


@snapshot_fixture
def record(people):
    other = make_organization("Neighborhood coalition", "profiled")
    parties = [party(people.office, "lead"), party(people.organization, "member"), party(other, "member")]
    return make_partnership("Homes for all", lead=people.office, parties=parties, summary="The city began it.")


@pytest.fixture
def page(client, record):
    def as_(person, path=""):
        client.force_login(person) if person else client.logout()
        return client.get(f"/partnerships/{record.public_id}/{path}")

    return as_


def seat_of(record, organization):
    return record.parties.get(organization=organization)


def send_form(client, person, record, path, **data):
    client.force_login(person)
    return client.post(f"/partnerships/{record.public_id}/{path}", data)


def contribution(client, people, record, text, version, **more):
    key = people.organization.public_id
    data = {"version": version, f"adds-{key}-contribution": text}
    return send_form(client, people.partner, record, "our-part/", **data | more)


def note(client, people, record, text, version, **more):
    key = people.organization.public_id
    data = {f"note-{key}-version": version, f"note-{key}-text": text}
    return send_form(client, people.partner, record, "our-part/", **data | more)


def test_an_unlisted_partner_reads_that_its_contribution_is_not_public(page, people, record):
    assert "so everyone can read it" in page(people.partner, "our-part/").content.decode()
    save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    shown = unescape(page(people.partner, "our-part/").content.decode())
    assert f"The public doesn’t see it while {people.organization} is unlisted." in shown
    assert "so everyone can read it" not in shown


def test_who_disagrees_finds_that_answer_chosen(page, people, record):
    answer = page(people.partner, "partners/")
    assert f'href="/partnerships/{record.public_id}/confirm/?verdict=disputed"' in answer.content.decode()
    form = page(people.partner, "confirm/?verdict=disputed").context["form"]
    assert form["verdict"].value() == "disputed"
    assert page(people.partner, "confirm/").context["form"]["verdict"].value() is None


def sent_by(page):
    """What a browser would send of the form of a partner's own part."""
    return next(form.values() for form in forms(page.content.decode()) if "version" in form.fields)


# A partner's own part


def test_a_party_writes_what_it_adds_and_nothing_else(client, people, record, page):
    assert page(people.partner, "our-part/").status_code == 200
    forged = {"title": "Ours now", "summary": "x", "is_published": "", "adds-X-contribution": "x"}
    answer = contribution(client, people, record, "Renters’ own numbers", record.version, **forged)
    assert answer.status_code == 302
    record.refresh_from_db()
    assert seat_of(record, people.organization).contribution == "Renters’ own numbers"
    assert (record.title, record.summary) == ("Homes for all", "The city began it.")
    assert [p.contribution for p in record.parties.exclude(organization=people.organization)] == ["", ""]
    change = Change.objects.filter(record_type="partnership", record_id=record.pk).first()
    assert (change.verb, change.by, sorted(change.after)) == ("contribute", people.partner, ["parties"])
    assert client.get(f"/api/v1/partnerships/{record.public_id}/").json()["parties"][1]["contribution"] == (
        "Renters’ own numbers"
    )


def test_no_one_writes_for_another_party(client, people, record):
    other = record.parties.get(organization__name="Neighborhood coalition").organization.public_id
    data = {"version": record.version, f"adds-{other}-contribution": "Taken"}
    assert send_form(client, people.partner, record, "our-part/", **data).status_code == 422
    for person in (people.other_editor, people.stranger, people.reader, people.administrator):
        assert send_form(client, person, record, "our-part/", **data).status_code == 403
    assert not record.parties.exclude(contribution="").exists()


def test_a_stale_part_shows_both_texts(client, people, record):
    read = record.version
    row = seat_of(record, people.organization)
    own_part.contribute(party=row, by=people.partner, contribution="Theirs")
    answer = contribution(client, people, record, "Mine", read)
    html = answer.content.decode()
    assert (answer.status_code, "Mine" in html, "Theirs" in html) == (409, True, True)
    assert seat_of(record, people.organization).contribution == "Theirs"
    version = int(re.search(r'name="version" value="(\d+)"', html)[1])
    assert contribution(client, people, record, "Mine", version).status_code == 302
    assert seat_of(record, people.organization).contribution == "Mine"


def test_what_the_office_changed_elsewhere_does_not_get_in_the_way(client, people, record):
    read = record.version
    actions.save_partnership(partnership=record, by=people.editor, fields={"title": "Homes for everyone"})
    assert contribution(client, people, record, "Mine", read).status_code == 302
    record.refresh_from_db()
    assert (record.title, seat_of(record, people.organization).contribution) == ("Homes for everyone", "Mine")


def test_the_office_does_not_save_over_what_a_party_wrote_since(client, people, record):
    client.force_login(people.editor)
    data = fields_of(client.get(f"/partnerships/{record.public_id}/edit/")) | {"summary": "Changed."}
    data["parties-1-contribution"] = "What the office thinks they add"
    own_part.contribute(
        party=seat_of(record, people.organization), by=people.partner, contribution="What we add, in our own words"
    )
    answer = client.post(f"/partnerships/{record.public_id}/edit/", data)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "What we add, in our own words" in html
    assert "What the office thinks they add" in html
    assert seat_of(record, people.organization).contribution == "What we add, in our own words"
    # If the office hadn't changed that field, the partner's text would be saved without a question.
    data = fields_of(client.get(f"/partnerships/{record.public_id}/edit/")) | {"version": data["version"]}
    data |= {"summary": "Changed.", "parties-1-contribution": ""}
    answer = client.post(f"/partnerships/{record.public_id}/edit/", data)
    assert answer.status_code == 409
    assert answer.context["parties"].forms[1]["contribution"].value() == "What we add, in our own words"


def test_the_own_note_is_read_by_its_own_people_alone(client, people, record, page):
    assert note(client, people, record, "Zorvexia: watch the budget", 0).status_code == 302
    assert PartyNote.objects.get().text == "Zorvexia: watch the budget"
    assert "Zorvexia" in page(people.partner, "partners/").content.decode()
    assert "Zorvexia" in page(people.partner, "our-part/").content.decode()
    for person in (None, people.stranger, people.editor, people.reader, people.other_editor, people.administrator):
        assert "Zorvexia" not in page(person, "partners/").content.decode(), person
    for path in ("/partnerships.csv", f"/api/v1/partnerships/{record.public_id}/"):
        answer = client.get(path)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"Zorvexia" not in text
    assert "Zorvexia" not in str(list(Change.objects.values("before", "after")))


def test_a_stale_note_shows_both_texts(client, people, record):
    assert note(client, people, record, "First", 0).status_code == 302
    answer = note(client, people, record, "Second", 0)
    html = answer.content.decode()
    assert (answer.status_code, "First" in html, "Second" in html) == (409, True, True)
    assert PartyNote.objects.get().text == "First"
    assert note(client, people, record, "Second", 1).status_code == 302
    assert PartyNote.objects.get().text == "Second"


def test_one_save_keeps_both_texts_and_saves_neither_without_the_other(client, people, record):
    key = people.organization.public_id
    both = {
        f"adds-{key}-contribution": "Our numbers",
        f"note-{key}-text": "Ask again\r\nin May",
        f"note-{key}-version": "0",
    }
    both |= {"version": record.version}
    own_part.save_note(party=seat_of(record, people.organization), by=people.partner, text="First", version=0)
    for wrong, status in ({}, 409), ({f"note-{key}-text": "x" * 3001, f"note-{key}-version": "1"}, 422):
        answer = send_form(client, people.partner, record, "our-part/", **both | wrong)
        assert (answer.status_code, "Our numbers</textarea>" in answer.content.decode()) == (status, True)
        assert (seat_of(record, people.organization).contribution, PartyNote.objects.get().text) == ("", "First")
    again = sent_by(send_form(client, people.partner, record, "our-part/", **both))
    assert send_form(client, people.partner, record, "our-part/", **again).status_code == 302
    assert seat_of(record, people.organization).contribution == "Our numbers"
    assert PartyNote.objects.get().text == "Ask again\nin May"
    again = sent_by(client.get(f"/partnerships/{record.public_id}/our-part/"))
    saved = Change.objects.count(), PartyNote.objects.get().version
    assert send_form(client, people.partner, record, "our-part/", **again).status_code == 302
    assert (Change.objects.count(), PartyNote.objects.get().version) == saved


def test_a_switch_of_the_language_keeps_every_text_and_the_versions_that_were_read(client, people, record):
    """A person who writes for two parties; the page has the texts of both."""
    person, office = people.editor, people.office.public_id
    department = make_department(people.office, "Housing office")
    rows = [
        {"id": one.pk, "organization": one.organization, "jurisdiction": one.jurisdiction}
        for one in record.parties.all()
    ]
    actions.save_partnership(partnership=record, by=SYSTEM, fields={}, parties=[*rows, {"department": department}])
    client.force_login(person)
    url = f"/partnerships/{record.public_id}/our-part/"
    read = sent_by(client.get(url))
    typed = {name: [f"Typed {n}"] for n, name in enumerate(sorted(read)) if name.endswith(("-text", "-contribution"))}
    assert len(typed) == 3  # no note for a department
    own_part.save_note(party=record.parties.get(jurisdiction=people.office), by=person, text="Theirs", version=0)
    page = client.post(f"{url}?lang=es", read | typed | {"switch": "es"})
    assert (page.status_code, PartyNote.objects.get().text) == (200, "Theirs")
    kept = sent_by(page)
    assert {name: kept[name] for name in typed} == typed
    assert (kept["version"], kept[f"note-{office}-version"]) == (read["version"], ["0"])
    assert client.post(url, kept).status_code == 409


def test_statement_and_note_stay_with_the_organization_and_pass_to_no_one(people, record):
    """The lead agency replaces the organization of a party. The new one must not get the note and statement."""
    row = seat_of(record, people.organization)
    own_part.save_note(party=row, by=people.partner, text="Ours alone", version=0)
    newcomer = make_organization("Newcomer", "profiled")
    rows = [
        {"id": p.pk, "jurisdiction": p.jurisdiction, "department": None, "contribution": p.contribution, "roles": []}
        | {"organization": newcomer if p == row else p.organization}
        for p in record.parties.all()
    ]
    actions.save_partnership(partnership=record, by=people.editor, fields={}, parties=rows)
    assert seat_of(record, newcomer).pk != row.pk
    assert not PartyNote.objects.exists()


def test_a_record_that_no_one_checked_for_a_year_says_so_kindly(people, record, page):
    assert "Not verified yet." in page(None, "partners/").content.decode()
    for days, words in ((365, "."), (366, ", more than a year ago. It may be out of date.")):
        day = clock.today() - timedelta(days=days)
        actions.save_partnership(partnership=record, by=SYSTEM, fields={"last_verified_on": day})
        assert f"Last verified on {day:%B} {day.day}, {day.year}{words}" in page(None, "partners/").content.decode()


# The partner's statement


def give_verdict(client, person, record, verdict, words=""):
    client.force_login(person)
    url = f"/partnerships/{record.public_id}/confirm/"
    seen = client.get(url).context["form"]["seen"].value()
    key = client.get(url).context["form"]["party"].value()
    return client.post(url, {"party": key, "verdict": verdict, "words": words, "seen": seen})


def test_a_dispute_is_next_to_the_record_in_its_own_words(client, people, record, page):
    assert "Invited, has not replied" in page(None, "partners/").content.decode()
    assert give_verdict(client, people.partner, record, "disputed", WORDS).status_code == 302
    html = page(None, "partners/").content.decode()
    assert html.count('<article class="voice') == 2
    first, second = re.findall(r"<blockquote>(.*?)</blockquote>", html)
    assert (first, second) == ("The city began it.", WORDS)
    assert "In its own words, unedited." in html
    document = client.get(f"/api/v1/partnerships/{record.public_id}/").json()
    today = clock.today(clock.zone(people.office.zone)).isoformat()
    assert document["statements"] == [
        {"party": people.organization.public_id, "verdict": "disputed", "words": WORDS, "on": today, "is_current": True}
    ]
    file = b"".join(client.get("/partnerships.csv").streaming_content).decode()
    assert [row["disputed_by"] for row in csv.DictReader(io.StringIO(file))] == [people.organization.name]


@pytest.mark.slow
def test_one_press_on_the_page_confirms_the_record_that_was_read(client, people, record, page):
    html = page(people.partner, "partners/").content.decode()
    (pressed,) = re.findall(r'<form class="cluster".*?</form>', html, re.S)
    sent = dict(re.findall(r'name="(party|verdict|seen)" value="([^"]+)"', pressed))
    url = f"/partnerships/{record.public_id}/confirm/"
    actions.save_partnership(partnership=record, by=people.editor, fields={"summary": "Something else."})
    late = client.post(url, sent)
    assert (late.status_code, Confirmation.objects.count()) == (409, 0)
    assert "The record changed while you had it open." in late.content.decode()
    (pressed,) = re.findall(
        r'<form class="cluster".*?</form>', page(people.partner, "partners/").content.decode(), re.S
    )
    sent = dict(re.findall(r'name="(party|verdict|seen)" value="([^"]+)"', pressed))
    assert client.post(url, sent).status_code == 302
    assert Confirmation.objects.get().verdict == "confirmed"
    assert "Yes, it’s right" not in page(people.partner, "partners/").content.decode()
    for person in (None, people.editor, people.reader, people.administrator):
        assert "Yes, it’s right" not in page(person, "partners/").content.decode()


def test_a_dispute_needs_words_and_keeps_what_was_typed(client, people, record):
    answer = give_verdict(client, people.partner, record, "disputed", "  ")
    assert (answer.status_code, Confirmation.objects.count()) == (422, 0)
    assert "Say in your own words where you disagree." in answer.content.decode()


def test_after_a_change_a_confirmation_says_so(client, people, record, page):
    assert give_verdict(client, people.partner, record, "confirmed").status_code == 302
    assert "Confirms the record" in page(None, "partners/").content.decode()
    actions.save_partnership(partnership=record, by=people.editor, fields={"summary": "Something else."})
    assert "the record has changed since" in page(None, "partners/").content.decode()
    assert "You were asked on" in page(people.partner, "partners/").content.decode()
    assert give_verdict(client, people.partner, record, "confirmed").status_code == 302
    assert "the record has changed since" not in page(None, "partners/").content.decode()


def test_who_read_an_older_record_reads_it_again_and_loses_no_word(client, people, record):
    client.force_login(people.partner)
    url = f"/partnerships/{record.public_id}/confirm/"
    form = client.get(url).context["form"]
    data = {"party": form["party"].value(), "seen": form["seen"].value(), "verdict": "disputed", "words": WORDS}
    actions.save_partnership(partnership=record, by=people.editor, fields={"summary": "Something else."})
    answer = client.post(url, data)
    assert (answer.status_code, WORDS in answer.content.decode()) == (409, True)
    assert Confirmation.objects.count() == 0
    assert client.post(url, data | {"seen": answer.context["form"]["seen"].value()}).status_code == 302


@pytest.mark.parametrize("role", ["editor", "reader", "other_editor", "stranger", "administrator"])
def test_no_one_else_speaks_for_a_party(client, people, record, role):
    data = {"party": people.organization.public_id, "verdict": "confirmed", "seen": "x"}
    assert send_form(client, getattr(people, role), record, "confirm/", **data).status_code == 403
    assert Confirmation.objects.count() == 0


def test_a_party_without_members_was_not_asked(client, people, record, page):
    rows = {row["party"]["name"]: row["says"] for row in page(None, "partners/").context["positions"]}
    assert rows == {
        people.organization.name: "Invited, has not replied",
        "Neighborhood coalition": "Not asked yet",
    }


# Remarks and replies


def test_a_statement_is_the_partners_first_then_everyones_with_the_reply(client, people, record, page):
    send_form(client, people.editor, record, "statements/new/", text="Quibblewort: kept in time.")
    remark = Remark.objects.get()
    url = f"/statements/{remark.pk}/reply/"
    for person in (None, people.stranger, people.other_editor):
        assert "Quibblewort" not in page(person, "partners/").content.decode()
        assert client.get(url).status_code == 404
    for person in (people.partner, people.reader, people.editor, people.administrator):
        assert "Quibblewort" in page(person, "partners/").content.decode(), person
    assert "Quibblewort" not in client.get(f"/api/v1/partnerships/{record.public_id}/").content.decode()
    client.force_login(people.partner)
    form = client.get(url).context["form"]
    data = {"party": form["party"].value(), "seen": form["seen"].value(), "text": "Brackenly: it was late."}
    assert client.post(url, data).status_code == 302
    assert client.post(url, data | {"text": "An older form"}).status_code == 409
    assert Reply.objects.get(text__gt="").text == "Brackenly: it was late."
    assert "Brackenly" not in page(None, "partners/").content.decode()
    Remark.objects.update(public_on=clock.today(clock.zone(people.office.zone)))
    html = page(None, "partners/").content.decode()
    assert re.findall(r"<blockquote>(.*?)</blockquote>", html) == [
        "Quibblewort: kept in time.",
        "Brackenly: it was late.",
    ]


def test_the_form_of_a_statement_says_the_day_when_it_becomes_public(people, record, page):
    first = day(remarks.first_public_day(people.office))
    assert f"It becomes public automatically on {first}." in page(people.editor, "statements/new/").content.decode()


def test_silence_reads_invited_has_not_replied(people, record, page):
    remarks.show_remark(partnership=record, by=people.editor, text="Kept in time.")
    Remark.objects.update(public_on=clock.today(clock.zone(people.office.zone)))
    (row,) = page(None, "partners/").context["remarks"]
    assert [place["party"]["name"] for place in row["silent"]] == [people.organization.name]
    assert "Invited, has not replied." in page(None, "partners/").content.decode()


def test_a_withdrawn_statement_is_gone_for_the_public_and_marked_for_the_partners(client, people, record, page):
    remark = remarks.show_remark(partnership=record, by=people.editor, text="Quibblewort")
    Remark.objects.update(public_on=clock.today(clock.zone(people.office.zone)))
    assert "Quibblewort" in page(None, "partners/").content.decode()
    record.refresh_from_db()
    client.force_login(people.editor)
    assert client.post(f"/statements/{remark.pk}/withdraw/", {"version": record.version}).status_code == 302
    assert "Quibblewort" not in page(None, "partners/").content.decode()
    assert "Withdrawn" in page(people.partner, "partners/").content.decode()


# Shared drafts


@pytest.mark.slow
def test_a_draft_is_read_by_those_it_is_shared_with_and_no_one_after(client, people):
    quiet, hidden = make_organization("Zorvexia", "unlisted", kept_by=people.office), make_organization("Approached")
    parties = [
        party(people.office, "lead", internal_notes="Quibblewort"),
        party(people.organization, "member"),
        party(quiet, "advisor"),
        party(hidden, "advisor", circle="not_approached"),
    ]
    draft = make_partnership(
        "Early work", lead=people.office, parties=parties, published=False, internal_notes="Quibblewort"
    )
    url = f"/partnerships/{draft.public_id}/"
    client.force_login(people.partner)
    assert client.get(url).status_code == 404
    send_form(client, people.editor, draft, "share/", body=people.organization.public_id)
    change = Change.objects.filter(record_id=draft.pk, record_type="partnership").first()
    assert (change.verb, change.after) == ("share", {"shared_with": [people.organization.public_id]})
    client.force_login(people.partner)
    for address in (url, f"/api/v1/partnerships/{draft.public_id}/"):
        html = unescape(client.get(address).content.decode() if "api" in address else whole_page(client, draft))
        assert people.organization.name in html
        assert not [word for word in ("Zorvexia", "Quibblewort", "Approached") if word in html], address
    assert "shares it with you" in client.get(url).content.decode()
    assert client.post(f"{url}edit/", {"version": 1}).status_code == 403
    assert client.get(f"{url}our-part/").status_code == 403
    send_form(client, people.editor, draft, "share/", remove=DraftShare.objects.get().pk)
    client.force_login(people.partner)
    assert [client.get(a).status_code for a in (url, f"{url}edit/", f"/api/v1{url}")] == [404, 404, 404]


def test_a_share_of_another_draft_does_not_end_here(client, people):
    own_draft, other_draft = (
        make_partnership(t, lead=o, published=False) for t, o in (("A", people.office), ("B", people.other_office))
    )
    sharing.share_draft(partnership=other_draft, by=people.other_editor, body=people.organization)
    share = DraftShare.objects.get()
    assert send_form(client, people.editor, own_draft, "share/", remove=share.pk).status_code == 422
    assert DraftShare.objects.count() == 1


def test_asking_says_who_was_emailed(client, people, record, page):
    record.refresh_from_db()
    answer = send_form(client, people.editor, record, "ask/", version=record.version)
    assert answer.status_code == 302
    assert "We didn’t email anyone." in client.get(answer.url).content.decode()  # they were asked by publishing
    record.parties.update(confirm_asked_on=None)
    answer = send_form(client, people.editor, record, "ask/", version=record.version)
    assert f"Asked: {people.organization.name}." in unescape(client.get(answer.url).content.decode())

"""The edit pages of partnerships and meetings: what staff type is saved, refused with an error, or shown with another's text.

Nothing is lost.
"""

import re
from datetime import date, timedelta

import pytest
from pytest_django.asserts import assertRedirects

from partnerships.core import clock
from partnerships.models import Change, Email, Meeting, Organization, Partnership
from partnerships.registry import actions
from partnerships.web.components.partnerships import partnership_url
from partnerships.web.partnerships.editing import SECTIONS
from partnerships.web.partnerships.forms.partnership import MANY_ROWS, ONE_ROW, PartnershipForm
from tests.factories import make_organization, make_partnership, make_term, party

pytestmark = pytest.mark.django_db


def fields_of(response) -> dict:
    """Return what a browser would send of the page's form as it is."""
    data = {}
    for form in response.context["all_forms"] if "all_forms" in response.context else [response.context["form"]]:
        forms = getattr(form, "forms", [form])
        if hasattr(form, "management_form"):
            forms = [form.management_form, *forms]
        for one in forms:
            for bound in one:
                value = bound.value()
                if isinstance(value, (list, tuple)):
                    data[bound.html_name] = [str(getattr(v, "pk", v)) for v in value]
                elif value is not None and value is not False and value != "":
                    data[bound.html_name] = "on" if value is True else str(bound.field.prepare_value(value))
    version = re.search(r'name="version" value="(\d+)"', response.content.decode())
    return data | ({"version": version[1]} if version else {})


@pytest.fixture
def partnership(office):
    return make_partnership(lead=office, parties=[party(office, "lead"), party(make_organization(), "member")])


def test_a_new_partnership_is_saved_as_a_draft_with_its_parties(client, office):
    group, purpose = make_organization(), make_term()
    page = client.get("/partnerships/new/?kind=contract")
    data = fields_of(page) | {
        "title": "Assessment",
        "lead": office.pk,
        "purpose": purpose.pk,
        "status": "forming",
        "parties-1-entity": group.name,
        "parties-1-roles": ["contractor"],
        "agreement-amount": "1200.50",
        "agreement-currency": "USD",
    }
    answer = client.post("/partnerships/new/?kind=contract", data)
    saved = Partnership.objects.get(title="Assessment")
    assert (answer.status_code, answer["Location"]) == (302, f"/partnerships/{saved.public_id}/")
    assert (saved.is_published, saved.kind, str(saved.agreement.amount)) == (False, "contract", "1200.50")
    assert [(str(p), [r.role for r in p.roles.all()]) for p in saved.parties.all()] == [
        (office.name, ["lead"]),
        (group.name, ["contractor"]),
    ]


def test_who_writes_for_several_offices_names_the_lead_agency_themselves(client, people):
    client.force_login(people.administrator)
    assert client.get("/partnerships/new/?kind=joint_project").context["parties"].initial == []


def test_a_contract_starts_with_the_row_of_its_contractor_which_may_stay_empty(client, office):
    page = client.get("/partnerships/new/?kind=contract")
    assert page.context["parties"].initial == [{"entity": office, "roles": ["lead"]}, {"roles": ["contractor"]}]
    data = fields_of(page) | {
        "title": "Without one yet",
        "purpose": make_term().pk,
        "lead": office.pk,
        "status": "forming",
    }
    assert client.post("/partnerships/new/?kind=contract", data).status_code == 302
    saved = Partnership.objects.get(title="Without one yet")
    assert [str(party) for party in saved.parties.all()] == [office.name]
    told = client.post("/partnerships/new/?kind=contract", data | {"parties-1-contribution": "Repairs"})
    assert "Enter the name of the partner, or remove the row." in told.content.decode()


def test_editors_read_how_to_hand_a_partnership_over(client, people, partnership):
    def helps(person, page):
        client.force_login(person)
        return "To hand it over to a jurisdiction" in client.get(page).content.decode()

    edit = f"/partnerships/{partnership.public_id}/edit/overview/"
    assert [helps(people.editor, edit), helps(people.editor, "/partnerships/new/?kind=contract")] == [True, False]
    assert not helps(people.administrator, edit)


@pytest.mark.parametrize("query", ["", "?lang=en", "?lang=es", "?utm_source=post&lang=es"])
def test_the_questions_before_a_new_partnership_are_unanswered_at_first(client, office, query):
    page = client.get(f"/partnerships/new/{query}")
    assert (page.status_code, page.context["form"].is_bound) == (200, False)


def test_an_unknown_party_is_refused_at_its_field_with_a_suggestion(client, office):
    make_organization("Voices for Racial Justice")
    page = client.get("/partnerships/new/?kind=contract")
    data = fields_of(page) | {"title": "Kept typing", "parties-0-entity": "Voices for Racial Justise"}
    answer = client.post("/partnerships/new/?kind=contract", data)
    assert answer.status_code == 422
    assert "Did you mean Voices for Racial Justice (G-" in answer.content.decode()
    assert '<a href="/organizations/new/" target="_blank">Add an organization' in answer.content.decode()
    assert 'value="Kept typing"' in answer.content.decode()
    assert not Partnership.objects.filter(title="Kept typing").exists()


def test_saving_without_a_change_writes_nothing(client, partnership):
    url = f"/partnerships/{partnership.public_id}/edit/"
    changes = Change.objects.count()
    assert client.post(url, fields_of(client.get(url))).status_code == 302
    partnership.refresh_from_db()
    assert (partnership.version, Change.objects.count()) == (2, changes)


def test_a_late_saver_sees_both_texts_and_chooses(client, partnership, people):
    url = f"/partnerships/{partnership.public_id}/edit/"
    submitted = fields_of(client.get(url)) | {"title": "My title", "summary": "My summary"}
    actions.save_partnership(
        partnership=partnership, by=people.administrator, fields={"title": "Their title", "lessons": "Their lessons"}
    )
    answer = client.post(url, submitted)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "My title" in page
    assert "Their title" in page
    assert [clash["name"] for clash in answer.context["conflict"].clashes] == ["choose-title"]
    assert answer.context["conflict"].theirs == {"lessons"}
    chosen = fields_of(answer) | {"choose-title": "theirs"}
    assert client.post(url, chosen).status_code == 302
    partnership.refresh_from_db()
    assert (partnership.title, partnership.summary, partnership.lessons) == (
        "Their title",
        "My summary",
        "Their lessons",
    )


def test_parties_changed_by_both_are_shown_as_two_lists(client, partnership, people):
    url = f"/partnerships/{partnership.public_id}/edit/"
    submitted = fields_of(client.get(url)) | {"parties-0-contribution": "Ours: a room"}
    rows = [party(people.office, "lead", "convenor", id=partnership.parties.first().pk)]
    actions.save_partnership(partnership=partnership, by=people.administrator, fields={}, parties=rows)
    answer = client.post(url, submitted)
    assert answer.status_code == 409
    assert [clash["name"] for clash in answer.context["conflict"].clashes] == ["choose-parties"]
    assert client.post(url, fields_of(answer) | {"choose-parties": "theirs"}).status_code == 302
    assert [[r.role for r in p.roles.all()] for p in partnership.parties.all()] == [["lead", "convenor"]]


def test_each_field_of_a_partnership_is_in_one_short_form():
    fields = [name for section in SECTIONS.values() for name in section.fields]
    parts = [name for section in SECTIONS.values() for name in section.parts]
    assert sorted(fields) == sorted(PartnershipForm.Meta.fields)
    assert sorted(parts) == sorted(["parties", *ONE_ROW, *MANY_ROWS])


@pytest.mark.parametrize("key", SECTIONS)
def test_a_short_form_leads_back_to_its_tab_and_changes_nothing_by_itself(client, partnership, key):
    url = f"/partnerships/{partnership.public_id}/edit/{key}/"
    page, before = client.get(url), actions.snapshot(partnership)
    assert [other["url"] for other in page.context["pages"]] == [
        *(f"/partnerships/{partnership.public_id}/edit/{other}/" for other in SECTIONS if other != key),
        f"/partnerships/{partnership.public_id}/edit/",
    ]
    tab = partnership_url(partnership, "overview" if key == "about" else key)
    assert page.context["back"] == tab
    assertRedirects(client.post(url, fields_of(page)), tab)
    assert actions.snapshot(Partnership.objects.get(pk=partnership.pk)) == before


@pytest.mark.parametrize(
    ("kind", "rows", "one", "legend"),
    [
        ("advisory_body", "seats", "seat", "Row"),
        ("organizing", "asks", "ask", "Row"),
        ("contract", "parties", "partner", "Partner"),
    ],
)
def test_a_blank_row_that_script_can_add_comes_with_the_form(client, office, kind, rows, one, legend):
    page = client.get(f"/partnerships/new/?kind={kind}")
    blank = re.search(
        rf'<div data-rows="{rows}" hidden>\s*<template>(.*?)</template>(.*?)</div>', page.content.decode(), re.S
    )
    assert f'name="{rows}-__prefix__-' in blank[1]
    assert f"<b>{legend} __number__</b>" in blank[1]
    assert f"Add another {one}</button>" in blank[2]
    assert not [name for name in fields_of(page) if "__prefix__" in name]


def test_two_people_edit_two_parts_at_the_same_time(client, partnership, people):
    url = f"/partnerships/{partnership.public_id}/edit/partners/"
    submitted = fields_of(client.get(url)) | {"parties-0-contribution": "A room", "parties-2-entity": "City of Seattle"}
    actions.save_partnership(partnership=partnership, by=people.administrator, fields={"title": "Their title"})
    assertRedirects(client.post(url, submitted), partnership_url(partnership, "partners"))
    partnership.refresh_from_db()
    assert partnership.title == "Their title"
    assert [(str(seat), seat.contribution) for seat in partnership.parties.all()] == [
        ("City of Minneapolis", "A room"),
        ("Voices for Racial Justice", ""),
        ("City of Seattle", ""),
    ]


def test_an_error_in_a_short_form_keeps_what_was_typed(client, partnership):
    url = f"/partnerships/{partnership.public_id}/edit/agreement/"
    typed = {"common_agenda": "Homes for all", "documents-0-title": "Charter", "documents-0-url": "no address"}
    answer = client.post(url, fields_of(client.get(url)) | typed)
    assert answer.status_code == 422
    assert all(words in answer.content.decode() for words in ("Homes for all", "Charter", "no address"))


def test_a_type_that_a_short_form_does_not_have_hides_none_of_its_rows(client, office):
    record = make_partnership(lead=office, kind="joint_project")
    url = f"/partnerships/{record.public_id}/edit/agreement/"
    typed = {"joint_project-outcomes": "Forty homes", "kind": "contract"}
    assertRedirects(client.post(url, fields_of(client.get(url)) | typed), partnership_url(record, "agreement"))
    record = Partnership.objects.get(pk=record.pk)
    assert (record.kind, record.joint_project.outcomes) == ("joint_project", "Forty homes")


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("title", "", "This field is required."),
        ("title", "a\x07b", "can’t save"),
        ("title", "x" * 201, "200"),
        ("starts_on", "2026-02-30", "date"),
        ("lead", "999999", "choice"),
        ("kind", "party", "choice"),
    ],
)
def test_bad_input_is_refused_with_what_is_wrong_and_changes_nothing(client, partnership, field, value, error):
    url = f"/partnerships/{partnership.public_id}/edit/"
    answer = client.post(url, fields_of(client.get(url)) | {field: value})
    assert answer.status_code == 422
    assert error in str(answer.context["form"].errors[field])
    partnership.refresh_from_db()
    assert partnership.version == 2


def test_the_form_of_everything_folds_what_is_rarer_and_opens_where_something_is_wrong(client, office):
    url, fold = "/partnerships/new/?kind=contract", '<details class="fold"'
    page = client.get(url)
    assert page.content.decode().count(f"{fold}>") == 5
    wrong = {"last_verified_on": "2026-02-30", "documents-0-url": "no address", "agreement-currency": "USD"}
    opened = client.post(url, fields_of(page) | wrong).content.decode().split(f"{fold} open>")[1:]
    titles = [part.split("<h2>")[1].split("</h2>")[0] for part in opened]
    assert titles == ["Source, internal notes, and the reason for this change", "Documents"]


def test_publishing_says_what_is_missing_and_publishes_when_it_is_there(client, office):
    draft = make_partnership(lead=office, kind="contract", published=False)
    url = f"/partnerships/{draft.public_id}/publish/"
    assert "needs a contractor" in client.get(url).content.decode()
    assert client.post(url, {"version": draft.version}).status_code == 422
    ready = make_partnership("Ready", lead=office, published=False)
    answer = client.post(f"/partnerships/{ready.public_id}/publish/", {"version": ready.version})
    assert answer.status_code == 302
    client.logout()
    assert client.get(f"/partnerships/{ready.public_id}/").status_code == 200
    assert client.get(f"/partnerships/{draft.public_id}/").status_code == 404


def test_publishing_says_which_partners_the_public_will_not_see(client, office):
    seats = [party(office, "lead"), party(make_organization("Seen", "named"), "member")]
    seats += [party(make_organization("Unlisted", "unlisted"), "member")]
    draft = make_partnership("With others", lead=office, parties=seats, published=False)
    url = f"/partnerships/{draft.public_id}/publish/"
    page = client.get(url).content.decode()
    assert "The public won’t see these partners." in page
    assert ("<li>Unlisted</li>" in page, "<li>Seen</li>" in page) == (True, False)
    answer = client.post(url, {"version": draft.version}, follow=True).content.decode()
    assert "except the partners who are unlisted or haven’t agreed" in answer


def test_a_second_organization_of_much_the_same_name_is_asked_about_first(client, office):
    make_organization("Tenants Union of Saint Paul")
    page = client.get("/organizations/new/")
    data = fields_of(page) | {"name": "Tenants' Union of St Paul", "kept_by": office.pk, "side": "community"}
    data |= {"listing": "unlisted"}
    answer = client.post("/organizations/new/", data)
    assert (answer.status_code, Organization.objects.filter(kept_by=office).count()) == (422, 0)
    assert [row["record"].name for row in answer.context["similar"]] == ["Tenants Union of Saint Paul"]
    assert client.post("/organizations/new/", data | {"not_a_duplicate": "yes"}).status_code == 422
    shown = [row["record"].public_id for row in answer.context["similar"]]
    said = {"not_a_duplicate": "yes", "seen_alike": shown, "distinct_because": "Of the other bank"}
    assert client.post("/organizations/new/", data | said).status_code == 302
    assert Organization.objects.get(kept_by=office).listing == "unlisted"


def test_planning_a_meeting_writes_its_emails_and_a_time_that_does_not_exist_is_explained(client, partnership, people):
    day = date(clock.today().year + 1, 3, 8)
    day += timedelta(days=6 - day.weekday())  # the second Sunday of March, when daylight saving time begins
    url = f"/partnerships/{partnership.public_id}/meetings/new/"
    data = fields_of(client.get(url)) | {
        "title": "First meeting",
        "date": day.isoformat(),
        "time": "02:30",
        "zone": "America/Chicago",
        "minutes_long": "60",
        "asked": [f"person:{people.reader.pk}"],
        "agenda": "Welcome | 10\nNext steps",
    }
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert "time" in answer.context["form"].errors
    assert client.post(url, data | {"time": "17:30"}).status_code == 302
    meeting = Meeting.objects.get()
    assert meeting.starts_at.isoformat() == f"{day}T22:30:00+00:00"
    assert [(item.title, item.minutes) for item in meeting.agenda.all()] == [("Welcome", 10), ("Next steps", None)]
    assert sorted(Email.objects.values_list("kind", flat=True)) == ["meeting_planned", *["meeting_reminder"] * 3]
    cancel = f"/meetings/{meeting.public_id}/cancel/"
    assert client.post(cancel, {"version": meeting.version}).status_code == 302
    assert Email.objects.filter(kind="meeting_reminder", state="planned").count() == 0

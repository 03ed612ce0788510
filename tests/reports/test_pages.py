"""The pages of reports: from a list to its report, what its reader sees, and what a missing report shows."""

import re

import pytest
from django.urls import reverse

from partnerships.models import Organization, Report, ReportDefinition
from partnerships.reports import actions as reports
from partnerships.reports import pdf as report_pdf
from partnerships.reports import work as report_work
from partnerships.web.reports import views as report_views
from tests.factories import in_days, make_issue_area, make_jurisdiction, make_partnership, party
from tests.reports.conftest import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def page(client, name, *args, **data):
    return client.get(reverse(name, args=args), data).content.decode()


def test_from_the_list_to_the_report(desk, as_):
    client = as_(desk.people.editor)
    text = client.get("/partnerships/?issue=housing").content.decode()
    assert "/reports/new/?filters=issue%3Dhousing" in text
    new = page(client, "report_new", filters="issue=housing")
    assert 'value="issue=housing"' in new
    sent = {"title": "Housing", "query": "issue=housing", "eyes": "everyone", "rhythm": "none"}
    waits = client.post(reverse("report_new"), sent, follow=True)
    definition = ReportDefinition.objects.get()
    assert (definition.jurisdiction, definition.query) == (desk.people.office, "issue=housing")
    assert waits["Refresh"] == "3"
    assert "We’re creating the report." in waits.content.decode()
    assert "The report is waiting to start." in waits.content.decode()
    report_work.make_next()
    made = Report.objects.get()
    text = page(client, "report", made.pk)
    for words in (
        "Voices of the Block",
        "The community holds 1 of 2 seats",
        "Download PDF",
        "They match these filters: Issue area: Housing",
    ):
        assert words in " ".join(text.split())
    spanish = " ".join(page(client, "report", made.pk, lang="es").split())
    assert "Coinciden con estos filtros: Tema: Vivienda" in spanish
    file = client.get(reverse("report_file", args=[made.pk]))
    assert file["Content-Type"] == "application/pdf"
    assert file["Cache-Control"].startswith("private, no-store")
    assert file.content == bytes(made.pdf)


def test_the_file_is_in_the_language_of_its_reader(desk, as_, monkeypatch):
    client = as_(desk.people.editor)
    sent = {"title": "Housing", "query": "issue=housing", "eyes": "everyone", "rhythm": "none"}
    client.post(reverse("report_new"), sent)
    report_work.make_next()
    made = Report.objects.get()
    rendered = []
    monkeypatch.setattr(report_pdf, "render_in_child", lambda page: rendered.append(page) or b"%PDF in Spanish")
    url = reverse("report_file", args=[made.pk])
    assert (client.get(url).content, rendered) == (bytes(made.pdf), [])
    assert client.get(f"{url}?lang=es").content == b"%PDF in Spanish"
    (page_of_file,) = rendered
    for words in ('<html lang="es">', "Coinciden con estos filtros: Tema: Vivienda"):
        assert words in " ".join(page_of_file.split())
    for broken in (lambda page: None, lambda page: (_ for _ in ()).throw(report_pdf.PdfNotRendered("No fonts."))):
        monkeypatch.setattr(report_pdf, "render_in_child", broken)
        assert client.get(f"{url}?lang=es").content == bytes(made.pdf)
    monkeypatch.setattr(report_pdf, "render_in_child", lambda page: b"%PDF in Spanish")
    monkeypatch.setattr(report_views, "MOST_FILES", report_views.MOST_FILES._replace(most=1))
    found = [client.get(f"{url}?lang=es").content for _ in range(2)]
    assert found == [b"%PDF in Spanish", bytes(made.pdf)]


def test_a_report_with_a_schedule_waits_for_its_day(desk, as_):
    sent = {"title": "Housing", "query": "", "eyes": "everyone", "rhythm": "monthly", "next_on": in_days(7).isoformat()}
    one = as_(desk.people.editor).post(reverse("report_new"), sent, follow=True)
    assert "It will be created on its scheduled date." in one.content.decode()
    assert (ReportDefinition.objects.count(), Report.objects.count()) == (1, 0)


def test_the_list_leads_each_editor_to_the_reports_that_they_may_add(desk, as_):
    own = reverse("own_report_new", args=[desk.people.organization.public_id])
    for person, links in ((desk.people.editor, (True, False)), (desk.people.partner, (False, True))):
        shown = page(as_(person), "reports")
        assert (f'href="{reverse("report_new")}"' in shown, f'href="{own}"' in shown) == links


def test_a_report_starts_with_a_title(desk, as_):
    assert f'value="Partnerships of {desk.people.office}"' in page(as_(desk.people.editor), "report_new")


def test_a_report_is_about_the_partnerships_of_the_office_unless_asked_otherwise(desk, as_):
    client, office = as_(desk.people.editor), desk.people.office
    new = page(client, "report_new")
    assert [words in new for words in ("Those that our office leads", "All partnerships in the registry")] == [True] * 2
    sent = {"title": "For the council", "eyes": "everyone", "rhythm": "none"}
    for query, kept, words in (
        ("own", f"lead={office.public_id}", "Those that our office leads"),
        ("", "", "All partnerships in the registry"),
        ("issue=housing", "issue=housing", "Issue area: Housing"),
    ):
        client.post(reverse("report_new"), sent | {"query": query})
        made = ReportDefinition.objects.latest("pk")
        assert made.query == kept
        for text in (page(client, "report_definition", made.public_id), page(client, "report_edit", made.public_id)):
            assert words in text
            assert not any(raw in visible(text) for raw in ("issue=", "lead="))


def visible(html):
    """The text of a page, without its tags."""
    return re.sub(r"<[^>]*>", " ", html)


def test_one_press_creates_the_council_report_of_the_office(desk, as_):
    client = as_(desk.people.editor)
    for number, (shown_on, sent) in enumerate((("home", {}), ("reports", {"office": desk.people.office.public_id})), 1):
        assert f'action="{reverse("council_report")}"' in page(client, shown_on)
        for _ in range(2):  # a second press leads to the same report
            answer = client.post(reverse("council_report"), sent, follow=True)
            assert answer.resolver_match.url_name == "report"
        report_work.make_next()
        assert (ReportDefinition.objects.count(), Report.objects.count()) == (1, number)
    made = Report.objects.latest("pk")
    assert made.definition.title == f"Partnerships of {desk.people.office}"
    assert f"Published partnerships, led by {desk.people.office}." in page(client, "report", made.pk)
    assert reverse("council_report") not in page(as_(desk.people.reader), "reports")


def test_who_reports_for_several_offices_chooses_one(desk, as_):
    other, client = make_jurisdiction("Other City"), as_(desk.people.editor)
    assert client.post(reverse("council_report"), {"office": other.public_id}).status_code == 404
    other.memberships.create(person=desk.people.editor, role="editor")
    answer = client.post(reverse("council_report"))
    assert (answer.status_code, answer.url) == (302, reverse("reports"))
    assert [f"Create council report: {one}" in page(client, "reports") for one in (desk.people.office, other)] == [
        True
    ] * 2
    client.post(reverse("council_report"), {"office": other.public_id})
    assert [one.jurisdiction for one in ReportDefinition.objects.all()] == [other]


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"query": "color=blue"}, "Its filters no longer work"),
        ({"title": ""}, "Title"),
        ({"rhythm": "monthly"}, "Enter the date of the next report."),
        ({"rhythm": "monthly", "next_on": "2020-01-01"}, "Choose today or a later date."),
    ],
)
def test_a_form_that_cannot_be_saved_comes_back_with_all_that_was_typed(desk, as_, sent, error):
    usual = {"title": "Housing", "query": "issue=housing", "eyes": "everyone", "rhythm": "none"}
    answer = as_(desk.people.editor).post(reverse("report_new"), usual | sent)
    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert not ReportDefinition.objects.exists()


def test_two_who_change_its_settings_see_both_texts(desk, as_):
    definition, client = desk.define(mailed_to=[desk.people.reader]), as_(desk.people.editor)
    reports.save_report(definition=definition, by=desk.people.editor, fields={"title": "Theirs", "mailed_to": []})
    sent = {"title": "Mine", "query": "", "eyes": "everyone", "rhythm": "none", "version": "1"}
    sent["mailed_to"] = [desk.people.reader.pk]
    answer = client.post(reverse("report_edit", args=[definition.public_id]), sent)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Mine" in text
    assert "Theirs" in text
    assert now_of(definition).title == "Theirs"


def now_of(definition):
    return ReportDefinition.objects.get(pk=definition.pk)


def test_links_are_where_people_look(desk, as_):
    client = as_(desk.people.editor)
    assert reverse("profile_new", args=[desk.partnership.public_id]) in page(
        client, "partnership", desk.partnership.public_id
    )
    assert f'href="{reverse("reports")}"' in page(client, "jurisdiction", desk.people.office.public_id)
    client = as_(desk.people.partner)
    own = desk.people.organization.public_id
    assert reverse("own_report_new", args=[own]) in page(client, "organization_mine", own)
    assert reverse("profile_new", args=[desk.partnership.public_id]) not in page(
        client, "partnership", desk.partnership.public_id
    )


def test_an_organization_has_a_report_of_its_own(desk, as_):
    client, own = as_(desk.people.partner), desk.people.organization
    # It has no filters, so some that are sent are left out.
    sent = {"title": "Ours", "rhythm": "none", "query": "issue=housing"}
    client.post(reverse("own_report_new", args=[own.public_id]), sent)
    definition = ReportDefinition.objects.get()
    assert (definition.organization, definition.eyes, definition.kind, definition.query) == (own, "own", "partner", "")
    made = desk.make(definition)
    assert "No partnerships with us are recorded yet" in page(client, "report", made.pk)
    assert as_(desk.people.editor).get(reverse("report", args=[made.pk])).status_code == 404


@pytest.mark.unpublished_writes
def test_what_is_struck_is_said_and_the_old_file_is_not_given_out(desk, as_):
    made, client = desk.make(), as_(desk.people.reader)
    Organization.objects.filter(pk=desk.organization.pk).update(listing="unlisted")
    text = page(client, "report", made.pk)
    assert "Voices of the Block" not in text
    assert "name removed" in text
    assert "Something was removed from this report" in text
    assert "Download PDF" not in text
    assert client.get(reverse("report_file", args=[made.pk])).status_code == 404


def test_without_pango_it_says_in_plain_words_to_print_the_page(desk, as_, monkeypatch):
    monkeypatch.setattr(report_pdf, "render_in_child", lambda page: None)
    made = desk.make()
    text = page(as_(desk.people.reader), "report", made.pk)
    assert "This registry can’t make PDF files" in text
    assert "Voices of the Block" in text


def test_a_report_that_failed_says_why(desk, as_):
    definition = desk.define(query="issue=housing")
    ReportDefinition.objects.update(query="issue=gone")
    text = page(as_(desk.people.editor), "report", desk.make(definition).pk)
    assert "Its filters no longer work." in text
    assert reverse("report_make", args=[definition.public_id]) in text


def test_a_second_press_leads_to_the_same(desk, as_):
    client, url = as_(desk.people.editor), reverse("report_make", args=[desk.define().public_id])
    assert client.post(url).url == client.post(url).url
    assert Report.objects.count() == 1


def test_ending_it_and_taking_it_up_again(desk, as_):
    definition, client = desk.define(), as_(desk.people.editor)
    url = reverse("report_end", args=[definition.public_id])
    client.post(url, {"version": 1})
    assert now_of(definition).ended_on is not None
    assert client.post(reverse("report_make", args=[definition.public_id])).status_code == 422
    assert client.post(url, {"version": 1}).status_code == 409
    client.post(url, {"version": 2})
    assert now_of(definition).ended_on is None
    assert fresh(desk.make(definition)).state == "ready"


def test_a_public_report_does_not_say_that_unlisted_partners_are_missing(desk, as_):
    parties = [party(desk.people.office, "lead"), party(desk.quiet, "member")]
    area = make_issue_area("food", "Food")
    make_partnership("Meals", lead=desk.people.office, parties=parties, issue_areas=[area])
    client = as_(desk.people.editor)
    public = page(client, "report", desk.make().pk)
    assert "None listed" in public
    assert "partners who are unlisted don’t count" in public
    assert "None yet" not in public
    assert "None listed" not in page(client, "report", desk.make(eyes="own").pk)

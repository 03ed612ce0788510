"""Pages of activities, the matrix and gains: what each reader sees, and what a form keeps, refuses and saves."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.measurement import activities
from partnerships.models import Activity, Change, Gain
from partnerships.registry.actions import save_partnership
from tests import workbooks
from tests.browser.forms import forms
from tests.factories import in_days, make_activity, make_organization, make_partnership, make_plan, make_result, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def table(people):
    quiet = make_organization("Quiet coalition", "unlisted", kept_by=people.office)
    sides = [party(people.office, "lead"), party(people.organization), party(quiet)]
    return make_partnership("The table", lead=people.office, parties=sides)


@snapshot_fixture
def seats(people, table):
    rows = table.parties.all()
    return {
        "office": rows.get(jurisdiction=people.office),
        "theirs": rows.get(organization=people.organization),
        "quiet": rows.get(organization__name="Quiet coalition"),
    }


@snapshot_fixture
def result(people, table):
    return make_result("Homes for all", lead=people.office, partnerships=[table], is_published=True)


def page_text(client, url, status=200):
    response = client.get(url)
    assert (url, response.status_code) == (url, status)
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def form_values(client, url) -> dict:
    return forms(page_text(client, url))[-1].values()


def url_of(route, record):
    return reverse(route, args=[record.public_id])


def test_an_editor_adds_an_activity_and_an_action_to_it(client, people, table, seats, result):
    client.force_login(people.editor)
    outcome = make_plan(lead=people.office, outcomes=[{"number": "1", "title": "Fewer evictions"}]).outcomes.get()
    url = url_of("activity_new", table)
    typed = {
        "title": "Court papers",
        "results": [result.pk],
        "outcomes": [outcome.pk],
        f"part-{seats['theirs'].pk}": "leads",
        "source": "Work plan, page 4",
        "last_verified_on": in_days(-30).isoformat(),
    }
    answer = client.post(url, form_values(client, url) | typed | {"why": "Agreed in May"})
    activity = Activity.objects.get()
    assert answer.url == url_of("activity", activity)
    assert [(part.party, part.part) for part in activity.parts.all()] == [(seats["theirs"], "leads")]
    assert (list(activity.results.all()), list(activity.outcomes.all())) == ([result], [outcome])
    assert Change.objects.get(record_type="activity").why == "Agreed in May"
    shown = page_text(client, answer.url)
    for words in ("Court papers", "Homes for all", "1 Fewer evictions", "Agreed in May", "No action items yet."):
        assert words in shown
    assert f"Last verified on {date_format(in_days(-30), 'F j, Y')}." in shown
    assert "Source: Work plan, page 4." in shown
    url = f"{url_of('action_new', table)}?activity={activity.public_id}"
    values = form_values(client, url)
    assert values["activity"] == [str(activity.pk)]
    action_url = client.post(url, values | {"title": "Call the court", "owner_person": people.editor.pk}).url
    assert "Court papers" in page_text(client, action_url)
    assert "Call the court" in page_text(client, url_of("activity", activity))
    rows = list(csv.DictReader(io.StringIO(page_text(client, reverse("actions_csv")).lstrip("\ufeff"))))
    assert [row["activity"] for row in rows] == ["Court papers"]


def test_an_action_is_not_added_to_an_activity_of_another_partnership(client, people, table):
    other = make_activity(make_partnership("Another", lead=people.office))
    client.force_login(people.editor)
    for asked in (other.public_id, "V-000000-X", "x"):
        assert client.get(f"{url_of('action_new', table)}?activity={asked}").status_code == 404


def test_a_refused_form_keeps_what_was_typed(client, people, table, seats):
    client.force_login(people.editor)
    activity = make_activity(table)
    typed = {"title": "", "detail": "Typed before", "starts_on": "someday", f"part-{seats['office'].pk}": "leads"}
    for url in (url_of("activity_new", table), url_of("activity_edit", activity)):
        answer = client.post(url, form_values(client, url) | typed)
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert "Typed before" in shown
        assert "Enter a date that exists" in shown
        assert forms(shown)[-1].values()[f"part-{seats['office'].pk}"] == ["leads"]
    assert Activity.objects.count() == 1


def test_a_part_for_no_partner_here_has_no_field(client, people, table):
    elsewhere = make_partnership("Another", lead=people.office).parties.first()
    client.force_login(people.editor)
    url = url_of("activity_new", table)
    client.post(url, form_values(client, url) | {"title": "Court papers", f"part-{elsewhere.pk}": "leads"})
    assert Activity.objects.get().parts.count() == 0
    assert client.post(url, {"title": "More", "kind": "x", "status": "planned"}).status_code == 422


def test_of_two_people_who_save_the_second_sees_both_texts(client, people, table, seats):
    activity = make_activity(table, detail="First", parts=[(seats["office"], "leads")])
    client.force_login(people.editor)
    sent = form_values(client, url_of("activity_edit", activity))
    rows = [{"party": seats["office"], "part": "adds"}]
    activities.save_activity(activity=activity, by=SYSTEM, fields={"title": "Newer", "status": "done"}, parts=rows)
    submitted = {"title": "Older", "detail": "Mine", f"part-{seats['office'].pk}": ""}
    answer = client.post(url_of("activity_edit", activity), sent | submitted)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert all(words in shown for words in ("Newer", "Older", "Who does what"))
    again = forms(shown)[-1].values()
    assert (again["status"], again["detail"], again["version"]) == (["done"], ["Mine"], ["2"])
    chosen = {"choose-title": "theirs", "choose-parts": "mine"}
    assert client.post(url_of("activity_edit", activity), again | chosen).status_code == 302
    activity.refresh_from_db()
    assert (activity.title, activity.detail, activity.status, activity.parts.count()) == ("Newer", "Mine", "done", 0)


def test_what_the_editor_is_not_shown_stays(client, people, table):
    hidden = make_result("Not shown", lead=people.other_office, partnerships=[table])
    save_partnership(
        partnership=table, by=SYSTEM, fields={}, parties=[party(people.organization)]
    )  # doesn't take part themselves
    activity = make_activity(table, results=[hidden])
    client.force_login(people.editor)
    sent = form_values(client, url_of("activity_edit", activity))
    assert "Not shown" not in page_text(client, url_of("activity_edit", activity))
    client.post(url_of("activity_edit", activity), sent | {"title": "Renamed"})
    activity.refresh_from_db()
    assert (activity.title, list(activity.results.all())) == ("Renamed", [hidden])


def test_a_party_that_is_not_shown_has_no_part_anywhere(client, people, table, seats, result):
    """The unlisted group works alone on the result. To the public, no one seems to work on it."""
    activity = make_activity(table, is_public=True, results=[result], parts=[(seats["quiet"], "leads")])
    bare = make_activity(table, "Another", is_public=True, results=[result])
    pages = [url_of("partnership_matrix", table), url_of("activity", activity), url_of("partnership_results", table)]
    client.force_login(people.editor)
    assert ["Quiet coalition" in page_text(client, url) for url in pages] == [True] * 3
    client.logout()
    assert ["Quiet coalition" in page_text(client, url) for url in pages] == [False] * 3
    shown = page_text(client, pages[0])
    assert (
        "For “Homes for all” there is “Another” and “Help with papers”, but no partner’s part in it is recorded."
        in (shown.replace("“Help with papers” and “Another”", "“Another” and “Help with papers”"))
    )
    before = (
        page_text(client, url_of("activity", activity)).replace(activity.public_id, "").replace("Help with papers", "")
    )
    after = page_text(client, url_of("activity", bare)).replace(bare.public_id, "").replace("Another", "")
    assert before == after


def test_the_matrix_is_the_same_as_a_table_and_two_files(client, people, table, seats, result):
    empty = make_result("Fair rent", lead=people.office, partnerships=[table], is_published=True)
    make_result("Unpublished", lead=people.office, partnerships=[table])
    make_activity(
        table, is_public=True, results=[result], parts=[(seats["office"], "leads"), (seats["theirs"], "adds")]
    )
    make_activity(table, "Inside", results=[empty], parts=[(seats["theirs"], "leads")])
    found = client.get(url_of("partnership_matrix", table))
    shown = found.content.decode()
    assert [row["party"]["name"] for row in found.context["rows"]] == [str(people.office), str(people.organization)]
    assert shown.count("gapcell") == 3  # the header of the empty result, and its two cells
    assert "No one works on “Fair rent” yet." in shown
    rows = list(csv.reader(io.StringIO(page_text(client, url_of("partnership_matrix_csv", table)).lstrip("\ufeff"))))
    assert rows == [
        ["party", "side", "Fair rent", "Homes for all"],
        [str(people.office), "Government", "None", "Leads"],
        [str(people.organization), "Community", "None", "Contributes"],
    ]
    sheet = workbooks.book(client.get(url_of("partnership_matrix_xlsx", table)).content).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == rows
    client.force_login(people.editor)
    assert "Unpublished" in page_text(client, url_of("partnership_matrix", table))
    assert "No one works on “Fair rent” yet." not in page_text(client, url_of("partnership_matrix", table))


def test_no_cell_of_its_files_is_run(client, people, table):
    make_result("=1+1", lead=people.office, partnerships=[table], is_published=True)
    assert "'=1+1" in page_text(client, url_of("partnership_matrix_csv", table))
    sheet = workbooks.book(client.get(url_of("partnership_matrix_xlsx", table)).content).active
    assert [(cell.value, cell.data_type) for cell in sheet[1]][2] == ("'=1+1", "s")


def test_without_results_or_activities_it_says_what_to_do_next(client, people, table):
    client.force_login(people.editor)
    shown = page_text(client, url_of("partnership_matrix", table))
    assert "No results are shown for this partnership yet." in shown
    assert "No activities are recorded yet. Start with one that every partner knows." in shown


# Gains


def test_a_partner_says_what_it_has_gained_for_the_partnership_and_then_for_all(client, people, table, seats):
    client.force_login(people.partner)
    assert url_of("gain_new", table) in page_text(client, url_of("partnership_our_part", table))
    refused = client.post(url_of("gain_new", table), {"text": "Soon", "gained_on": in_days(2).isoformat()})
    assert (refused.status_code, Gain.objects.count()) == (422, 0)
    assert "This date is in the future." in refused.content.decode()
    answer = client.post(url_of("gain_new", table), {"text": "A say in <b>every</b> step", "gained_on": "2026-03-01"})
    assert answer.url == url_of("partnership_results", table) + "#gains"
    gain = Gain.objects.get()
    assert (gain.party, gain.by, gain.is_public) == (seats["theirs"], people.partner, False)
    for reader, seen in ((people.partner, True), (people.reader, True), (people.other_editor, False), (None, False)):
        client.force_login(reader) if reader else client.logout()
        assert (
            "A say in &lt;b&gt;every&lt;/b&gt; step" in page_text(client, url_of("partnership_results", table))
        ) is seen
    client.force_login(people.partner)
    url = reverse("gain_edit", args=[gain.pk])
    client.post(url, form_values(client, url) | {"is_public": "on"})
    client.logout()
    assert "A say in" in page_text(client, url_of("partnership_results", table))
    save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    assert "A say in" not in page_text(client, url_of("partnership_results", table))


def test_sides_keep_their_order_whoever_answered_first(client, people, table, seats):
    college = make_organization("College", "profiled", side="institution")
    parties = [party(people.office, "lead"), party(people.organization), party(college)]
    three = make_partnership("Three sides", lead=people.office, parties=parties)
    for seat in reversed(three.parties.all()):
        activities.save_gain(party=seat, by=SYSTEM, fields={"text": f"Of {seat}", "is_public": True})
    shown = client.get(url_of("partnership_results", three))
    assert [[row["gain"].party.side for row in side] for side in shown.context["gains"]] == [
        *(["government"], ["institution"], ["community"])
    ]
    assert 'class="voices three"' in shown.content.decode()


def test_a_gain_that_changed_since_shows_both_texts(client, people, seats):
    gain = activities.save_gain(party=seats["theirs"], by=people.partner, fields={"text": "First"})
    client.force_login(people.partner)
    url = reverse("gain_edit", args=[gain.pk])
    sent = form_values(client, url) | {"text": "Mine"}
    activities.save_gain(party=seats["theirs"], by=SYSTEM, gain=gain, fields={"text": "Theirs"})
    answer = client.post(url, sent)
    shown = answer.content.decode()
    assert (answer.status_code, "Mine" in shown, "Theirs" in shown) == (409, True, True)
    again = forms(shown)[-1].values()
    client.post(url, again | {"choose-text": "theirs", "is_public": "on"})
    gain.refresh_from_db()
    assert (gain.text, gain.is_public) == ("Theirs", True)
    late = reverse("gain_withdraw", args=[gain.pk])
    assert client.post(late, {"version": "1"}).status_code == 409
    assert client.post(late, form_values(client, late)).status_code == 302
    assert Gain.objects.count() == 0


def test_no_one_says_it_for_another(client, people, table, seats):
    gain = activities.save_gain(party=seats["theirs"], by=SYSTEM, fields={"text": "First", "is_public": True})
    client.force_login(people.editor)
    for route in ("gain_edit", "gain_withdraw"):
        assert client.post(reverse(route, args=[gain.pk]), {"version": "1", "text": "Other"}).status_code == 403
    client.post(
        url_of("gain_new", table), {"text": "Ours", "party": seats["theirs"].pk}
    )  # there is one that they speak for
    assert set(Gain.objects.values_list("party", "text")) == {
        (seats["theirs"].pk, "First"),
        (seats["office"].pk, "Ours"),
    }

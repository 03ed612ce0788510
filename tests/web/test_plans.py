"""Pages of plans: who sees which, what serves what, what nothing serves, changing an outcome, and importing a table."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.measurement import plans
from partnerships.models import Partnership, Plan
from partnerships.registry.actions import end_partnership
from tests.browser.forms import forms
from tests.factories import make_organization, make_partnership, make_plan, make_result, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def scene(people):
    """Three outcomes: one served with the community, one by government alone, one by no partnership."""
    both = make_partnership(
        "Both sides", lead=people.office, parties=[party(people.office), party(people.organization)]
    )
    alone = make_partnership("Government alone", lead=people.office, parties=[party(people.office)])
    make_partnership("Serves nothing", lead=people.office)
    rows = [
        {"number": "1", "title": "Homes", "goal": "Housing", "partnerships": [both]},
        {"number": "2", "title": "Jobs", "partnerships": [alone]},
        {"number": "3", "title": "Parks"},
    ]
    return make_plan("The plan", lead=people.office, outcomes=rows, is_published=True)


def url_of(route, plan, *args):
    return reverse(route, args=[plan.public_id, *args])


def text(client, url, status=200):
    response = client.get(url)
    assert (url, response.status_code) == (url, status)
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def form_values(client, url):
    return forms(text(client, url))[-1].values()


def titles(rows):
    return [one.title for one in rows]


def test_a_plan_says_what_is_open(client, scene):
    answer = client.get(url_of("plan", scene))
    found, shown = answer.context["found"], " ".join(answer.content.decode().split())
    assert titles(found.unserved) == ["Parks"]
    assert titles(found.without_community) == ["Jobs"]
    assert titles(found.idle) == ["Serves nothing"]
    served = {one.title: titles(outcomes) for one, outcomes in found.serves}
    assert served == {"Both sides": ["Homes"], "Government alone": ["Jobs"]}
    assert "No partnership serves 1 of 3 outcomes" in shown
    assert "1 is served without a community partner" in shown
    assert "1 partnership of this office serves no outcome of this plan" in shown


def test_what_the_reader_does_not_see_counts_for_nothing(client, people, scene):
    quiet = make_organization("Quiet coalition", "unlisted", kept_by=people.office)
    hidden = make_partnership("Quiet table", lead=people.office, parties=[party(quiet)])
    draft = make_partnership("A draft", lead=people.office, published=False)
    for number, table in (("2", hidden), ("3", draft)):
        outcome = scene.outcomes.get(number=number)
        plans.save_outcome(
            plan=scene, by=SYSTEM, outcome=outcome, fields={"partnerships": [*outcome.partnerships.all(), table]}
        )
    found = client.get(url_of("plan", scene)).context["found"]
    assert (titles(found.unserved), titles(found.without_community)) == (["Parks"], ["Jobs"])
    assert "A draft" not in text(client, url_of("plan_csv", scene))
    client.force_login(people.editor)
    found = client.get(url_of("plan", scene)).context["found"]
    assert (titles(found.unserved), titles(found.without_community)) == ([], [])
    assert "A draft" in text(client, url_of("plan_csv", scene))


def test_a_partnership_that_ended_serves_no_outcome(client, scene):
    table = scene.outcomes.get(number="1").partnerships.get()
    end_partnership(partnership=table, by=SYSTEM, ends_on=clock.today(), reason="Done")
    assert titles(client.get(url_of("plan", scene)).context["found"].unserved) == ["Homes", "Parks"]


def test_an_unpublished_plan_is_its_offices(client, people, scene):
    inner = make_plan("Inner plan", lead=people.office)
    for reader, seen in ((people.reader, True), (people.partner, False), (people.other_editor, False), (None, False)):
        client.force_login(reader) if reader else client.logout()
        shown = text(client, reverse("plans"))
        assert ("The plan" in shown, "Inner plan" in shown) == (True, seen)
        assert client.get(url_of("plan", inner)).status_code == (200 if seen else 404)
    assert "The plan" not in text(client, f"{reverse('plans')}?jurisdiction={people.other_office.public_id}")
    assert client.get(f"{reverse('plans')}?lead=x").status_code == 400


def test_an_editor_adds_a_plan_and_an_outcome_with_its_partnerships(client, people, scene):
    client.force_login(people.editor)
    made = client.post(reverse("plan_new"), form_values(client, reverse("plan_new")) | {"title": "Next plan"})
    plan = Plan.objects.get(title="Next plan")
    assert (made.url, plan.lead) == (url_of("plan", plan), people.office)
    table, result = Partnership.objects.get(title="Both sides"), make_result(lead=people.office)
    url = url_of("outcome_new", plan)
    typed = {"number": "4", "title": "Fair rent", "partnerships": [table.pk], "result": result.pk}
    assert client.post(url, form_values(client, url) | typed).status_code == 302
    outcome = plan.outcomes.get()
    assert (outcome.title, outcome.result, list(outcome.partnerships.all())) == ("Fair rent", result, [table])
    url = url_of("outcome_edit", plan, outcome.pk)
    same = form_values(client, url)
    version = Plan.objects.get(pk=plan.pk).version
    client.post(url, same)
    assert Plan.objects.get(pk=plan.pk).version == version
    assert client.post(url, same | {"title": "", "number": "1" * 21}).status_code == 422
    url = url_of("outcome_remove", plan, outcome.pk)
    client.post(url, form_values(client, url))
    assert plan.outcomes.count() == 0


def test_the_second_writer_of_an_outcome_sees_both_texts(client, people, scene):
    client.force_login(people.editor)
    outcome, other = scene.outcomes.get(number="1"), scene.outcomes.get(number="2")
    sent = form_values(client, url_of("outcome_edit", scene, outcome.pk))
    plans.save_outcome(plan=scene, by=SYSTEM, outcome=other, fields={"title": "More jobs"})
    plans.save_outcome(plan=scene, by=SYSTEM, outcome=outcome, fields={"progress": "Newer", "due": "2030"})
    answer = client.post(url_of("outcome_edit", scene, outcome.pk), sent | {"progress": "Older", "accountable": "Mine"})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert all(words in shown for words in ("Newer", "Older"))
    again = forms(shown)[-1].values()
    assert (again["due"], again["accountable"], again["version"]) == (["2030"], ["Mine"], ["3"])
    assert (
        client.post(url_of("outcome_edit", scene, outcome.pk), again | {"choose-progress": "theirs"}).status_code == 302
    )
    outcome.refresh_from_db()
    assert (outcome.progress, outcome.due, outcome.accountable) == ("Newer", "2030", "Mine")
    late = url_of("outcome_remove", scene, outcome.pk)
    assert client.post(late, {"version": "1"}).status_code == 409
    assert scene.outcomes.count() == 3


def test_a_reason_that_cannot_be_kept_takes_no_outcome_out_and_stays_in_the_form(client, people, scene):
    client.force_login(people.editor)
    url = url_of("outcome_remove", scene, scene.outcomes.get(number="1").pk)
    answer = client.post(url, form_values(client, url) | {"why": "over\u202eride"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["why"])
    assert (answer.context["form"]["why"].value(), scene.outcomes.count()) == ("over\u202eride", 3)


def test_two_outcomes_with_one_number_are_refused_at_the_field(client, people, scene):
    client.force_login(people.editor)
    url = url_of("outcome_edit", scene, scene.outcomes.get(number="1").pk)
    answer = client.post(url, form_values(client, url) | {"number": "2"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"number": ["Another outcome already has the number 2."]}


def import_plan(client, plan, content, name="plan.csv"):
    return client.post(url_of("plan_import", plan), {"file": SimpleUploadedFile(name, content.encode())})


def test_a_table_is_looked_at_and_then_written(client, people, scene):
    client.force_login(people.editor)
    looked = import_plan(client, scene, "No,Outcome,Status\n1,Homes for all,Started\n4,Buses,\n3,Parks,\n")
    assert (looked.status_code, scene.outcomes.count()) == (200, 3)
    assert looked.context["counts"] == ["0 with errors", "1 new", "1 changed", "1 without a change"]
    assert looked.context["left"] == 1
    shown = looked.content.decode()
    assert "Outcome: Homes → Homes for all" in shown
    sent = forms(shown)[-1].values()
    assert client.post(url_of("plan_import", scene), sent | {"write": "yes"}).url == url_of("plan", scene)
    assert list(scene.outcomes.values_list("number", "title", "progress")) == [
        ("1", "Homes for all", "Started"),
        ("2", "Jobs", ""),
        ("3", "Parks", ""),
        ("4", "Buses", ""),
    ]
    assert titles(scene.outcomes.get(number="1").partnerships.all()) == ["Both sides"]
    again = import_plan(client, scene, "No,Outcome,Status\n1,Homes for all,Started\n4,Buses,\n3,Parks,\n")
    assert "All of it is already in the plan." in again.content.decode()


def test_a_preview_in_another_language_is_of_the_same_table(client, people, scene):
    client.force_login(people.editor)
    sent = forms(import_plan(client, scene, "No,Outcome\n1,Homes for all\n").content.decode())[-1].values()
    looked = client.post(f"{url_of('plan_import', scene)}?lang=es", sent | {"switch": "es"})
    assert looked.context["counts"] == ["0 con errores", "0 nuevas", "1 con cambios", "0 sin cambios"]
    assert "Logro: Homes → Homes for all" in looked.content.decode()
    template = b"".join(client.get(reverse("plan_template") + "?lang=es").streaming_content).decode("utf-8-sig")
    assert template.startswith("Número en el plan,Objetivo o área,Logro,")


def test_its_own_file_changes_nothing(client, people, scene):
    client.force_login(people.editor)
    content = text(client, url_of("plan_csv", scene)).lstrip("\ufeff")
    assert [row["Partnerships"] for row in csv.DictReader(io.StringIO(content))] == [
        "Both sides",
        "Government alone",
        "",
    ]
    looked = import_plan(client, scene, content)
    assert {row.state for row, _words in looked.context["rows"]} == {"same"}


def test_unknown_columns_are_chosen_on_the_page(client, people, scene):
    client.force_login(people.editor)
    looked = import_plan(client, scene, "Nummer,What shall be\n1,Homes for all\n")
    shown = looked.content.decode()
    assert looked.status_code == 200
    assert "No column is matched to the outcome. The file has these columns: “Nummer”, “What shall be”." in shown
    sent = forms(shown)[-1].values() | {"column-0": "number", "column-1": "title", "look": "yes"}
    looked = client.post(url_of("plan_import", scene), sent)
    ((row, _words),) = looked.context["rows"]
    assert [(one.label, one.there, one.given) for one in row.differences] == [("Outcome", "Homes", "Homes for all")]
    sent = forms(looked.content.decode())[-1].values() | {"write": "yes"}
    client.post(url_of("plan_import", scene), sent)
    assert scene.outcomes.get(number="1").title == "Homes for all"


def test_a_refused_row_keeps_all_from_being_written(client, people, scene):
    client.force_login(people.editor)
    looked = import_plan(client, scene, f"No,Outcome\n1,Homes for all\n{'9' * 30},Buses\n")
    shown = looked.content.decode()
    assert "Import all" not in shown
    sent = forms(shown)[-1].values() | {"write": "yes"}
    assert client.post(url_of("plan_import", scene), sent).status_code == 422
    assert list(scene.outcomes.values_list("title", flat=True)) == ["Homes", "Jobs", "Parks"]


def test_a_plan_that_changed_since_is_previewed_again(client, people, scene):
    client.force_login(people.editor)
    sent = forms(import_plan(client, scene, "No,Outcome\n1,Homes for all\n").content.decode())[-1].values()
    plans.save_plan(plan=scene, by=SYSTEM, fields={"title": "Renamed"})
    answer = client.post(url_of("plan_import", scene), sent | {"write": "yes"})
    assert answer.status_code == 409
    sent = forms(answer.content.decode())[-1].values() | {"write": "yes"}
    assert client.post(url_of("plan_import", scene), sent).status_code == 302
    assert scene.outcomes.get(number="1").title == "Homes for all"


@pytest.mark.parametrize(
    "table",
    ["x", "[]", "{}", '{"headings": ["A"], "rows": [[1, ["a", "b"]]]}', '{"headings": ["A"], "rows": [[1, [2]]]}',
     '{"headings": "A", "rows": [[1, ["a"]]]}', '{"headings": ["A"], "rows": [["1", ["a"]]]}', "[" * 100_000,
     '{"headings": ["A"], "rows": 7}', '{"headings": ["A"], "rows": [7]}'],
)  # fmt: skip
def test_a_table_that_no_page_made_is_refused(client, people, scene, table):
    client.force_login(people.editor)
    answer = client.post(url_of("plan_import", scene), {"table": table, "version": "1", "write": "yes"})
    assert (answer.status_code, "Upload the file again." in answer.content.decode()) == (422, True)

"""Pages of results and measures: who can read what, and what staff type is saved, refused or shown as an edit conflict."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.measurement.actions import save_measure, save_result
from partnerships.measurement.choices import MeasureKind
from partnerships.models import Change, Measure, Result
from partnerships.web.measures.forms.measures import MeasureForm
from tests.browser.forms import values
from tests.factories import make_measure, make_organization, make_partnership, make_result, party
from tests.partnership_pages import whole_page
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def table(people):
    return make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])


def form_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return values(answer.content.decode())


def contains(page, *texts):
    return [text in page for text in texts]


# Results


def test_a_result_is_added_from_a_partnership_that_works_on_it(client, office, table):
    path = f"/results/new/?partnership={table.public_id}"
    sent = form_of(client, path)
    assert sent["partnerships"] == [f"{table.title} ({table.public_id})"]
    answer = client.post(path, sent | {"title": "Homes for all", "population": "Renters"})
    made = Result.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/results/{made.public_id}/")
    assert (made.lead, list(made.partnerships.all()), made.is_published) == (office, [table], False)


def test_what_a_result_lacks_is_an_error_at_its_field_and_the_rest_is_kept(client, office):
    sent = form_of(client, "/results/new/") | {
        "title": "",
        "population": "Renters",
        "partnerships": "Nowhere (P-000000-0)",
    }
    answer = client.post("/results/new/", sent)
    page = answer.content.decode()
    assert (answer.status_code, Result.objects.count()) == (422, 0)
    assert answer.context["form"].errors.keys() == {"title", "partnerships"}
    assert contains(page, 'value="Renters"', "Nowhere (P-000000-0)") == [True, True]


def test_both_texts_are_shown_when_someone_saved_since(client, office):
    result = make_result(lead=office, title="First")
    path = f"/results/{result.public_id}/edit/"
    sent = form_of(client, path) | {"title": "Mine"}
    save_result(result=result, by=SYSTEM, fields={"title": "Theirs", "population": "Owners"})
    answer = client.post(path, sent)
    (clash,) = answer.context["conflict"].clashes
    assert (answer.status_code, clash["mine"], clash["theirs"]) == (409, "Mine", "Theirs")
    again = values(answer.content.decode()) | {"choose-title": "mine"}
    assert client.post(path, again).status_code == 302
    result.refresh_from_db()
    assert (result.title, result.population) == ("Mine", "Owners")


def test_a_partnership_that_an_editor_may_not_see_stays_with_a_result(client, office, people):
    hidden = make_partnership("Hidden draft", lead=people.other_office, published=False)
    result = make_result(lead=office, partnerships=[hidden])
    path = f"/results/{result.public_id}/edit/"
    assert "Hidden draft" not in client.get(path).content.decode()
    assert client.post(path, form_of(client, path) | {"title": "Another"}).status_code == 302
    assert (list(result.partnerships.all()), Result.objects.get().title) == ([hidden], "Another")


def test_a_strange_or_double_title_of_a_partnership_is_not_guessed(client, office):
    for _ in range(2):
        make_partnership("Twin", lead=office)
    sent = form_of(client, "/results/new/") | {"title": "Homes", "population": "Renters", "partnerships": "Twin"}
    assert "More than one partnership is called" in client.post("/results/new/", sent).content.decode()


def test_only_what_is_public_is_on_the_list_of_a_visitor(client, people):
    make_result("Internal: only the office and the invited partners", lead=people.office)
    make_result("Told to all", lead=people.office, is_published=True)
    page = client.get("/results/").content.decode()
    assert contains(page, "Told to all", "Internal: only the office and the invited partners") == [True, False]
    rows = b"".join(client.get("/results.csv").streaming_content).decode()
    assert contains(rows, "Told to all", "Internal: only the office and the invited partners") == [True, False]


def test_a_public_result_names_no_draft_that_works_on_it(client, people, table):
    draft = make_partnership("Quiet draft", lead=people.office, published=False)
    result = make_result(lead=people.office, partnerships=[table, draft], is_published=True)
    make_measure("Inner number", result=result)
    make_measure("Outer number", result=result, is_published=True)
    page = client.get(f"/results/{result.public_id}/").content.decode()
    assert contains(page, table.title, "Outer number") == [True, True]
    assert contains(page, "Quiet draft", "Inner number") == [False, False]


def test_a_filter_by_a_hidden_result_finds_as_little_as_by_a_wrong_one(client, people):
    inner = make_result(lead=people.office)
    hidden, missing = (client.get(f"/measures/?result={key}").content for key in (inner.public_id, "S-000000-0"))
    assert hidden.replace(inner.public_id.encode(), b"ID") == missing.replace(b"S-000000-0", b"ID")


# Measures


def measure_fields(**more):
    return {"title": "Families who own a home", "unit": "percent", "counted": "people", "direction": "up"} | more


def test_a_measure_of_a_partnership_has_groups_of_a_standard_and_owners(client, office, table, people):
    path = f"/partnerships/{table.public_id}/measures/new/"
    partner_key = str(table.parties.get(organization=people.organization).pk)
    sent = form_of(client, path) | measure_fields(kind="how_well")
    sent |= {
        "add-sets": ["race"],
        "owned-supplies": [partner_key],
        "groups-0-dimension": "place",
        "groups-0-name": "East side",
    }
    assert client.post(path, sent).status_code == 302
    made = Measure.objects.get()
    assert (made.partnership, made.lead, made.kind) == (table, office, "how_well")
    assert [(row.party_id, row.supplies) for row in made.owners.all()] == [(int(partner_key), True)]
    groups = list(made.groups.values_list("dimension", "key"))
    assert (groups[0], len(groups), groups[-1]) == (("place", "east-side"), 9, ("race", "several"))


def test_a_ready_made_list_asks_which_group_the_others_are_compared_with(client, office):
    measure = make_measure(result=make_result(lead=office))
    path = f"/measures/{measure.public_id}/edit/"
    for sent in ({"add-reference": "white"}, {"add-sets": ["race"], "add-reference": "other"}):
        answer = client.post(path, form_of(client, path) | sent)
        assert (answer.status_code, list(answer.context["sets"].errors)) == (422, ["reference"])
    for key in ("white", "asian"):
        assert (
            client.post(path, form_of(client, path) | {"add-sets": ["race"], "add-reference": key}).status_code == 302
        )
        assert list(measure.groups.filter(is_reference=True).values_list("dimension", "key")) == [("race", key)]
    assert client.post(path, form_of(client, path) | {"add-sets": ["race"]}).status_code == 302
    assert [row.key for row in measure.groups.filter(is_reference=True)] == ["asian"]


def test_a_group_named_as_people_write_it_gets_the_key_of_the_standard(client, office):
    path = f"/results/{make_result(lead=office).public_id}/indicators/new/"
    sent = form_of(client, path) | measure_fields()
    for n, (dimension, name) in enumerate([("race", "Latino"), ("place", "Latino")]):
        sent |= {f"groups-{n}-dimension": dimension, f"groups-{n}-name": name}
    assert client.post(path, sent).status_code == 302
    assert list(Measure.objects.get().groups.values_list("key", "name")) == [
        ("hispanic", "Latino"),
        ("latino", "Latino"),
    ]


def test_a_set_that_is_there_already_adds_nothing(client, office):
    measure = make_measure(result=make_result(lead=office))
    path = f"/measures/{measure.public_id}/edit/"
    for _ in range(2):
        assert client.post(path, form_of(client, path) | {"add-sets": ["race1997"]}).status_code == 302
    assert (measure.groups.count(), Measure.objects.get().version) == (8, 2)


def test_a_period_is_read_as_it_is_written(client, office):
    result = make_result(lead=office)
    path = f"/results/{result.public_id}/indicators/new/"
    sent = form_of(client, path) | measure_fields(period="school_year", first_month="8")
    sent |= {"target_value": "80", "target_on": "2027-28", "baseline_value": "41.5", "baseline_on": "Q1 2020"}
    answer = client.post(path, sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["baseline_on"])
    assert client.post(path, sent | {"baseline_on": "2020-21"}).status_code == 302
    made = Measure.objects.get()
    assert [str(day) for day in (made.baseline_on, made.target_on)] == ["2020-08-01", "2027-08-01"]


@pytest.mark.parametrize(
    ("direction", "baseline", "target", "is_said"),
    [
        ("up", "40", "30", True), ("up", "40", "40", False), ("up", "40", "50", False), ("up", "", "30", False),
        ("down", "40", "50", True), ("down", "40", "30", False), ("down", "0", "50", True), ("neither", "40", "30", False),
    ],
)  # fmt: skip
def test_a_target_worse_than_the_baseline_is_kept_and_said(client, office, direction, baseline, target, is_said):
    path = f"/results/{make_result(lead=office).public_id}/indicators/new/"
    sent = form_of(client, path) | measure_fields(direction=direction, target_value=target, target_on="2027")
    sent |= {"baseline_value": baseline, "baseline_on": "2020" if baseline else ""}
    page = client.post(path, sent, follow=True).content.decode()
    assert Measure.objects.get().target_value == int(target)
    assert ("The target is worse than the baseline." in page) == is_said


def test_the_same_group_twice_is_refused_and_kept_as_typed(client, office):
    path = f"/results/{make_result(lead=office).public_id}/indicators/new/"
    twice = {f"groups-{n}-{name}": text for n in (0, 1) for name, text in (("dimension", "age"), ("name", "Under 18"))}
    answer = client.post(path, form_of(client, path) | measure_fields() | twice)
    assert (answer.status_code, Measure.objects.count()) == (422, 0)
    assert "This group is listed twice" in answer.content.decode()
    assert answer.content.decode().count('value="Under 18"') == 2


def test_groups_whose_names_have_no_letters_of_ours_get_keys_of_their_own(client, office):
    path = f"/results/{make_result(lead=office).public_id}/indicators/new/"
    sent = form_of(client, path) | measure_fields()
    for n, name in enumerate(("東側", "西側")):
        sent |= {f"groups-{n}-dimension": "place", f"groups-{n}-name": name}
    assert client.post(path, sent).status_code == 302
    keys = set(Measure.objects.get().groups.values_list("key", flat=True))
    assert len(keys) == 2


def test_an_owner_whose_party_the_editor_may_not_see_stays(client, office, people):
    other = make_partnership("Elsewhere", lead=people.other_office, parties=[party(people.other_office), party(
        hidden := make_organization("Quiet group", "unlisted"))])  # fmt: skip
    result = make_result(lead=office, partnerships=[other])
    measure = make_measure(result=result, owners=[{"party": other.parties.get(organization=hidden), "supplies": True}])
    path = f"/measures/{measure.public_id}/edit/"
    assert "Quiet group" not in client.get(path).content.decode()
    assert client.post(path, form_of(client, path) | {"title": "Another"}).status_code == 302
    assert measure.owners.get().party.organization == hidden
    assert "Quiet group" not in client.get(f"/measures/{measure.public_id}/").content.decode()


def test_groups_and_owners_of_two_editors_are_both_shown(client, office, table, people):
    measure = make_measure(partnership=table, groups=[{"dimension": "age", "key": "young", "name": "Under 18"}])
    path = f"/measures/{measure.public_id}/edit/"
    sent = form_of(client, path) | {"groups-0-name": "Below 18"}
    row = measure.groups.get()
    partner_key = [{"id": row.pk, "dimension": "age", "key": "young", "name": "Young people"}]
    save_measure(measure=measure, by=SYSTEM, fields={}, groups=partner_key)
    answer = client.post(path, sent)
    (clash,) = answer.context["conflict"].clashes
    assert answer.status_code == 409
    assert ("Below 18" in clash["mine"], "Young people" in clash["theirs"]) == (True, True)


def test_a_save_of_a_measure_that_changes_nothing_writes_nothing(client, office, table):
    measure = make_measure(partnership=table, groups=[{"dimension": "age", "key": "young", "name": "Under 18"}])
    path, before = f"/measures/{measure.public_id}/edit/", Change.objects.count()
    assert client.post(path, form_of(client, path)).status_code == 302
    assert (Measure.objects.get().version, Change.objects.count()) == (1, before)


@pytest.mark.slow
def test_a_partnership_shows_its_results_and_measures_and_a_partner_its_own(client, table, people):
    owner = {"party": table.parties.get(organization=people.organization), "supplies": True}
    make_measure("Answered in ten days", partnership=table, owners=[owner])
    result = make_result("Homes for all", lead=people.office, partnerships=[table], is_published=True)
    make_measure("Who owns a home", result=result, is_published=True)
    page = whole_page(client, table)
    assert contains(page, "Who owns a home", "Answered in ten days", "Enter numbers") == [True, False, False]
    client.force_login(people.partner)
    page = whole_page(client, table)
    assert contains(page, "Answered in ten days", "Measures that are yours too", "Enter numbers") == [True, True, True]


def test_every_field_of_a_measure_is_under_a_heading():
    form = MeasureForm(kinds=[MeasureKind.INDICATOR], instance=Measure())
    shown = [field for part, _, rare in form.parts for field in (*part.fields, *(rare.fields if rare else ()))]
    assert sorted(field.name for field in shown) == sorted(form.fields)

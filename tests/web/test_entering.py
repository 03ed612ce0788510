"""Entering numbers in a grid: all or nothing, each error at its box, nothing typed is lost, and edit conflicts are shown."""

from datetime import date

import pytest

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.measurement.actions import save_measure
from partnerships.measurement.number_actions import save_points
from partnerships.models import DataPoint
from partnerships.registry.actions import save_partnership
from tests.browser.forms import values
from tests.factories import make_measure, make_organization, make_partnership, make_result, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
RACES = [{"dimension": "race", "key": key, "name": key.capitalize()} for key in ("black", "white")]
SPAN = "?first=2023&last=2024"


@snapshot_fixture
def table(people):
    return make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])


@snapshot_fixture
def measure(people, table):
    result = make_result(lead=people.office, partnerships=[table], is_published=True)
    owner = {"party": table.parties.get(organization=people.organization), "supplies": True}
    return make_measure(result=result, groups=RACES, owners=[owner], is_published=True)


@pytest.fixture
def office(client, people):
    client.force_login(people.editor)


def page(measure, more=SPAN):
    return f"/measures/{measure.public_id}/data/{more}"


def form_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return values(answer.content.decode())


def current_counts(measure):
    """Return {(year, cell): (value, numerator, denominator)} as whole numbers."""
    rows = DataPoint.objects.filter(measure=measure, replaced_at=None)
    return {(row.starts_on.year, row.cell): tuple(None if v is None else int(v) for v in (row.value, row.numerator,
            row.denominator)) for row in rows}  # fmt: skip


def enter_numbers(measure, year=2024, cell="", **numbers):
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": date(year, 1, 1), "cell": cell} | numbers])


def box(year, cell="", part="numerator"):
    return f"{year}-01-01|{cell}|{part}"


def counts(year, above, below, cell=""):
    return {box(year, cell): above, box(year, cell, "denominator"): below}


def test_counts_are_saved_with_what_is_said_of_them(client, office, measure):
    sent = form_of(client, page(measure)) | counts(2023, "40", "80") | counts(2024, "1,000", "4,000", "race=black")
    answer = client.post(page(measure), sent | {"source": "Survey", "story": "It rained."})
    assert (answer.status_code, answer["Location"]) == (302, f"/measures/{measure.public_id}/")
    assert current_counts(measure) == {(2023, ""): (50, 40, 80), (2024, "race=black"): (25, 1000, 4000)}
    assert {(row.source, row.story) for row in DataPoint.objects.all()} == {("Survey", "It rained.")}


def test_every_error_is_at_its_box_and_nothing_is_saved_or_lost(client, office, measure):
    wrong = counts(2023, "90", "80") | counts(2024, "12,5", "50", "race=black") | counts(2024, "4", "5", "race=white")
    answer = client.post(page(measure), form_of(client, page(measure)) | wrong | {"story": "Kept words"})
    text = answer.content.decode()
    assert (answer.status_code, current_counts(measure)) == (422, {})
    assert "12,5” can be read in two ways" in text
    assert "The numerator is larger than the denominator" in text
    assert {name: sent for name, sent in values(text).items() if name in wrong} == {k: [v] for k, v in wrong.items()}
    assert values(text)["story"] == ["Kept words"]
    fixed = values(text) | {box(2024, "race=black"): "12"}
    answer = client.post(page(measure), fixed)
    assert (answer.status_code, current_counts(measure)) == (422, {})
    assert (
        'href="#box-0-0-numerator">Numerator: 2023, Everyone together: The numerator is larger than the denominator'
        in answer.content.decode()
    )


def test_a_correction_says_why_and_the_former_number_is_kept(client, office, measure):
    enter_numbers(measure, numerator=40, denominator=80)
    sent = form_of(client, page(measure)) | counts(2024, "44", "80")
    answer = client.post(page(measure), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["why"])
    unreadable = client.post(page(measure), sent | {box(2023): "4o"})
    assert [one.text for one in unreadable.context["grid"].errors] == ["4o"]
    assert list(unreadable.context["form"].errors) == ["why"]  # all errors at once
    assert client.post(page(measure), sent | {"why": "A late answer"}).status_code == 302
    assert current_counts(measure) == {(2024, ""): (55, 44, 80)}
    text = client.get(f"/measures/{measure.public_id}/numbers/2024-01-01/?group=").content.decode()
    assert [words in text for words in ("55%", "50%", "Why: A late answer", "Replaced on")] == [True] * 4


def test_an_emptied_box_takes_the_number_out(client, office, measure):
    enter_numbers(measure, numerator=40, denominator=80)
    sent = form_of(client, page(measure)) | counts(2024, "", "") | {"why": "Counted twice"}
    assert client.post(page(measure), sent).status_code == 302
    assert (current_counts(measure), DataPoint.objects.count()) == ({}, 1)


def test_nothing_changed_writes_nothing_and_asks_for_no_reason(client, office, measure):
    enter_numbers(measure, numerator=40, denominator=80)
    assert client.post(page(measure), form_of(client, page(measure))).status_code == 302
    assert DataPoint.objects.count() == 1


def test_what_someone_saved_since_is_shown_and_overwritten_only_knowingly(client, office, measure):
    enter_numbers(measure, numerator=40, denominator=80)
    enter_numbers(measure, 2023, numerator=10, denominator=80)
    sent = form_of(client, page(measure)) | counts(2024, "44", "80") | {"why": "Late"}
    enter_numbers(measure, numerator=48, denominator=80)
    enter_numbers(measure, 2023, numerator=20, denominator=80)
    answer = client.post(page(measure), sent)
    text = answer.content.decode()
    assert (answer.status_code, current_counts(measure)[2024, ""]) == (409, (60, 48, 80))
    assert "In the meantime, someone" in text
    assert [values(text)[box(2024)], values(text)[box(2023)]] == [
        ["44"],
        ["20"],
    ]  # their own text, and the stored one where they typed nothing
    assert client.post(page(measure), values(text)).status_code == 302
    assert current_counts(measure) == {(2024, ""): (55, 44, 80), (2023, ""): (25, 20, 80)}


def test_a_key_of_another_measures_number_is_nothing_that_was_seen(client, office, measure):
    other = make_measure("Another", result=measure.result)
    enter_numbers(other, numerator=1, denominator=50)
    enter_numbers(measure, numerator=40, denominator=80)
    stolen = str(DataPoint.objects.get(measure=other).pk)
    sent = form_of(client, page(measure)) | counts(2024, "44", "80") | {f"{box(2024, part='seen')}": stolen, "why": "x"}
    assert client.post(page(measure), sent).status_code == 409
    assert current_counts(measure) == {(2024, ""): (50, 40, 80)}


@pytest.mark.parametrize("seen", ["x", "-1", "9" * 30, "²"])
def test_a_broken_key_breaks_nothing(client, office, measure, seen):
    sent = form_of(client, page(measure)) | counts(2024, "44", "80") | {box(2024, part="seen"): seen}
    assert client.post(page(measure), sent).status_code in (302, 409, 422)


def test_the_number_itself_can_be_typed_instead_of_counts(client, office, measure):
    path = page(measure, f"{SPAN}&shows=value")
    sent = form_of(client, path) | {box(2024, part="value"): "12.5%"}
    assert client.post(path, sent).status_code == 302
    assert current_counts(measure) == {(2024, ""): (12, None, None)}
    assert "Without counts: 12.5%" in client.get(page(measure)).content.decode()


@pytest.mark.parametrize("shows", ["", "&shows=value"])
def test_one_period_is_shown_first_with_links_to_its_neighbors(client, office, measure, shows):
    now = clock.today().year
    for chosen, before, after in (("", now - 2, now), (f"?first={now}{shows}", now - 1, None)):
        answer = client.get(page(measure, chosen))
        kept = shows if chosen else ""
        links = [answer.context["before"], answer.context["after"]]
        assert links == [year and (f"?first={year}&last={year}{kept}", str(year)) for year in (before, after)]
        (starts_on,) = {one.starts_on.year for one in answer.context["grid"].boxes}
        assert starts_on == before + 1
    text = answer.content.decode()
    assert ("Numerator</th>" in text, "Denominator</th>" in text, "Number</th>" in text) == (
        (True, True, False) if not shows else (False, False, True)
    )


def test_a_period_that_has_not_begun_is_refused(client, office, measure):
    path = page(measure, "?first=2190&last=2190")
    answer = client.post(path, form_of(client, path) | counts(2190, "1", "80"))
    assert (answer.status_code, current_counts(measure)) == (422, {})


def test_a_period_that_cannot_be_read_shows_an_error_at_its_field(client, office, measure):
    answer = client.get(page(measure, "?first=March+2024&last=2024"))
    assert answer.status_code == 422
    assert "This measure uses periods like 2024" in answer.content.decode()
    assert client.get(page(measure, "?form=2024")).status_code == 400


def test_a_long_span_is_cut_to_what_a_form_may_send(client, office, measure):
    text = client.get(page(measure, "?first=1900&last=2024")).content.decode()
    assert len(values(text)) < 1700
    assert box(2024) in values(text)


def test_a_partner_brings_its_own_numbers_under_its_own_name_and_stays_their_source(client, people, table, measure):
    client.force_login(people.partner)
    sent = form_of(client, page(measure)) | counts(2024, "40", "80")
    assert client.post(page(measure), sent | {"party": ""}).status_code == 422
    assert client.post(page(measure), sent).status_code == 302
    assert DataPoint.objects.get().supplied_by.organization == people.organization
    (behind,) = client.get(f"/measures/{measure.public_id}/").context["behind"]
    assert behind["by"] == str(people.organization)
    with pytest.raises(ValidationError) as refused:
        save_partnership(partnership=table, by=SYSTEM, fields={}, parties=[party(people.office)])
    assert refused.value.code == "took_part"


def test_a_party_that_brings_nothing_cannot_be_named(client, office, people, measure, table):
    lead = table.parties.get(jurisdiction=people.office)
    sent = form_of(client, page(measure)) | counts(2024, "40", "80") | {"party": str(lead.pk)}
    assert client.post(page(measure), sent).status_code == 422
    assert current_counts(measure) == {}


def test_readers_enter_nothing(client, people, measure):
    pages = (
        page(measure),
        f"/measures/{measure.public_id}/paste/",
        f"/measures/{measure.public_id}/numbers/2024-01-01/",
    )
    for reader in (people.reader, people.partner_reader, people.stranger, people.other_editor):
        client.force_login(reader)
        assert [client.get(path).status_code for path in pages] == [403, 403, 404]


def test_small_groups_are_hidden_from_everyone_in_the_same_way(client, office, measure):
    for cell, above, below in (("", 30, 90), ("race=black", 2, 40), ("race=white", 28, 50)):
        enter_numbers(measure, cell=cell, numerator=above, denominator=below)
    text = client.get(f"/measures/{measure.public_id}/").content.decode()
    trend, dots, *_ = client.get(f"/measures/{measure.public_id}/").context["shown"]
    assert trend["picture"].rows[0][1].startswith("33 (")
    assert [row[1] for row in dots["picture"].rows] == ["Not shown, too few people"] * 2
    assert [words in text for words in ("5%", "(2 of 40)", "56%", "(28 of 50)")] == [False] * 4
    assert values(client.get(page(measure)).content.decode())[box(2024, "race=black")] == [
        "2"
    ]  # the page where they are entered


def test_a_supplier_that_a_reader_may_not_know_of_has_no_name(client, people, table):
    hidden = make_organization("Quiet group", "unlisted")
    quiet = make_partnership(lead=people.office, parties=[party(people.office), party(hidden)])
    result = make_result(lead=people.office, partnerships=[quiet], is_published=True)
    owner = {"party": quiet.parties.get(organization=hidden), "supplies": True}
    measure = make_measure(result=result, owners=[owner], is_published=True)
    rows = [{"starts_on": date(2024, 1, 1), "numerator": 40, "denominator": 80}]
    save_points(measure=measure, by=SYSTEM, rows=rows, party=owner["party"])
    text = client.get(f"/measures/{measure.public_id}/").content.decode()
    assert ("40 of 80" in text, "Quiet group" in text) == (True, False)


def test_years_without_a_number_are_shown_as_missing(client, office, measure):
    enter_numbers(measure, 2021, numerator=40, denominator=80)
    enter_numbers(measure, 2023, numerator=43, denominator=80)
    trend, *_ = client.get(f"/measures/{measure.public_id}/").context["shown"]
    assert [row[:2] for row in trend["picture"].rows] == [
        ("2021", "50 (range 35 to 66), 40 of 80"),
        ("2022", "No data"),
        ("2023", "56 (range 40 to 72), 45 of 80"),
    ]


def test_each_number_is_shown_once_and_crossed_groups_have_a_table(client, office, measure):
    crossed = "race=black&place=east"
    save_measure(
        measure=measure, by=SYSTEM, fields={}, groups=[*RACES, {"dimension": "place", "key": "east", "name": "East"}]
    )
    enter_numbers(measure, numerator=40, denominator=80)
    enter_numbers(measure, cell=crossed, numerator=21, denominator=50)
    answer = client.get(f"/measures/{measure.public_id}/")
    (table,) = answer.context["tables"]
    assert [(row["name"], row["cells"][0]["words"]) for row in table["rows"]] == [("Black, East", "40%")]
    text = answer.content.decode()
    assert (text.count("40 of 80"), text.count("20 of 50")) == (1, 1)


def test_a_story_with_a_hidden_count_asks_before_it_is_saved(client, office, measure):
    enter_numbers(measure, numerator=30, denominator=90)
    enter_numbers(measure, cell="race=white", numerator=27, denominator=50)
    submitted = counts(2024, "3", "40", "race=black") | {"story": "Only three of them were turned away."}
    answer = client.post(page(measure), form_of(client, page(measure)) | submitted)
    text = answer.content.decode()
    assert (answer.status_code, answer.context["form"].errors["story"]) == (
        422,
        ["This text contains three, a count that we hide to protect people. Remove it."],
    )
    assert "Save anyway. The number is about something else" in text
    assert not [row for row in DataPoint.objects.all() if row.story]
    assert "may_tell" not in form_of(client, page(measure))
    assert (
        client.post(page(measure), values(text) | {"story": "Three laws changed.", "may_tell": "on"}).status_code == 302
    )
    assert DataPoint.objects.get(cell="race=black").story == "Three laws changed."


def test_a_story_with_counts_that_are_shown_or_none_is_saved_unasked(client, office, measure):
    submitted = counts(2024, "30", "90") | {"story": "30 of 90 families, in 4 streets.", "source": "Survey of 2024"}
    assert client.post(page(measure), form_of(client, page(measure)) | submitted).status_code == 302

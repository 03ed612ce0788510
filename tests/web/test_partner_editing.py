"""The short form of one partner: adding, changing and removing it leaves all other partners as they are."""

import pytest
from django.urls import reverse

from partnerships.registry import actions, statements
from partnerships.registry.confirmation_requests import record_fingerprint
from tests.browser.forms import values
from tests.factories import in_days, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
BACKBONE = [{"role": "backbone", "hours_per_month": 20}]


@snapshot_fixture
def record(people):
    return make_partnership(
        "Homes for all",
        lead=people.office,
        parties=[
            party(people.office, "lead", circle="decides", internal_notes="Ask the lawyer."),
            party(
                people.organization, "advisor", circle="co_designs", contribution="A hotline.", starts_on=in_days(-9)
            ),
            party(make_organization("Block club"), roles=BACKBONE, circle="consulted"),
        ],
    )


@pytest.fixture
def form(client, people, record):
    """Opens a form as an editor, and sends it with some fields changed."""

    class Desk:
        new = reverse("partner_new", args=[record.public_id])
        own = reverse("partner_edit", args=[record.public_id, people.organization.public_id])

        def open(self, url):
            return values(client.get(url).content.decode())

        def send(self, url, fields=None, **typed):
            typed = {f"partner-{name}": value for name, value in typed.items()}
            return client.post(url, (fields or self.open(url)) | typed)

    client.force_login(people.editor)
    return Desk()


def rows(record):
    return actions.snapshot(type(record).objects.get(pk=record.pk))["parties"]


def names(record):
    return [str(one) for one in record.parties.order_by("position")]


def test_a_partner_is_added_and_the_others_stay_as_they_are(form, record):
    before = rows(record)
    make_organization("Renters together")
    answer = form.send(form.new, entity="Renters together", roles=["member"], circle="informed", contribution="Doors.")
    assert answer["Location"] == reverse("partnership_partners", args=[record.public_id]) + "#partners"
    *others, added = rows(record)
    assert others == before
    assert (added["circle"], added["contribution"], [role["role"] for role in added["roles"]]) == (
        "informed",
        "Doors.",
        ["member"],
    )


@pytest.mark.parametrize(("sent", "starts"), [("?circle=consulted", "consulted"), ("?circle=inner", ""), ("", "")])
def test_the_form_starts_with_the_circle_of_the_empty_seat_that_led_there(form, sent, starts):
    assert form.open(form.new + sent)["partner-circle"] == [starts]


def test_one_partner_changes_and_the_others_stay_as_they_are(form, record):
    first, _, last = rows(record)
    form.send(form.own, circle="decides", roles=["advisor", "convenor"])
    now = rows(record)
    assert [now[0], now[2]] == [first, last]
    assert (now[1]["circle"], now[1]["contribution"], now[1]["starts_on"]) == (
        "decides",
        "A hotline.",
        str(in_days(-9)),
    )
    assert [role["role"] for role in now[1]["roles"]] == ["advisor", "convenor"]


def test_the_form_as_it_is_changes_nothing(form, record):
    before = rows(record)
    assert form.send(form.own).status_code == 302
    record.refresh_from_db()
    assert (rows(record), record.version) == (before, 2)


def test_a_partner_is_removed(form, record):
    assert form.send(form.own, DELETE="on").status_code == 302
    assert names(record) == ["City of Minneapolis", "Block club"]


def test_a_partner_with_words_is_removed_only_when_the_editor_says_so(form, people, record):
    seat = record.parties.get(organization=people.organization)
    statements.confirm_record(party=seat, by=people.partner, seen=record_fingerprint(record))
    answer = form.send(form.own, DELETE="on")
    assert (answer.status_code, len(names(record))) == (422, 3)
    assert "said something about this record" in answer.content.decode()
    fields = values(answer.content.decode()) | {"words_leave": "yes"}
    assert form.send(form.own, fields).status_code == 302
    assert len(names(record)) == 2


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"entity": ""}, "Enter a value."),
        ({"entity": "Nobody by this name"}, "We can’t find “Nobody by this name”."),
        ({"entity": "Block club"}, "Block club is already a partner here."),
        ({"hours": "many", "entity": "Renters together"}, "Enter a whole number."),
        ({"starts_on": "2026-02-01", "ends_on": "2026-01-01", "entity": "Renters together"}, "is before"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(form, record, typed, error):
    make_organization("Renters together")
    answer = form.send(form.new, **typed, contribution="A room.")
    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert values(answer.content.decode())["partner-contribution"] == ["A room."]
    assert len(names(record)) == 3


def test_two_people_change_two_partners_at_the_same_time(form, people, record):
    submitted = form.open(form.own)
    other = reverse("partner_edit", args=[record.public_id, people.office.public_id])
    form.send(other, contribution="Rent help.")
    assert form.send(form.own, submitted, contribution="Two hotlines.").status_code == 302
    assert [row["contribution"] for row in rows(record)] == ["Rent help.", "Two hotlines.", ""]


@pytest.mark.parametrize(("chosen", "kept"), [("mine", "Mine."), ("theirs", "Theirs.")])
def test_two_people_change_the_same_partner(form, record, chosen, kept):
    submitted = form.open(form.own)
    form.send(form.own, contribution="Theirs.")
    answer = form.send(form.own, submitted, contribution="Mine.")
    assert answer.status_code == 409
    fields = values(answer.content.decode())
    assert fields["partner-contribution"] == ["Mine."]
    assert form.send(form.own, fields | {"choose-partner": chosen}).status_code == 302
    assert [row["contribution"] for row in rows(record)] == ["", kept, ""]


def test_a_partner_that_someone_else_removed_is_not_added_again_by_chance(form, record):
    submitted = form.open(form.own)
    form.send(form.own, DELETE="on")
    # The row is gone, and so is its page.
    assert form.send(form.own, submitted, contribution="Mine.").status_code == 404


def test_no_other_partnerships_partner_is_edited_here(form, people, record, client):
    stranger = make_organization("Elsewhere")
    assert client.get(reverse("partner_edit", args=[record.public_id, stranger.public_id])).status_code == 404
    assert client.get(reverse("partner_edit", args=[record.public_id, "x"])).status_code == 404


def test_more_than_five_of_a_circle_are_folded_and_each_can_be_edited(people, client):
    groups = [make_organization(f"Group {n}") for n in range(7)]
    table = make_partnership(
        "Many", lead=people.office, parties=[party(group, "member", circle="consulted") for group in groups]
    )
    url = reverse("partnership_partners", args=[table.public_id])
    (circle,) = client.get(url).context["circles"]
    assert [len(circle["rows"]), len(circle["more"])] == [5, 2]
    assert "/edit/" not in client.get(url).content.decode()
    client.force_login(people.editor)
    text = client.get(url).content.decode()
    assert [
        group for group in groups if reverse("partner_edit", args=[table.public_id, group.public_id]) not in text
    ] == []


def test_within_another_page_it_is_a_part_of_a_page_and_leads_on(form, client, record):
    part = client.get(form.new, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert f'data-hx-post="{form.new}"' in part
    refused = client.post(form.new, values(part), headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "<title>Error: Add a partner: Homes for all | Partnership Registry</title>" in refused.content.decode()
    saved = client.post(form.own, form.open(form.own) | {"partner-circle": "informed"}, headers={"HX-Request": "true"})
    assert (saved.status_code, saved["HX-Redirect"]) == (204, reverse("partnership_partners", args=[record.public_id]))
    assert "Location" not in saved

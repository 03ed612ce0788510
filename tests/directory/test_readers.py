"""Who can read which field of a profile: the organization's choice applies to the page, lists, search and the API."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.directory import actions
from partnerships.models import Membership, Organization
from partnerships.registry import actions as registry
from tests import factories, fields
from tests.canaries.words import word
from tests.snapshots import snapshot_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("generous_limits")]
FIELDS = Organization.PROFILE_FIELDS + Organization.PRIVATE_FIELDS
TEXTS = {name: word(name) for name in fields.texts("organization") if name in FIELDS}
TEXTS |= {"website": "https://plomfen.example.org/"}
TERMS = fields.terms("organization")
# Choices: the last option, which is shown by its label.
CHOICES = {
    name: field.flatchoices[-1]
    for name, field in fields.form_fields("organization").items()
    if field.choices and name in FIELDS
}
MARKS = {
    **TEXTS,
    **{name: str(label) for name, (_, label) in CHOICES.items()},
    **{name: f"Brackenly {name}" for name in TERMS},
    "issue_areas": "Dorrelmo",
    "area": "Ostrivale",
}


@snapshot_fixture
def group(people):
    """A profile with a mark in every field. The partner's own organization is in a partnership with it."""
    terms = {name: factories.make_term(v, f"mark_{name}", MARKS[name]) for name, v in TERMS.items()}
    group = factories.make_organization(
        "Group",
        "profiled",
        kept_by=people.office,
        **TEXTS,
        **{name: key for name, (key, _) in CHOICES.items()},
        kind=terms.pop("kind"),
        **{name: [term] for name, term in terms.items()},
        issue_areas=[factories.make_issue_area("dorrelmo")],
        area=[factories.make_jurisdiction("Ostrivale")],
    )
    lead = people.other_office
    factories.make_partnership(
        lead=lead,
        parties=[factories.party(lead, "lead"), factories.party(group), factories.party(people.organization, "member")],
    )
    return group


def let_read(group, readers):
    return actions.save_organization(organization=group, by=SYSTEM, fields={"open_fields": readers})


def read_by(client, people, role, group):
    """Return the fields that this reader sees on the page, in lists, downloads and the API. They must all agree."""
    client.logout()
    if role:
        client.force_login(getattr(people, role))
    page = client.get(f"/organizations/{group.public_id}/").content.decode()
    one = client.get(f"/api/v1/organizations/{group.public_id}/").json()
    (row,) = [r for r in client.get("/api/v1/organizations/").json()["results"] if r["id"] == group.public_id]
    assert row == one
    on_page = {name for name in FIELDS if MARKS[name] in page}
    assert on_page == {name for name in FIELDS if name in one}
    listed = str([r for r in client.get("/organizations/").context["rows"] if r["title"] == "Group"])
    loaded = b"".join(client.get("/organizations.csv")).decode()
    assert {name for name in ("aims", "kind") if MARKS[name] in listed} == on_page & {"aims", "kind"}
    assert {n for n in ("aims", "website", "area_note") if MARKS[n] in loaded} == on_page & {
        "aims",
        "website",
        "area_note",
    }
    assert ("mark_kind" in loaded) == ("kind" in on_page)
    return on_page


PUBLIC, PRIVATE = set(Organization.PROFILE_FIELDS), set(Organization.PRIVATE_FIELDS)


def test_at_first_the_private_fields_are_for_staff_and_the_rest_for_everyone(client, people, group):
    for role in ("", "stranger", "partner", "other_editor", "suspended"):
        assert read_by(client, people, role, group) == PUBLIC, role
    for role in ("reader", "editor", "administrator"):
        assert read_by(client, people, role, group) == set(FIELDS), role


@pytest.mark.slow
@pytest.mark.parametrize("name", FIELDS)
def test_each_field_is_read_by_those_it_is_for(client, people, group, name):
    before = PUBLIC - {name}
    let_read(group, {name: "staff"})
    for role in ("", "partner", "other_editor"):
        assert read_by(client, people, role, group) == before, role
    assert read_by(client, people, "reader", group) == set(FIELDS)
    let_read(group, {name: "partners"})
    for role in ("", "stranger", "suspended"):
        assert read_by(client, people, role, group) == before, role
    for role in ("partner", "other_editor"):
        assert read_by(client, people, role, group) == before | {name}, role
    let_read(group, {name: "public"})
    assert read_by(client, people, "", group) == before | {name}


def test_partners_of_a_draft_or_of_a_seat_not_taken_are_no_partners(client, people):
    group = factories.make_organization(
        "Group", "profiled", address=TEXTS["address"], open_fields={"address": "partners"}
    )
    rows = [factories.party(people.office, "lead"), factories.party(group)]
    draft = factories.make_partnership(lead=people.office, parties=rows, published=False)
    not_taken = [factories.party(people.office, "lead"), factories.party(group, circle="declined")]
    factories.make_partnership(lead=people.office, parties=not_taken)

    def reads():
        return "address" in client.get(f"/api/v1/organizations/{group.public_id}/").json()

    client.force_login(people.editor)
    assert not reads()
    registry.publish_partnership(partnership=draft, by=SYSTEM)
    assert reads()


def ids_of(client, path, **params):
    return [row["id"] for row in client.get(path, params).json()["results"]]


@pytest.mark.both
@pytest.mark.parametrize("reader", ["partners", "staff"])
def test_what_is_not_open_to_everyone_is_found_by_no_search_and_no_filter(client, people, group, reader):
    asked = {
        "other_names": {"q": TEXTS["other_names"]},
        "aims": {"q": TEXTS["aims"]},
        "kind": {"kind": "mark_kind"},
        "issue_areas": {"issue": "dorrelmo"},
        "area": {"jurisdiction": group.area.get().public_id},
    }

    def finds(params):
        return group.public_id in ids_of(client, "/api/v1/organizations/", **params)

    for name, params in asked.items():
        assert finds(params), name
        let_read(group, {name: reader})
        for role in ("", "partner", "editor", "administrator"):
            client.logout()
            if role:
                client.force_login(getattr(people, role))
            assert not finds(params), (name, role)
        client.logout()
        assert "Group" not in client.get("/issue-areas/dorrelmo/").content.decode() or name != "issue_areas"
        let_read(group, {name: "public"})
        assert finds(params), name


def test_no_office_and_no_administrator_opens_a_field(people, group):
    group = let_read(group, {"aims": "staff", "address": "partners"})
    for by in (people.editor, people.administrator):
        for name, reader in (("aims", "public"), ("aims", "partners"), ("address", "public"), ("led_by", "partners")):
            with pytest.raises(ValidationError) as problem:
                actions.save_organization(organization=group, by=by, fields={"open_fields": {name: reader}})
            assert list(problem.value.message_dict) == [f"open-{name}"]
            group.refresh_from_db()
    assert group.open_fields == {"address": "partners", "aims": "staff"}


def test_an_office_may_close_and_the_own_editor_may_open(people, group):
    group = let_read(group, {"address": "public"})
    group = actions.save_organization(
        organization=group, by=people.editor, fields={"open_fields": {"address": "staff"}}
    )
    assert group.open_fields == {}
    Membership.objects.create(person=people.stranger, organization=group, role="editor")
    fields = {"open_fields": {"address": "partners"}}
    assert actions.save_organization(organization=group, by=people.stranger, fields=fields).open_fields == {
        "address": "partners"
    }


def test_a_member_who_only_reads_there_opens_nothing_by_an_office_of_theirs(people, group):
    Membership.objects.create(person=people.editor, organization=group, role="reader")
    with pytest.raises(ValidationError):
        actions.save_organization(organization=group, by=people.editor, fields={"open_fields": {"address": "public"}})


@pytest.mark.parametrize("asked", [{"name": "public"}, {"aims": "nobody"}, {"aims": None}])
def test_readers_that_are_none_are_refused(group, asked):
    with pytest.raises(ValidationError):
        let_read(group, asked)

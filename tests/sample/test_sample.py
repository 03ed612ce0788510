"""The sample registry: loading it twice changes nothing, real cases only say what the guide says, and it leaves no trace."""

import io

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Q

from partnerships.core import record_types
from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.directory.reference import places_of
from partnerships.interactions.actions import save_interaction
from partnerships.models import (
    Action,
    Change,
    CheckInPlan,
    Confirmation,
    Contact,
    Department,
    Email,
    FacetCount,
    Interaction,
    Jurisdiction,
    Meeting,
    Membership,
    Merge,
    Organization,
    Partnership,
    Party,
    Person,
    Publication,
    Remark,
    Round,
    SearchEntry,
    Tombstone,
)
from partnerships.notifications.following import follow
from partnerships.records.merging import merge
from partnerships.registry import publication
from partnerships.registry.rules import parties_visible_to, partnerships_visible_to
from partnerships.sample import cases
from partnerships.sample.loading import load
from partnerships.sample.removing import MODELS, POINTERS, in_the_way, remove
from tests.cached_rows import once
from tests.factories import (
    in_days,
    make_jurisdiction,
    make_organization,
    make_partnership,
    make_person,
)
from tests.sample.pointing import POINTING, strategy

pytestmark = pytest.mark.django_db
NOON = "2026-11-24T18:00:00Z"
REAL = {"is_illustration": False, "is_sample": True}


def run(name, *args):
    out = io.StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def sample(db):
    with time_machine.travel(NOON, tick=False):
        once("sample at noon", lambda: run("load_sample"))
        yield


def all_rows():
    """Return every row of every table, except the counter of writing transactions."""
    models = apps.get_app_config("partnerships").get_models(include_auto_created=True)
    return {m.__name__: sorted(m.objects.values_list(), key=str) for m in models if m.__name__ != "Stamp"}


def sample_rows():
    models = apps.get_app_config("partnerships").get_models()
    flagged = [m for m in models if any(f.name == "is_sample" for f in m._meta.fields)]
    return {m.__name__: m.objects.filter(is_sample=True).count() for m in flagged}


def names(parties):
    return sorted(str(p) for p in parties)


# Loading


@pytest.mark.slow
def test_loading_the_sample_twice_changes_nothing(sample):
    before = all_rows()
    assert run("load_sample").endswith("Sample registry: already loaded.\n")
    assert all_rows() == before


def test_later_and_after_renames_it_is_still_known(sample):
    for save, model, field in (
        (directory.save_organization, Organization, "organization"),
        (directory.save_department, Department, "department"),
    ):
        for record in model.objects.all():
            save(by=SYSTEM, fields={"name": f"{record.name} (new name)"}, **{field: record})
    Partnership.objects.update(summary="Changed by staff.")
    from_now_on = {model: model.objects.count() for model in (Organization, Department, Partnership, Meeting)}
    with time_machine.travel("2027-02-01T18:00:00Z"):
        assert load() == {}
    assert {model: model.objects.count() for model in from_now_on} == from_now_on
    assert set(Partnership.objects.values_list("summary", flat=True)) == {"Changed by staff."}
    publication.publish(Partnership.objects.values_list("pk", flat=True))


@pytest.mark.slow
def test_places_that_are_loaded_are_used(db):
    run("load_places", "MN")
    before = Jurisdiction.objects.count()
    run("load_sample")
    assert Jurisdiction.objects.filter(name="Saint Paul").count() == 1
    assert sample_rows()["Jurisdiction"] == Jurisdiction.objects.count() - before == 7
    assert run("remove_sample", "--yes").startswith("The sample registry was removed")
    assert Jurisdiction.objects.count() == before


def test_places_loaded_later_stay_when_the_sample_goes(sample):
    run("load_places", "MN")
    minneapolis = Jurisdiction.objects.get(name="Minneapolis")
    assert (minneapolis.is_sample, minneapolis.parent.name) == (False, "Minnesota")
    run("remove_sample", "--yes")
    assert Jurisdiction.objects.filter(pk=minneapolis.pk).exists()
    assert Jurisdiction.objects.count() == len(places_of("MN"))


# Content


def test_every_kind_that_the_guide_names_is_there(sample):
    kinds = Partnership.objects.filter(**REAL, is_published=True).values_list("kind", flat=True)
    assert sorted(kinds) == ["advisory_body", "contract", "learning", "organizing", "organizing", "training"]
    assert strategy().is_illustration
    office = Department.objects.get(is_equity_office=True, is_illustration=False)
    assert (office.name, office.jurisdiction.name) == ("Office on Diversity and Equity", "Multnomah County")


def test_the_cases_lead_to_one_another(sample):
    contract = Partnership.objects.get(kind="contract")
    assert contract.links_earlier.get().earlier.kind == "organizing"
    ordinance = Partnership.objects.get(title__contains="Ban the Box")
    assert ordinance.links_later.get().came_of_it == "Job Assistance Ordinance, passed by the city council"
    assert ordinance.asks.get().answer == "adopted"


def test_real_cases_carry_nothing_that_the_guide_does_not_say(sample):
    real = Partnership.objects.filter(**REAL)
    assert real.count() == len(cases.PARTNERSHIPS)
    assert not Meeting.objects.filter(partnership__in=real).exists()
    assert not CheckInPlan.objects.filter(partnership__in=real).exists()
    assert not real.exclude(engagement=None, starts_on=None, ends_on=None, common_agenda="", lessons="").exists()
    parties = Party.objects.filter(partnership__in=real)
    assert not parties.exclude(circle="", starts_on=None, ends_on=None, consented_on=None).exists()
    assert not parties.filter(roles__hours_per_month__isnull=False).exists()
    assert set(real.values_list("agreement__amount", flat=True)) == {None}
    assert set(real.values_list("source", flat=True)) == {cases.CHAPTER}


def test_real_records_have_no_contacts_no_stage_and_no_people(sample):
    for field, model in (("jurisdiction", Jurisdiction), ("department", Department), ("organization", Organization)):
        real = model.objects.filter(**REAL)
        assert real.exists()
        assert not Contact.objects.filter(**{f"{field}__in": real}).exists()
        assert not Membership.objects.filter(**{f"{field}__in": real}).exists()
    assert set(Jurisdiction.objects.filter(**REAL).values_list("stage", flat=True)) == {""}
    organizations = Organization.objects.filter(**REAL).values_list("name", "side", "listing", "listing_source", "aims")
    assert sorted(organizations) == [
        ("Pacific Educational Group", "institution", "named", cases.CHAPTER, ""),
        ("Voices for Racial Justice", "community", "named", cases.CHAPTER, ""),
    ]


def test_what_is_made_up_belongs_to_the_made_up_city_alone(sample):
    city = Jurisdiction.objects.get(is_illustration=True)
    assert city.name == "Illustration City (made up)"
    assert set(Partnership.objects.filter(is_illustration=True).values_list("lead", flat=True)) == {city.pk}
    assert set(Department.objects.filter(is_illustration=True).values_list("jurisdiction", flat=True)) == {city.pk}
    assert set(Organization.objects.filter(is_illustration=True).values_list("kept_by", flat=True)) == {city.pk}
    assert not Meeting.objects.exclude(partnership=strategy(), is_illustration=True).exists()
    made_up = Q(organization__is_illustration=True) | Q(department__is_illustration=True)
    made_up |= Q(jurisdiction__is_illustration=True)
    assert not Party.objects.filter(partnership__is_illustration=True).exclude(made_up).exists()
    assert not Party.objects.filter(partnership__is_illustration=False).filter(made_up).exists()


def test_every_address_is_at_example_org(sample):
    addresses = {*Contact.objects.values_list("email", flat=True), *Person.objects.values_list("email", flat=True)}
    assert len(addresses) == 13
    assert {address.partition("@")[2] for address in addresses} == {"example.org"}
    assert set(Email.objects.values_list("is_sample", flat=True)) == {True}


def test_identifiers_are_the_sure_ones(sample):
    geoids = Jurisdiction.objects.filter(identifiers__scheme="geoid").values_list("name", "identifiers__value")
    assert dict(geoids) == {
        "Minnesota": "27", "Washington": "53", "Oregon": "41", "Minneapolis": "2743000", "Saint Paul": "2758000",
        "Seattle": "5363000", "Ramsey County": "27123", "Multnomah County": "41051",
    }  # fmt: skip


# Who sees what


def test_the_organizer_is_not_shown_on_the_organizing_record(sample):
    record = Partnership.objects.get(kind="organizing", lead__kind="park_district")
    body = Publication.objects.get(partnership=record).body
    assert "Minneapolis Park and Recreation Board" in body
    assert "Voices for Racial Justice" not in body
    assert names(parties_visible_to(None).filter(partnership__kind="contract")) == [
        "Minneapolis Park and Recreation Board",
        "Voices for Racial Justice",
    ]


def test_an_organization_that_withdraws_is_named_nowhere(sample):
    for organization in Organization.objects.filter(**REAL):
        directory.save_organization(organization=organization, by=SYSTEM, fields={"listing": "unlisted"})
        assert not Publication.objects.filter(body__contains=organization.name).exists()


def test_staff_see_more_of_the_made_up_case_than_the_public(sample):
    staff = Person.objects.get(email="staff@example.org")
    public, all_of_them = (names(parties_visible_to(person).filter(partnership=strategy())) for person in (None, staff))
    assert sorted(set(all_of_them) - set(public)) == ["Block club", "Youth council"]
    assert len(public) == 8
    body = Publication.objects.get(partnership=strategy()).body
    assert "Block club" not in body
    assert "Youth council" not in body
    draft = Partnership.objects.get(is_published=False)
    assert draft in partnerships_visible_to(staff)
    assert draft in partnerships_visible_to(Person.objects.get(email="reader@example.org"))
    assert draft not in partnerships_visible_to(Person.objects.get(email="partner@example.org"))


def test_a_round_of_the_illustration_waits_for_partners_to_name_their_people(sample, client):
    """The office named its own people. A proposal and a pick name no one. A partner without an editor gets a link, or a code."""
    survey_round = Round.objects.get(title="A year of influence")
    assert (survey_round.is_sample, survey_round.is_illustration, survey_round.answering_at) == (True, True, None)
    places = [(str(place.party), place.is_named) for place in survey_round.respondents.order_by("pk")]
    assert places == [("Department of Housing", True), ("Neighborhood coalition", False)]
    client.force_login(Person.objects.get(email="staff@example.org"))
    page = " ".join(client.get(f"/rounds/{survey_round.public_id}/").content.decode().split())
    assert ("hasn’t named anyone yet" in page, page.count("Print a code")) == (True, 1)
    assert page.count("We emailed a link to its contact who confirmed its seat.") == 1
    asked = set(Email.objects.filter(kind="round_name").values_list("recipient", flat=True))
    contact = Contact.objects.get(email="coalition@example.org")
    assert f"contact:{contact.pk}" in asked
    client.force_login(Person.objects.get(email="partner@example.org"))
    page = client.get(f"/rounds/{survey_round.public_id}/").content.decode()
    assert ("Name people" in page, "Print a code" in page) == (True, True)


def test_meetings_lie_around_the_day_of_loading(sample):
    days = Meeting.objects.values_list("date", "is_public", "zone")
    assert [(f"{day}", public) for day, public, _ in days] == [
        ("2026-10-27", True),
        ("2026-11-10", False),
        ("2026-12-01", True),
        ("2026-12-15", False),
        ("2026-12-29", True),
    ]
    assert {zone for _, _, zone in days} == {"America/Chicago"}
    assert {str(m.starts_at) for m in Meeting.objects.all()[:1]} == {"2026-10-27 22:30:00+00:00"}
    due = CheckInPlan.objects.values_list("next_due_on", flat=True)
    assert [f"{day}" for day in due] == ["2026-11-20", "2026-11-30", "2026-12-14"]


def test_the_past_meetings_of_the_made_up_case_say_what_came_of_them(sample):
    past = Meeting.objects.filter(closed_at__isnull=False).order_by("starts_at")
    came = [(m.notes_are_public, m.attendance.count(), m.decisions.count(), m.actions.count()) for m in past]
    assert came == [(True, 4, 1, 2), (False, 3, 0, 1)]
    assert [str(one) for one in past[0].decisions.get().could_block.all()] == ["Tenants’ association"]
    assert set(Action.objects.values_list("is_illustration", "is_sample", "partnership")) == {
        (True, True, strategy().pk)
    }


def test_each_side_has_a_manager_and_both_have_spoken_of_the_made_up_case_alone(sample):
    managers = Membership.objects.filter(role="manager").values_list("person__email", flat=True)
    assert sorted(managers) == ["manager@example.org", "organizer@example.org"]
    (confirmation,) = Confirmation.objects.all()
    (shown,) = Remark.objects.all()
    assert (confirmation.party.partnership, shown.partnership) == (strategy(), strategy())
    assert (str(confirmation.party), confirmation.verdict, f"{shown.public_on}") == (
        "Neighborhood coalition",
        "disputed",
        "2026-12-08",
    )
    assert confirmation.words.startswith("Illustration. ")
    assert shown.text.startswith("Illustration. ")
    asked = Email.objects.filter(kind__in=("confirmation_asked", "remark_shown")).values_list("kind", "recipient")
    tenants = {f"person:{m.person_id}" for m in Membership.objects.filter(organization__name="Tenants’ association")}
    assert set(asked) == {(kind, who) for kind in ("confirmation_asked", "remark_shown") for who in tenants}


# Removing


def test_removing_leaves_no_sample_row_and_tells_sync(sample):
    kinds = [one for one in record_types.all_types() if one.key not in ("partnership", "issuearea")]
    public = {one.public_id for kind in kinds for one in kind.visible_to(None)}
    public |= set(Round.objects.filter(is_public=True).values_list("public_id", flat=True))
    prefixes = {public_id[0] for public_id in public}
    assert prefixes >= {
        "G",
        "J",
        "D",
        "M",
        "V",
        "S",
        "N",
        "K",
        "R",
    }  # activities, results, measures, plans and rounds too
    published = set(Partnership.objects.filter(is_published=True).values_list("public_id", flat=True))
    reader = make_person("reader@elsewhere.example.org")
    follow(by=reader, record=Partnership.objects.filter(is_published=True).first())
    assert run("remove_sample", "--yes") == (
        "The sample registry was removed: 9 partnerships, 7 organizations, 9 departments, 11 jurisdictions, 6 people.\n"
    )
    assert set(sample_rows().values()) == {0}
    assert not reader.follows.exists()
    reader.delete()
    rows = all_rows()
    kept = {name: len(rows[name]) for name in rows if rows[name]}
    assert set(kept) <= {
        "Term", "IssueArea", "Change", "Publication", "Tombstone", "FacetCount", "SearchEntry", "SearchWord",
        "SearchGram",
    }  # fmt: skip
    assert kept["Change"] == kept["IssueArea"] == kept["SearchEntry"]
    assert set(Tombstone.objects.values_list("public_id", flat=True)) == public
    assert set(Publication.objects.filter(body=None, stamp__gt=0).values_list("public_id", flat=True)) == published
    assert Publication.objects.exclude(body=None).count() == 0
    assert set(FacetCount.objects.values_list("count", flat=True)) == {0}
    assert set(SearchEntry.objects.values_list("resource", flat=True)) == {"issue_area"}
    assert run("remove_sample", "--yes") == "There’s no sample registry here.\n"


@pytest.mark.slow
def test_the_sample_can_be_loaded_again_after_it_was_removed(sample):
    run("remove_sample", "--yes")
    run("load_sample")
    assert sample_rows()["Partnership"] == 9


def test_without_a_terminal_nothing_is_removed(sample):
    before = all_rows()
    with pytest.raises(CommandError, match="--yes"):
        run("remove_sample")
    assert all_rows() == before


@pytest.mark.parametrize("point", POINTING)
def test_a_real_record_that_points_at_the_sample_is_named_and_nothing_goes(sample, point):
    record = point()
    before = all_rows()
    with pytest.raises(CommandError) as refused:
        run("remove_sample", "--yes")
    assert [line for line in str(refused.value).splitlines() if record.public_id in line]
    assert len(str(refused.value).splitlines()) == 2
    assert all_rows() == before


def test_a_real_person_in_the_made_up_city_does_not_hold_it(sample):
    person = make_person("real@example.com")
    Membership.objects.create(person=person, jurisdiction=Jurisdiction.objects.get(is_illustration=True), role="editor")
    assert in_the_way() == []
    remove()
    assert list(Person.objects.all()) == [person]


def test_a_real_office_that_logged_a_call_with_a_sample_organization_keeps_it(sample):
    office, sampled = make_jurisdiction(), Organization.objects.filter(is_sample=True).first()
    call = {"organization": sampled, "date": in_days(-1), "summary": "Called"}
    save_interaction(by=SYSTEM, fields=call | {"office": Jurisdiction.objects.filter(is_sample=True).first()})
    assert in_the_way() == []
    save_interaction(by=SYSTEM, fields=call | {"office": office})
    assert [office.public_id in str(line) for line in in_the_way()] == [True]
    Interaction.objects.filter(office=office).delete()
    remove()
    assert not Interaction.objects.exists()


def test_an_unrelated_real_record_does_not_keep_it(sample):
    kept = make_partnership()
    remove()
    assert list(Partnership.objects.all()) == [kept]


def test_what_was_merged_with_a_sample_record_goes_with_it(sample):
    kept = Organization.objects.filter(is_sample=True, side="community").first()
    lost = make_organization("Twin of it", is_sample=True)
    merge(kept=kept, lost=lost, by=SYSTEM, versions=(None, None))
    remove()
    assert not Merge.objects.exists()
    assert not Change.objects.filter(record_type="organization", record_id__in=(kept.pk, lost.pk)).exists()


def test_every_foreign_key_to_a_sample_record_was_thought_of():
    """A new foreign key comes from elsewhere, and is added to POINTERS, or from a part that is removed with its owner."""
    parts = {
        "Contact", "Identifier", "StageEntry", "JurisdictionRelation", "Membership", "Party", "PartyRole", "Agreement",
        "Training", "AdvisoryBody", "JointProject", "Seat", "Ask", "Practice", "Document", "Publication", "Meeting",
        "CheckInPlan", "PartnershipLink", "Email", "Change", "CheckIn", "LogEntry", "EmailAddress",
        "Invitation", "Claim", "ApiToken", "RetentionRule", "RetentionRun", "Suggestion", "PartyNote", "DraftShare",
        "Confirmation", "Remark", "Reply", "Authenticator", "SocialAccount", "UserSession", "PublicFacets", "MeetingSeries",
        "Action", "ActionNote", "Attendance", "Decision", "CalendarFeed", "DigestEntry", "Follow", "EmailPreference",
        "Round", "Respondent", "Answer", "ResponseNote", "Portfolio", "PortfolioPlace", "ExpectedSeat", "CircleSnapshot",
        "ListFile", "SavedList", "Import", "ColumnMemory", "ValueMemory", "Draft", "Wording", "SiteText", "Activity",
        "Report", "ReportDefinition", "ReportName", "Makeup", "Population", "SeatConsent", "FormerMember", "Webhook",
        "NameSkeleton", "Erasure", "LeftText", "Interaction", "InteractionRemark", "Owner",
    }  # fmt: skip
    listed = {(model.__name__, field.split("__")[0]) for model, field, _ in POINTERS}
    unknown = {
        (relation.related_model.__name__, relation.field.name)
        for model in MODELS
        for relation in model._meta.related_objects
        if (relation.related_model.__name__, relation.field.name) not in listed
    }
    assert {name for name, _ in unknown} <= parts

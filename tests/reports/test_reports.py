"""Reports for an office or organization: what they contain, for which readers, and that they don't change."""

import json
from dataclasses import asdict

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.directory.actions import save_organization
from partnerships.insight.circles import Share
from partnerships.models import Report
from partnerships.registry import actions as registry
from partnerships.reports import actions as reports
from partnerships.reports import queries as report_queries
from partnerships.reports import work as report_work
from partnerships.web.reports.words import share_words
from tests.factories import make_partnership
from tests.reports.conftest import fresh

pytestmark = pytest.mark.django_db


def test_a_share_is_written_the_american_way():
    assert (share_words(12, 40), share_words(0, 0)) == ("12 of 40 (30%)", "0 of 0")


def named(report) -> list[str]:
    """Return the names of the partners, in order."""
    return [one.get("name", "struck") for row in report.content["partnerships"] for one in row.get("parties", ())]


def test_a_council_report_counts_what_its_readers_may_see(desk):
    made = desk.make()
    assert (made.state, made.content["total"]) == ("ready", 1)
    assert made.content["kinds"] == [["joint_project", 1]]
    assert made.content["areas"] == [
        {"key": "housing", "name": "Housing", "tables": 1, "with_community": 1, "at_least": False}
    ]
    assert made.content["share"] == asdict(Share(taken=2, community=1, empty=0, confirmed=1))
    assert named(made) == ["City of Minneapolis", "Voices of the Block"]
    assert "Quiet Neighbors" not in json.dumps(made.content)


def test_a_report_for_the_office_says_what_the_office_reads(desk):
    make_partnership("Not shown yet", lead=desk.people.office, published=False)
    made = desk.make(eyes="own")
    assert made.content["total"] == 2
    assert "Quiet Neighbors" in named(made)
    assert desk.make().content["total"] == 1


def test_it_does_not_change(desk):
    made = desk.make()
    save_organization(organization=desk.organization, by=SYSTEM, fields={"name": "Another name"})
    registry.save_partnership(partnership=desk.partnership, by=SYSTEM, fields={"title": "Another title"}, parties=None)
    again = fresh(made)
    assert again.content == made.content
    assert named(again) == ["City of Minneapolis", "Voices of the Block"]


def test_active_filters_are_applied_and_listed(desk):
    make_partnership("Elsewhere")
    made = desk.make(query="issue=housing")
    assert made.content["total"] == 1
    assert made.content["filters"] == [{"label": "Issue area", "values": [{"name": "Housing"}]}]


def test_an_office_has_no_report_of_an_organizations_own(desk):
    with pytest.raises(ValidationError) as problem:
        desk.define(kind="partner", eyes="own")
    assert problem.value.messages == ["Only an organization can have its own report, for its own people."]


def test_who_may_have_one_made_and_who_reads_it(desk):
    people, definition = desk.people, desk.define()
    made = desk.make(definition, by=people.editor)
    assert report_queries.report_seen(people.reader, made.pk).content["total"] == 1
    for person in (people.reader, people.other_editor, people.partner, people.administrator):
        with pytest.raises(NotAllowed):
            reports.request_report(definition=definition, by=person)
    for person in (people.other_editor, people.partner, people.stranger, people.administrator):
        assert list(report_queries.definitions(person)) == []
        with pytest.raises(NotFound):
            report_queries.report_seen(person, made.pk)


def test_two_presses_make_one_report(desk):
    definition = desk.define()
    first, second = (reports.request_report(definition=definition, by=desk.people.editor) for _ in range(2))
    assert first == second
    assert Report.objects.count() == 1
    report_work.make_next()
    assert reports.request_report(definition=definition, by=desk.people.editor) != first


def test_a_profile_and_an_organizations_own_report(desk):
    profile = desk.make(kind="profile", partnership=desk.partnership, title="Homes")
    assert [row["name"] for row in profile.content["parties"]] == ["City of Minneapolis", "Voices of the Block"]
    assert profile.content["parties"][1]["adds"] == "Knows every stairwell"
    own = desk.make(kind="partner", jurisdiction=None, organization=desk.quiet, eyes="own", title="Ours")
    assert [row["name"] for row in own.content["parts"]] == ["Homes that last"]
    assert own.content["parts"][0]["own"]["name"] == "Quiet Neighbors"


def test_what_cannot_be_reported_is_refused(desk):
    draft = make_partnership("Draft", lead=desk.people.office, published=False)
    for fields in (
        {"query": "color=blue"},
        {"query": "issue=nothing"},
        {"query": f"organization={desk.quiet.public_id}"},
        {"query": "published=no"},
        {"kind": "profile", "partnership": draft},
        {"rhythm": "monthly"},
        {"mailed_to": [desk.people.partner]},
    ):
        with pytest.raises(ValidationError):
            desk.define(**fields)
    assert desk.define(kind="profile", partnership=draft, eyes="own").partnership == draft

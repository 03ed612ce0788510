"""Redaction: withdrawn names and texts leave stored reports in the same transaction, and no one can find traces."""

import json

import pytest
from django.db import transaction

from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotFound
from partnerships.directory.actions import save_organization
from partnerships.measurement.actions import save_measure
from partnerships.meetings.closing import close_meeting
from partnerships.models import Measure, Organization, Party, Report, ReportName
from partnerships.records.privacy import erase_person, own_data
from partnerships.registry import actions as registry
from partnerships.registry.statements import dispute_record
from partnerships.reports import actions as reports
from partnerships.reports import queries as report_queries
from partnerships.reports import redaction as report_redaction
from partnerships.reports import work as report_work
from tests.factories import make_measure, make_meeting, make_person
from tests.reports.conftest import fresh
from tests.reports.test_front_page import enter
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


def text_of(report) -> str:
    return json.dumps(fresh(report).content, ensure_ascii=False)


def unlist(organization):
    save_organization(organization=organization, by=SYSTEM, fields={"listing": "unlisted"})


@snapshot_fixture
def profile(desk):
    return desk.make(kind="profile", partnership=desk.partnership, title="Homes", by=desk.people.editor)


@pytest.mark.slow
def test_an_organization_that_withdraws_goes_with_its_words_and_the_file(desk, profile):
    council = desk.make()
    for report in (profile, council):
        assert "Voices of the Block" in text_of(report)
        assert fresh(report).pdf
    assert "Knows every stairwell" in text_of(profile)
    unlist(desk.organization)
    for report in (profile, council):
        for words in ("Voices of the Block", "Knows every stairwell", desk.organization.public_id):
            assert words not in text_of(report)
        assert (fresh(report).pdf, fresh(report).state) == (None, "waiting")
        assert fresh(report).struck_on is not None
    assert {"struck": True} in fresh(profile).content["parties"]
    while report_work.make_next():
        pass
    assert fresh(profile).state == "ready"
    assert bytes(fresh(profile).pdf) != bytes(profile.pdf)


def test_what_stays_stays_and_what_comes_back_does_not(desk, profile):
    unlist(desk.organization)
    before = text_of(profile)
    assert "City of Minneapolis" in before
    save_organization(
        organization=Organization.objects.get(pk=desk.organization.pk), by=SYSTEM, fields={"listing": "named"}
    )
    assert text_of(profile) == before


def test_it_is_one_transaction_with_the_withdrawal(desk, profile):
    with transaction.atomic():
        unlist(desk.organization)
        transaction.set_rollback(True)
    assert "Voices of the Block" in text_of(profile)
    assert fresh(profile).pdf


def test_a_report_for_the_office_keeps_partners_that_the_office_may_see(desk):
    made = desk.make(eyes="own")
    unlist(desk.organization)
    assert "Voices of the Block" in text_of(made)
    assert fresh(made).pdf


def test_a_party_that_everyone_may_no_longer_see_goes(desk, profile):
    kept = [
        {"id": p.pk, p.entity._meta.model_name: p.entity, "circle": p.circle} for p in desk.partnership.parties.all()
    ]
    for row in kept:
        if row.get("organization") == desk.organization:
            row["circle"] = "declined"
    registry.save_partnership(partnership=desk.partnership, by=SYSTEM, fields={}, parties=kept)
    assert "Voices of the Block" not in text_of(profile)


def test_a_partnership_that_is_a_draft_again_goes_whole(desk, profile):
    council = desk.make()
    registry.withdraw_partnership(partnership=desk.partnership, by=SYSTEM)
    for report in (profile, council):
        assert "Homes that last" not in text_of(report).replace('"title": "Homes"', "")
        assert "Repairs first." not in text_of(report)
    assert fresh(council).content["partnerships"] == [{"struck": True}]
    assert fresh(council).content["total"] == 1


def test_notes_closed_again_and_an_unpublished_measure_are_redacted(desk):
    meeting = make_meeting(desk.partnership, is_public=True, days=-3)
    rows = [{"question": "Who picks the builder?", "outcome": "The tenants do."}]
    close_meeting(meeting=meeting, by=SYSTEM, fields={"notes_are_public": True}, decisions=rows)
    measure = make_measure("Repairs in time", partnership=desk.partnership, is_published=True)
    made = desk.make()
    assert "The tenants do." in text_of(made)
    assert "Repairs in time" in text_of(made)
    close_meeting(meeting=meeting, by=SYSTEM, fields={"notes_are_public": False})
    assert "The tenants do." not in text_of(made)
    save_measure(measure=measure, by=SYSTEM, fields={"is_published": False})
    assert "Repairs in time" not in text_of(made)


@pytest.mark.parametrize("of", ["itself", "linked"])
def test_a_measure_whose_limit_was_raised_is_redacted(desk, of):
    """An attack that once worked: reports from before kept the numbers of groups that the new limit hides."""
    groups = [{"dimension": "race", "key": key, "name": key.title()} for key in ("black", "white")]
    measure = make_measure("Repairs in time", partnership=desk.partnership, is_published=True, groups=groups)
    enter(measure, y2024=(52, 140))
    enter(measure, "race=black", y2024=(40, 80))
    enter(measure, "race=white", y2024=(12, 60))
    other = make_measure("Repairs", partnership=desk.partnership)
    if of == "linked":
        Measure.objects.update(family=1)
    before, after = desk.make(), {"smallest": measure.smallest + 10}
    report_queries.report_seen(desk.people.editor, before.pk)
    assert "17%" in text_of(before)
    save_measure(measure=Measure.objects.get(pk=(measure if of == "itself" else other).pk), by=SYSTEM, fields=after)
    seen = report_queries.report_seen(desk.people.editor, before.pk)
    assert (seen.is_struck, seen.has_file, "17%" in json.dumps(seen.content)) == (True, False, False)
    if of == "itself":
        assert "17%" not in text_of(before)
    assert "Repairs in time" in text_of(desk.make())


def test_a_person_who_is_erased_goes_from_the_texts(desk):
    person = make_person("rosa@example.org", name="Rosa of the Block")
    statement = "Rosa of the Block (rosa@example.org) said no."
    seat = desk.partnership.parties.get(organization=desk.organization)
    dispute_record(party=seat, by=SYSTEM, words=statement)
    made = desk.make(kind="profile", partnership=desk.partnership, title="Homes")
    assert statement in text_of(made)
    erase_person(person=person, by=person)
    assert "Rosa of the Block" not in text_of(made)
    assert "rosa@example.org" not in text_of(made)
    assert "said no." in text_of(made)
    assert fresh(made).pdf is None


def test_a_person_who_is_erased_is_written_to_no_more_and_asked_for_nothing(desk):
    person = desk.people.reader
    definition = desk.define(mailed_to=[person])
    made = desk.make(definition)
    Report.objects.filter(pk=made.pk).update(asked_by=person)
    assert own_data(person)["reports_mailed"] == ["For the council"]
    assert len(own_data(person)["reports_asked_for"]) == 1
    erase_person(person=person, by=person)
    assert list(definition.mailed_to.all()) == []
    assert fresh(made).asked_by is None


@pytest.mark.unpublished_writes
def test_the_page_checks_again_even_where_nothing_was_redacted(desk, profile):
    """As if something had missed every redaction."""
    Organization.objects.filter(pk=desk.organization.pk).update(listing="unlisted")
    seen = report_queries.report_seen(desk.people.reader, profile.pk)
    assert "Voices of the Block" not in json.dumps(seen.content)
    assert (seen.is_struck, seen.has_file) == (True, False)
    with pytest.raises(NotFound):
        report_queries.file_of(desk.people.reader, profile.pk)
    assert report_redaction.check_all() == 1
    assert "Voices of the Block" not in text_of(profile)


def test_a_name_whose_record_is_gone_is_struck(desk, profile):
    ReportName.objects.filter(report=profile, party__organization=desk.organization).delete()
    seen = report_queries.report_seen(desk.people.reader, profile.pk)
    assert "Voices of the Block" not in json.dumps(seen.content)


def test_what_is_withdrawn_while_it_is_made_never_gets_in(desk, monkeypatch):
    asked, build = reports.request_report(definition=desk.define(), by=SYSTEM), report_work.content_of

    def withdraw_meanwhile(*given):
        built = build(*given)
        unlist(desk.organization)
        return built

    monkeypatch.setattr(report_work, "content_of", withdraw_meanwhile)
    report_work.make_next()
    assert fresh(asked).state == "ready"
    assert "Voices of the Block" not in text_of(asked)
    assert ReportName.objects.filter(party__organization=desk.organization).count() == 0


def test_a_withdrawal_while_the_file_is_made_makes_it_again(desk, monkeypatch):
    asked, draw = reports.request_report(definition=desk.define(), by=SYSTEM), report_work.report_pdf.pdf_of

    def withdraw_meanwhile(report):
        monkeypatch.setattr(report_work.report_pdf, "pdf_of", draw)
        made = draw(report)
        unlist(desk.organization)
        return made

    monkeypatch.setattr(report_work.report_pdf, "pdf_of", withdraw_meanwhile)
    report_work.make_next()
    assert (fresh(asked).state, fresh(asked).pdf) == ("waiting", None)
    report_work.make_next()
    assert fresh(asked).state == "ready"
    assert "Voices of the Block" not in text_of(asked)


def test_an_own_report_loses_a_partnership_that_it_no_longer_sits_in(desk):
    own = desk.make(kind="partner", jurisdiction=None, organization=desk.quiet, eyes="own", title="Ours")
    registry.withdraw_partnership(partnership=desk.partnership, by=SYSTEM)
    assert fresh(own).content["parts"] == [{"struck": True}]


def test_names_are_few_where_nothing_can_be_withdrawn(desk):
    made = desk.make()
    kinds = {
        name for name in ("partnership", "party") if ReportName.objects.filter(report=made).exclude(**{name: None})
    }
    assert kinds == {"partnership", "party"}
    once = 1 + Party.objects.filter(organization=desk.organization).count() + 1
    assert ReportName.objects.filter(report=made).count() == 2 * once  # on the first page, and in the list of all
    assert Report.objects.get(pk=made.pk).names.filter(party__organization=desk.quiet).count() == 0

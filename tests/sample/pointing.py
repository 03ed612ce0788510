"""Real records that refer to a sample record, each in a different way."""

from partnerships.core.access import SYSTEM
from partnerships.insight.expected_seats import expect_seat
from partnerships.measurement.actions import save_result
from partnerships.meetings.meetings import save_meeting
from partnerships.models import Contact, Jurisdiction, Organization, Partnership
from partnerships.reports.actions import save_report
from tests.factories import (
    make_department,
    make_issue_area,
    make_jurisdiction,
    make_measure,
    make_organization,
    make_partnership,
    make_plan,
    make_result,
    party,
)


def strategy():
    return Partnership.objects.get(kind="strategy")


def a_real_party():
    tenants = Organization.objects.get(name="Tenants’ association")
    return make_partnership(parties=[party(tenants, "member")])


def a_real_lead():
    return make_partnership(lead=Jurisdiction.objects.get(is_illustration=True), parties=[party(make_organization())])


def a_real_link():
    return make_partnership(grew_out_of=[strategy()])


def a_real_department():
    return make_department(Jurisdiction.objects.get(name="Seattle"), "Real department")


def a_real_area():
    return make_organization("Real organization", area=[Jurisdiction.objects.get(name="Seattle")])


def a_real_child():
    return make_jurisdiction("Real city", parent=Jurisdiction.objects.get(name="Oregon"))


def a_real_seat():
    meeting = save_meeting(
        by=SYSTEM,
        fields={
            "partnership": make_partnership(),
            "title": "Real meeting",
            "date": strategy().meetings.last().date,
            "time": strategy().meetings.last().time,
            "zone": "America/Chicago",
        },
        participants=[{"contact": Contact.objects.get(email="tenants@example.org")}],
    )
    return meeting.partnership


def a_real_expected_seat():
    office, seattle = make_jurisdiction("Real city"), Jurisdiction.objects.get(name="Seattle")
    fields = {"issue_area": make_issue_area("real_area"), "jurisdiction": seattle, "circle": "decides"}
    expect_seat(office=office, by=SYSTEM, fields=fields)
    return office


def a_real_report():
    office = make_jurisdiction("Real city")
    return save_report(
        by=SYSTEM,
        fields={"kind": "profile", "jurisdiction": office, "partnership": strategy(), "title": "Of the sample"},
    ).jurisdiction


def a_real_result():
    return make_result("Real result", lead=make_jurisdiction("Real city"), partnerships=[strategy()])


def a_real_measure():
    """A measure of a real result that the sample no longer works on."""
    result = a_real_result()
    measure = make_measure("Real measure", result=result, owners=[{"party": strategy().parties.first()}])
    save_result(result=result, by=SYSTEM, fields={"partnerships": []})
    return measure


def a_real_plan():
    outcomes = [{"number": "1", "title": "Real outcome", "partnerships": [strategy()]}]
    return make_plan("Real plan", lead=make_jurisdiction("Real city"), outcomes=outcomes)


POINTING = [a_real_party, a_real_lead, a_real_link, a_real_department, a_real_area, a_real_child, a_real_seat]
POINTING += [a_real_expected_seat, a_real_report, a_real_result, a_real_measure, a_real_plan]

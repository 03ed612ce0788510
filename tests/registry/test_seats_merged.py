"""Seat confirmations when records are merged or split, and when a partnership becomes organizing."""

from datetime import timedelta
from itertools import product

import pytest

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.models import Confirmation, Party, Remark, Reply, SeatConsent
from partnerships.records.merging import merge, undo_merge
from partnerships.records.splitting import split
from partnerships.registry.actions import save_partnership
from partnerships.registry.choices import SeatState
from partnerships.registry.consent import confirm_seat, decline_seat, withdraw_from_seat
from tests.factories import make_department, make_jurisdiction, make_organization, make_partnership, party

pytestmark = pytest.mark.django_db
STRICTEST = ("declined", "withdrawn", "recorded", "invited", "confirmed")


class Pair:
    """Two records of one organization, both in one partnership."""

    def __init__(self, people, listings=("named", "named")):
        self.people = people
        self.kept = make_organization("Harbor Tenants", listings[0], kept_by=people.office)
        self.lost = make_organization("Harbour Tenants", listings[1], kept_by=people.office)
        rows = [party(people.office, "lead", circle="decides")]
        rows += [party(one, circle="decides") for one in (self.kept, self.lost)]
        self.record = make_partnership("Homes", lead=people.office, parties=rows, confirmed=False)

    def seat(self, organization):
        seats = self.record.parties.select_related("partnership", "department", "organization")
        return seats.get(organization=organization)

    def merge(self):
        return merge(kept=self.kept, lost=self.lost, by=SYSTEM, versions=(None, None))

    def figures(self, client):
        return client.get(f"/partnerships/{self.record.public_id}/").content.decode().replace("&#x27;", "'")


def say_no(seat, state):
    """Decline a seat, or confirm and then withdraw from it."""
    if state == "declined":
        decline_seat(party=seat, by=SYSTEM)
    else:
        withdraw_from_seat(party=confirm_seat(party=seat, by=SYSTEM), by=SYSTEM)


@pytest.mark.slow
@pytest.mark.both
@pytest.mark.unpublished_writes
def test_the_stricter_of_two_answers_wins_and_an_undo_separates_them(people):
    pair, wrong = Pair(people), []
    for kept_state, lost_state in product(SeatState.values, repeat=2):
        Party.objects.filter(pk=pair.seat(pair.kept).pk).update(state=kept_state)
        Party.objects.filter(pk=pair.seat(pair.lost).pk).update(state=lost_state)
        made = pair.merge()
        if pair.seat(pair.kept).state != min(kept_state, lost_state, key=STRICTEST.index):
            wrong.append((kept_state, lost_state, pair.seat(pair.kept).state))
        pair.lost = undo_merge(merge=made, kept=pair.kept, by=SYSTEM)
        pair.kept.refresh_from_db()
        if (pair.seat(pair.kept).state, pair.seat(pair.lost).state) != (kept_state, lost_state):
            wrong.append((kept_state, lost_state, "apart"))
    assert wrong == []


def test_a_no_outlives_a_later_yes_of_the_other_record(people):
    pair = Pair(people)
    decline_seat(party=pair.seat(pair.kept), by=SYSTEM)
    confirm_seat(party=pair.seat(pair.lost), by=SYSTEM)
    made = pair.merge()
    rows = [party(people.office), party(pair.kept)]
    save_partnership(partnership=pair.record, by=SYSTEM, fields={}, parties=rows[:1])
    save_partnership(partnership=pair.record, by=SYSTEM, fields={}, parties=rows)
    assert pair.seat(pair.kept).state == "declined"
    assert SeatConsent.objects.filter(organization=pair.kept).count() == 3
    assert SeatConsent.objects.first().way == "merge"
    assert made.lost_name == "Harbour Tenants"


SAYS = ("", "confirmed", "disputed")


@pytest.mark.slow
@pytest.mark.unpublished_writes
@pytest.mark.parametrize("first", ["kept", "lost"])
def test_a_merged_partner_confirms_the_record_only_if_both_did_and_disputes_it_if_either_does(people, first):
    """An office can't merge a partner that disputes its record with one that confirms it."""
    pair, wrong = Pair(people), []
    for mine, theirs in product(SAYS, repeat=2):
        seats = {"kept": (pair.seat(pair.kept), mine), "lost": (pair.seat(pair.lost), theirs)}
        for n, name in enumerate(sorted(seats, key=lambda name: name != first)):
            seat, verdict = seats[name]
            if verdict:
                at = clock.now() - timedelta(days=2 - n)
                words = f"Words of {name}" if verdict == "disputed" else ""
                Confirmation.objects.create(party=seat, verdict=verdict, words=words, fingerprint="x", at=at)
        before = [*Confirmation.objects.order_by("pk").values_list("pk", "party", "verdict", "words")]
        made, expected = pair.merge(), "disputed" if "disputed" in (mine, theirs) else ""
        last = Confirmation.objects.filter(party=pair.seat(pair.kept)).first()
        if (last.verdict if last else "") != (mine if mine == theirs else expected):
            wrong.append((mine, theirs, last and last.verdict))
        pair.lost = undo_merge(merge=made, kept=pair.kept, by=SYSTEM)
        pair.kept.refresh_from_db()
        if [*Confirmation.objects.order_by("pk").values_list("pk", "party", "verdict", "words")] != before:
            wrong.append((mine, theirs, "apart"))
        Confirmation.objects.all().delete()
    assert wrong == []


@pytest.mark.parametrize("hidden", ["kept", "lost"])
@pytest.mark.parametrize("circle", ["", "decides"])
def test_a_partner_isnt_hidden_by_a_record_that_only_the_office_knows_of(client, people, hidden, circle):
    pair = Pair(people)
    named = pair.lost if hidden == "kept" else pair.kept
    confirm_seat(party=pair.seat(named), by=SYSTEM)
    Party.objects.filter(pk=pair.seat(named).pk).update(circle=circle)
    Party.objects.filter(pk=pair.seat(getattr(pair, hidden)).pk).update(circle="not_approached", state="confirmed")
    made = pair.merge()
    assert (pair.seat(pair.kept).circle, pair.seat(pair.kept).state) == (circle, "confirmed")
    assert "Harbor Tenants" in pair.figures(client)
    pair.lost = undo_merge(merge=made, kept=pair.kept, by=SYSTEM)
    assert {pair.seat(named).circle, pair.seat(getattr(pair, hidden)).circle} == {circle, "not_approached"}


def test_a_confirmation_that_a_merge_ended_doesnt_return_with_the_partner(people):
    pair = Pair(people)
    Confirmation.objects.create(party=pair.seat(pair.kept), verdict="confirmed", fingerprint="x", at=clock.now())
    pair.merge()
    for rows in ([], [party(pair.kept)]):
        save_partnership(partnership=pair.record, by=SYSTEM, fields={}, parties=[party(people.office), *rows])
    assert Confirmation.objects.filter(party=pair.seat(pair.kept)).count() == 0


def test_a_reply_to_the_lead_agency_is_kept_by_a_merge_whichever_record_wrote_it(people):
    pair, now = Pair(people), clock.now().replace(microsecond=0)
    remark = Remark.objects.create(partnership=pair.record, text="It goes well.", shown_at=now, public_on=now.date())
    Reply.objects.create(remark=remark, party=pair.seat(pair.kept), invited_at=now)
    Reply.objects.create(remark=remark, party=pair.seat(pair.lost), invited_at=now, at=now, text="Not for us.")
    made = pair.merge()
    assert [*Reply.objects.values_list("text", "at")] == [("Not for us.", now)]
    undo_merge(merge=made, kept=pair.kept, by=SYSTEM)
    assert [*Reply.objects.order_by("party").values_list("text", "at")] == [("", None), ("Not for us.", now)]


def test_undoing_a_merge_leaves_each_its_own_answers(people):
    pair = Pair(people)
    decline_seat(party=pair.seat(pair.kept), by=SYSTEM)
    confirm_seat(party=pair.seat(pair.lost), by=SYSTEM)
    lost = undo_merge(merge=pair.merge(), kept=pair.kept, by=SYSTEM)
    rows = SeatConsent.objects.order_by("pk").values_list("organization", "state", "way")
    assert list(rows) == [(pair.kept.pk, "declined", "account"), (lost.pk, "confirmed", "account")]


@pytest.mark.parametrize(("state", "unnamed"), [("declined", ""), ("withdrawn", "withheld")])
def test_a_no_holds_for_the_other_record_after_the_seat_was_removed(people, state, unnamed):
    """An office removes the partner that said no, names a second record of it, and merges the two."""
    pair = Pair(people)
    say_no(pair.seat(pair.lost), state)
    save_partnership(partnership=pair.record, by=SYSTEM, fields={}, parties=[party(people.office), party(pair.kept)])
    made = pair.merge()
    assert (pair.seat(pair.kept).state, pair.seat(pair.kept).unnamed) == (state, unnamed)
    undo_merge(merge=made, kept=pair.kept, by=SYSTEM)
    assert (pair.seat(pair.kept).state, pair.seat(pair.kept).unnamed) == ("recorded", "")


@pytest.mark.parametrize(("may_count", "unnamed"), [(True, "counted"), (False, "withheld")])
def test_a_withdrawal_of_one_record_is_one_of_both(people, may_count, unnamed):
    pair = Pair(people)
    confirm_seat(party=pair.seat(pair.kept), by=SYSTEM)
    confirm_seat(party=pair.seat(pair.lost), by=SYSTEM)
    withdraw_from_seat(party=pair.seat(pair.lost), by=SYSTEM, may_count=may_count)
    pair.merge()
    seat = pair.seat(pair.kept)
    assert (seat.state, seat.unnamed) == ("withdrawn", unnamed)


def test_a_partner_that_is_merged_into_an_unlisted_record_is_not_lost_in_silence(client, people):
    pair = Pair(people, ("unlisted", "named"))
    other = make_partnership("Other", lead=people.office, parties=[party(people.office), party(pair.lost)])
    pair.merge()
    seat = other.parties.get(organization=pair.kept)
    assert seat.unnamed == "withheld"
    page = client.get(f"/partnerships/{other.public_id}/").content.decode()
    assert "Not all partners are listed." in page


def test_a_partner_that_is_split_off_takes_its_answers_along(people):
    pair = Pair(people)
    confirm_seat(party=pair.seat(pair.kept), by=SYSTEM)
    going = {"parties": [pair.seat(pair.kept).pk]}
    new = split(record=pair.kept, by=SYSTEM, version=None, name="Harbor Tenants North", going=going)
    (kept,) = SeatConsent.objects.all()
    assert (kept.organization, pair.seat(new).state, pair.seat(new).unnamed) == (new, "confirmed", "withheld")


@pytest.mark.parametrize("state", ["declined", "withdrawn"])
def test_an_office_splits_no_seat_off_whose_holder_said_no(people, state):
    """Otherwise the partner could be added again as if it had never answered."""
    pair = Pair(people)
    seat = pair.seat(pair.kept)
    say_no(seat, state)
    pair.kept.refresh_from_db()
    with pytest.raises(ValidationError, match="Check what belongs"):
        split(record=pair.kept, by=people.editor, version=None, name="Elsewhere", going={"parties": [seat.pk]})
    assert pair.seat(pair.kept).state == state


@pytest.mark.both
def test_a_partnership_that_becomes_organizing_asks_again(client, people):
    county, department = make_jurisdiction("Ramsey County", "county"), make_department(people.office)
    group = make_organization("Harbor Tenants", "named")
    rows = [party(body, circle="decides") for body in (people.office, department, county, group)]
    record = make_partnership("Homes", lead=people.office, parties=rows, confirmed=False)
    for one in record.parties.filter(jurisdiction=county) | record.parties.filter(organization=group):
        confirm_seat(party=one, by=SYSTEM)
    save_partnership(partnership=record, by=people.editor, fields={"kind": "organizing"})
    states = dict(record.parties.values_list("position", "state"))
    assert states == {0: "recorded", 1: "recorded", 2: "recorded", 3: "recorded"}
    assert set(SeatConsent.objects.filter(way="kind").values_list("organization", "jurisdiction")) == {
        (group.pk, None),
        (None, county.pk),
    }
    page = client.get(f"/partnerships/{record.public_id}/").content.decode().replace("&#x27;", "'")
    assert "Harbor Tenants" not in page
    assert "We don’t show how many seats the community holds here" in page
    confirm_seat(party=record.parties.get(organization=group), by=SYSTEM)
    page = client.get(f"/partnerships/{record.public_id}/").content.decode()
    assert "Harbor Tenants" in page
    assert "The community holds 1 of 4 seats" in page


@pytest.mark.parametrize("at_once", [True, False])
def test_a_former_partner_is_asked_again_too(client, people, at_once):
    """An office removes a partner, makes the partnership organizing, and adds the partner again."""
    group = make_organization("Harbor Tenants", "named")
    rows = [party(people.office), party(group)]
    record = make_partnership("Homes", lead=people.office, parties=rows, confirmed=False)
    confirm_seat(party=record.parties.get(organization=group), by=SYSTEM)
    becomes = [{"fields": {"kind": "organizing"}, "parties": rows[:1]}] if at_once else []
    becomes = becomes or [{"fields": {}, "parties": rows[:1]}, {"fields": {"kind": "organizing"}}]
    for change in (*becomes, {"fields": {}, "parties": rows}):
        save_partnership(partnership=record, by=people.editor, **change)
    assert record.parties.get(organization=group).state == "recorded"
    assert "Harbor Tenants" not in client.get(f"/partnerships/{record.public_id}/").content.decode()


def test_another_change_of_the_record_asks_no_one_again(people):
    record = make_partnership("Homes", lead=people.office, parties=[party(people.office), party(people.organization)])
    for fields in ({"title": "Homes for all"}, {"kind": "advisory_body"}, {"kind": "advisory_body"}):
        save_partnership(partnership=record, by=SYSTEM, fields=fields)
    assert list(record.parties.values_list("state", flat=True)) == ["confirmed", "confirmed"]
    assert SeatConsent.objects.count() == 0

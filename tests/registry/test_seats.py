"""Rights that come with a seat: each exists while the seat is held, and ends with every reason that can end it.

Add a new rule that depends on a seat to RIGHTS. A test finds rules in the source that are missing here.
"""

import ast
from itertools import product
from pathlib import Path

import pytest

from partnerships.assessment.rules import (
    agrees_for,
    may_read_round_history,
    may_start_round,
    own_sides_of,
    rounds_visible_to,
    starts_for,
)
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.directory.rules import contacts_visible_to, fields_shown
from partnerships.insight.network_rules import network_visible_to
from partnerships.insight.rules import expected_seats_visible_to
from partnerships.measurement.activity_queries import parties_with_gains_to_record
from partnerships.measurement.rules import (
    activities_visible_to,
    gains_visible_to,
    may_interpret_for,
    may_see_overdue,
    may_supply,
    may_write_gain,
    measures_visible_to,
    results_visible_to,
)
from partnerships.meetings.queries import invited_people
from partnerships.meetings.rules import actions_visible_to, meetings_visible_to, meetings_without_link_shown
from partnerships.models import Contact, Organization, Partnership, Party, Person
from partnerships.registry import seats
from partnerships.registry.actions import save_partnership
from partnerships.registry.choices import Circle, SeatState
from partnerships.registry.consent import confirm_seat, decline_seat
from partnerships.registry.representatives import belongs_to
from partnerships.registry.rules import (
    held_seat_ids,
    may_answer_seat,
    may_edit_note,
    may_edit_own_part,
    may_make_statement,
    may_speak_for,
    own_parties_of,
    own_partnership_ids,
    own_party_ids,
    parties_visible_to,
    remarks_visible_to,
    seated_partnership_ids,
)
from tests.factories import in_days, make_department, make_jurisdiction, make_organization, make_partnership, party
from tests.posting import taken_back
from tests.snapshots import snapshot_of
from tests.world import World

pytestmark = pytest.mark.django_db


class Scene:
    """The partner's organization has a seat with the office and another organization, with everything that a seat opens."""

    def __init__(self, people):
        world = snapshot_of(World, people)
        self.world, self.table = world, world["with the partner"]
        self.seat = self.table.parties.get(organization=people.organization)
        Organization.objects.filter(pk=people.organization.pk).update(listing="unlisted")
        self.other = make_organization("Open desk", "profiled", kept_by=people.other_office)
        Organization.objects.filter(pk=self.other.pk).update(
            address="1 Main Street", open_fields={"address": "partners"}
        )
        self.desk = Contact.objects.create(organization=self.other, name="Desk", visible_to="partners")
        Party.objects.create(
            partnership=self.table, organization=self.other, side="community", state="confirmed", position=9
        )
        Person.objects.filter(pk=people.partner.pk).update(is_active=True)


def has(rule, name):
    return lambda person, scene, seat: scene.world[name] in rule(person)


def street_shown(person, scene, seat):
    other = Organization.objects.get(pk=scene.other.pk)
    return "address" in fields_shown(person, [other])[other.pk]


# Rights of a confirmed seat. All are held by the organization's editor.
READS = {
    "rounds_visible_to": has(rounds_visible_to, "open round"),
    "may_read_round_history": lambda person, scene, seat: may_read_round_history(person, scene.world["open round"]),
    "own_sides_of": lambda person, scene, seat: bool(own_sides_of(person, scene.world["open round"])),
    "results_visible_to": has(results_visible_to, "inner result"),
    "measures_visible_to": has(measures_visible_to, "inner measure"),
    "activities_visible_to": has(activities_visible_to, "partner's activity"),
    "gains_visible_to": has(gains_visible_to, "gain"),
    "expected_seats_visible_to": has(expected_seats_visible_to, "expected seat"),
    "network_visible_to": lambda person, scene, seat: (
        network_visible_to(person, with_scores=True).filter(pk=seat.pk).exists()
    ),
    "held_seat_ids": lambda person, scene, seat: Party.objects.filter(
        pk=seat.pk, pk__in=held_seat_ids(person)
    ).exists(),
    "seated_partnership_ids": lambda person, scene, seat: Partnership.objects.filter(
        pk=seat.partnership_id, pk__in=seated_partnership_ids(person)
    ).exists(),
    "may_see_overdue": lambda person, scene, seat: may_see_overdue(person, scene.world["inner measure"]),
    "invited_people": lambda person, scene, seat: bool(invited_people(person, scene.world["meeting of the partner"])),
}
PARTNERS = {
    "contacts_visible_to": lambda person, scene, seat: scene.desk in contacts_visible_to(person),
    "fields_shown": street_shown,
}
WRITES = {
    "may_start_round": lambda person, scene, seat: may_start_round(person, seat.partnership),
    "starts_for": lambda person, scene, seat: starts_for(person, seat.partnership) == seat,
    "agrees_for": lambda person, scene, seat: agrees_for(person, scene.world["open round"]) == [seat],
    "may_edit_own_part": lambda person, scene, seat: may_edit_own_part(person, seat),
    "may_write_gain": lambda person, scene, seat: may_write_gain(person, seat),
    "parties_with_gains_to_record": lambda person, scene, seat: bool(
        parties_with_gains_to_record(person, seat.partnership)
    ),
    "may_supply": lambda person, scene, seat: may_supply(person, scene.world["inner measure"]),
    "may_interpret_for": lambda person, scene, seat: bool(may_interpret_for(person, scene.world["inner measure"])),
}
# Rights of a named partner before it confirms: to be told, to answer, and what the lead agency gave it by name.
NAMED_READS = {
    "parties_visible_to": lambda person, scene, seat: seat in parties_visible_to(person),
    "own_parties_of": lambda person, scene, seat: seat in own_parties_of(person),
    "own_party_ids": lambda person, scene, seat: Party.objects.filter(
        pk=seat.pk, pk__in=own_party_ids(person)
    ).exists(),
    "own_partnership_ids": lambda person, scene, seat: Partnership.objects.filter(
        pk=seat.partnership_id, pk__in=own_partnership_ids(person)
    ).exists(),
    "remarks_visible_to": lambda person, scene, seat: (
        scene.world["statement"] in remarks_visible_to(person, clock.today())
    ),
    "meetings_visible_to": has(meetings_visible_to, "meeting of the partner"),
    "meetings_without_link_shown": has(meetings_without_link_shown, "meeting of the partner"),
    "actions_visible_to": has(actions_visible_to, "partner's action"),
    "belongs_to": lambda person, scene, seat: belongs_to(person, seat.partnership, clock.today()),
}
NAMED_WRITES = {
    "may_make_statement": lambda person, scene, seat: may_make_statement(person, seat),
    "may_edit_note": lambda person, scene, seat: may_edit_note(person, seat),
    "may_answer_seat": lambda person, scene, seat: may_answer_seat(person, seat),
}
RIGHTS = READS | PARTNERS | WRITES | NAMED_READS | NAMED_WRITES
# These depend on who speaks for an organization, with or without a seat. The rules that use them are in the table.
OF_BODIES = {"may_speak_for"}


def of_seat(**fields):
    return lambda scene, people: Party.objects.filter(pk=scene.seat.pk).update(**fields)


def of_table(**fields):
    return lambda scene, people: Partnership.objects.filter(pk=scene.table.pk).update(**fields)


def of_person(**fields):
    return lambda scene, people: Person.objects.filter(pk=people.partner.pk).update(**fields)


ALL = set(RIGHTS)
# Reason → (what happens, the rights that end). The editor of a declined or withdrawn seat can take it again, so only
# the right to answer stays.
ENDS = {
    "the party left": (of_seat(ends_on=in_days(-1)), ALL - {"may_answer_seat"}),
    "it has not begun": (of_seat(starts_on=in_days(3)), {*READS, *PARTNERS, *WRITES}),
    "the seat was never confirmed": (of_seat(state="recorded"), {*READS, *PARTNERS, *WRITES}),
    "the seat is only invited": (of_seat(state="invited"), {*READS, *PARTNERS, *WRITES}),
    "the seat was declined": (of_seat(state="declined"), ALL - {"may_answer_seat"}),
    "the organization withdrew": (of_seat(state="withdrawn"), ALL - {"may_answer_seat"}),
    "the office says it declined": (of_seat(circle="declined"), ALL),
    "the person was removed": (lambda scene, people: people.partner.memberships.all().delete(), ALL),
    "the person became a reader": (
        lambda scene, people: people.partner.memberships.update(role="reader"),
        {*WRITES, *NAMED_WRITES},
    ),
    "the person is suspended": (of_person(is_active=False), ALL - {"belongs_to"}),
    "the partnership has ended": (of_table(status="ended"), {*PARTNERS, "may_start_round"}),
    "the partnership is a draft again": (
        of_table(is_published=False),
        ALL - {"belongs_to"},
    ),
}


def rights_held(people, scene):
    """Return the rights that the partner's editor has at the next request."""
    person = Person.objects.get(pk=people.partner.pk)
    rows = Party.objects.select_related("partnership__lead", "organization", "department")
    return {name for name, right in RIGHTS.items() if right(person, scene, rows.get(pk=scene.seat.pk))}


@pytest.mark.slow
@pytest.mark.both
@pytest.mark.unpublished_writes
def test_each_right_of_a_seat_ends_with_its_reason(people):
    scene, left = Scene(people), {}
    assert rights_held(people, scene) == ALL
    for reason, (end, _) in ENDS.items():
        with taken_back():
            end(scene, people)
            left[reason] = rights_held(people, scene)
    assert left == {reason: ALL - ended for reason, (_, ended) in ENDS.items()}


@pytest.mark.slow
@pytest.mark.both
@pytest.mark.unpublished_writes
def test_a_seat_that_ends_within_a_request_is_gone_from_nested_rules(people):
    """They keep their SQL on the person object, never their rows."""
    scene, person = Scene(people), Person.objects.get(pk=people.partner.pk)
    nested = (own_party_ids, held_seat_ids)
    assert all(Party.objects.filter(pk=scene.seat.pk, pk__in=ids(person)).exists() for ids in nested)
    of_seat(state="declined")(scene, people)
    assert not any(Party.objects.filter(pk=scene.seat.pk, pk__in=ids(person)).exists() for ids in nested)


def test_no_rule_that_asks_for_a_seat_is_missing_here():
    """Functions of the rule modules that depend on a seat, directly or through another rule."""
    asks = {
        "seats_held_by",
        "own_parties_of",
        "fellow_parties",
        "may_edit_own_part",
        "may_make_statement",
        "is_at_table",
        "is_seated",
        "at_table",
        "holds_seat",
        "AT_WORK",
    }
    names = {}
    for path in Path(seats.__file__).parent.parent.rglob("*rules.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                names[node.name] = _named_in(node)
    asking, found = set(), set(asks)
    while found - asking:
        asking |= found
        found = {name for name, used in names.items() if used & asking}
    public = {name for name in asking & names.keys() if not name.startswith("_")}
    assert sorted(public - ALL - OF_BODIES - ELSEWHERE.keys()) == []


def _named_in(function) -> set[str]:
    """The last names of everything that it calls or reads, however that is written."""
    read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return read | {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}


def test_rules_that_are_asked_for_elsewhere_are_named_in_a_test_there():
    root, wrong = Path(__file__).parents[2], []
    for name, place in ELSEWHERE.items():
        path, _, test = place.partition("::")
        tree = ast.parse((root / "tests" / path).read_text())
        tests = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == test]
        if not tests:
            wrong.append(f"{name}: there is no {place}")
    assert wrong == []


# Rules that need another record or combine the rights above, with their tests.
ELSEWHERE = {
    "answers_check_in": "meetings/test_check_ins.py::test_a_partner_that_left_reads_no_more_of_its_check_ins",
    "askable_parties": "assessment/test_respondent_lists.py::test_a_sham_organization_that_never_agreed_is_not_asked",
    "cancel_role": "assessment/test_canceling.py::test_a_partner_that_has_left_neither_cancels_nor_moves_nor_agrees",
    "hidden_parties_of": "registry/test_name_withholding.py::test_who_reads_the_name_of_a_partner_where",
    "is_partner": "registry/test_seats.py::test_a_sham_partnership_opens_nothing",
    "lost_reason": "assessment/test_respondent_lists.py::test_a_side_that_dissolves_mid_round_loses_nothing_in_silence",
    "may_agree_to_publish": "assessment/test_publishing.py::test_only_a_partners_own_editors_agree_to_publish",
    "may_record_for": "assessment/test_recording.py::test_a_colleague_of_their_own_side_records_for_them",
    "notes_visible_to": "meetings/test_closing.py::test_who_may_read_the_notes",
    "other_parties": "assessment/test_ties.py::test_no_one_answers_about_a_partner_that_left_or_about_their_own",
    "is_owned_by": "meetings/test_action_items.py::test_a_draft_gives_nothing_away_and_those_who_left_see_nothing",
    "owned_by": "meetings/test_action_items.py::test_a_draft_gives_nothing_away_and_those_who_left_see_nothing",
    "owners_spoken_for": "measurement/test_interpretations.py::test_a_party_that_owns_it_no_more_says_nothing",
    "sides_held_by": "assessment/test_entered_organizations.py::test_who_also_belongs_to_the_city_does_not_vouch",
    "fellow_parties": "registry/test_seats.py::test_a_sham_partnership_opens_nothing",
    "partners_of_side": "assessment/test_canceling.py::test_a_partner_whose_seat_ended_since_counts_as_silent",
    "portfolio_places_visible_to": "assessment/test_portfolios.py::test_a_partner_may_ask_where_it_sits_and_readers_may_nowhere",
    "portfolios_visible_to": "assessment/test_portfolios.py::test_a_partner_may_ask_where_it_sits_and_readers_may_nowhere",
    "interpretations_visible_to": "measurement/test_rules.py::test_what_is_not_published_is_for_the_office_and_the_table",
    "seats_held_by": "registry/test_seats.py::test_each_right_of_a_seat_ends_with_its_reason",
    "sides_at_table": "assessment/test_respondent_lists.py::test_a_double_member_neither_answers_nor_names",
    "startable_by": "registry/test_seats.py::test_each_right_of_a_seat_ends_with_its_reason",
    "unnamed_seats": "registry/test_name_withholding.py::test_who_reads_the_name_of_a_partner_where",
    "with_link_shown": "meetings/test_meeting_link.py::test_who_was_asked_for_a_partner_loses_it_with_the_seat",
}


@pytest.mark.slow
@pytest.mark.both
@pytest.mark.unpublished_writes
def test_one_party_is_judged_as_the_database_judges_it(people):
    lead, other = people.office, make_jurisdiction("Ramsey County", "county")
    bodies = [lead, other, people.organization, make_department(lead), make_department(other)]
    record = make_partnership(lead=lead, parties=[party(body) for body in bodies])
    today = clock.today()
    days = [(None, None), (in_days(1), None), (in_days(0), in_days(0)), (None, in_days(-1)), (in_days(-9), in_days(5))]
    wrong, tried = [], 0
    for state, circle, (starts_on, ends_on) in product(SeatState.values, ["", *Circle.values], days):
        record.parties.update(state=state, circle=circle, starts_on=starts_on, ends_on=ends_on)
        for rule, judge in ((seats.at_table(), seats.is_at_table), (seats.holds_seat(), seats.is_seated)):
            found = set(record.parties.filter(rule).values_list("pk", flat=True))
            rows = record.parties.select_related("partnership", "department")
            if found != {one.pk for one in rows if judge(one, today)}:
                wrong.append((state, circle, starts_on, ends_on))
            tried += 1
    assert (wrong, tried) == ([], 5 * 7 * 5 * 2)


def test_a_sham_partnership_opens_nothing(people):
    """Another office names a listed organization as its partner and tries to read what it shows to partners."""
    listed = make_organization("Open desk", "profiled", address="1 Main Street", open_fields={"address": "partners"})
    desk = Contact.objects.create(organization=listed, name="Desk", visible_to="partners")
    sham = make_partnership(
        lead=people.other_office, parties=[party(people.other_office, "lead"), party(listed)], confirmed=False
    )
    assert sham.is_published
    assert desk not in contacts_visible_to(people.other_editor)
    assert "address" not in fields_shown(people.other_editor, [listed])[listed.pk]
    confirm_seat(party=sham.parties.get(organization=listed), by=SYSTEM)
    assert desk in contacts_visible_to(people.other_editor)
    assert "address" in fields_shown(people.other_editor, [listed])[listed.pk]


def test_what_an_unlisted_partner_shows_to_partners_is_not_for_those_who_may_not_know_of_it(people):
    """At a table of others, only the office that leads it knows of an unlisted organization, even one that said yes."""
    quiet = make_organization("Quiet desk", "unlisted")
    desk = Contact.objects.create(organization=quiet, name="Desk", visible_to="partners")
    rows = [party(people.office, "lead"), party(quiet), party(people.other_office), party(people.organization)]
    make_partnership(lead=people.office, parties=rows)
    for person, knows in ((people.editor, True), (people.other_editor, False), (people.partner, False)):
        assert (desk in contacts_visible_to(person)) == knows
    save_organization(organization=quiet, by=SYSTEM, fields={"listing": "named", "listing_source": "A report"})
    assert desk in contacts_visible_to(Person.objects.get(pk=people.partner.pk))


def test_saving_a_record_never_answers_for_a_partner(people):
    record = make_partnership(
        lead=people.office, parties=[party(people.office), party(people.organization)], confirmed=False
    )
    rows = [party(people.office), party(people.organization, state="confirmed", consented_on=in_days(-1))]
    save_partnership(partnership=record, by=people.editor, fields={}, parties=rows)
    assert list(record.parties.values_list("state", flat=True)) == ["recorded", "recorded"]


def test_a_no_is_remembered_when_a_partner_is_removed_and_added_again(people):
    record = make_partnership(
        lead=people.office, parties=[party(people.office), party(people.organization)], confirmed=False
    )
    decline_seat(party=record.parties.get(organization=people.organization), by=people.partner)
    save_partnership(partnership=record, by=people.editor, fields={}, parties=[party(people.office)])
    rows = [party(people.office), party(people.organization)]
    save_partnership(partnership=record, by=people.editor, fields={}, parties=rows)
    assert record.parties.get(organization=people.organization).state == "declined"
    assert may_speak_for(people.partner, record.parties.get(organization=people.organization))

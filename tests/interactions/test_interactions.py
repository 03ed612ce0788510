"""Interactions: who reads, changes and adds to them, what is refused, and who follows up after someone leaves."""

import pytest

from partnerships.accounts.member_actions import leave_to, remove_member
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.interactions.actions import add_remark, finish_follow_up, save_interaction
from partnerships.interactions.queries import follow_ups_due, latest_about
from partnerships.interactions.rules import interactions_visible_to
from partnerships.models import Change, Contact, Interaction, Person
from partnerships.records import retention
from tests.factories import in_days, make_organization, make_partnership

pytestmark = pytest.mark.django_db


def log(people, by=SYSTEM, **fields):
    values = {"office": people.office, "organization": people.organization, "date": in_days(-1), "summary": "Called"}
    return save_interaction(by=by, fields=values | fields)


def readers(people):
    return {name for name, person in people.as_roles().items() if interactions_visible_to(person).exists()}


def refused(problem):
    return {field: [error.code for error in errors] for field, errors in problem.value.error_dict.items()}


def test_its_office_reads_it_and_no_other(people):
    log(people, by=people.editor)
    assert readers(people) == {"editor", "reader", "administrator"}


def test_the_other_side_reads_what_is_shared(people):
    log(people, by=people.editor, is_shared=True)
    assert readers(people) == {"editor", "reader", "administrator", "partner"}


@pytest.mark.parametrize("who", ["reader", "other_editor", "partner", "stranger", "administrator"])
def test_only_editors_of_the_office_log_for_it(people, who):
    with pytest.raises(NotAllowed):
        log(people, by=getattr(people, who))
    assert not Interaction.objects.exists()


def test_who_logged_it_is_kept_and_a_stale_save_is_refused(people):
    made = log(people, by=people.editor)
    assert (made.logged_by, made.version) == (people.editor, 1)
    save_interaction(interaction=made, by=people.editor, fields={"text": "More"}, version=1)
    with pytest.raises(EditConflict):
        save_interaction(interaction=made, by=people.editor, fields={"text": "Other"}, version=1)


def test_what_is_wrong_is_said_at_once_by_field(people):
    other = Contact.objects.create(organization=make_organization("Choir"), name="Choir desk")
    wrong = {"date": in_days(2), "contacts": [other], "staff": [people.other_editor], "follow_up_by": people.partner}
    with pytest.raises(ValidationError) as problem:
        log(people, by=people.editor, **wrong)
    assert refused(problem) == {
        "date": ["future"],
        "contacts": ["other_contact"],
        "staff": ["not_in_office"],
        "follow_up_by": ["not_in_office"],
        "follow_up_on": ["required"],
    }
    assert not Interaction.objects.exists()


def test_texts_have_limits_and_a_follow_up_comes_after_the_call(people):
    with pytest.raises(ValidationError) as problem:
        log(people, text="x" * 5001)
    assert list(problem.value.error_dict) == ["text"]
    with pytest.raises(ValidationError) as problem:
        log(people, follow_up_on=in_days(-3))
    assert refused(problem) == {"follow_up_on": ["before"]}


def test_what_an_editor_cannot_see_stays(people):
    """A contact and a draft of others that SYSTEM recorded are kept when an editor saves."""
    hidden = Contact.objects.create(organization=people.organization, name="Own desk", visible_to="staff")
    draft = make_partnership(lead=people.other_office, published=False)
    made = log(people, contacts=[hidden], partnerships=[draft])
    save_interaction(interaction=made, by=people.editor, fields={"contacts": [], "partnerships": []})
    assert ([*made.contacts.all()], [*made.partnerships.all()]) == ([hidden], [draft])


def test_a_follow_up_is_for_its_person_or_for_everyone_in_the_office_until_it_is_done(people):
    own = log(people, follow_up_on=in_days(3), follow_up_by=people.editor)
    open_to_all = log(people, follow_up_on=in_days(2))
    assert follow_ups_due(people.editor, until=in_days(3), most=9) == [open_to_all, own]
    assert follow_ups_due(people.reader, until=in_days(3), most=9) == [open_to_all]
    assert follow_ups_due(people.other_editor, until=in_days(3), most=9) == []
    finish_follow_up(interaction=own, by=people.editor)
    assert follow_ups_due(people.editor, until=in_days(3), most=9) == [open_to_all]
    save_interaction(interaction=own, by=people.editor, fields={"follow_up_on": in_days(4)})
    own.refresh_from_db()
    assert own.followed_up_on is None


def test_both_sides_add_remarks_to_what_is_shared(people):
    inner, shared = log(people), log(people, is_shared=True)
    for person in (people.editor, people.partner):
        add_remark(interaction=shared, by=person, text="Thank you")
        with pytest.raises(NotAllowed):
            add_remark(interaction=inner, by=person, text="Thank you")
    with pytest.raises(NotAllowed):
        add_remark(interaction=shared, by=people.reader, text="Thank you")
    assert [one.is_from_office for one in shared.remarks.all()] == [True, False]


def test_the_other_side_learns_nothing_of_a_follow_up(people):
    made = log(people, is_shared=True)
    stamp = made.stamp
    save_interaction(interaction=made, by=people.editor, fields={"follow_up_on": in_days(3)})
    made.refresh_from_db()
    assert (made.version, made.public_version, made.stamp) == (2, 1, stamp)
    save_interaction(interaction=made, by=people.editor, fields={"text": "What we agreed"})
    made.refresh_from_db()
    assert (made.version, made.public_version) == (3, 2)


def test_the_last_ones_about_a_partnership_come_latest_first(people):
    partnership = make_partnership(lead=people.office)
    first = log(people, date=in_days(-9), partnerships=[partnership])
    last = log(people, partnerships=[partnership])
    log(people)
    assert latest_about(people.editor, partnership) == [last, first]
    assert latest_about(people.partner, partnership) == []


@pytest.mark.parametrize("follows", ["reader", ""])
def test_open_follow_ups_pass_to_who_follows_in_the_office(people, follows):
    made = log(people, follow_up_on=in_days(3), follow_up_by=people.editor)
    membership, successor = people.editor.memberships.get(), getattr(people, follows) if follows else None
    leave_to(by=people.administrator, leaver=membership, successor=successor)
    made.refresh_from_db()
    assert made.follow_up_by == successor


def test_an_office_keeps_them_as_long_as_it_chose_and_their_history_goes_with_them(people):
    old = log(people, date=in_days(-40))
    still_open = log(people, date=in_days(-40), follow_up_on=in_days(3))
    new = log(people)
    retention.set_rules(jurisdiction=people.office, by=SYSTEM, days={"interactions": 30})
    retention.apply_rules()
    assert [*Interaction.objects.order_by("pk")] == [still_open, new]
    assert not Change.objects.filter(record_type="interaction", record_id=old.pk).exists()


def test_someone_who_left_stays_on_what_they_took_part_in(people):
    made = log(people, staff=[people.editor])
    remove_member(by=people.administrator, membership=people.editor.memberships.get())
    save_interaction(interaction=made, by=SYSTEM, fields={"staff": [people.editor], "text": "More"})
    assert [*made.staff.all()] == [Person.objects.get(pk=people.editor.pk)]

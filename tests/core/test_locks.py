"""Actions that wait for a row that another transaction has locked.

On SQLite a writer waits for every other one, so only PostgreSQL shows a difference. A second connection holds the row
until the action has ended. An action that asks for the lock gives up after LOCK_TIMEOUT, and one that doesn't ends at
once. So no test depends on which of two is faster.
"""

from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction

from partnerships.accounts import claims, member_actions, saved_lists, token_actions
from partnerships.assessment import answering, rounds
from partnerships.core import clock, label_overrides, outdated
from partnerships.core.access import SYSTEM
from partnerships.core.writing import lock
from partnerships.directory import label_overrides as overrides
from partnerships.directory.models import Wording
from partnerships.mail import leases
from partnerships.mail.models import Email
from partnerships.meetings import feeds, recurrence, series
from partnerships.notifications import following
from partnerships.records import list_files
from partnerships.registry import publication
from tests.factories import (
    in_days,
    make_jurisdiction,
    make_meeting,
    make_organization,
    make_partnership,
    make_person,
    make_term,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,
    pytest.mark.both,
]
LOCK_TIMEOUT = "50ms"


@contextmanager
def lock_held(record):
    """In the block, another connection holds the record's row, and this one waits at most LOCK_TIMEOUT for a lock."""
    other = connection.copy()
    try:
        with other.cursor() as holder, connection.cursor() as cursor:
            holder.execute("BEGIN")
            holder.execute(f"SELECT id FROM {record._meta.db_table} WHERE id = %s FOR NO KEY UPDATE", [record.pk])
            cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
            yield
            # Waits until the lock is released, which closing the connection doesn't do.
            holder.execute("ROLLBACK")
    finally:
        other.close()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def waits_for(act, record) -> bool:
    """Whether the action waits for the record's row when it reads it, before it writes anything that depends on it."""
    sent = []

    def note(execute, sql, params, many, context):
        sent.append(sql)
        return execute(sql, params, many, context)

    with lock_held(record), connection.execute_wrapper(note):
        try:
            act()
        except OperationalError as problem:
            if "lock timeout" not in str(problem):
                raise
            return sent[-1].startswith("SELECT") and not [sql for sql in sent if sql.startswith("UPDATE")]
    return False


BY_PERSON = {
    "a calendar feed": lambda by, _: feeds.make_feed(by=by),
    "an API token": lambda by, _: token_actions.make_token(by=by, name="Copy", days=7),
    "a saved list": lambda by, _: saved_lists.save_list(by=by, key="partnerships", name="All", query=""),
    "a spreadsheet": lambda by, _: list_files.ask(by=by, key="partnerships", query="", rows=1),
    "a record to follow": lambda by, record: following.follow(by=by, record=record),
}


@pytest.mark.parametrize("what", BY_PERSON)
def test_what_is_counted_per_person_is_made_one_at_a_time(what):
    person, record = make_person(), make_organization()
    assert waits_for(lambda: BY_PERSON[what](person, record), person)
    BY_PERSON[what](person, record)


def test_a_record_is_saved_by_one_at_a_time():
    record = make_organization()
    assert waits_for(transaction.atomic(lambda: lock(record, None)), record)


def test_an_answer_waits_while_its_round_is_scored():
    partnership, person = make_partnership(), make_person()
    partner = partnership.parties.get(organization__isnull=False)
    partner.organization.memberships.create(person=person, role="editor")
    fields = {"title": "Fall round", "closes_on": in_days(14)}
    survey_round = rounds.start_round(partnership=partnership, by=SYSTEM, fields=fields, asked=[(partner, person)])
    place = survey_round.respondents.get()
    assert waits_for(
        lambda: answering.save_answer(respondent=place, item="decisions", fields={"level": 2}), survey_round
    )


def test_two_people_do_not_decide_a_claim_at_once():
    office = make_jurisdiction()
    editor = make_person()
    office.memberships.create(person=editor, role="editor")
    organization = make_organization(kept_by=office)
    fields = {"position": "Director", "evidence": "I am named on its website."}
    claim = claims.make_claim(by=make_person("director@example.org"), organization=organization, fields=fields)
    assert waits_for(lambda: claims.approve_claim(claim=claim, by=editor), claim)


def test_two_sign_ins_do_not_link_a_person_at_once():
    person = make_person()
    given = {"provider": "city", "number": "1", "address": person.email}
    assert waits_for(lambda: member_actions.person_from_provider(**given), person)


def test_a_series_waits_before_anything_of_it_is_written():
    day, partnership = in_days(20), make_partnership()
    fields = {"title": "Round", "date": day, "time": clock.now().time(), "zone": "America/Chicago"}
    rule = recurrence.build_rule(recurrence.WEEKLY, day, every=2, times=3)
    first = series.plan_series(
        by=SYSTEM, fields=fields | {"partnership": partnership}, rule=rule, agenda=[], participants=[]
    )
    change = {"meeting": first, "by": SYSTEM, "scope": series.ALL, "fields": {"title": "Table"}}
    assert waits_for(lambda: series.change_series(**change), partnership)


@pytest.fixture
def own_labels_again():
    yield
    label_overrides.use_overrides(label_overrides.LabelOverrides())


def test_two_people_do_not_change_a_label_at_once(own_labels_again):
    make_term()
    administrator = make_person(is_administrator=True)
    given = {"by": administrator, "vocabulary": "kind", "key": "contract", "help": ""}
    overrides.override_label(**given, label="Service contract", was=overrides.labels_of_value("kind", "contract").was)
    again = given | {"label": "Agreement", "was": overrides.labels_of_value("kind", "contract").was}
    assert waits_for(lambda: overrides.override_label(**again), Wording.objects.get())


def test_an_email_that_another_sender_claims_is_passed_by():
    make_meeting(people=[make_person()])
    email = Email.objects.order_by("next_attempt_at", "id").first()
    with lock_held(email):
        assert leases.claim(clock.now(), 20) == []
    assert leases.claim(clock.now(), 20) == [email]


def test_rebuilding_skips_documents_that_are_locked():
    partnership = make_partnership()
    outdated.mark(publication.RESOURCE, [partnership.pk])
    with lock_held(partnership.publication):
        assert publication.rebuild_outdated() == 0
    assert publication.rebuild_outdated() == 1

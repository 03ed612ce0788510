"""Rights: who may see a record, and who may change it."""

from tests.faults import Fault

KIND = "rights"
FAULTS = [
    Fault(
        KIND,
        "strangers see drafts",
        "return Partnership.objects.filter(is_published=True)",
        "return Partnership.objects.all()",
        ("tests/core/test_rights.py::test_strangers_see_no_draft_and_none_of_its_parties",),
    ),
    Fault(
        KIND,
        "readers write",
        'WRITING_ROLES = ("editor", "manager")',
        'WRITING_ROLES = ("editor", "manager", "reader")',
        ("tests/registry/test_actions.py::test_only_the_leads_editors_and_administrators_write",),
    ),
    Fault(
        KIND,
        "editors manage who belongs to their office",
        'return role_in(person, body) == "manager" or',
        "return role_in(person, body) in WRITING_ROLES or",
        ("tests/accounts/test_members.py::test_only_managers_change_and_remove",),
    ),
    Fault(
        KIND,
        "an administrator's API token is an administrator",
        "person._own_memberships, person.is_administrator, person._is_narrowed = tuple(memberships), False, True",
        "person._own_memberships, person._is_narrowed = tuple(memberships), True",
        ("tests/api/test_tokens.py::test_an_administrators_token_is_no_administrator",),
    ),
    Fault(
        KIND,
        "suspended people keep their roles",
        'return bool(getattr(person, "is_active", False) and getattr(person, "pk", None))',
        'return bool(getattr(person, "pk", None))',
        ("tests/core/test_rights.py::test_a_suspended_person_has_the_rights_of_a_stranger",),
    ),
    Fault(
        KIND,
        "people decide their own claims",
        "return rows.exclude(person=person).filter(own | ~for_managers)",
        "return rows.filter(own | ~for_managers)",
        ("tests/accounts/test_claims.py::test_no_one_decides_their_own_claim",),
    ),
    Fault(
        KIND,
        "someone whose address a contact got after the link was used speaks for the organization",
        "is_own = contacts_who_confirmed([party]).get(party.pk) == answer.contact",
        "is_own = True",
        ("tests/registry/test_seat_questions.py::test_a_contact_who_got_her_address_later_asks_her_nothing",),
    ),
    Fault(
        KIND,
        "who confirmed a seat manages an organization that had people of its own",
        "if given_by is None or organization.memberships.exists() or organization.former_members.exists():",
        "if given_by is None:",
        ("tests/registry/test_seat_questions.py::test_a_manager_of_the_organization_decides_and_no_office",),
    ),
    Fault(
        KIND,
        "the office decides who comes into an organization that has a manager",
        "return rows.filter(own | (kept & ~for_managers)).exclude(person=person.pk)",
        "return rows.filter(own | kept).exclude(person=person.pk)",
        ("tests/registry/test_seat_questions.py::test_a_manager_of_the_organization_decides_and_no_office",),
    ),
    Fault(
        KIND,
        "an office edits a profile that has editors of its own",
        "return organization.kept_by_id in jurisdictions_written_by(person) and not has_own_editors(organization)",
        "return organization.kept_by_id in jurisdictions_written_by(person)",
        ("tests/core/test_rights.py::test_an_office_edits_a_profile_as_long_as_it_has_no_editors_of_its_own",),
    ),
    Fault(
        KIND,
        "a contact opened to partners is shown to all who belong anywhere",
        "(Q(visible_to=Reader.PARTNERS) & of_partners)",
        "Q(visible_to=Reader.PARTNERS)",
        ("tests/core/test_rights.py::test_a_contact_opened_to_partners_is_for_those_who_sit_with_its_owner",),
    ),
    Fault(
        KIND,
        "the lead's staff read a partner's own note",
        "Q(party__jurisdiction__in=jurisdictions_read_by(person))",
        "Q(party__partnership__lead__in=jurisdictions_read_by(person))",
        ("tests/registry/test_statements.py::test_a_departments_note_is_not_read_by_the_jurisdiction_above_it",),
    ),
    Fault(
        KIND,
        "an invitation never ends",
        "rows = rows.filter(state=InvitationState.OPEN, expires_at__gt=clock.now())",
        "rows = rows.filter(state=InvitationState.OPEN)",
        ("tests/accounts/test_members.py::test_an_invitation_is_for_its_person_once_and_for_thirty_days",),
    ),
    Fault(
        KIND,
        "viewers of an office read emails about claims",
        '& ~Q(subject_type__in=("claim", "suggestion"))',
        "",
        ("tests/notifications/test_emails.py::test_who_sees_which_emails",),
    ),
    Fault(
        KIND,
        "a meeting of a draft is public",
        "public = Q(is_public=True, partnership__is_published=True)",
        "public = Q(is_public=True)",
        ("tests/api/test_sync.py::test_meetings_are_synced_when_they_or_their_partnership_become_public",),
    ),
]

"""Twenty faults of `python -m tests.faults.draw`, with seed 900839, in the order in which they were drawn.

Two draws change no behavior, and the next one of their kind replaced them:
- 9 dropped `exclude(circle__in=OFFICE_ONLY_CIRCLES)` in `network_visible_to`. Its only reader filters by
    `seated_between`, which leaves out the same circles. In its place: 25.
- 13 dropped `exclude(cell="")` where cells are searched for a group's key. That cell names no group. In its place: 21.
"""

from tests.faults import Fault

WAITING = "tests/core/test_locks.py"
FAULTS = [
    Fault(
        "drawn: exclude",
        "what is followed already counts as one more",
        "others = by.follows.exclude(**key).count()",
        "others = by.follows.count()",
        ("tests/web/test_following.py::test_following_too_many_records_is_refused_with_a_message",),
    ),
    Fault(
        "drawn: Q",
        "a department's own note is read by other departments",
        "| Q(party__department__in=departments_of(person))",
        "| ~Q(party__department__in=departments_of(person))",
        ("tests/registry/test_statements.py::test_a_departments_note_is_not_read_by_the_jurisdiction_above_it",),
    ),
    Fault(
        "drawn: lock",
        "two people decide one claim",
        "def _locked_claim(claim: Claim, by: Person, state: str) -> Claim:\n"
        '    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)',
        "def _locked_claim(claim: Claim, by: Person, state: str) -> Claim:\n    claim = Claim.objects.get(pk=claim.pk)",
        (f"{WAITING}::test_two_people_do_not_decide_a_claim_at_once",),
        database="postgresql",
    ),
    Fault(
        "drawn: comparison",
        "the form of a new partnership isn't saved",
        'if request.method == "POST":\n        page, after = save_or_explain(page)',
        'if request.method != "POST":\n        page, after = save_or_explain(page)',
        ("tests/web/test_editing.py::test_a_new_partnership_is_saved_as_a_draft_with_its_parties",),
    ),
    Fault(
        "drawn: exclude",
        "partnerships that ended serve an outcome",
        "going_on = partnerships_visible_to(person).exclude(status=Status.ENDED)",
        "going_on = partnerships_visible_to(person)",
        ("tests/web/test_plans.py::test_a_partnership_that_ended_serves_no_outcome",),
    ),
    Fault(
        "drawn: Q",
        "an organization is asked other organizations' check-ins",
        "answers = Q(person=person.pk) | Q(contact__organization__in=organizations)",
        "answers = Q(person=person.pk) | ~Q(contact__organization__in=organizations)",
        ("tests/meetings/test_check_ins.py::test_an_organization_is_asked_its_own_check_ins_and_no_others",),
    ),
    Fault(
        "drawn: lock",
        "two changes of a series give it one sequence",
        ")\n    Partnership.objects.select_for_update(no_key=True).get(pk=meeting.partnership_id)\n    new_agenda",
        ")\n    Partnership.objects.get(pk=meeting.partnership_id)\n    new_agenda",
        (f"{WAITING}::test_a_series_waits_before_anything_of_it_is_written",),
        database="postgresql",
    ),
    Fault(
        "drawn: comparison",
        "a contact that is there once counts as several",
        "item.values = without_retired_role(item.values, same)\n    if len(same) > 1:",
        "item.values = without_retired_role(item.values, same)\n    if len(same) >= 1:",
        ("tests/importing/test_kinds.py::test_a_namesake_with_another_address_is_another_person",),
    ),
    Fault(
        "drawn: Q",
        "an office's report as a partner's is refused without a reason",
        '(~Q(kind="partner") & Q(jurisdiction__isnull=False))',
        '(Q(kind="partner") & Q(jurisdiction__isnull=False))',
        ("tests/reports/test_reports.py::test_an_office_has_no_report_of_an_organizations_own",),
    ),
    Fault(
        "drawn: lock",
        "two sign-ins link one person with two accounts of a provider",
        "person = Person.objects.select_for_update(no_key=True).get(pk=account_at(address).pk)",
        "person = Person.objects.get(pk=account_at(address).pk)",
        (f"{WAITING}::test_two_sign_ins_do_not_link_a_person_at_once",),
        database="postgresql",
    ),
    Fault(
        "drawn: comparison",
        "an import that failed says that it was written",
        "if one.state == ImportState.DONE:",
        "if one.state != ImportState.DONE:",
        ("tests/importing/test_pages.py::test_a_file_goes_from_the_upload_to_its_end",),
    ),
    Fault(
        "drawn: Q",
        "people decide suggestions for every organization but their own",
        "own = Q(organization__in=organizations_written_by(person)) |",
        "own = ~Q(organization__in=organizations_written_by(person)) |",
        ("tests/directory/test_suggestions.py::test_other_people_cannot_decide_a_suggestion",),
    ),
    Fault(
        "drawn: lock",
        "two people reword one value without waiting",
        "rows = Wording.objects.select_for_update(no_key=True)",
        "rows = Wording.objects",
        (f"{WAITING}::test_two_people_do_not_change_a_label_at_once",),
        database="postgresql",
    ),
    Fault(
        "drawn: comparison",
        "a long list isn't made on a press",
        'rows_of(SHEETS[key].listing(request.user, request.GET)), ""\n    if request.method == "POST":',
        'rows_of(SHEETS[key].listing(request.user, request.GET)), ""\n    if request.method != "POST":',
        ("tests/web/test_list_files.py::test_a_longer_list_is_made_in_the_background",),
    ),
    Fault(
        "drawn: exclude",
        "parties that left count as being there",
        "return NAMED & before_last_day(day)",
        "return NAMED",
        ("tests/core/test_rights.py::test_a_body_belongs_to_a_partnership_until_the_day_it_leaves",),
    ),
    Fault(
        "drawn: Q",
        "members of one table see the unpublished measures of others",
        "own = Q(lead__in=jurisdictions_read_by(person)) | Q(partnership__in=own_partnerships) |",
        "own = Q(lead__in=jurisdictions_read_by(person)) | ~Q(partnership__in=own_partnerships) |",
        ("tests/measurement/test_rules.py::test_what_is_not_published_is_for_the_office_and_the_table",),
    ),
    Fault(
        "drawn: lock",
        "refilling waits for documents that are being written",
        "rows = rows.select_for_update(skip_locked=True)",
        "rows = rows",
        (f"{WAITING}::test_rebuilding_skips_documents_that_are_locked",),
        database="postgresql",
    ),
    Fault(
        "drawn: comparison",
        "fifty values of a filter are too many",
        "if len(keys) > MOST_VALUES:",
        "if len(keys) >= MOST_VALUES:",
        ("tests/registry/test_filters.py::test_a_filter_takes_fifty_values_and_no_more",),
    ),
    Fault(
        "drawn: exclude",
        "contacts without an email address are offered to be asked",
        'contacts_visible_to(person).filter(in_bodies(bodies)).exclude(email="")',
        "contacts_visible_to(person).filter(in_bodies(bodies))",
        ("tests/core/test_rights.py::test_contacts_are_asked_by_email_where_they_have_an_address",),
    ),
    Fault(
        "drawn: exclude",
        "people are asked to decide their own claims",
        "active = Person.objects.filter(is_active=True).exclude(pk=claim.person_id)",
        "active = Person.objects.filter(is_active=True)",
        ("tests/accounts/test_claims.py::test_a_claimant_is_not_asked_to_decide_their_claim",),
    ),
]

"""What is raced: every record that people edit with a form. Kind of race → the subject, the two moves, and how it may end."""

from datetime import timedelta
from itertools import cycle

from partnerships.core import clock
from tests.concurrent_edits import measured, table
from tests.concurrent_edits.racing import AT_ONCE, BOTH, FIRST, GONE, Looked, Move, Press, Race

ORGANIZATION, PARTNERSHIP = "/organizations/{id}/", "/partnerships/{id}/"
EDIT = f"{PARTNERSHIP}edit/"
WORK, REACH, NAME, PLACE = (f"{ORGANIZATION}mine/{part}/" for part in ("work", "reach", "name", "place"))
STILL_RIGHT = Press(f"{ORGANIZATION}still-right/", "version", seen=f"{ORGANIZATION}mine/")
CONTACT = Move(REACH, "contacts-{new}-name")
CLOSE, OUR_PART = "/meetings/{id}/close/", f"{PARTNERSHIP}our-part/"


def both(move):
    return move, move


def website(who, n):
    return f"https://{who.lower()}{n}.example.org/"


def day(who, n):
    """A different date for each of the two people and each round."""
    return (clock.today() + timedelta(days=10 + 2 * n % 50 + (who == "Ben"))).isoformat()


def number(who, n):
    """A nine-digit number, as a GEOID may be."""
    return str(500_000_000 + 2 * n + (who == "Ben"))


# A race whose rhythm is the one before would leave nothing in the history.
OTHER_RHYTHM = cycle(("yearly", "weekly"))


def days(who, n):
    return str(10_000 + 2 * n + (who == "Ben"))


def edit(name, **more):
    return Move(EDIT, name, more)


PROFILES = {
    "profile: one field": Race(table.group, *both(Move(WORK, "aims"))),
    "profile: two sections": Race(table.group, Move(WORK, "aims"), Move(REACH, "address"), AT_ONCE),
    "profile: two other sections": Race(table.group, Move(NAME, "other_names"), Move(PLACE, "area_note"), AT_ONCE),
    "profile: two fields of one section": Race(
        table.group, Move(REACH, "website", value=website), Move(REACH, "address"), BOTH
    ),
    "profile: two names": Race(table.group, *both(Move(NAME, "name"))),
    "profile: two contacts": Race(table.group, *both(CONTACT)),
    "profile: a section and the whole record": Race(
        table.group, Move(PLACE, "area_note"), Move(f"{ORGANIZATION}edit/", "aims"), BOTH
    ),
    "profile: one field, in a section and in the whole record": Race(
        table.group, Move(WORK, "aims"), Move(f"{ORGANIZATION}edit/", "aims")
    ),
    "profile: a section and “still right”": Race(table.group, Move(PLACE, "area_note"), STILL_RIGHT, BOTH),
}
PLACES = {
    "organization: one field": Race(table.group, *both(Move(f"{ORGANIZATION}edit/", "source"))),
    "organization: a contact and a number": Race(
        table.group,
        Move(f"{ORGANIZATION}edit/", "contacts-{new}-name"),
        Move(f"{ORGANIZATION}edit/", "identifiers-{new}-value", {"identifiers-{new}-scheme": "geoid"}, number),
        BOTH,
    ),
    "jurisdiction: one field": Race(table.city, *both(Move("/jurisdictions/{id}/edit/", "about"))),
    "jurisdiction: two fields": Race(
        table.city, Move("/jurisdictions/{id}/edit/", "about"), Move("/jurisdictions/{id}/edit/", "source"), BOTH
    ),
    "department: one field": Race(table.department, *both(Move("/departments/{id}/edit/", "about"))),
    "department: two fields": Race(
        table.department, Move("/departments/{id}/edit/", "about"), Move("/departments/{id}/edit/", "source"), BOTH
    ),
    "settings: one number": Race(table.settings, *both(Move("/jurisdictions/{id}/keeping/", "letters", value=days))),
    "settings: two numbers": Race(
        table.settings,
        Move("/jurisdictions/{id}/keeping/", "letters", value=days),
        Move("/jurisdictions/{id}/keeping/", "claims", value=days),
        BOTH,
    ),
}
PARTNERSHIPS = {
    "contract: its agreement": Race(table.of_kind("contract"), *both(edit("agreement-scope"))),
    "contract: its agreement and its summary": Race(
        table.of_kind("contract"), edit("agreement-scope"), edit("summary"), BOTH
    ),
    "training: audience and lessons": Race(table.of_kind("training"), edit("training-audience"), edit("lessons"), BOTH),
    "advisory body: how it decides, and a seat": Race(
        table.of_kind("advisory_body"), edit("advisory_body-decides_what"), edit("seats-{new}-title"), BOTH
    ),
    "advisory body: two seats": Race(table.of_kind("advisory_body"), *both(edit("seats-{new}-title"))),
    "organizing: two asks": Race(table.of_kind("organizing"), *both(edit("asks-{new}-text"))),
    "organizing: an ask and an agreement": Race(
        table.of_kind("organizing"), edit("asks-{new}-text"), edit("common_agenda"), BOTH
    ),
    "learning: a practice and a document": Race(
        table.of_kind("learning"),
        edit("practices-{new}-title"),
        edit("documents-{new}-title", **{"documents-{new}-url": "https://example.org/minutes"}),
        BOTH,
    ),
    "learning: two practices": Race(table.of_kind("learning"), *both(edit("practices-{new}-title"))),
    "strategy: one field": Race(table.of_kind("strategy"), *both(edit("title"))),
    "strategy: two fields": Race(table.of_kind("strategy"), edit("origin_note"), edit("internal_notes"), BOTH),
    "joint project: outcomes and a party": Race(
        table.of_kind("joint_project"), edit("joint_project-outcomes"), edit("parties-1-contribution"), BOTH
    ),
    "parties: two of them": Race(
        table.of_kind("joint_project"), edit("parties-0-contribution"), edit("parties-1-contribution")
    ),
    "parties: two who join": Race(
        table.new_partnership,
        edit("parties-{new}-contribution", **{"parties-{new}-entity": "{guest0}", "parties-{new}-roles": "member"}),
        edit("parties-{new}-contribution", **{"parties-{new}-entity": "{guest1}", "parties-{new}-roles": "member"}),
    ),
    "published while it is edited": Race(table.draft, edit("summary"), Move(f"{PARTNERSHIP}publish/", "why"), BOTH),
    "made a draft while it is edited": Race(
        table.new_partnership, edit("summary"), Move(f"{PARTNERSHIP}withdraw/", "why"), BOTH
    ),
    "ended while it is edited": Race(
        table.new_partnership, edit("summary"), Move(f"{PARTNERSHIP}end/", "reason", {"ends_on": "2026-06-01"}), BOTH
    ),
    "own part: what it adds": Race(table.of_kind("strategy"), *both(Move(OUR_PART, "adds-{group}-contribution"))),
    "own part, while the lead edits": Race(
        table.of_kind("strategy"), Move(OUR_PART, "adds-{group}-contribution"), edit("lessons"), BOTH
    ),
    "own note": Race(table.own_note, *both(Move(OUR_PART, "note-{group}-text")), is_logged=False),
    "statement while it is edited": Race(
        table.of_kind("learning"), edit("summary"), Move(f"{PARTNERSHIP}statements/new/", "text"), BOTH
    ),
    "reply to a statement": Race(table.statement, *both(Move("/statements/{pk}/reply/", "text", {"party": "{group}"}))),
    "many at once, while one is edited": Race(
        table.of_kind("training"),
        Looked("/partnerships/many/?kind=training", "why", {"status": lambda n: ("paused", "active")[n % 2]}),
        edit("summary"),
        BOTH,
    ),
    "many organizations at once, while one is edited": Race(
        table.group,
        Looked("/organizations/many/?q={name}", "why", {"checked": "on"}),
        Move(f"{ORGANIZATION}edit/", "source"),
        BOTH,
    ),
    "many departments at once, while one is edited": Race(
        table.department,
        Looked("/departments/many/", "why", {"kind": lambda n: ("office", "unit")[n % 2]}),
        Move("/departments/{id}/edit/", "about"),
        BOTH,
    ),
    "seen another way while it is edited": Race(
        table.of_kind("learning"),
        edit("summary"),
        Move(f"{PARTNERSHIP}confirm/", "words", {"party": "{group}", "verdict": "disputed"}),
        BOTH,
    ),
    "undone while it is edited": Race(
        table.changed, edit("summary"), Move(f"{PARTNERSHIP}history/{{change}}/undo/", "why"), BOTH
    ),
}
MEETINGS = {
    "meeting: one field": Race(table.meeting, *both(Move("/meetings/{id}/edit/", "title"))),
    "meeting: agenda and place": Race(
        table.meeting, Move("/meetings/{id}/edit/", "agenda"), Move("/meetings/{id}/edit/", "place"), BOTH
    ),
    "meeting: called off while it is edited": Race(
        table.new_meeting, Move("/meetings/{id}/edit/", "place"), Move("/meetings/{id}/cancel/", "why"), BOTH
    ),
    "series: one of it, and all of it": Race(
        table.of_series,
        Move("/meetings/{id}/edit/", "title", {"scope": "one"}),
        Move("/meetings/{first}/edit/", "place", {"scope": "all"}),
        BOTH,
    ),
    "what came of it: decisions": Race(
        table.held_meeting, *both(Move(CLOSE, "decisions-{new}-question", {"decisions-{new}-outcome": "Agreed"}))
    ),
    "what came of it: notes": Race(table.held_meeting, *both(Move(CLOSE, "notes"))),
    "what came of it: who came, and notes": Race(
        table.held_meeting, Move(CLOSE, "came-{came}-people", value=days), Move(CLOSE, "notes"), BOTH
    ),
    "check-ins: one field": Race(table.check_ins_of, *both(Move("/check-ins/{id}/", "anchor_on", value=day))),
    "check-ins: two fields": Race(
        table.check_ins_of,
        Move("/check-ins/{id}/", "anchor_on", value=day),
        Move("/check-ins/{id}/", "rhythm", value=lambda who, n: next(OTHER_RHYTHM)),
        BOTH,
    ),
    "check-in": Race(table.check_in, *both(Move("/check-ins/{id}/done/", "note")), FIRST, is_logged=False),
    "interaction: one field": Race(table.interaction, *both(Move("/interactions/{id}/edit/", "summary"))),
    "action: one field": Race(table.action, *both(Move("/actions/{id}/edit/", "title"))),
    "action: two fields": Race(
        table.action, Move("/actions/{id}/edit/", "title"), Move("/actions/{id}/edit/", "detail"), BOTH
    ),
    "action: two words about it": Race(table.action, *both(Move("/actions/{id}/note/", "text")), BOTH),
}
ROUNDS = {
    "round: a response": Race(table.opened_round, *both(Move("/rounds/{id}/respond/decisions/", "text"))),
    "round: words beside it": Race(
        table.opened_round, *both(Move("/rounds/{id}/publish/{own}/", "reply", {"agrees": "yes"}))
    ),
}
MEASURED = {
    "result: one field": Race(measured.result, *both(Move("/results/{id}/edit/", "detail"))),
    "result: two fields": Race(
        measured.result, Move("/results/{id}/edit/", "detail"), Move("/results/{id}/edit/", "population"), BOTH
    ),
    "measure: one field": Race(measured.measure, *both(Move("/measures/{id}/edit/", "definition"))),
    "measure: two fields": Race(
        measured.measure, Move("/measures/{id}/edit/", "definition"), Move("/measures/{id}/edit/", "source"), BOTH
    ),
    "activity: one field": Race(measured.activity, *both(Move("/activities/{id}/edit/", "detail"))),
    "activity: two fields": Race(
        measured.activity, Move("/activities/{id}/edit/", "detail"), Move("/activities/{id}/edit/", "title"), BOTH
    ),
    "plan: one field": Race(measured.plan, *both(Move("/plans/{id}/edit/", "title"))),
    "outcome of a plan": Race(measured.plan, *both(Move("/plans/{id}/outcomes/{outcome}/", "actions"))),
    "count of members: one field": Race(measured.composition, *both(Move("/makeups/{id}/", "note"))),
    "count of members: two fields": Race(
        measured.composition, Move("/makeups/{id}/", "note"), Move("/makeups/{id}/", "asked_how"), BOTH
    ),
    "count of people": Race(measured.population, *both(Move("/populations/{id}/", "note"))),
    "gain": Race(measured.gain, *both(Move("/gains/{pk}/", "text")), is_logged=False),
    "report: its name": Race(measured.report, *both(Move("/reports/{id}/edit/", "title"))),
}
OTHERS = {
    "saved list": Race(table.saved_list, *both(Move("/lists/{id}/", "name")), is_logged=False),
    "word of a closed list": Race(table.value_of_list, *both(Move("/words/lists/intensity/1/", "label"))),
    "word of a city": Race(table.value_of_list, *both(Move("/jurisdictions/{id}/words/intensity/2/", "label"))),
    "text of a page": Race(table.site_text, *both(Move("/office/pages/{key}/", "text"))),
    "term of an open list": Race(table.term, *both(Move("/words/lists/purpose/{key}/", "help")), is_logged=False),
    "suggestion": Race(table.suggestion, *both(Move("/suggestions/{id}/", "reason")), FIRST, is_logged=False),
    "claim": Race(table.claim, *both(Move("/claims/{id}/", "reason", {"verdict": "deny"})), FIRST, is_logged=False),
    "split while it is edited": Race(
        table.to_split,
        Move(f"{ORGANIZATION}edit/", "source"),
        Move(f"{ORGANIZATION}split/", "why", {"name": "New choir", "contacts": "{contact}"}),
        BOTH,
    ),
    "made one while it is edited": Race(
        table.to_merge,
        Move(f"{ORGANIZATION}edit/", "source"),
        Move(f"{ORGANIZATION}merge/?other={{other}}", "why"),
        BOTH,
    ),
    "made a part of another while it is edited": Race(
        table.to_merge,
        Move("/organizations/{other}/edit/", "source", value="{who} says {n} in many words".format),
        Move(f"{ORGANIZATION}merge/?other={{other}}", "why"),
        GONE,
    ),
}
GROUPS = (PROFILES, PLACES, PARTNERSHIPS, MEETINGS, ROUNDS, MEASURED, OTHERS)
KINDS = {name: race for group in GROUPS for name, race in group.items()}
# Other forms that change something (tests/writes.py), and why two people don't race there.
# fmt: off
NOT_RACED = {
    "each adds something of its own": (
        "interaction_new", "interaction_remark",
        "action_new", "area_seat_new", "department_new", "jurisdiction_new", "list_file_new", "meeting_new", "organization_claim",
        "organization_missing", "organization_new", "organization_propose", "organization_suggest", "partnership_new",
        "partnership_seat_new", "portfolio_new", "round_new", "saved_list_new", "suppressions", "term_new", "activity_new",
        "measure_say",
        "gain_new", "indicator_new", "checkinplan_new", "makeup_new", "measure_new", "population_new",
        "council_report", "outcome_new", "own_report_new", "plan_new", "profile_new", "report_new",
        "result_new", "organization_webhook_new", "jurisdiction_webhook_new", "department_webhook_new", "webhook_test",
        "organization_service_new", "jurisdiction_service_new", "department_service_new"),
    "two who enter one number are raced in tests/measurement/test_points.py": ("measure_data", "measure_paste"),
    "of two who bring a plan the second starts again": ("plan_import",),
    "nobody else has this form": (
        "account_calendar_revoke", "account_calendars", "account_erase", "account_first_steps", "account_follow_end",
        "account_language", "account_name", "seat_question",
        "account_emails", "account_token_new", "account_token_replace", "account_token_revoke", "answer_check_in",
        "answer_meeting", "answer_round",
        "answer_ties", "department_follow", "draft_drop", "import_columns", "import_file", "import_remove", "import_undoing",
        "imports", "invitation", "issue_area_follow", "jurisdiction_follow", "mfa_activate_totp", "organization_follow",
        "partnership_follow", "stop_emails", "answer_seat", "code", "name_by_link", "agree_by_link",
        "state_by_link"),
    "it takes no words, and twice is once": (
        "contact_erase", "expected_seat", "invitation_take_back", "network", "number_confirm", "number_withdraw",
        "organization_duplicates", "partnership_ask",
        "partnership_invite", "partnership_our_seat", "round_code", "seat_invite",
        "partnership_share", "person_reinstate", "person_suspend", "person_erase", "remark_withdraw",
        "round_cancel", "saved_list_remove",
        "suppression_end", "gain_withdraw", "outcome_remove", "person_apart", "person_merge_with", "report_end", "report_make",
        "interaction_follow_up",
        "webhook_pause", "webhook_resume", "webhook_delete", "webhook_again", "service_take_over",
        "service_revoke"),
    "a new secret is of the one who asked for it": ("webhook_secret", "service_secret"),
    "tests/webhooks/test_pages.py": ("webhook_edit",),
    "who belongs to a body is raced in tests/accounts/test_races.py": (
        "department_invite", "jurisdiction_invite", "member", "member_hand_over", "member_remove", "organization_invite"),
    "tests/interactions/test_owners.py": ("partnership_owner", "organization_owner"),
    "another kind of record is raced at the same view": (
        "interaction_undo",
        "action_undo", "department_apart", "department_split", "department_undo", "jurisdiction_undo", "meeting_undo",
        "organization_apart", "organization_undo", "own_domain", "own_listing", "undo_together", "activity_undo",
        "checkinplan_undo", "makeup_undo", "measure_undo", "plan_undo", "population_undo", "result_undo"),
    "its whole form is raced at the same view": (
        "partnership_overview_edit", "partnership_about_edit", "partnership_partners_edit", "partnership_timeline_edit",
        "partnership_agreement_edit", "partnership_office_edit", "partner_new", "partner_edit"),
    "a response to several questions is saved with the version of the round, as one to a single question": ("round_respond",),
    "a second request is refused in words while the first one is at work": ("sample_data",),
    "first words stand": ("measure_answer",),
    "what was recorded last waits for its author": ("round_record",),
    "a deadline moves once, and the second press is refused in words": ("round_move",),
    "reminders are sent once a day, and the second press is refused in words": ("round_remind",),
    "the last list of its own people stands": ("round_name", "round_object"),
    "what a partner says last of another one stands": ("round_vouch",),
    "Django's own pages, for one administrator at a time": (
        "admin:partnerships_issuearea_add", "admin:partnerships_issuearea_change", "admin:partnerships_term_add",
        "admin:partnerships_term_change"),
}
# fmt: on

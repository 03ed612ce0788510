"""Who may do what, at each address: the table of rights. tests/test_access.py tries every row of it.

Each route of the registry stands in exactly one group. A group says, for each kind of record that its routes are asked
for, who may see it and who may write it; from that follows what everyone is answered:

READ   GET and HEAD: 200 for those who may see it, 404 for all others; every other method 405.
WRITE  GET and POST: let in (200, 302, 409, 422) for those who may write it, 403 for those who may only see it, 404 for all
       others; every other method 405.
API    GET and HEAD: 200 for those who may see it, 404 for all others; OPTIONS 204; every other method 405.
OWN    GET: the status that the group says for each role; no method ever breaks.

A suspended person is nobody: always answered as an anonymous one is. So is one who holds links of letters and asked for a
code, but cannot type it. A token that reads for staff is answered by the API as its reader, and by pages as nobody.
"""

from tests import access_meetings
from tests.access_presses import PRESSES
from tests.access_roles import (
    ANYONE,
    API,
    EDITORS,
    GUESTS,
    MANAGERS,
    NOBODY,
    OFFICE,
    OWN,
    OWN_PEOPLE,
    PARTNERS,
    READ,
    SIGNED_IN,
    STAFF,
    WRITE,
    WRITERS,
    Group,
)

# fmt: off
GROUPS = (
    Group("open pages", READ, ("healthz", "home", "about", "words", "developers", "partnerships", "partnerships_csv",
        "organizations", "organizations_csv", "jurisdictions", "jurisdictions_csv", "departments", "departments_csv",
        "issue_areas", "meetings", "meetings_csv", "calendar", "account_signup"), {"": ANYONE}),
    Group("whether it does its work", OWN, ("readyz",), statuses={503: ANYONE}),  # no sender runs in a test
    *(Group(name, READ, (name.replace(" ", "_"),), {name: ANYONE, f"no {name}": NOBODY})
        for name in ("jurisdiction", "department", "issue area")),
    Group("the story of an issue area", READ, ("issue_area_timeline", "issue_area_timeline_csv"),
        {"issue area": ANYONE, "no issue area": NOBODY}),
    Group("a partnership", READ, ("partnership", "partnership_timeline", "partnership_timeline_csv"),
        {"published": ANYONE, "draft": OFFICE, "shared draft": GUESTS, "no partnership": NOBODY, "mistyped": NOBODY}),
    Group("adding a jurisdiction", WRITE, ("jurisdiction_new",), {"": (ANYONE, {"administrator"})}),
    Group("changing a jurisdiction", WRITE, ("jurisdiction_edit", "department_new"),
        {"jurisdiction": (ANYONE, {"other_editor", "administrator"}), "no jurisdiction": NOBODY}),
    Group("changing a department", WRITE, ("department_edit",),
        {"department": (ANYONE, WRITERS | {"department"}), "no department": NOBODY}),
    Group("starting a record", WRITE, ("partnership_new", "organization_new"), {"": (ANYONE, EDITORS)}),
    Group("changing a partnership", WRITE, ("partnership_edit", "partnership_publish", "partnership_withdraw",
        "partnership_end", "meeting_new", "partnership_share", "partnership_ask", "remark_new", "action_new"), {"published":
        (ANYONE, WRITERS), "draft": (OFFICE, WRITERS), "shared draft": (GUESTS, WRITERS), "no partnership": NOBODY,
        "mistyped": NOBODY}),
    # A body's own editors; nobody else's place, and no draft.
    Group("one's own part", WRITE, ("partnership_our_part",), {"with the partner": (ANYONE, {"editor", "manager", "partner",
        "member"}), "published": (ANYONE, {"editor", "manager", "member"}), "draft": (OFFICE, NOBODY), "shared draft": (GUESTS,
        NOBODY), "no partnership": NOBODY}),
    Group("a party's word", WRITE, ("partnership_confirm",), {"with the partner": (ANYONE, {"partner", "member"}),
        "published": (ANYONE, {"member"}), "shared draft": (GUESTS, NOBODY)}),
    Group("taking a statement back", WRITE, ("remark_withdraw",),
        {"statement": (GUESTS | {"member"}, WRITERS), "no statement": NOBODY}),
    Group("replying to it", WRITE, ("remark_reply",),
        {"statement": (GUESTS | {"member"}, {"partner", "member"}), "no statement": NOBODY}),
    Group("an organization", READ, ("organization",), {"profiled": ANYONE, "named": ANYONE, "unlisted": OFFICE,
        "unlisted with the partner": OFFICE | PARTNERS, "no organization": NOBODY}),
    Group("changing an organization", WRITE, ("organization_edit",), {"profiled": (ANYONE, WRITERS),
        "named": (ANYONE, WRITERS), "unlisted": (OFFICE, WRITERS),
        # Once it has editors of its own, they write its profile, and its office no longer does.
        "unlisted with the partner": (OFFICE | PARTNERS, MANAGERS | {"partner"}), "no organization": NOBODY}),
    Group("suggesting a change", OWN, ("organization_missing",), statuses={200: ANYONE}),
    Group("suggesting a change of one", WRITE, ("organization_suggest",), {"profiled": (ANYONE, ANYONE),
        "unlisted": (OFFICE, OFFICE), "no organization": NOBODY}),
    Group("suggestions", READ, ("suggestions",), {"": SIGNED_IN - {"stranger"}}),
    Group("a suggestion", WRITE, ("suggestion",), {"suggestion": (WRITERS, WRITERS), "no suggestion": NOBODY}),
    Group("your organization", READ, ("organization_mine",), OWN_PEOPLE),
    Group("a part of your organization", WRITE, ("own_name", "own_work", "own_place", "own_reach", "own_listing"),
        {record: (who, who - {"partner_reader"}) for record, who in OWN_PEOPLE.items()}),
    # Only its managers name its mail domain, and the partner is an editor.
    Group("the mail domain of your organization", WRITE, ("own_domain",),
        {record: (who, who - PARTNERS) for record, who in OWN_PEOPLE.items()}),
    Group("claiming an organization", OWN, ("organization_claim",), {"named": ANYONE}, {200: SIGNED_IN, 302: {"anonymous"}}),
    Group("claims", OWN, ("claims", "organization_propose"), statuses={200: SIGNED_IN, 302: {"anonymous"}}),
    Group("a claim", WRITE, ("claim",), {"claim": (WRITERS | {"stranger"}, WRITERS | {"stranger"}), "no claim": NOBODY}),
    Group("the file of a claim", READ, ("claim_file",), {"claim": WRITERS, "no claim": NOBODY}),
    *(Group(what, OWN, routes, {record: ANYONE}, {405: ANYONE}) for what, routes, record in PRESSES),
    *access_meetings.GROUPS,
    # Who belongs to a body is for its own people and those who manage it.
    Group("people of an organization", READ, ("organization_people",),
        {"profiled": {"administrator"}, "unlisted with the partner": MANAGERS | PARTNERS, "no organization": NOBODY}),
    Group("people of a jurisdiction", READ, ("jurisdiction_people",),
        {"office": OFFICE, "jurisdiction": {"other_editor", "administrator"}, "no jurisdiction": NOBODY}),
    Group("people of a department", READ, ("department_people",),
        {"department": MANAGERS | {"department"}, "no department": NOBODY}),
    Group("inviting to an organization", WRITE, ("organization_invite",),
        {"unlisted with the partner": (MANAGERS | PARTNERS, MANAGERS), "no organization": NOBODY}),
    Group("inviting to a jurisdiction", WRITE, ("jurisdiction_invite",),
        {"office": (OFFICE, MANAGERS), "jurisdiction": ({"other_editor", "administrator"}, {"administrator"})}),
    Group("inviting to a department", WRITE, ("department_invite",),
        {"department": (MANAGERS | {"department"}, MANAGERS), "no department": NOBODY}),
    Group("a role", WRITE, ("member",), {"reader's place": (OFFICE, MANAGERS),
        "partner's place": (MANAGERS | PARTNERS, MANAGERS), "no place": NOBODY}),
    Group("ending a place", WRITE, ("member_remove",), {"reader's place": (OFFICE, MANAGERS | {"reader"}),
        "partner's place": (MANAGERS | PARTNERS, MANAGERS | {"partner"}), "no place": NOBODY}),
    Group("handing over", WRITE, ("member_hand_over",),
        {"manager's place": (OFFICE, {"manager"}), "reader's place": (OFFICE, NOBODY), "no place": NOBODY}),
    Group("one's invitation", WRITE, ("invitation",), {"invitation": ({"stranger"}, {"stranger"}), "no invitation": NOBODY}),
    Group("taking one back", WRITE, ("invitation_take_back",), {"invitation": (MANAGERS, MANAGERS), "no invitation": NOBODY}),
    Group("accounts and addresses", WRITE, ("people", "suppressions"), {"": ({"administrator"}, {"administrator"})}),
    Group("an account", READ, ("person",), {"account": {"administrator"}, "no account": NOBODY}),
    Group("closing and opening an account", WRITE, ("person_suspend", "person_reinstate"),
        {record: ({"administrator"}, {"administrator"}) for record in ("account", "suspended account")}),
    Group("an address without letters", WRITE, ("suppression_end",),
        {"suppression": ({"administrator"}, {"administrator"}), "no suppression": NOBODY}),
    Group("the outbox", READ, ("outbox", "letter_kinds", "letter_preview", "letter_html"), {"": STAFF}),
    Group("a letter", READ, ("letter",), {"letter": OFFICE, "no letter": NOBODY}),
    Group("how long things are kept", WRITE, ("keeping",),
        {"jurisdiction": (ANYONE, {"administrator"}), "no jurisdiction": NOBODY}),
    Group("erasing a contact", WRITE, ("contact_erase",), {"contact": (OFFICE, WRITERS), "no contact": NOBODY}),
    Group("the file of a records request", WRITE, ("public_records",), {"published": (ANYONE, OFFICE),
        "draft": (OFFICE, OFFICE), "no partnership": NOBODY}),
    Group("your account", OWN, ("account", "usersessions_list", "mfa_index", "mfa_list_webauthn", "mfa_activate_totp",
        "mfa_add_webauthn", "mfa_generate_recovery_codes", "own_data", "account_erase", "account_tokens", "account_token_new",
        "account_calendars", "account_actions", "account_letters", "account_following", "account_language"),
         statuses={200: SIGNED_IN, 302: {"anonymous"}}),
    Group("the end of a token or a calendar", OWN, ("account_token_revoke", "account_calendar_revoke"), {"of the editor": None},
        statuses={200: {"editor"}, 404: SIGNED_IN - {"editor"}, 302: {"anonymous"}}),
    # Nobody of the tests' people has a second step yet.
    Group("parts of a second step", OWN, ("mfa_view_recovery_codes", "mfa_deactivate_totp"),
        statuses={404: SIGNED_IN, 302: {"anonymous"}}),
    Group("another's passkey", OWN, ("mfa_edit_webauthn", "mfa_remove_webauthn"), {"passkey of the suspended": None},
        statuses={404: SIGNED_IN, 302: {"anonymous"}}),
    Group("proving it is you", OWN, ("mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        statuses={403: SIGNED_IN, 302: {"anonymous"}}),
    Group("signing in", OWN, ("account_login", "account_request_login_code"),
        statuses={200: {"anonymous"}, 302: SIGNED_IN | {"link_holder"}}),
    Group("typing the code", OWN, ("account_confirm_login_code",), statuses={302: ANYONE, 200: {"link_holder"}}),
    Group("the second step", OWN, ("mfa_authenticate", "mfa_login_webauthn"), statuses={302: ANYONE}),
    Group("an account that is closed", OWN, ("account_inactive",), statuses={200: ANYONE}),
    # In tests none is set up; tests/web/test_provider.py sets one up.
    Group("the office's own provider", OWN, ("openid_connect_login", "openid_connect_callback", "socialaccount_connections"),
        statuses={404: ANYONE}),
    Group("signing out", OWN, ("account_logout",), statuses={200: SIGNED_IN, 302: {"anonymous"}}),
    Group("the API itself", API, ("api_root", "api_openapi"), {"": ANYONE}),
    Group("lists of the API", API, ("api_list",), {
        **{f"list of {path}": ANYONE for path in ("partnerships", "organizations", "jurisdictions")},
        **{f"list of {path}": ANYONE for path in ("departments", "issue-areas", "meetings")}, "list of nothing": NOBODY}),
    Group("records of the API", API, ("api_one",), {"api published": ANYONE, "api draft": OFFICE, "api shared draft": GUESTS,
        "api no partnership": NOBODY, "api profiled": ANYONE, "api named": ANYONE, "api unlisted": OFFICE,
        "api unlisted with the partner": OFFICE | PARTNERS, "api no organization": NOBODY,
        "api jurisdiction": ANYONE, "api department": ANYONE, "api issue area": ANYONE, "api public meeting": ANYONE,
        "api internal meeting": OFFICE, "api meeting of the partner": GUESTS, "api meeting of a draft": OFFICE,
        "api no meeting": NOBODY}),
    Group("elsewhere below the API", API, ("api_nothing",), {"elsewhere": NOBODY}),
    # Django's admin, for administrators: open vocabularies and nothing else.
    Group("vocabularies", OWN, ("admin:index", "admin:app_list", "admin:partnerships_term_changelist",
        "admin:partnerships_term_add", "admin:partnerships_issuearea_changelist", "admin:partnerships_issuearea_add",
        "admin:password_change", "admin:password_change_done", "admin:jsi18n", "admin:partnerships_term_change",
        "admin:partnerships_term_history", "admin:partnerships_issuearea_change", "admin:partnerships_issuearea_history"),
        statuses={200: {"administrator"}, 302: ANYONE - {"administrator"}}),
    Group("what nobody deletes or looks up there", OWN,
        ("admin:partnerships_term_delete", "admin:partnerships_issuearea_delete", "admin:autocomplete"),
        statuses={403: {"administrator"}, 302: ANYONE - {"administrator"}}),
    Group("old addresses of vocabularies", OWN,
        ("admin:partnerships/term/<path:object_id>/", "admin:partnerships/issuearea/<path:object_id>/"), statuses={302: ANYONE}),
    Group("signing out there", OWN, ("admin:logout",), statuses={405: {"administrator"}, 302: ANYONE - {"administrator"}}),
    Group("elsewhere among vocabularies", OWN, ("admin:(?P<url>.*)$", "admin:view_on_site"),
        statuses={404: {"administrator"}, 302: ANYONE - {"administrator"}}),
    Group("the door to vocabularies", OWN, ("admin:login",),
        statuses={302: {"anonymous", "administrator"}, 403: SIGNED_IN - {"administrator"}}))
# fmt: on

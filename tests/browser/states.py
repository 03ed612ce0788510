"""Every page in every state, for test_pages.py, which fails for a new route without a state.

A state is a page as a person meets it: empty, filled, without matches, refused. `path` names records by the names of
addresses.py. `sent` is typed into a form whose other fields are all filled, and the form is sent.

A new page's states go here, or into the `*_states.py` of its area, the fullest one first. One state of each route is
checked in the browser, as the person who sees most of the page: the first one, or those with `narrow=True`. Axe,
contrast, weight, HTML and kept text are checked each time, and targets, zoom and the narrow page in every second
commit. The whole takes about two CPU seconds. All other states and people are fetched over HTTP, one half each time:
status, HTML and kept text. Set `narrow=True` for the first page of a new layout, and for another state of a route that
looks different from its first, such as a preview, an edit conflict, a refused form of a new kind or an error page. The
figures QX1, QX3, QX6, QX7 and QX9 check every state in the browser.
"""

from dataclasses import dataclass, field

from tests.browser import (
    activity_states,
    check_in_states,
    circle_states,
    history_states,
    import_states,
    interaction_states,
    link_states,
    list_states,
    measure_states,
    network_states,
    report_states,
    round_states,
)
from tests.browser.addresses import CLERK, KEEPER, OWNER, SOON
from tests.browser.days import in_days
from tests.browser.site import ADMINISTRATOR, COLLEAGUE, MANAGER, ORGANIZER, PARTNER, STAFF

VISITOR = None
WHO = {  # sorted by how much of a page they see, most first
    ADMINISTRATOR: "administrator", MANAGER: "manager", STAFF: "editor", PARTNER: "partner", COLLEAGUE: "reader",
    ORGANIZER: "organizer", OWNER: "owner", KEEPER: "keeper", CLERK: "clerk", VISITOR: "visitor",
}  # fmt: skip
EVERYONE, SIGNED_IN = (VISITOR, COLLEAGUE, STAFF, ADMINISTRATOR), (COLLEAGUE, STAFF, ADMINISTRATOR)

# Routes without a page of ours, and why. Django's admin pages for vocabularies are the named exception.
NO_PAGES = {
    "service_take_over": "leads on", "round_vouch": "leads on", "seat_question": "shown in the task known-organizer",
    "office_invite": "leads on", "council_report": "leads on",
    "healthz": "JSON", "readyz": "JSON", "partnerships_csv": "a file", "organizations_csv": "a file",
    "jurisdictions_csv": "a file", "departments_csv": "a file", "meetings_csv": "a file", "actions_csv": "a file",
    "rounds_csv": "a file", "partnerships_atom": "a file", "results_atom": "a file",
    "robots": "a file", "security": "a file", "sitemap": "a file", "sitemap_part": "a file",
    "partnership_timeline_csv": "a file", "partnership_story_csv": "leads on",
    "partnership_circles": "leads on", "partnership_story": "leads on",
    "issue_area_timeline_csv": "a file", "partnership_feed": "a file", "own_feed": "a file",
    "search_suggestions": "a part of a page", "picker": "a part of a page",
    "email_html": "an email", "email_again": "one press", "own_data": "a file", "erasure_file": "a file",
    "claim_file": "a file",
    **dict.fromkeys(("partnership_follow", "organization_follow", "jurisdiction_follow", "department_follow",
        "issue_area_follow", "account_follow_end", "organization_still_right", "number_confirm", "number_withdraw",
        "webhook_test", "webhook_again"), "one press"),
    **network_states.NO_PAGES, **list_states.NO_PAGES, **import_states.NO_PAGES,
    **measure_states.NO_PAGES,
    **activity_states.NO_PAGES,
    **interaction_states.NO_PAGES,
    **report_states.NO_PAGES,
    "account_request_login_code": "the address of account_login", "mfa_list_webauthn": "the address of mfa_index",
    "mfa_login_webauthn": "what a passkey is to sign, as JSON",
}  # fmt: skip
SPACES_WITHOUT_PAGES, LONG = ("admin:", "api_", "api-"), "x" * 301
ALIKE, DOUBLE = "likely there already", {"name": "Tenants association", "website": ""}


@dataclass(frozen=True)
class State:
    route: str  # as in the URLconf, or “” for a page without an address
    what: str
    path: str
    who: str | None = VISITOR
    status: int = 200
    sent: dict = field(default_factory=dict)
    before: tuple = ()  # sent before, page by page: fields, or a function of the site that returns them
    alone: bool = False  # type nothing else
    meanwhile: dict = field(default_factory=dict)  # what someone else saves before the form is sent
    opens: bool = False  # the address opens a section that is closed at rest
    site: str = "site"
    narrow: bool = False  # checked in the browser, with axe at 320 px too (QX1: also at 768 px)

    @property
    def name(self):
        return "-".join(filter(None, [self.route or "refusal", self.what.replace(" ", "_"), WHO[self.who]]))


STATES: list[State] = []


def add(route, what, path, who=(VISITOR,), **more):
    """Add the page in this state for each of these people. The first one should see most of it, and is used for `narrow`."""
    for one in sorted(who, key=list(WHO).index):
        STATES.append(State(route, what, path, one, **more))
        more = more | {"narrow": False}


def refused(route, path, sent, who=STAFF, what="refused", **more):
    add(route, what, path, (who,), status=422, sent=sent, **more)


def _read():
    add("home", "filled", "/", EVERYONE, narrow=True)
    add("search", "found", "/search/?q=housing", EVERYONE, narrow=True)
    add("search", "of one kind", "/search/?q=housing&kind=meetings")
    add("search", "mended", "/search/?q=Ban+the+bx")
    add("search", "nothing found", "/search/?q=zzyzx")
    add("search", "nothing typed", "/search/")
    add("search", "too long", f"/search/?q={LONG}", status=400)
    add("office", "filled", "/office/", (STAFF,), narrow=True)
    add("partnerships_map", "filled", "/partnerships/map/", EVERYONE, narrow=True)
    add("partnerships_map", "one state", "/partnerships/map/?state=MN", EVERYONE, narrow=True)
    add("partnerships_map", "nothing found", "/partnerships/map/?q=zzyzx")
    add("organizations_map", "filled", "/organizations/map/", EVERYONE, narrow=True)
    add("organizations_map", "nothing found", "/organizations/map/?q=zzyzx")
    add("about", "filled", "/about/", EVERYONE, narrow=True)
    for key in ("contact", "privacy", "accessibility", "terms", "data-license"):
        add(f"site_{key}", "filled", f"/{key}/", (VISITOR,), narrow=True)
    add("words", "filled", "/words/", (VISITOR, STAFF))
    add("developers", "filled", "/developers/", (VISITOR, STAFF), narrow=True)
    add("", "all lists of the API", "/api/v1/", (VISITOR,), narrow=True)
    add("", "a list of the API", "/api/v1/partnerships/", (STAFF,), narrow=True)
    add("", "a list of the API asked wrongly", "/api/v1/partnerships/?kidn=x", (VISITOR,), status=400, narrow=True)
    add("issue_areas", "filled", "/issue-areas/", EVERYONE, narrow=True)
    add("issue_area", "filled", "{area}", EVERYONE, narrow=True)
    for name in ("partnerships", "organizations", "jurisdictions", "departments", "meetings"):
        add(name, "filled", f"/{name}/", EVERYONE, narrow=True)
        add(name, "nothing found", f"/{name}/?q=zzyzx", narrow=name == "partnerships")
        add(name, "asked wrongly", f"/{name}/?kidn=x", status=400)
        add(name, "nothing yet", f"/{name}/", site="empty_site")
    add("home", "nothing yet", "/", site="empty_site")
    add("issue_areas", "nothing yet", "/issue-areas/", site="empty_site")
    add("partnerships", "mended and filtered", "/partnerships/?q=assesment&kind=contract&side=government")
    add("partnerships", "value asked wrongly", "/partnerships/?kind=x&updated_since=y", status=400)
    add("partnerships", "drafts", "/partnerships/?draft=yes", SIGNED_IN)
    add("jurisdictions", "page two", "/jurisdictions/?page=x", status=400)
    for name in ("contract", "training", "body", "organizing", "learning"):
        add("partnership", name, f"{{{name}}}")
    add("partnership", "strategy", "{strategy}", EVERYONE, narrow=True)
    add("partnership", "draft", "{draft}", SIGNED_IN)
    for tab in ("power", "results", "meetings", "agreement"):
        add(f"partnership_{tab}", "filled", f"{{strategy}}{tab}/", EVERYONE, narrow=True)
        add(f"partnership_{tab}", "nothing yet", f"{{own}}{tab}/", (VISITOR, STAFF))
    for name in ("contract", "training", "body", "organizing", "learning"):
        add("partnership_agreement", name, f"{{{name}}}agreement/")
    add("partnership_office", "filled", "{strategy}office/", (STAFF,), narrow=True)
    add("partnership_office", "nothing yet", "{own}office/", (STAFF,))
    add("partnership_timeline", "filled", "{said}timeline/", (VISITOR, STAFF), narrow=True)
    add(
        "partnership_timeline",
        "numbers",
        "{strategy}timeline/?kind=measure&kind=reading",
        (VISITOR, STAFF),
        narrow=True,
    )
    add("partnership_timeline", "asks", "{organizing}timeline/?kind=ask")
    add("partnership_timeline", "nothing", "{own_draft}timeline/?kind=decision", (STAFF,))
    add("partnership_timeline", "asked wrongly", "{strategy}timeline/?kind=x", status=400)
    add("issue_area_timeline", "filled", "/issue-areas/housing/story/", (VISITOR, STAFF))
    add("issue_area_timeline", "nothing", "/issue-areas/food/story/?kind=decision")
    add("organization", "profiled", "{profiled}", EVERYONE, narrow=True)
    add("organization", "named", "{named}")
    add("organization", "unlisted", "{unlisted}", (STAFF,))
    add("jurisdiction", "own", "{own_city}", (STAFF, VISITOR), narrow=True)
    add("jurisdiction", "filled", "{city}", EVERYONE)
    add("department", "filled", "{office}", EVERYONE, narrow=True)
    add("meeting", "filled", "{meeting}", EVERYONE, narrow=True)
    add("meeting", "cancelled", "{cancelled}", (STAFF,))
    add("meeting", "held, nothing noted", "{held}", (STAFF,))
    add("meeting", "closed", "{closed}", (VISITOR, STAFF), narrow=True)
    add("calendar", "filled", "/meetings/calendar/", EVERYONE, narrow=True)
    add("calendar", "nothing found", "/meetings/calendar/?month=1999-01")
    add("calendar", "asked wrongly", "/meetings/calendar/?month=soon", status=400)
    add("outbox", "filled", "/outbox/", SIGNED_IN, narrow=True)
    add("email", "filled", "{email}", SIGNED_IN, narrow=True)
    add("email_kinds", "filled", "/outbox/kinds/", (STAFF,), narrow=True)
    add("email_preview", "filled", "/outbox/sample/?kind=meeting_planned", (STAFF,), narrow=True)
    add("email_preview", "several texts", "/outbox/sample/?kind=claim_decided", (STAFF,))
    add("email_preview", "asked wrongly", "/outbox/sample/?kind=x", (STAFF,), status=400)
    away = {"address": "away@example.org", "why": "They asked for it by phone."}
    add("suppressions", "blank", "/outbox/stopped/", (ADMINISTRATOR,), narrow=True)
    refused("suppressions", "/outbox/stopped/", {"address": "nobody"}, ADMINISTRATOR)
    refused("suppressions", "{stopped}", away, ADMINISTRATOR, "there already")
    add("suppressions", "filled", "{stopped}", (ADMINISTRATOR,), narrow=True)
    add("suppression_end", "blank", "{stopped_entry}", (ADMINISTRATOR,))


def _account():
    add("account", "filled", "/account/", (*SIGNED_IN, PARTNER), narrow=True)
    add("account_login", "blank", "/sign-in/", narrow=True)
    add("account_login", "refused", "/sign-in/", sent={"login": "nobody"}, narrow=True)
    add("account_confirm_login_code", "blank", "/sign-in/", sent={"login": "nobody@example.org"})
    code, address = {"code": "BBBB-CCCC"}, {"login": "nobody@example.org"}
    add("account_confirm_login_code", "refused", "/sign-in/", before=(address,), sent=code)
    add("account_inactive", "filled", "/sign-in/closed/")
    add("account_signup", "filled", "/sign-in/new/")
    add("account_logout", "blank", "/sign-out/", (STAFF,))
    add("usersessions_list", "filled", "/account/sessions/", SIGNED_IN)


def _tokens():
    add("account_tokens", "filled", "{tokens}", (STAFF,), narrow=True)
    add("account_tokens", "nothing yet", "/account/tokens/", (COLLEAGUE,))
    add("account_token_new", "blank", "/account/tokens/new/", (STAFF,))
    refused("account_token_new", "/account/tokens/new/", {"name": "", "days": "900"})
    add("account_token_replace", "blank", "{secret}", (STAFF,))
    refused("account_token_replace", "{secret}", {"overlap_days": "9"})
    add("account_token_revoke", "blank", "{token}", (STAFF,))


def _second_step():
    step, code = "/account/second-step/", {"code": "000000"}
    add("mfa_index", "without an app", step, (STAFF,))
    add("mfa_activate_totp", "blank", f"{step}app/", (STAFF,), narrow=True)
    add("mfa_activate_totp", "refused", f"{step}app/", (STAFF,), sent=code)
    add("mfa_index", "with an app", "{second_step}", (OWNER,))
    add("mfa_deactivate_totp", "blank", "{second_step}app/stop/", (OWNER,))
    add("mfa_view_recovery_codes", "filled", "{second_step}recovery/", (OWNER,))
    add("mfa_generate_recovery_codes", "blank", "{second_step}recovery/new/", (OWNER,))
    add("mfa_reauthenticate", "blank", "{again}", (OWNER,))
    add("mfa_reauthenticate", "refused", "{again}", (OWNER,), sent=code)
    steps = ({"login": OWNER}, lambda site: {"code": site.code_for(OWNER)})
    add("mfa_authenticate", "blank", "{sign_in_of_owner}", before=steps)
    add("mfa_authenticate", "refused", "{sign_in_of_owner}", before=steps, sent=code)


def _passkeys():
    add("mfa_index", "with a passkey", "{passkeys}", (KEEPER,), narrow=True)
    add("mfa_add_webauthn", "blank", "/account/second-step/passkeys/add/", (STAFF,), narrow=True)
    add("mfa_add_webauthn", "refused", "/account/second-step/passkeys/add/", (STAFF,), sent={"name": "Phone"})
    add("mfa_edit_webauthn", "blank", "{passkey}", (KEEPER,))
    add("mfa_edit_webauthn", "refused", "{passkey}", (KEEPER,), sent={"name": ""})
    add("mfa_remove_webauthn", "blank", "{passkey}remove/", (KEEPER,))
    add("mfa_reauthenticate_webauthn", "blank", "{again_with_passkey}", (KEEPER,))
    add("mfa_reauthenticate_webauthn", "refused", "{again_with_passkey}", (KEEPER,), sent={"credential": ""})
    steps = ({"login": KEEPER}, lambda site: {"code": site.code_for(KEEPER)})
    add("mfa_authenticate", "with a passkey", "{sign_in_of_keeper}", before=steps, narrow=True)


def _provider():
    done = "/sign-in/provider/done/"
    add("openid_connect_login", "on the way", done, sent={"next": "/"}, narrow=True)
    add("openid_connect_callback", "no longer open", done, status=400, narrow=True)
    add("socialaccount_connections", "without a link", "/account/provider/", (STAFF,))
    add("socialaccount_connections", "with a link", "{linked}", (CLERK,))
    add("account_login", "without a provider", "/sign-in/", site="empty_site")


def _suggestions():
    missing, wrong = "/organizations/missing/", {"name": "", "website": "no address", "address": "nobody"}
    add("organization_missing", "blank", missing, (VISITOR, STAFF), narrow=True)
    refused("organization_missing", missing, wrong, VISITOR)
    refused("organization_missing", missing, wrong | DOUBLE | {"address": ""}, VISITOR, ALIKE)
    add("organization_suggest", "blank", "{profiled}suggest/")
    add("organization_suggest", "blank, named only", "{named}suggest/")
    refused("organization_suggest", "{profiled}suggest/", wrong, VISITOR)
    add("suggestions", "filled", "{suggestions}", SIGNED_IN)
    add("numbers_to_check", "empty", "/numbers/", SIGNED_IN)
    add("suggestion", "open", "{suggestion}", (STAFF,), narrow=True)
    refused("suggestion", "{suggestion}", {"reason": "x" * 1001})
    add("suggestion", "decided", "{decided}", (STAFF,))


def _claims():
    propose, wrong = "/organizations/propose/", {"position": "", "evidence": "x" * 2001}
    add("organization_claim", "blank", "{profiled}claim/", (ADMINISTRATOR,), narrow=True)
    refused("organization_claim", "{profiled}claim/", wrong, ADMINISTRATOR)
    add("organization_propose", "blank", propose, (COLLEAGUE,))
    refused("organization_propose", propose, wrong | {"name": "", "website": "no address"}, COLLEAGUE)
    double = DOUBLE | {"evidence": "Call us", "position": "Chair"}
    refused("organization_propose", propose, double, COLLEAGUE, ALIKE, narrow=True)
    add("claims", "filled", "{claims}", SIGNED_IN, narrow=True)
    add("claims", "nothing to show", "/claims/", (PARTNER,))
    add("claim", "own", "{claim}", (COLLEAGUE,))
    add("claim", "to decide", "{claim}", (STAFF,))
    add("claim", "to decide, likely there already", "{proposal}", (STAFF,), narrow=True)
    add("claim", "denied", "{denied}", (STAFF, COLLEAGUE))
    refused("claim", "{claim}", {"verdict": "deny", "reason": ""}, narrow=True)


def _own_organization():
    add("organization_mine", "filled", "{profiled}mine/", (PARTNER, ADMINISTRATOR), narrow=True)
    for part in ("name", "work", "place", "reach", "listing"):
        add(f"own_{part}", "filled", f"{{profiled}}mine/{part}/", (PARTNER,), narrow=part == "reach")
    add("own_domain", "blank", "{profiled}mine/domain/", (ADMINISTRATOR,))
    refused("own_domain", "{profiled}mine/domain/", {"mail_domain": "gmail.com"}, ADMINISTRATOR)
    refused("own_name", "{profiled}mine/name/", {"name": ""}, PARTNER)
    refused("own_work", "{profiled}mine/work/", {"aims": "x" * 2001}, PARTNER)
    refused("own_place", "{profiled}mine/place/", {"area": "Nowhereville"}, PARTNER)
    refused(
        "own_reach",
        "{profiled}mine/reach/",
        {"website": "no address", "contacts-0-email": "desk"},
        PARTNER,
        narrow=True,
    )


def _members():
    people, wrong = "{people}", {"email": "nobody"}
    add("jurisdiction_people", "filled", people, (ADMINISTRATOR, COLLEAGUE), narrow=True)
    add("organization_people", "nobody yet", "{named}people/", (ADMINISTRATOR,))
    add("department_people", "nobody yet", "{office}people/", (ADMINISTRATOR,))
    for name, path in (("jurisdiction", people), ("organization", "{named}people/"), ("department", "{office}people/")):
        add(f"{name}_invite", "blank", f"{path}invite/", (ADMINISTRATOR,))
    refused("jurisdiction_invite", "{people}invite/", wrong, ADMINISTRATOR)
    add("member", "filled", "{place}", (ADMINISTRATOR,))
    late = {"role": "reader", "was": "editor"}
    add("member", "changed meanwhile", "{place}", (ADMINISTRATOR,), status=409, sent=late)
    add("member_remove", "blank", "{place}remove/", (ADMINISTRATOR,))
    add("member_left", "blank", "{place}left/", (ADMINISTRATOR,), narrow=True)
    refused("member_left", "{place}left/", {"follows": "person:0"}, ADMINISTRATOR)
    add("member_hand_over", "blank", "{own_place}hand-over/", (ADMINISTRATOR,))
    add("invitation_take_back", "blank", "{invitation}take-back/", (ADMINISTRATOR,))
    add("invitation", "blank", "{invitation}", (PARTNER,), narrow=True)
    add("people", "blank", "/people/", (ADMINISTRATOR,), narrow=True)
    refused("people", "/people/", wrong, ADMINISTRATOR)
    add("person", "filled", "{person}", (ADMINISTRATOR,))
    add("person_suspend", "blank", "{person}suspend/", (ADMINISTRATOR,))
    refused("person_suspend", "{person}suspend/", {"why": LONG}, ADMINISTRATOR)
    add("person_reinstate", "blank", "{person}reinstate/", (ADMINISTRATOR,))


def _webhooks():
    add("jurisdiction_webhooks", "filled", "{webhooks}", (ADMINISTRATOR,), narrow=True)
    add("organization_webhooks", "nothing yet", "{named}webhooks/", (ADMINISTRATOR,))
    add("department_webhooks", "nothing yet", "{office}webhooks/", (ADMINISTRATOR,))
    add("jurisdiction_webhook_new", "blank", "{webhooks}new/", (ADMINISTRATOR,), narrow=True)
    add("organization_webhook_new", "blank", "{profiled}webhooks/new/", (ORGANIZER,))
    add("department_webhook_new", "blank", "{office}webhooks/new/", (ADMINISTRATOR,))
    wrong = {"name": "", "url": "http://127.0.0.1/"}
    refused("jurisdiction_webhook_new", "{webhooks}new/", wrong, ADMINISTRATOR, narrow=True)
    add("webhook", "filled", "{tested_webhook}", (ADMINISTRATOR,), narrow=True)
    add("webhook_delivery", "filled", "{delivery}", (ADMINISTRATOR,), narrow=True)
    add("webhook_edit", "blank", "{webhook}edit/", (ADMINISTRATOR,))
    refused("webhook_edit", "{webhook}edit/", wrong, ADMINISTRATOR)
    add("webhook_secret", "blank", "{webhook}secret/", (ADMINISTRATOR,))
    refused("webhook_secret", "{webhook}secret/", {"overlap_days": "9"}, ADMINISTRATOR)
    for step in ("pause", "resume", "delete"):
        add(f"webhook_{step}", "blank", f"{{webhook}}{step}/", (ADMINISTRATOR,))


def _service_accounts():
    add("jurisdiction_services", "filled", "{services}", (ADMINISTRATOR,), narrow=True)
    add("organization_services", "nothing yet", "{named}service-accounts/", (ADMINISTRATOR,))
    add("department_services", "nothing yet", "{office}service-accounts/", (ADMINISTRATOR,))
    add("jurisdiction_service_new", "blank", "{services}new/", (ADMINISTRATOR,), narrow=True)
    add("organization_service_new", "blank", "{profiled}service-accounts/new/", (ORGANIZER,))
    add("department_service_new", "blank", "{office}service-accounts/new/", (ADMINISTRATOR,))
    refused("jurisdiction_service_new", "{services}new/", {"name": "", "days": "0"}, ADMINISTRATOR, narrow=True)
    add("service_secret", "blank", "{service}secret/", (ADMINISTRATOR,))
    refused("service_secret", "{service}secret/", {"overlap_days": "9"}, ADMINISTRATOR)
    add("service_revoke", "blank", "{service}revoke/", (ADMINISTRATOR,))


def _privacy():
    add("account_erase", "blank", "/account/erase/", (COLLEAGUE,))
    refused("account_erase", "/account/erase/", {"address": "nobody"}, COLLEAGUE)
    add("person_erase", "blank", "{person}erase/", (ADMINISTRATOR,))
    refused("person_erase", "{person}erase/", {"sure": ""}, ADMINISTRATOR)
    add("erasures", "nothing yet", "/erasures/", (ADMINISTRATOR,))
    add("erasure", "nothing left", "{erasure}", (ADMINISTRATOR,))
    add("contact_erase", "blank", "{contact}", (ADMINISTRATOR,))
    refused("contact_erase", "{contact}", {"sure": ""}, ADMINISTRATOR)
    add("keeping", "blank", "{own_city}keeping/", (MANAGER,), narrow=True)
    refused("keeping", "{own_city}keeping/", {"claims": "soon"}, MANAGER)
    late = {"reply_days": "30", "claims": "365", "seen": "{}"}
    add("keeping", "two managers", "{own_city}keeping/", (MANAGER,), status=409, sent=late, narrow=True)
    add("public_records", "blank", "{strategy}records/", (STAFF,))


def _write():
    add("partnership_new", "what it is for", "/partnerships/new/", (STAFF,), narrow=True)
    add("partnership_new", "nothing picked", "/partnerships/new/?issue=renting", (STAFF,), status=422)
    add("partnership_new", "who is needed", "{needed}", (STAFF,), narrow=True)
    add("partnership_new", "begun", "{needed}&kind=strategy", (STAFF,))
    for kind in ("contract", "training", "advisory_body", "organizing", "learning", "strategy", "joint_project"):
        add("partnership_new", f"blank {kind}", f"/partnerships/new/?kind={kind}", (STAFF,))
    wrong = {"title": "", "parties-0-entity": "Departmint of Housing", "parties-1-entity": "", "starts_on": "someday"}
    refused("partnership_new", "/partnerships/new/?kind=contract", wrong | {"agreement-amount": "much"}, narrow=True)
    body = wrong | {"advisory_body-seat_count": "few"}
    refused("partnership_new", "/partnerships/new/?kind=advisory_body", body, what="refused body")
    asks = wrong | {"asks-0-asked_on": "last year"}
    refused("partnership_new", "/partnerships/new/?kind=organizing", asks, what="refused organizing")
    refused("partnership_new", "/partnerships/new/?kind=learning", wrong, what="refused learning")
    add("partnership_edit", "filled", "{strategy}edit/", (STAFF, ADMINISTRATOR), narrow=True)
    add("partnership_edit", "own", "{own}edit/", (STAFF,))
    refused("partnership_edit", "{own}edit/", wrong)
    submitted = {"title": "My own title", "summary": "My own words.", "status": "active"}
    parties = ("Department of Housing", "Tenants’ association", "", "")
    submitted |= {f"parties-{place}-entity": name for place, name in enumerate(parties)}
    theirs = {"title": "Another’s title", "summary": "Another’s words."}
    add(
        "partnership_edit",
        "two texts",
        "{clash}edit/",
        (STAFF,),
        status=409,
        sent=submitted,
        meanwhile=theirs,
        narrow=True,
    )
    gone = {"parties-5-circle": "declined"}
    refused("partnership_edit", "{said}edit/", gone, what="words would leave", alone=True)
    for part, typed in {
        "overview": wrong,
        "about": {"why": "x" * 301},
        "partners": {"parties-0-entity": "Departmint of Housing"},
        "timeline": {"lessons": "x" * 3001},
        "agreement": {"agreement-amount": "much", "documents-0-url": "no address"},
        "office": {"last_verified_on": "someday"},
    }.items():
        add(f"partnership_{part}_edit", "filled", f"{{own}}edit/{part}/", (STAFF,), narrow=part == "partners")
        refused(f"partnership_{part}_edit", f"{{own}}edit/{part}/", typed)
    add("partner_new", "blank", "{own}edit/partners/new/", (STAFF,), narrow=True)
    refused("partner_new", "{own}edit/partners/new/", {"partner-entity": "Departmint of Housing"}, narrow=True)
    add("partner_edit", "filled", "{one_partner}", (STAFF,), narrow=True)
    refused("partner_edit", "{one_partner}", {"partner-hours": "many", "partner-starts_on": "someday"})
    add("partnership_publish", "blank", "{own_draft}publish/", (STAFF,), narrow=True)
    add("partnership_publish", "not ready", "{draft}publish/", (STAFF,))
    refused("partnership_publish", "{own_draft}publish/", {"why": LONG})
    add("partnership_withdraw", "blank", "{own}withdraw/", (STAFF,))
    refused("partnership_withdraw", "{own}withdraw/", {"why": LONG})
    add("partnership_end", "blank", "{own}end/", (STAFF,))
    refused("partnership_end", "{own}end/", {"ends_on": "someday", "why": ""}, narrow=True)


def _both_sides():
    add("partnership_partners", "both sides", "{said}partners/", (VISITOR, PARTNER, STAFF))
    add("partnership_our_part", "filled", "{strategy}our-part/", (PARTNER,), narrow=True)
    add("partnership_our_seat", "confirmed", "{strategy}our-seat/", (PARTNER,), narrow=True)
    add("answer_seat", "blank", "{link_to_seat}", narrow=True)
    add("code", "blank", "/code/", narrow=True)
    refused("code", "/code/", {"code": "K7Q2-MX9P"}, VISITOR)
    add("seat_invite", "blank", "{seat_to_invite}", (STAFF,), narrow=True)
    add("partnership_invite", "blank", "{seats_to_invite}", (STAFF,), narrow=True)
    refused("partnership_invite", "{seats_to_invite}", {"note": "https://example.org"})
    add("partnership_confirm", "blank", "{strategy}confirm/", (PARTNER,), narrow=True)
    refused("partnership_confirm", "{strategy}confirm/", {"verdict": "disputed", "words": ""}, PARTNER)
    add("partnership_ask", "blank", "{own}ask/", (STAFF,))
    add("partnership_share", "shown to one", "{shared_draft}share/", (STAFF,), narrow=True)
    refused("partnership_share", "{own_draft}share/", {"body": "Nobody by this name"})
    add("remark_new", "blank", "{own}statements/new/", (STAFF,))
    refused("remark_new", "{own}statements/new/", {"text": "x" * 3001})
    add("remark_reply", "blank", "{remark}reply/", (PARTNER,), narrow=True)
    refused("remark_reply", "{remark}reply/", {"text": "x" * 3001}, PARTNER)
    add("remark_withdraw", "blank", "{remark}withdraw/", (STAFF,))


def _write_others():
    add("organization_new", "blank", "/organizations/new/", (STAFF,), narrow=True)
    wrong = {"name": "", "area": "Nowhereville", "website": "no address", "contacts-0-email": "desk"}
    refused("organization_new", "/organizations/new/", wrong, narrow=True)
    alike = {"name": "Tenant association", "area": "", "listing": "unlisted", "not_a_duplicate": ""}
    refused("organization_new", "/organizations/new/", alike, what=ALIKE)
    add("organization_duplicates", "filled", "/organizations/duplicates/", (STAFF, ADMINISTRATOR), narrow=True)
    add("organization_duplicates", "asked wrongly", "/organizations/duplicates/?x=y", (STAFF,), status=400)
    add("organization_edit", "filled", "{unlisted}edit/", (STAFF,))
    add("organization_edit", "filled", "{profiled}edit/", (ADMINISTRATOR,))
    refused("organization_edit", "{unlisted}edit/", {"name": "", "area": "Nowhereville"})
    wrong = {"name": "", "parent": "Nowhereville", "last_verified_on": "once"}
    for name, path in (
        ("jurisdiction_new", "/jurisdictions/new/"),
        ("jurisdiction_edit", "{own_city}edit/"),
        ("department_new", "{own_city}departments/new/"),
        ("department_edit", "{office}edit/"),
    ):
        add(name, "blank", path, (ADMINISTRATOR,), narrow=name == "jurisdiction_new")
        refused(name, path, wrong, ADMINISTRATOR, narrow=name == "jurisdiction_new")
    double = {"name": "Housing Department", "parent": ""}
    refused("department_new", "{own_city}departments/new/", double, ADMINISTRATOR, ALIKE)
    add("meeting_new", "blank", "{own}meetings/new/", (STAFF,), narrow=True)
    wrong = {"title": "", "date": "someday", "time": "late", "agenda": "First | many"}
    refused("meeting_new", "{own}meetings/new/", wrong)
    endless = {"title": "Endless", "date": in_days(10).isoformat(), "time": "18:00", "repeats": "weekly"}
    refused("meeting_new", "{own}meetings/new/", endless, what="endless")
    clash = {"title": "Second table", "date": SOON, "time": "17:45", "agenda": ""}
    refused("meeting_new", "{clashing}meetings/new/", clash, what="at the same time", narrow=True)
    add("meeting_edit", "one of a series", "{of_a_series}edit/", (STAFF,))
    add("meeting_cancel", "one of a series", "{of_a_series}cancel/", (STAFF,))
    add("meeting_close", "blank", "{held}close/", (STAFF,), narrow=True)
    add("meeting_close", "filled", "{closed}close/", (STAFF,))
    wrong = {"decisions-0-question": "Which lot?", "decisions-0-outcome": "", "actions-0-due_on": "someday"}
    refused("meeting_close", "{held}close/", wrong, narrow=True)
    add("meeting_edit", "filled", "{own_meeting}edit/", (STAFF,))
    refused("meeting_edit", "{own_meeting}edit/", {"title": "", "minutes_long": "long"})
    add("meeting_cancel", "blank", "{own_meeting}cancel/", (STAFF,))
    refused("meeting_cancel", "{own_meeting}cancel/", {"why": LONG})
    add("action_new", "blank", "{own}actions/new/", (STAFF,), narrow=True)
    refused(
        "action_new", "{own}actions/new/", {"title": "", "due_on": "someday", "owner_party": "", "owner_person": ""}
    )
    add("action_new", "of a check-in", "{action_of_check_in}", (STAFF,), narrow=True)
    add("action", "filled", "{action}", (STAFF, COLLEAGUE), narrow=True)
    add("action_edit", "filled", "{action}edit/", (STAFF,))
    refused("action_edit", "{action}edit/", {"title": "", "due_on": "someday"})
    add("action_note", "blank", "{action}note/", (STAFF,))
    refused("action_note", "{action}note/", {"status": "open", "text": ""})
    add("actions", "filled", "/actions/", SIGNED_IN, narrow=True)
    add("actions", "nothing found", "/actions/?due_after=2190-01-01", (STAFF,))
    add("actions", "asked wrongly", "/actions/?kidn=x", (STAFF,), status=400)
    add("account_actions", "filled", "/account/actions/", (STAFF, PARTNER), narrow=True)


def _refusals():
    add("", "nothing here", "/no-such-page/", EVERYONE, status=404, narrow=True)
    add("", "mistyped", "/partnerships/P-000000-1/", status=404)
    add("", "not yours", "{strategy}edit/", (COLLEAGUE,), status=403)
    add("", "form not checked", "/sign-in/", status=403, sent={"login": "desk@example.org", "csrfmiddlewaretoken": "x"})
    add("", "too often", "/too_often", status=429)
    add("", "broken", "/broken", status=500, narrow=True)


for write in (
    *(_read, _account, _tokens, _second_step, _passkeys, _provider, _suggestions, _claims, _own_organization, _members),
    *(_webhooks, _service_accounts, _privacy, _write, _both_sides, _write_others, _refusals),
):
    write()
OTHERS = (round_states, link_states, circle_states, list_states, history_states, import_states, measure_states)
for module in (*OTHERS, activity_states, check_in_states, interaction_states, report_states):
    module.add_all(add, refused)
network_states.add_all(add)


def in_browser(added):
    """The states that get all checks in the browser: the marked ones, and the first of every other route."""
    marked = {state.route for state in added if state.narrow}
    first = {state.route: state for state in reversed(added) if state.route not in marked}
    return [state for state in added if state.narrow or first.get(state.route) is state]


IN_BROWSER = in_browser(STATES)
OVER_HTTP = [state for state in STATES if state not in IN_BROWSER]

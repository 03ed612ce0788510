"""Who may see which canary, and where: the table for the crawl.

Each private field of the registry has a canary: a word that appears nowhere else, named after its field, like
“party.contribution of one declined”. A row lists who sees it and on which surfaces: routes by their names, “mail” for
emails. Each of those roles must find each canary of the row somewhere, no other role may find it anywhere, and each
surface must show some canary of its row.

A viewer's token gets in the API what the viewer gets. Those who only get emails have names of their own: newcomer,
claimant, sender, contact, asked (in a round).
"""

from partnerships.directory.models import Organization
from tests import fields
from tests.access import MANAGERS, OFFICE, PARTNERS, WRITERS

NOBODY = frozenset()
GUESTS = OFFICE | PARTNERS
# The people of everyone in a partnership with an organization, starting with its lead agency's office.
AT_THE_TABLE = GUESTS | {"department", "member"}
ELSEWHERE = frozenset({"other_editor", "administrator"})
KINDS = ("unlisted", "named only", "profiled for staff", "profiled for partners")

# Texts of a partnership that are public once it's published, those that stay internal, and texts and terms of a
# profile.
_TEXTS = [name for name in fields.texts("partnership") if name != "title"]
PUBLISHED = " ".join(name for name in _TEXTS if name in {*fields.published("partnership"), "source"})
INTERNAL = " ".join(name for name in _TEXTS if name not in PUBLISHED.split())
OF_PROFILE = " ".join(
    name
    for name in (*fields.texts("organization"), *fields.terms("organization"))
    if name in fields.published("organization") - {"kind"}
)
API = "api_list api_one"
# The forms of a partnership that have its partners, and those of its other parts.
PARTNER_EDITS = "partnership_edit partnership_partners_edit"
EDITS = f"{PARTNER_EDITS} partnership_overview_edit partnership_timeline_edit partnership_agreement_edit partnership_office_edit"
PARTS = f"{EDITS} partnership_about_edit partner_edit"
DOCUMENT = f"{API} partnership_edit public_records"
# Of every draft these tabs are opened; of those that are opened everywhere, the others too.
PARTNERS_TAB, OFFICE_TAB = "partnership_partners", "partnership_office"
TITLED = f"partnership {PARTNERS_TAB} partnership_agreement"
TABS = f"{TITLED} partnership_power partnership_results partnership_meetings partnership_timeline {OFFICE_TAB}"
LISTED = (
    f"{DOCUMENT} {TITLED} partnerships partnerships_csv partnerships_xlsx jurisdiction portfolio_new partnership_many"
    " search"
)
OFFERED = "outcome_new outcome_edit"  # to tie to something
STEPS = (
    "partnership_ask partnership_end partnership_publish partnership_share partnership_withdraw remark_new meeting_new"
    " action_new checkinplan_new round_new partner_new partnership_invite partnership_seat_new partnership_power"
    f" partnership_results partnership_meetings partnership_office {PARTS}"
)
PAST = "partnership_history partnership_undo changed_together"
# Pages that list a partnership once it is opened, shown and saved.
FOR_MORE = f"{OFFERED} activity_new measure_new partnership_matrix profile_new undo_together"
OF_GROUP = "organization_history organization_undo organization_merge"
OF_MEETING = "meeting_history meeting_undo"
OF_INTERACTION = (
    "interaction interaction_edit interaction_history interaction_undo interactions interactions_csv interactions_xlsx home"
    " organization partnership search"
)
OWN_PAGES = "organization_mine organization_still_right"
PROFILE = (
    f"{API} organization organization_edit organization_suggest organizations organizations_csv organizations_xlsx"
    f" {OWN_PAGES} own_name"
)
PROFILE += " own_work own_place own_reach admin:partnerships_term_changelist"
SHOWN_TO = f"{LISTED} {OFFERED} plan organization organization_split"
NAME = f"{API} organization organization_claim organization_edit organization_suggest organization_invite organizations"
NAME += f" organizations_csv organizations_xlsx organizations_map organization_services organization_webhooks {PARTNER_EDITS}"
NAME += f" partner_new partnership_share {OWN_PAGES} own_domain own_listing own_name own_place own_reach own_work"
NAME += " organization_many organization_split search"
PHONE = f"{API} organization organization_edit organization_history {OWN_PAGES} own_reach"
CONTACT = f"{PHONE} organization_split search"
MEETING = (
    f"{API} meeting meeting_edit meetings meetings_csv meetings_xlsx partnership partnership_meetings email search"
)
PEOPLE = "member member_remove search"
SAVED = "account_lists partnerships partnerships_map"
OF_RESULT = f"{API} result result_edit result_history results_csv results_xlsx"
OF_MEASURES = "measures_csv measures_xlsx"
OF_ACTIVITIES = f"{API} activities_csv activities_xlsx"
NUMBERS = "measure_data measure_paste"
MATRIX = "partnership_matrix partnership_matrix_csv partnership_matrix_xlsx"
STORY = "partnership_timeline partnership_timeline_csv"
CHECK_INS = "checkinplan checkinplan_new"
STORIES = "partnership_timeline partnership_timeline_csv issue_area_timeline issue_area_timeline_csv"


def each(field, *kinds, model="organization"):
    return [f"{model}.{name} of one {kind}" for name in field.split() for kind in kinds]


def contact(field, *owners):
    return [f"contact.{name} of {owner}" for name in field.split() for owner in owners]


def a(model, fields, of=""):
    return [f"{model}.{name}{of}" for name in fields.split()]


# fmt: off
ROWS = (
    # A published partnership, and partners in it that the public doesn't see
    (OFFICE, f"{OFFICE_TAB} {PARTNER_EDITS} partner_edit partnership_office_edit public_records {PAST}", [
        "partnership.internal_notes", "party.internal_notes", *a("partnership", INTERNAL, " of a full draft"),
        "party.internal_notes of a draft", *a("change", "before why", " of a partnership"),
        *a("change", "before after", " of one who left")]),
    (OFFICE, f"{DOCUMENT} partnership_partners_edit {PARTNERS_TAB} {OFFICE_TAB} {STORIES} partnership_history changed_together", [
        *each("contribution", "unlisted", "not yet approached", "declined", "that said no yes", model="party"),
        "confirmation.words of one unlisted"]),
    (GUESTS, f"{DOCUMENT} partnership_partners_edit {PARTNERS_TAB} partnership_our_part {STORIES} partnership_history"
        " changed_together", [
        "party.contribution of one with its own people", "confirmation.words of one with its own people"]),
    (GUESTS, f"{PARTNERS_TAB} {OFFICE_TAB} public_records remark_reply {STORIES} partnership_history", [
        "reply.text of a hidden party"]),
    (AT_THE_TABLE, f"{PARTNERS_TAB} {OFFICE_TAB} public_records remark_reply {STORIES} partnership_history", [
        *each("text", "before its day", "taken back", model="remark"),
        "reply.text to one before its day", "reply.text to one taken back"]),
    # Each body's own note: its own people's, and no administrator's
    ({"editor", "manager", "reader"}, f"{PARTNERS_TAB} partnership_our_part own_data", ["partynote.text of the office"]),
    ({"member"}, f"{PARTNERS_TAB} partnership_our_part own_data", ["partynote.text of a member"]),
    ({"department"}, f"{PARTNERS_TAB} partnership_our_part own_data", ["partynote.text of a department"]),
    (PARTNERS, f"{PARTNERS_TAB} partnership_our_part own_data", ["partynote.text of an organization"]),
    (PARTNERS | {"manager"}, f"{PARTNERS_TAB} partnership_our_part own_data", ["partynote.text of a hidden party"]),
    # Drafts
    (OFFICE, f"{LISTED} {OFFERED} plan partnership_makeup makeup makeup_history", [
        *(f"partnership.title of a draft: {kind}" for kind in (
            "contract", "training", "advisory_body", "organizing", "learning", "strategy", "joint_project"))]),
    (OFFICE, f"{LISTED} {STEPS} {STORY} meeting meeting_edit meetings meetings_csv meetings_xlsx calendar {PAST}"
        f" meeting_history {FOR_MORE} plan", [
        "partnership.title of one withdrawn"]),
    (OFFICE, f"{LISTED} {STEPS} {STORY} {MEETING} organization calendar mail network {PAST} meeting_history {FOR_MORE} plan", [
        "partnership.title of a full draft"]),
    (OFFICE, f"{LISTED} {OFFERED} organization organization_split", ["partnership.title of a draft shown no more"]),
    (OFFICE, f"{LISTED} {STEPS} {STORY} {MEETING} calendar mail outbox {PAST} meeting_history {FOR_MORE}", [
        "partnership.title of one taken over"]),
    (OFFICE, f"{DOCUMENT} {EDITS} partner_edit {TABS} partnerships_csv partnerships_xlsx partnership_history changed_together", [
        *a("partnership", PUBLISHED, " of a full draft"),
        "party.contribution of a draft", *a("agreement", "scope renewal"), *a("training", "audience evaluator"),
        *a("advisorybody", "position chosen_how decides_what decides_how compensation"),
        *a("jointproject", "outcomes budget_split"), *a("document", "title url")]),
    (OFFICE, f"{API} partnership_agreement partnership_timeline {OFFICE_TAB} public_records partnership_history"
        " changed_together", [
        *a("seat", "title chosen_by"), *a("ask", "text answer_reason"), "practice.title",
        *a("partnershiplink", "came_of_it url")]),
    (GUESTS, f"{SHOWN_TO} network", ["partnership.title of a draft shown to an organization"]),
    (OFFICE | {"member"}, f"{SHOWN_TO} network", ["partnership.title of a draft shown to a jurisdiction"]),
    (OFFICE | {"department"}, SHOWN_TO, ["partnership.title of a draft shown to a department"]),
    (ELSEWHERE, LISTED, ["partnership.title of another office's draft"]),
    # Organizations
    (OFFICE, f"{NAME} {CHECK_INS} {PARTNERS_TAB} {OFFICE_TAB} partnership_agreement partnership_publish"
        " partnerships_csv partnerships_xlsx public_records"
        f" meeting_new meeting_edit email mail organization_people action_edit action_new meeting_close {STORIES}"
        " round_new round_note issue_area_circles network network_csv organization_duplicates"
        f" partnership_history {OF_GROUP} changed_together {MATRIX} activity_new activity_edit indicator_new measure_new"
        " measure_edit", [
        "organization.name of one unlisted"]),
    (OFFICE, f"{NAME} organization_people claim claims email mail {OF_GROUP}", ["organization.name of one withdrawn"]),
    (OFFICE, f"{NAME} organization_people suggestion suggestions email {OF_GROUP}", ["organization.name of one handed over"]),
    (OFFICE, f"{PROFILE} suggestion {OF_GROUP}", [
        *each(OF_PROFILE, *KINDS[:3]),
        *each(" ".join(Organization.PRIVATE_FIELDS), "profiled"), "organization.aims of one handed over"]),
    (AT_THE_TABLE, f"{PROFILE} organization_history organization_merge", each(
        OF_PROFILE, KINDS[3])),
    (OFFICE, f"{API} organization organization_edit {OWN_PAGES} own_domain organization_history organization_undo"
        " organization_split", [
        *each("listing_source", "unlisted", "profiled", *KINDS[2:]),
        *each("value", *KINDS[:2], model="identifier"), "organization.mail_domain of one profiled",
        *a("change", "before why", " of an organization")]),
    (OFFICE, "organization", each("confirmed_source", *KINDS[:2], model="identifier")),
    (OFFICE, f"{API} organization organization_edit organization_history organization_merge", each("source", *KINDS[:2])),
    (WRITERS, "organization_history organization_apart search", ["merge.lost_name"]),
    (NOBODY, "", a("merge", "steps before")),
    (ELSEWHERE, f"{NAME} organization_people {OF_GROUP}", ["organization.name of one that another office keeps"]),
    # Contacts
    (OFFICE, f"{CONTACT} partnership_invite", contact("email phone note", *KINDS[:2])),
    (OFFICE, f"{CONTACT} meeting_edit meeting_new {CHECK_INS} partnership_invite round_new", contact("name", *KINDS[:2])),
    (OFFICE, PHONE, contact("phone note", KINDS[2])),
    (OFFICE | {"contact"}, f"{CONTACT} mail", contact("email", KINDS[2])),
    (OFFICE | {"contact"}, f"{CONTACT} mail email outbox meeting meeting_history public_records", contact("name", KINDS[2])),
    (AT_THE_TABLE, f"{CONTACT} meeting_edit meeting_new {CHECK_INS} round_new", contact("name email phone note", KINDS[3])),
    (OFFICE | {"department"}, f"{API} department department_edit department_history department_undo department_split"
        f" meeting_edit meeting_new {CHECK_INS} round_new search", contact("name email phone note", "a department")),
    (ELSEWHERE, "jurisdiction jurisdiction_edit jurisdiction_history jurisdiction_undo search", contact(
        "name email phone note", "another office")),
    # Suggestions and claims
    (WRITERS, "suggestion", [*each("fields words", "open", "declined", model="suggestion")]),
    (WRITERS | {"sender"}, "suggestion email mail", ["suggestion.reason of one declined"]),
    ({"sender"}, "mail", ["suggestion.address of one declined"]),
    (NOBODY, "", ["suggestion.address of one open"]),
    (WRITERS, "claim claims email mail claim_file", [
        *a("claim", "name website about position evidence reason", " of a claim"),
        *a("claimfile", "name content", " of a claim")]),
    (WRITERS | {"claimant"}, "claim claims email mail search", a("person", "name email", " of a claim")),
    # People
    (WRITERS, "jurisdiction_people member_hand_over mail search", ["person.email of a colleague without a name"]),
    (OFFICE, f"jurisdiction_people {PEOPLE} member_hand_over meeting_new meeting_edit {CHECK_INS} action_new action_edit"
        " meeting_close profile_new report_new report_edit", [
        "person.name of a colleague"]),
    (MANAGERS, f"jurisdiction_people {PEOPLE} member_hand_over", ["person.email of a colleague"]),
    (MANAGERS, f"jurisdiction_people {PEOPLE} people", a("person", "name email", " of a suspended colleague")),
    (MANAGERS | {"newcomer"}, f"department_people {PEOPLE} mail", ["person.email of a department"]),
    (MANAGERS | {"newcomer", "department"}, f"department_people {PEOPLE} email outbox mail {CHECK_INS} action_new action_edit", [
        "person.name of a department"]),
    (PARTNERS | {"administrator", "newcomer"}, f"organization_people {OWN_PAGES} {PEOPLE} email mail"
        f" {CHECK_INS} round_name action_new action_edit own_report_new", ["person.name of a member of an organization"]),
    ({"administrator", "newcomer"}, f"organization_people {PEOPLE} mail", ["person.email of a member of an organization"]),
    (ELSEWHERE, f"jurisdiction_people {PEOPLE} profile_new report_new", ["person.name of another office"]),
    ({"administrator"}, f"jurisdiction_people {PEOPLE}", ["person.email of another office"]),
    (MANAGERS | {"newcomer"}, "jurisdiction_people invitation_take_back mail search", ["person.email of one invited"]),
    (MANAGERS | {"newcomer"}, "jurisdiction_people email mail", ["invitation.note to one invited"]),
    (MANAGERS, "jurisdiction_webhooks webhook webhook_edit webhook_secret webhook_pause webhook_resume webhook_delete"
        " webhook_delivery", ["webhook.name"]),
    (MANAGERS, "webhook_edit", ["webhook.url"]),
    (MANAGERS, "jurisdiction_services service_secret service_take_over service_revoke", ["apitoken.name of a service account"]),
    (MANAGERS, "webhook_delivery", a("webhookdelivery", "payload answer")),
    ({"editor"}, "account_tokens own_data", ["apitoken.name of the editor",
        "usersession.user_agent of the editor"]),
    ({"editor"}, f"{SAVED} own_data saved_list saved_list_remove", [
        *a("savedlist", "name query", " of the editor")]),
    (OFFICE - {"administrator"}, f"{SAVED} own_data saved_list saved_list_remove", ["savedlist.name of the office"]),
    (OFFICE - {"administrator"}, f"{SAVED} own_data", ["savedlist.query of the office"]),
    ({"editor"}, "list_file own_data", ["listfile.query of the editor"]),
    (OFFICE - {"administrator"}, "reports report_definition report_edit report_make report_end", [
        "reportdefinition.title of the office"]),
    (OFFICE - {"administrator"}, "report_definition report_edit", ["reportdefinition.query of the office"]),
    (NOBODY, "", ["reportdefinition.source of the office"]),
    ({"editor"}, "imports import_file import_columns import_remove own_data", ["import.filename of the editor"]),
    ({"editor"}, "import_file import_columns", ["import.result of the editor"]),
    ({"editor"}, "own_data", ["import.sheet of the editor", "import.numbers_source of the editor"]),
    (NOBODY, "", ["columnmemory.heading of the office", "valuememory.text of the office"]),
    ({"editor"}, "home own_data draft_drop", ["draft.fields of the editor"]),
    # An administrator sees what an account did, and so the names of its tokens.
    ({"stranger", "administrator"}, "account_tokens own_data person", ["apitoken.name of the stranger"]),
    (MANAGERS, "keeping", ["retentionrun.erased"]),
    # Meetings, check-ins, emails
    (OFFICE | {"contact"}, f"{MEETING} {OF_MEETING} meeting_cancel {OWN_PAGES} calendar outbox own_data public_records mail"
        " link", [
        *a("meeting", "title place link access_notes interpretation", " of one internal"), "agendaitem.title of one internal"]),
    (OFFICE, f"{MEETING} {OF_MEETING} meeting_cancel {OWN_PAGES} calendar outbox own_data public_records mail link", [
        "meeting.title of a draft"]),
    (OFFICE, f"{API} meeting meeting_history public_records", ["meeting.source of one internal"]),
    (OFFICE, f"{MEETING} {OF_MEETING} meeting_cancel outbox calendar link", ["meeting.title of one internal, with one who left"]),
    (OFFICE, f"{API} meeting {OF_MEETING} meeting_close public_records", ["meeting.notes", "agendaitem.notes"]),
    (OFFICE, f"{API} meeting meeting_history meeting_close public_records {STORIES}", [
        *a("decision", "question options outcome community_input")]),
    (OFFICE, f"{API} {OFFICE_TAB} public_records {STORIES} own_data", [*a("checkin", "note changed needs")]),
    (OFFICE, f"partnership partnership_meetings action action_edit action_note action_history action_undo actions actions_csv"
        f" actions_xlsx account_actions home {STORIES} {API} outbox email mail own_data public_records search", [
        *a("action", "title detail")]),
    (OFFICE, f"{API} action action_history public_records", ["actionnote.text"]),
    (OFFICE, f"{API} public_records own_data", ["action.source"]),
    # Interactions
    (OFFICE, f"{OF_INTERACTION} public_records", [*a("interaction", "summary text")]),
    (GUESTS, f"{OF_INTERACTION} interaction_remark public_records", [*a("interaction", "summary text", " shared")]),
    (GUESTS, "interaction interaction_history public_records", ["interactionremark.text"]),
    (OFFICE, "interaction_history public_records", [*a("interaction", "source"), *a("interaction", "source", " shared")]),
    # Activities, gains and plans
    (AT_THE_TABLE, f"{OF_ACTIVITIES} activities activity activity_edit activity_history activity_undo partnership_results"
        f" partnership_matrix action_new action_edit public_records {STORIES}", ["activity.title"]),
    (AT_THE_TABLE, f"{OF_ACTIVITIES} activity activity_edit activity_history public_records", ["activity.detail"]),
    (AT_THE_TABLE, f"{API} activity activity_edit activity_history public_records", ["activity.source"]),
    (AT_THE_TABLE, "partnership_results partnership_our_part gain_edit gain_withdraw public_records", ["gain.text"]),
    (OFFICE, f"{API} plans plan plan_edit plan_import plan_history plan_undo outcome_new outcome_edit outcome_remove activity_new"
        " activity_edit coverage coverage_outcomes_csv", ["plan.title"]),
    (OFFICE, f"{API} plan plan_edit plan_history", ["plan.link"]),
    (OFFICE, f"{API} plan plan_history", ["plan.source"]),
    (OFFICE, f"{API} plan plan_csv plan_xlsx plan_history outcome_edit outcome_remove activity_new activity_edit coverage"
        " coverage_outcomes_csv", a("outcome", "number title")),
    (OFFICE, f"{API} plan plan_csv plan_xlsx plan_history outcome_edit", [
        *a("outcome", "goal actions measured_by accountable due progress")]),
    # Results and measures of the partnership: none is public, and the partner supplies the numbers
    (AT_THE_TABLE, f"{OF_RESULT} {OF_MEASURES} results result_undo measure measure_history partnership_results round {STORIES}"
        f" {MATRIX} {OFFERED} activity_new activity_edit indicator_new search", ["result.title"]),
    (AT_THE_TABLE, f"{OF_RESULT} results partnership_results {STORIES}", ["result.population"]),
    (AT_THE_TABLE, OF_RESULT, [*a("result", "detail source")]),
    (AT_THE_TABLE, f"{API} {OF_MEASURES} measures measure result partnership_results {PARTNERS_TAB} mail email outbox"
        f" {STORIES} {NUMBERS} measure_edit measure_history measure_undo measure_number measure_say measure_svg search", [
        "measure.title"]),
    (AT_THE_TABLE, f"{API} {OF_MEASURES} measure measure_edit measure_history measure_data", [
        *a("measure", "definition source"), "measuregroup.name"]),
    (AT_THE_TABLE, f"{API} measure measure_number measure_numbers_csv {STORIES}", ["datapoint.story"]),
    (AT_THE_TABLE, f"{API} measure measure_number measure_numbers_csv measure_svg", [
        *a("datapoint", "source published_by")]),
    (AT_THE_TABLE, f"{API} measure measure_number measure_numbers_csv", ["datapoint.link"]),
    (OFFICE | {"partner"}, "measure measure_history measure_number", ["datapoint.why"]),
    (AT_THE_TABLE, f"measure measure_history {STORIES}", [*a("reading", "words answer")]),
    # The composition of a draft advisory body: those who may correct it also see its words in the form and its history
    (OFFICE, f"{API} partnership_makeup makeup makeup_history", a("makeup", "asked_how note source")),
    # Rounds: both sides see scores and the comments that people chose to show. Only the author sees the rest.
    (AT_THE_TABLE | {"asked"}, "partnership_power round round_move round_cancel round_remind round_history round_note"
        f" public_records link round_respond rounds rounds_csv home round_publish {STORIES}", ["round.title"]),
    (AT_THE_TABLE, "round round_cancel round_history own_data mail email", ["cancellation.why"]),
    # The names of a side's respondents are for that side alone.
    (PARTNERS | {"asked"}, "round link", ["respondent.name"]),
    (AT_THE_TABLE, "rounds portfolio own_data", ["portfolio.title"]),
    (AT_THE_TABLE, "portfolio", ["portfolioplace.problem"]),
    ({"editor"}, "own_data", ["portfolio.source"]),
    (AT_THE_TABLE, "round public_records", [*a("sharedword", "text evidence")]),
    (AT_THE_TABLE, "round round_note round_respond public_records", ["responsenote.text"]),
    # While a round isn't public, a partner's decision is for its own editors and the public-records file.
    ({"partner"} | WRITERS, "round_publish public_records", ["publishingword.reply"]),
    (WRITERS, "public_records", ["round.source", "expectedseat.source", *a("seatconsent", "source text note")]),
    (AT_THE_TABLE, "partnership_partners public_records", ["expectedseat.why"]),
    ({"editor"}, "own_data", [*a("answer", "comment evidence")]),
    (OFFICE, "email", ["email.last_reply"]),
    ({"administrator"}, "suppressions", ["suppression.detail"]),
)
# Choices that everyone can see. The crawl doesn't search for them as words, and only compares the worlds.
CHOICES = dict.fromkeys(each("kind issue_areas area", *KINDS[:3]), OFFICE)
CHOICES |= dict.fromkeys(each("kind issue_areas area", KINDS[3]), AT_THE_TABLE)
# fmt: on


def _with_token(who):
    return frozenset(who) | ({"read_token"} if "reader" in who else NOBODY)


WHO = {name: _with_token(who) for who, _, names in ROWS for name in names}
WHO |= {name: _with_token(who) for name, who in CHOICES.items()}

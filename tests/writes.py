"""What each write may change: route → sorts of change. tests/tampering.py checks every row.

“+Model” and “-Model” add and delete rows, and “±Model” does both. “Model(a b)” changes these columns of existing rows,
and “Model(*)” any column. The version, stamp and time of a changed record, the audit log, emails and tombstones may
change with every write. A route that writes and isn't listed here may change nothing.
"""

import re
from functools import cache

from tests import fields

# Whatever withdraws something also redacts it from reports. What names it is sent with the next pull, and so is a count whose
# neighbor changed. A round that everyone could read comes as gone.
RESTAMPED = {"Activity.stamp", "Plan.stamp", "Makeup.stamp", "Round.stamp", "Round.is_public"}
FOLLOW = {"+Change", "+Email", "Email.*", "+Tombstone", "-Tombstone", "Report.*", "-ReportName"} | RESTAMPED
MOVES = {"version", "public_version", "stamp", "updated_at"}

PARTIES = """±Party Party(circle starts_on ends_on contribution consented_on internal_notes position confirm_asked_on side)
 ±PartyRole PartyRole(*) -Confirmation -PartyNote -Reply -PublishingWord -ActivityPart Respondent(party_id)
 AskedParty(party_id) Round(started_by_id started_by_lead)"""
FACTS = """±Partnership_issue_areas ±Partnership_communities
 ±Agreement Agreement(*) ±Training Training(*) ±AdvisoryBody AdvisoryBody(*) ±Seat Seat(*)
 ±JointProject JointProject(*) ±Ask Ask(*) ±Practice Practice(*) ±Practice_adopted_by ±Document Document(*)
 ±PartnershipLink"""
PARTNERSHIP = f"Partnership({fields.columns('partnership')}) {PARTIES} {FACTS}"
MEETING = """Meeting(title date time zone starts_at minutes_long place link link_is_public access_notes is_public
 sequence interpretation)
 ±AgendaItem AgendaItem(*) ±Participant"""
CONTACTS = """±Contact Contact(name role_id email phone note visible_to language) -Respondent -Answer -TieAnswer
 Respondent(contact_id) SeatConsent(contact_id)"""
NUMBER = "is_confirmed confirmed_for_id confirmed_source confirmed_at"
LISTS = f"{CONTACTS} ±Identifier Identifier(scheme value stated_by_id stated_for_id {NUMBER})"
# The last partner that names its people: answering begins, or the round is canceled since no one was named.
NAMES_LAST = "Round(answering_at cancelled_at) +Cancellation RoundSide(asked) AskedParty(asked)"
TERMS = "±Organization_issue_areas ±Organization_area ±Organization_languages ±Organization_led_by ±Organization_communities"
ORGANIZATION = f"""Organization({fields.columns("organization", exclude=("mail_domain",))} has_withdrawn) {LISTS} {TERMS}
 Party(side unnamed)"""
JURISDICTION = f"""Jurisdiction(name other_names kind state parent_id path zone stage website about source last_verified_on)
 ±StageEntry ±JurisdictionRelation Department(path) {LISTS}"""
DEPARTMENT = f"""Department(name other_names kind parent_id path is_equity_office website about closed_on source last_verified_on)
 ±Department_issue_areas {LISTS}"""
ACTIVITY = """Activity(title detail kind status starts_on ends_on is_public source last_verified_on) ±ActivityPart
 ActivityPart(part) ±Activity_results ±Activity_outcomes"""
PLAN = "Plan(title link starts_on ends_on is_published)"
OUTCOME = "Plan(version) ±Outcome Outcome(*) ±Outcome_partnerships"
INTERACTION = """Interaction(kind direction date time summary text is_shared follow_up_on follow_up_by_id followed_up_on)
 ±Interaction_contacts ±Interaction_staff ±Interaction_partnerships"""
ACTION = "Action(title detail due_on owner_person_id owner_party_id activity_id)"
SUSPENSION = "Person(is_active password)"
RESULT = """Result(title population detail lead_id is_published source last_verified_on) ±Result_issue_areas
 ±Result_partnerships"""
MEASURE = """Measure(title kind definition source unit per counted lowest highest direction period first_month baseline_value
 baseline_on target_value target_on last_on smallest limits due_days is_published last_verified_on) ±MeasureGroup MeasureGroup(*)
 ±MeasureOwner MeasureOwner(*)"""
MAKEUP = """Makeup(counted_on members several prefer_not no_answer changed asked_how note source counts kept_back
 is_closed)"""
CHECK_INS = """CheckInPlan(rhythm anchor_on next_due_on zone skips_holidays is_active person_id contact_id party_id
 holder_id)"""
POPULATION = "Population(year total several source link note counts)"
ROUND = "+Round +RoundSide +AskedParty +Respondent"
ERASURE = """Person(*) -Membership +FormerMember -Claim -ClaimFile
 -ApiToken -ApiToken_memberships -Invitation -Participant
 Suggestion(address reviewed_by_id) Claim(reviewed_by_id) Invitation(by_id) PartyNote(by_id) Confirmation(by_id)
 Remark(by_id) Reply(by_id) CheckIn(recorded_by_id) -Respondent -Answer ResponseNote(by_id) ExpectedSeat(declared_by_id)
 -NetworkReading -SavedList -ListFile -Import SavedList(by_id) Portfolio(by_id) Answer(taken_by_id) Change(*)
 -ReportDefinition_mailed_to Webhook(by_id)
 +Erasure +LeftText Import(filename content sheet columns picked fixes result state claimed_until)"""
NUMBERS = "+DataPoint DataPoint(replaced_at) Measure(version)"

# fmt: off
MAY = {
    "partnership_new": f"+Partnership {PARTNERSHIP}",
    "partnership_edit": PARTNERSHIP,
    "partnership_overview_edit": PARTNERSHIP,
    "partnership_about_edit": PARTNERSHIP,
    "partnership_partners_edit": PARTNERSHIP,
    "partnership_timeline_edit": PARTNERSHIP,
    "partnership_agreement_edit": PARTNERSHIP,
    "partnership_office_edit": PARTNERSHIP,
    "partner_new": PARTNERSHIP,
    "partner_edit": PARTNERSHIP,
    "partnership_undo": PARTNERSHIP,
    "organization_undo": f"{ORGANIZATION} Organization(open_fields mail_domain)",
    "organization_split": "+Organization Organization(version) Partnership(version) Party(organization_id state)"
        " Contact(organization_id) Identifier(organization_id stated_by_id stated_for_id) SeatConsent(organization_id)"
        " +Membership",
    "department_split": f"+Department {DEPARTMENT} Party(department_id) Contact(department_id) Identifier(department_id)"
        " SeatConsent(department_id)",
    "organization_apart": f"+Organization {ORGANIZATION} Merge(*) Party(organization_id) SeatConsent(organization_id)",
    "department_apart": f"+Department {DEPARTMENT} Merge(*) Party(department_id) SeatConsent(department_id)",
    "jurisdiction_undo": f"{JURISDICTION} {LISTS} StageEntry(*) Jurisdiction(population latitude longitude reply_days)",
    "department_undo": f"{DEPARTMENT} {LISTS} Department(jurisdiction_id)",
    "meeting_undo": f"{MEETING} Meeting(status source last_verified_on)",
    "interaction_undo": f"{INTERACTION} Interaction(source last_verified_on)",
    "action_undo": f"{ACTION} Action(source last_verified_on)",
    "result_new": f"+Result {RESULT}",
    "result_edit": RESULT,
    "result_undo": RESULT,
    "indicator_new": f"+Measure {MEASURE}",
    "measure_new": f"+Measure {MEASURE}",
    "measure_edit": MEASURE,
    "measure_undo": MEASURE,
    "measure_data": NUMBERS,
    "measure_paste": NUMBERS,
    "makeup_new": "+Makeup",
    "makeup": MAKEUP,
    "makeup_undo": f"{MAKEUP} Makeup(last_verified_on)",
    "population_new": "+Population",
    "population": POPULATION,
    "population_undo": f"{POPULATION} Population(last_verified_on)",
    "measure_say": "+Reading Measure(version)",
    "measure_answer": "Reading(answer answered_by_id settled_at) Measure(version)",
    "partnership_many": "Partnership(status purpose_id origin_id last_verified_on) ±Partnership_issue_areas",
    "organization_many": "Organization(kind_id kept_by_id last_verified_on) ±Organization_issue_areas",
    "department_many": "Department(kind last_verified_on) ±Department_issue_areas",
    "undo_together": PARTNERSHIP,
    "partnership_publish": "Partnership(is_published published_at) Party(confirm_asked_on) Meeting(stamp)",
    "partnership_withdraw": "Partnership(is_published published_at) Meeting(stamp)",
    "partnership_end": f"Partnership(status ends_on status_reason lessons) Party(confirm_asked_on) {ROUND}"
        " Meeting(status sequence)",
    "partnership_share": "±DraftShare Partnership(version)",
    "partnership_ask": "Party(confirm_asked_on)",
    "partnership_confirm": "Partnership(version) ±Confirmation Confirmation(*)",
    "activity_new": f"+Activity {ACTIVITY}",
    "activity_edit": ACTIVITY,
    "activity_undo": ACTIVITY,
    "gain_new": "+Gain",
    "gain_edit": "Gain(text gained_on is_public version by_id at)",
    "gain_withdraw": "-Gain",
    "plan_new": "+Plan",
    "plan_edit": PLAN,
    "plan_undo": f"{PLAN} {OUTCOME} Plan(source last_verified_on)",
    "plan_import": OUTCOME,
    "outcome_new": OUTCOME,
    "outcome_edit": OUTCOME,
    "outcome_remove": f"{OUTCOME} -Activity_outcomes",
    "partnership_invite": "Party(state) +SeatConsent",
    "seat_invite": "Party(state) +SeatConsent SeatConsent(code)",
    "code": "Party(state unnamed) ±SeatConsent SeatConsent(code) ±Answer Answer(*) ±Respondent Respondent(keeps_back finished_at"
        " declined_at) ±Objection -PendingAnswer AskedParty(named_at named_by_id) Round(version) RoundSide(has_recorded)"
        f" {NAMES_LAST}",
    "round_code": "AskedParty(code code_by_id code_by_other_side)",
    "answer_seat": "Party(state unnamed) +SeatConsent",
    "name_by_link": "Round(version) ±Respondent ±Objection ±Vouch RoundSide(has_recorded)"
        f" AskedParty(named_at named_by_id code code_by_id code_by_other_side) {NAMES_LAST}",
    "agree_by_link": "Round(version) CancellationYes(agrees at) PublishingWord(agrees reply at by_id)",
    "state_by_link": "Partnership(version) +Confirmation",
    "partnership_our_seat": "Party(state unnamed) +SeatConsent",
    "partnership_our_part": "Partnership(version) Party(contribution confirm_asked_on) ±PartyNote PartyNote(*)",
    "remark_new": "Partnership(version) +Remark +Reply",
    "remark_withdraw": "Partnership(version) Remark(withdrawn_at)",
    "remark_reply": "Partnership(version) +Reply Reply(text by_id at)",
    "meeting_new": f"+Meeting +MeetingSeries {MEETING}",
    "meeting_edit": MEETING,
    "meeting_cancel": "Meeting(status sequence)",
    "meeting_close": "Meeting(notes closed_at notes_are_public) AgendaItem(notes) ±Attendance Attendance(*) ±Decision Decision(*)"
        " ±Decision_decided_by ±Decision_could_block +Action",
    "interaction_new": "+Interaction ±Interaction_contacts ±Interaction_staff ±Interaction_partnerships",
    "interaction_edit": INTERACTION,
    "interaction_follow_up": "Interaction(followed_up_on)",
    "interaction_remark": "+InteractionRemark Interaction(version public_version updated_at stamp)",
    **dict.fromkeys(("partnership_owner", "organization_owner"), "±Owner Owner(until)"),
    "action_new": "+Action",
    "action_edit": ACTION,
    "action_note": "+ActionNote Action(status done_on)",
    "answer_meeting": "Participant(answer answered_at)",
    "answer_round": "±Answer Answer(*) Respondent(keeps_back finished_at declined_at) -TieAnswer -PendingAnswer",
    "round_new": ROUND,
    "portfolio_new": "+Portfolio +PortfolioPlace",
    "round_remind": "Round(reminded_on)",
    "round_move": "Round(closes_on closes_at moved_from)",
    "round_cancel": "Round(cancelled_at) +Cancellation +CancellationYes",
    "round_publish": "±PublishingWord PublishingWord(*) Round(version)",
    "answer_ties": "±TieAnswer Respondent(declined_at)",
    "round_respond": "+ResponseNote +Action Round(version)",
    "round_note": "±ResponseNote ResponseNote(*) +Action Round(version)",
    "round_name": f"Round(version) ±Respondent AskedParty(named_at named_by_id) {NAMES_LAST}",
    "round_object": "Round(version) ±Objection",
    "round_vouch": "Round(version) ±Vouch",
    "round_record": "±PendingAnswer RoundSide(has_recorded)",
    "partnership_seat_new": "+ExpectedSeat",
    "area_seat_new": "+ExpectedSeat",
    "expected_seat": "ExpectedSeat(taken_back_on)",
    "network": "+NetworkReading",
    "answer_check_in": "+CheckIn CheckInPlan(next_due_on)",
    "stop_emails": "±EmailPreference",
    "suppressions": "+Suppression",
    "suppression_end": "-Suppression",
    **dict.fromkeys(("partnership_follow", "organization_follow", "jurisdiction_follow", "department_follow",
        "issue_area_follow", "account_follow_end"), "±Follow"),
    "account_emails": "±EmailPreference EmailPreference(*) Person(zone digest_at digest_weekday quiet_from quiet_until)",
    "account_language": "Person(language has_chosen_language)",
    "account_first_steps": "Person(hides_first_steps)",
    "account_name": "Person(name)",
    "account_calendars": "+CalendarFeed",
    "account_calendar_revoke": "CalendarFeed(revoked_at)",
    "checkinplan_new": "+CheckInPlan",
    "checkinplan": CHECK_INS,
    "checkinplan_undo": f"{CHECK_INS} CheckInPlan(source last_verified_on)",
    "check_in_done": "+CheckIn CheckInPlan(next_due_on)",
    "organization_new": f"+Organization +DistinctPair {ORGANIZATION}",
    "organization_duplicates": "±DistinctPair",
    "organization_edit": f"{ORGANIZATION} +DistinctPair",
    "organization_still_right": "Organization(last_verified_on)",
    **dict.fromkeys(("number_confirm", "number_withdraw"), f"Identifier({NUMBER})"),
    "own_name": "Organization(name other_names side kind_id closed_on open_fields) Party(side) +DistinctPair",
    "own_work": "Organization(aims open_fields) ±Organization_issue_areas",
    "own_place": "Organization(area_note open_fields) ±Organization_area ±Organization_languages ±Organization_led_by"
        " ±Organization_communities",
    "own_reach": f"Organization(website address open_fields) {CONTACTS}",
    "own_listing": "Organization(listing has_withdrawn) Party(unnamed)",
    "own_domain": "Organization(mail_domain)",
    "organization_missing": "+Suggestion",
    "organization_suggest": "+Suggestion",
    "suggestion": "Suggestion(state decisions reason reviewed_by_id reviewed_at organization_id) +Organization"
        " Organization(name website aims area_note closed_on) +DistinctPair",
    "organization_claim": "+Claim +ClaimFile",
    "organization_propose": "+Claim +ClaimFile",
    "claim": "Claim(state reason reviewed_by_id reviewed_at organization_id) +Organization ±Membership"
        " Membership(role let_in_with_id) ±FormerMember +DistinctPair",
    "seat_question": "+Claim Claim(state reviewed_at) +Membership Membership(let_in_with_id address_given_by_id) -FormerMember",
    "jurisdiction_new": f"+Jurisdiction {JURISDICTION}",
    "jurisdiction_edit": JURISDICTION,
    "department_new": f"+Department +DistinctPair {DEPARTMENT}",
    "department_edit": f"{DEPARTMENT} +DistinctPair",
    "contact_erase": "Organization(version) -Contact -Participant -Respondent -Answer CheckInPlan(contact_id is_active)"
        " Change(before after why) SeatConsent(contact_id)",
    "keeping": "±RetentionRule RetentionRule(days) Jurisdiction(reply_days)",
    "member": "Membership(role let_in_with_id)",
    "member_remove": "-Membership -ApiToken_memberships Membership(role) +FormerMember",
    "member_hand_over": "Membership(role let_in_with_id)",
    "invitation": "+Membership Membership(let_in_with_id) -FormerMember Invitation(state answered_at) Person(name)",
    "invitation_take_back": "Invitation(state answered_at)",
    "organization_invite": "+Invitation +Person Invitation(role by_id sent_at expires_at)",
    "jurisdiction_invite": "+Invitation +Person Invitation(role note by_id sent_at expires_at)",
    "department_invite": "+Invitation +Person Invitation(role by_id sent_at expires_at)",
    "person_suspend": SUSPENSION,
    "person_reinstate": SUSPENSION,
    "person_merge_with": "-Person Person(name email zone language password) ±Membership"
        " Membership(person_id role let_in_with_id) ±FormerMember +Merge",
    "person_apart": "+Person Person(password) Merge(*)",
    "saved_list_new": "+SavedList SavedList(list query by_id at)",
    "saved_list": "SavedList(name by_id at)",
    "saved_list_remove": "-SavedList",
    "draft_drop": "-Draft",
    "sample_data": "±SampleWork",
    "site_text": "±SiteText SiteText(text by_id at)",
    "word": "±Wording Wording(label help by_id at)",
    "own_word": "±Wording Wording(label help by_id at)",
    "term_new": "+Term",
    "list_file_new": "+ListFile -ListFile",
    **dict.fromkeys(("report_new", "profile_new", "own_report_new", "council_report"), "+ReportDefinition +Report"
        " +ReportDefinition_mailed_to ±Draft Draft(fields at)"),
    "report_edit": "ReportDefinition(title eyes query rhythm next_on) ±ReportDefinition_mailed_to ±Draft Draft(fields at)",
    "report_end": "ReportDefinition(ended_on rhythm next_on)",
    "report_make": "+Report -Report",
    "imports": "+Import",
    "import_columns": "Import(state columns picked fixes result rows_done claimed_until sheet) +ColumnMemory ColumnMemory(field)",
    "import_file": "Import(state picked fixes result rows_done claimed_until) ±ValueMemory ValueMemory(value)",
    "import_undoing": "Import(state rows_done rows_total claimed_until)",
    "import_remove": "-Import",
    **dict.fromkeys(("organization_webhook_new", "jurisdiction_webhook_new", "department_webhook_new"), "+Webhook"),
    "webhook_edit": "Webhook(name url format kinds reach rights by_id)",
    "webhook_secret": "Webhook(seed old_seed old_until)",
    "webhook_pause": "Webhook(paused_at paused_because)",
    "webhook_resume": "Webhook(by_id paused_at paused_because failures rest_until)"
        " WebhookDelivery(state answer next_attempt_at expires_at)",
    "webhook_delete": "-Webhook -WebhookDelivery",
    "webhook_test": "+WebhookDelivery Webhook(rest_until)",
    "webhook_again": "WebhookDelivery(state attempts next_attempt_at expires_at) Webhook(rest_until)",
    **dict.fromkeys(("organization_service_new", "jurisdiction_service_new", "department_service_new"), "+ApiToken +Person"),
    "service_secret": "ApiToken(prefix digest old_prefix old_digest old_until made_at expires_at)",
    "service_take_over": "ApiToken(answerable unanswered_since)",
    "service_revoke": "ApiToken(revoked_at)",
    "account_token_new": "+ApiToken +ApiToken_memberships",
    "account_token_replace": "ApiToken(prefix digest old_prefix old_digest old_until made_at expires_at)",
    "account_token_revoke": "ApiToken(revoked_at)",
    **dict.fromkeys(("account_erase", "person_erase"), ERASURE),
    "mfa_activate_totp": "+Authenticator",
    # Django's admin pages for open vocabularies.
    "admin:partnerships_term_add": "+Term +LogEntry",
    "admin:partnerships_term_change": "Term(*) +LogEntry",
    "admin:partnerships_issuearea_add": "+IssueArea +LogEntry",
    "admin:partnerships_issuearea_change": "IssueArea(*) +LogEntry",
}
# fmt: on
# Forms that keep typed text as unsaved text, and delete it once they are saved (web/frame/drafts.py).
for _place in (
    "partnership",
    "organization",
    "jurisdiction",
    "department",
    "meeting",
    "action",
    "interaction",
    "activity",
    "plan",
    "outcome",
):
    for _route in (f"{_place}_new", f"{_place}_edit"):
        MAY[_route] += " ±Draft Draft(fields at)"
for _route in (
    "result_new",
    "result_edit",
    "indicator_new",
    "measure_new",
    "measure_edit",
    "measure_data",
    "measure_paste",
    *("makeup_new", "makeup", "population_new", "population", "checkinplan_new", "checkinplan"),
):
    MAY[_route] += " ±Draft Draft(fields at)"
for _route in ("meeting_close", "own_name", "own_work", "own_place", "own_reach", "own_listing", "own_domain"):
    MAY[_route] += " ±Draft Draft(fields at)"


@cache
def allowed(route) -> set[str]:
    """Return everything that this route may change: “+Model”, “-Model”, “Model.column” or “Model.*”."""
    found = set()
    for sign, model, columns in re.findall(r"([+±-]?)(\w+)(?:\(([^)]*)\))?", MAY.get(route, "")):
        if columns:
            found |= {f"{model}.{column}" for column in columns.split()}
            found |= {f"{model}.{column}" for column in MOVES}
        found |= {f"{one}{model}" for one in {"±": "+-"}.get(sign, sign)}
    return found


def is_allowed(touch, route) -> bool:
    return bool({touch.sort, f"{touch.model}.*"} & (allowed(route) | FOLLOW))

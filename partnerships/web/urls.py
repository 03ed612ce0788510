"""The URLs of all pages."""

from django.urls import path

from partnerships.core import record_types
from partnerships.directory.site_texts import PAGES
from partnerships.web.account import (
    erasing,
    first_steps,
    following,
    invitations,
    languages,
    names,
    privacy,
    seat_questions,
    tokens,
)
from partnerships.web.assessment import answering, portfolios, publishing, rounds, ties
from partnerships.web.by_link import agreements, codes, respondents
from partnerships.web.by_link import statements as statements_by_link
from partnerships.web.by_link import views as links
from partnerships.web.frame import bulk, drafts, list_files, record_history
from partnerships.web.frame.lists.filter_pages import filter_paths
from partnerships.web.home import picking, saved_lists, search
from partnerships.web.home import views as home
from partnerships.web.imports import views as importing
from partnerships.web.interactions import owners
from partnerships.web.interactions import views as interactions
from partnerships.web.jurisdictions import departments, issue_areas
from partnerships.web.jurisdictions import editing as editing_places
from partnerships.web.jurisdictions import views as jurisdictions
from partnerships.web.measures import (
    composition,
    editing_counts,
    editing_results,
    entering,
    interpretations,
    pasting,
    plan_import,
    plans,
    populations,
    results,
    single_numbers,
)
from partnerships.web.measures import downloads as measure_downloads
from partnerships.web.measures import editing as editing_measures
from partnerships.web.measures import views as measures
from partnerships.web.meetings import action_items, calendar, check_ins, editing_action_items, feeds
from partnerships.web.meetings import closing as closing_meetings
from partnerships.web.meetings import editing as editing_meetings
from partnerships.web.meetings import views as meetings
from partnerships.web.network import views as network
from partnerships.web.office import (
    coverage,
    label_overrides,
    leaving,
    members,
    merging_people,
    overview,
    people,
    sample,
    service_accounts,
    webhooks,
)
from partnerships.web.organizations import claims, duplicates, merging, merging_contacts, numbers, suggestions
from partnerships.web.organizations import editing as editing_organizations
from partnerships.web.organizations import map as organization_map
from partnerships.web.organizations import own as own_organization
from partnerships.web.organizations import views as organizations
from partnerships.web.outbox import email_kinds, suppressions
from partnerships.web.outbox import views as outbox
from partnerships.web.partnerships import (
    activities,
    atom,
    circles,
    gains,
    inviting,
    matrix,
    our_seat,
    own_part,
    partner_editing,
    seats,
    sharing,
    starting,
    statements,
    tabs,
    timeline,
)
from partnerships.web.partnerships import editing as editing_partnerships
from partnerships.web.partnerships import map as partnership_map
from partnerships.web.partnerships import pages as partnership_pages
from partnerships.web.partnerships import views as partnerships
from partnerships.web.public import about, crawlers, dashboards, developers, embeds, site_texts
from partnerships.web.reports import editing as editing_reports
from partnerships.web.reports import views as reports

urlpatterns = [
    # Lists whose filters load when a menu opens. Their addresses come before those of records.
    *(
        one
        for address, name, list_page in (
            ("partnerships/", "partnerships", partnerships.list_page),
            ("partnerships/map/", "partnerships_map", partnerships.list_page),
            ("organizations/", "organizations", organizations.list_page),
            ("organizations/map/", "organizations_map", organizations.list_page),
            ("jurisdictions/", "jurisdictions", jurisdictions.list_page),
            ("departments/", "departments", departments.list_page),
            ("meetings/", "meetings", meetings.list_page),
            ("meetings/calendar/", "calendar", calendar.list_page),
            ("actions/", "actions", action_items.list_page),
            ("interactions/", "interactions", interactions.list_page),
            ("activities/", "activities", activities.list_page),
            ("results/", "results", results.list_page),
            ("measures/", "measures", measures.list_page),
            ("rounds/", "rounds", portfolios.list_page),
        )
        for one in filter_paths(address, name, list_page)
    ),
    path("", home.home, name="home"),
    path("search/", search.page, name="search"),
    path("search/suggestions/", search.suggestions, name="search_suggestions"),
    path("search/picker/", picking.matches, name="picker"),
    path("developers/", developers.page, name="developers"),
    path("partnerships/", partnerships.partnership_list, name="partnerships"),
    *[
        path(f"{kind.addresses}/many/", bulk.bulk_edit, {"kind": kind.key}, name=f"{kind.key}_many")
        for kind in record_types.bulk_editable()
    ],
    path("partnerships.atom", atom.partnerships, name="partnerships_atom"),
    path("partnerships/map/", partnership_map.partnership_map, name="partnerships_map"),
    path("partnerships/new/", starting.new, name="partnership_new"),
    path("partnerships/<str:public_id>/", partnership_pages.overview, name="partnership"),
    path("partnerships/<str:public_id>/partners/", partnership_pages.partners, name="partnership_partners"),
    path("partnerships/<str:public_id>/power/", partnership_pages.power, name="partnership_power"),
    path("partnerships/<str:public_id>/results/", partnership_pages.results, name="partnership_results"),
    path("partnerships/<str:public_id>/meetings/", partnership_pages.partnership_meetings, name="partnership_meetings"),
    path("partnerships/<str:public_id>/timeline/", partnership_pages.timeline, name="partnership_timeline"),
    path("partnerships/<str:public_id>/timeline.csv", timeline.timeline_csv, name="partnership_timeline_csv"),
    path("partnerships/<str:public_id>/agreement/", partnership_pages.agreement, name="partnership_agreement"),
    path("partnerships/<str:public_id>/office/", partnership_pages.office, name="partnership_office"),
    # Where tabs were before.
    *[
        path(f"partnerships/<str:public_id>/{path_before}", tabs.moved, {"to": to}, name=name)
        for path_before, to, name in (
            ("circles/", "partnership_partners", "partnership_circles"),
            ("story/", "partnership_timeline", "partnership_story"),
            ("story.csv", "partnership_timeline_csv", "partnership_story_csv"),
        )
    ],
    path("partnerships/<str:public_id>/edit/", editing_partnerships.edit, name="partnership_edit"),
    *[
        path(
            f"partnerships/<str:public_id>/edit/{key}/",
            editing_partnerships.edit_part,
            {"key": key},
            name=f"partnership_{key}_edit",
        )
        for key in editing_partnerships.SECTIONS
    ],
    path("partnerships/<str:public_id>/edit/partners/new/", partner_editing.new, name="partner_new"),
    path("partnerships/<str:public_id>/edit/partners/<str:partner>/", partner_editing.edit, name="partner_edit"),
    path("partnerships/<str:public_id>/publish/", editing_partnerships.publish, name="partnership_publish"),
    path("partnerships/<str:public_id>/withdraw/", editing_partnerships.withdraw, name="partnership_withdraw"),
    path("partnerships/<str:public_id>/end/", editing_partnerships.end, name="partnership_end"),
    path("organizations/map/", organization_map.organization_map, name="organizations_map"),
    path("organizations/missing/", suggestions.propose, name="organization_missing"),
    path("organizations/<str:public_id>/suggest/", suggestions.suggest, name="organization_suggest"),
    path("suggestions/", suggestions.queue, name="suggestions"),
    path("suggestions/<int:pk>/", suggestions.suggestion, name="suggestion"),
    path("numbers/", numbers.to_check, name="numbers_to_check"),
    path("numbers/<int:pk>/confirm/", numbers.confirm, name="number_confirm"),
    path("numbers/<int:pk>/withdraw/", numbers.withdraw, name="number_withdraw"),
    path("partnerships/<str:public_id>/our-seat/", our_seat.our_seat, name="partnership_our_seat"),
    path("partnerships/<str:public_id>/our-part/", own_part.our_part, name="partnership_our_part"),
    path("partnerships/<str:public_id>/confirm/", statements.confirm, name="partnership_confirm"),
    path("partnerships/<str:public_id>/ask/", statements.ask, name="partnership_ask"),
    path("partnerships/<str:public_id>/invite/", inviting.invite_all, name="partnership_invite"),
    path("partnerships/<str:public_id>/share/", sharing.share, name="partnership_share"),
    path("partnerships/<str:public_id>/statements/new/", statements.remark_new, name="remark_new"),
    path("statements/<int:pk>/withdraw/", statements.remark_withdraw, name="remark_withdraw"),
    path("statements/<int:pk>/reply/", statements.remark_reply, name="remark_reply"),
    path("organizations/duplicates/", duplicates.duplicates, name="organization_duplicates"),
    path("organizations/new/", editing_organizations.new, name="organization_new"),
    path("changes/<uuid:request_id>/", bulk.bulk_change, name="changed_together"),
    path("changes/<uuid:request_id>/undo/", bulk.undo, name="undo_together"),
    *(
        path(f"{kind}s/<str:public_id>/{address}", view, {"kind": kind}, name=f"{kind}_{name}")
        for kind in record_history.MERGED_KINDS
        for address, view, name in (
            ("merge/", merging.merge, "merge"),
            ("merge/<int:pk>/apart/", merging.undo_merge, "apart"),
            ("split/", merging.split, "split"),
        )
    ),
    path("organizations/<str:public_id>/edit/", editing_organizations.edit, name="organization_edit"),
    path("organizations/propose/", claims.propose, name="organization_propose"),
    path("organizations/<str:public_id>/claim/", claims.claim_organization, name="organization_claim"),
    path("claims/", claims.queue, name="claims"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
    path("claims/<int:pk>/file/", claims.claim_file, name="claim_file"),
    path("organizations/<str:public_id>/mine/", own_organization.mine, name="organization_mine"),
    path(
        "organizations/<str:public_id>/still-right/", own_organization.confirm_current, name="organization_still_right"
    ),
    *[
        path(f"organizations/<str:public_id>/mine/{key}/", own_organization.part, {"key": key}, name=f"own_{key}")
        for key in own_organization.SECTIONS
    ],
    path("partnerships/<str:public_id>/rounds/new/", rounds.new, name="round_new"),
    path("partnerships/<str:public_id>/circles/expect/", seats.partnership_seat_new, name="partnership_seat_new"),
    path("issue-areas/<str:key>/circles/", circles.issue_area_circles, name="issue_area_circles"),
    path("jurisdictions/<str:public_id>/circles/<str:key>/expect/", seats.area_seat_new, name="area_seat_new"),
    path("expected-seats/<str:public_id>/", seats.expected_seat, name="expected_seat"),
    path("rounds/", portfolios.round_list, name="rounds"),
    path("rounds.csv", portfolios.round_csv, name="rounds_csv"),
    path("rounds/new/", portfolios.new, name="portfolio_new"),
    path("rounds/together/<str:public_id>/", portfolios.portfolio, name="portfolio"),
    path("rounds/<str:public_id>/", rounds.round_detail, name="round"),
    path("rounds/<str:public_id>/move/", rounds.move, name="round_move"),
    path("rounds/<str:public_id>/remind/", rounds.remind, name="round_remind"),
    path("rounds/<str:public_id>/cancel/", rounds.cancel, name="round_cancel"),
    path("rounds/<str:public_id>/people/<int:pk>/", rounds.name_people, name="round_name"),
    path("rounds/<str:public_id>/people/<int:pk>/code/", codes.print_for_partner, name="round_code"),
    path("rounds/<str:public_id>/people/<int:pk>/known/", rounds.vouch_for, name="round_vouch"),
    path("rounds/asked/<int:pk>/object/", rounds.object_to, name="round_object"),
    path("rounds/<str:public_id>/respond/", rounds.respond, name="round_respond"),
    path("rounds/<str:public_id>/respond/<str:item>/", rounds.note, name="round_note"),
    path("rounds/<str:public_id>/published/", publishing.published, name="round_published"),
    path("rounds/<str:public_id>/publish/<int:pk>/", publishing.agree, name="round_publish"),
    path("rounds/asked/<int:pk>/record/", rounds.record, name="round_record"),
    path("partnerships/<str:public_id>/actions/new/", editing_action_items.new, name="action_new"),
    path("partnerships/<str:public_id>/activities/new/", activities.new, name="activity_new"),
    path("activities/", activities.activity_list, name="activities"),
    path("activities/<str:public_id>/", activities.activity, name="activity"),
    path("activities/<str:public_id>/edit/", activities.edit, name="activity_edit"),
    path("partnerships/<str:public_id>/who-works-on-what/", matrix.page, name="partnership_matrix"),
    *[
        path(
            f"partnerships/<str:public_id>/who-works-on-what.{one}",
            matrix.file,
            {"ending": one},
            f"partnership_matrix_{one}",
        )
        for one in ("csv", "xlsx")
    ],
    path("partnerships/<str:public_id>/members/", composition.body, name="partnership_makeup"),
    path("partnerships/<str:public_id>/members.csv", composition.file, name="partnership_makeup_csv"),
    path(
        "partnerships/<str:public_id>/members/<slug:dimension>/new/", editing_counts.composition_new, name="makeup_new"
    ),
    path("makeups/<str:public_id>/", editing_counts.composition, name="makeup"),
    path("jurisdictions/<str:public_id>/population/", populations.populations, name="jurisdiction_population"),
    path(
        "jurisdictions/<str:public_id>/population/<slug:dimension>/new/",
        editing_counts.population_new,
        name="population_new",
    ),
    path("populations/<str:public_id>/", editing_counts.population, name="population"),
    path("partnerships/<str:public_id>/gains/new/", gains.new, name="gain_new"),
    path("gains/<int:pk>/", gains.edit, name="gain_edit"),
    path("gains/<int:pk>/take-back/", gains.withdraw, name="gain_withdraw"),
    path("plans/", plans.plan_list, name="plans"),
    path("plans/new/", plans.new, name="plan_new"),
    path("plans/to-fill-in.csv", plan_import.template, name="plan_template"),
    path("plans/<str:public_id>/", plans.plan, name="plan"),
    path("plans/<str:public_id>/edit/", plans.edit, name="plan_edit"),
    path("plans/<str:public_id>/outcomes/new/", plans.outcome_new, name="outcome_new"),
    path("plans/<str:public_id>/outcomes/<int:pk>/", plans.outcome_edit, name="outcome_edit"),
    path("plans/<str:public_id>/outcomes/<int:pk>/remove/", plans.outcome_remove, name="outcome_remove"),
    *[
        path(f"plans/<str:public_id>/outcomes.{ending}", plans.file, {"ending": ending}, name=f"plan_{ending}")
        for ending in ("csv", "xlsx")
    ],
    path("plans/<str:public_id>/import/", plan_import.upload, name="plan_import"),
    path("actions/", action_items.action_list, name="actions"),
    path("actions/<str:public_id>/", action_items.action, name="action"),
    path("actions/<str:public_id>/edit/", editing_action_items.edit, name="action_edit"),
    path("actions/<str:public_id>/note/", editing_action_items.note, name="action_note"),
    path("partnerships/<str:public_id>/owner/", owners.owner, {"prefix": "P"}, name="partnership_owner"),
    path("organizations/<str:public_id>/owner/", owners.owner, {"prefix": "G"}, name="organization_owner"),
    path(
        "organizations/<str:public_id>/timeline/", interactions.timeline, {"prefix": "G"}, name="organization_timeline"
    ),
    path("departments/<str:public_id>/timeline/", interactions.timeline, {"prefix": "D"}, name="department_timeline"),
    path(
        "jurisdictions/<str:public_id>/timeline/", interactions.timeline, {"prefix": "J"}, name="jurisdiction_timeline"
    ),
    path("interactions/", interactions.interaction_list, name="interactions"),
    path("interactions/new/", interactions.new, name="interaction_new"),
    path("interactions/<str:public_id>/", interactions.interaction, name="interaction"),
    path("interactions/<str:public_id>/edit/", interactions.edit, name="interaction_edit"),
    path("interactions/<str:public_id>/follow-up/", interactions.follow_up, name="interaction_follow_up"),
    path("interactions/<str:public_id>/remark/", interactions.remark, name="interaction_remark"),
    path("account/actions/", action_items.own, name="account_actions"),
    path("partnerships/<str:public_id>/meetings/new/", editing_meetings.new, name="meeting_new"),
    path("meetings/<str:public_id>/edit/", editing_meetings.edit, name="meeting_edit"),
    path("meetings/<str:public_id>/cancel/", editing_meetings.cancel, name="meeting_cancel"),
    path("meetings/<str:public_id>/close/", closing_meetings.close, name="meeting_close"),
    path("partnerships/<str:public_id>/check-ins/new/", check_ins.new, name="checkinplan_new"),
    path("check-ins/<str:public_id>/", check_ins.edit, name="checkinplan"),
    path("check-ins/<str:public_id>/done/", check_ins.done, name="check_in_done"),
    path("results/", results.result_list, name="results"),
    path("results.atom", atom.results, name="results_atom"),
    path("results/new/", editing_results.new, name="result_new"),
    path("results/<str:public_id>/", results.result, name="result"),
    path("results/<str:public_id>/edit/", editing_results.edit, name="result_edit"),
    path("results/<str:public_id>/indicators/new/", editing_measures.new_indicator, name="indicator_new"),
    path("partnerships/<str:public_id>/measures/new/", editing_measures.new_measure, name="measure_new"),
    path("measures/", measures.measure_list, name="measures"),
    path("measures/<str:public_id>/", measures.measure, name="measure"),
    path("measures/<str:public_id>/edit/", editing_measures.edit, name="measure_edit"),
    path("measures/<str:public_id>/data/", entering.data, name="measure_data"),
    path("measures/<str:public_id>/numbers.csv", measure_downloads.csv, name="measure_numbers_csv"),
    path("measures/<str:public_id>/pictures/<slug:which>.svg", measure_downloads.svg, name="measure_svg"),
    path("measures/<str:public_id>/pictures/<slug:which>.png", measure_downloads.as_png, name="measure_png"),
    path("measures/<str:public_id>/say/", interpretations.add, name="measure_say"),
    path("measures/<str:public_id>/said/<int:number>/answer/", interpretations.answer, name="measure_answer"),
    path("measures/<str:public_id>/said/<int:number>/take-back/", interpretations.withdraw, name="measure_take_back"),
    path("measures/<str:public_id>/paste/", pasting.paste, name="measure_paste"),
    path("measures/<str:public_id>/numbers/<str:starts_on>/", single_numbers.number, name="measure_number"),
    path("network/", network.page, name="network"),
    path("network.csv", network.file, name="network_csv"),
    path("coverage/", coverage.page, name="coverage"),
    *[
        path(f"coverage/{name}.csv", coverage.file, {"table": name}, name=f"coverage_{name.replace('-', '_')}_csv")
        for name in coverage.TABLES
    ],
    path("organizations/", organizations.organization_list, name="organizations"),
    path("organizations/<str:public_id>/", organizations.organization, name="organization"),
    path("jurisdictions/", jurisdictions.jurisdiction_list, name="jurisdictions"),
    path("jurisdictions/new/", editing_places.new_jurisdiction, name="jurisdiction_new"),
    path("jurisdictions/<str:public_id>/", jurisdictions.jurisdiction, name="jurisdiction"),
    path("jurisdictions/<str:public_id>/edit/", editing_places.edit_jurisdiction, name="jurisdiction_edit"),
    path("jurisdictions/<str:public_id>/departments/new/", editing_places.new_department, name="department_new"),
    path("jurisdictions/<str:public_id>/dashboard/", dashboards.of_jurisdiction, name="jurisdiction_dashboard"),
    path("issue-areas/<str:key>/dashboard/", dashboards.of_issue_area, name="issue_area_dashboard"),
    path("embed/jurisdictions/<str:public_id>/", embeds.of_jurisdiction, name="jurisdiction_embed"),
    path("embed/issue-areas/<str:key>/", embeds.of_issue_area, name="issue_area_embed"),
    path("departments/", departments.department_list, name="departments"),
    path("departments/<str:public_id>/", departments.department, name="department"),
    path("departments/<str:public_id>/edit/", editing_places.edit_department, name="department_edit"),
    path("issue-areas/", issue_areas.issue_area_list, name="issue_areas"),
    path("issue-areas/<str:key>/", issue_areas.issue_area, name="issue_area"),
    path("issue-areas/<str:key>/story/", timeline.issue_area_timeline, name="issue_area_timeline"),
    path("issue-areas/<str:key>/story.csv", timeline.issue_area_timeline_csv, name="issue_area_timeline_csv"),
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/calendar/", calendar.calendar, name="calendar"),
    path("meetings/<str:public_id>/", meetings.meeting, name="meeting"),
    path("by-link/meeting/<str:token>/", links.meeting, name="answer_meeting"),
    path("by-link/check-in/<str:token>/", links.check_in, name="answer_check_in"),
    path("by-link/thanks/", links.thanks, name="answer_saved"),
    path("by-link/round/<str:token>/", answering.answer, name="answer_round"),
    path("by-link/round/<str:token>/partners/", ties.answer_ties, name="answer_ties"),
    path("by-link/seat/<str:token>/", inviting.by_link, name="answer_seat"),
    path("by-link/people/<str:token>/", respondents.by_link, name="name_by_link"),
    path("by-link/agreement/<str:token>/", agreements.by_link, name="agree_by_link"),
    path("by-link/statement/<str:token>/", statements_by_link.by_link, name="state_by_link"),
    path("code/", codes.enter, name="code"),
    path("partners/<int:pk>/invite/", inviting.invite, name="seat_invite"),
    path("by-link/letters/<str:token>/", links.unsubscribe, name="stop_emails"),
    path("by-link/calendar/<str:secret>.ics", feeds.own_feed, name="own_feed"),
    path("partnerships/<str:public_id>/meetings.ics", feeds.partnership_feed, name="partnership_feed"),
    path("account/calendars/", feeds.calendars, name="account_calendars"),
    path("account/calendars/<int:pk>/end/", feeds.revoke, name="account_calendar_revoke"),
    path("account/first-steps/", first_steps.page, name="account_first_steps"),
    path("account/name/", names.name, name="account_name"),
    path("account/seats/<int:pk>/", seat_questions.question, name="seat_question"),
    path("account/language/", languages.language, name="account_language"),
    path("account/letters/", following.email_notifications, name="account_emails"),
    path("account/following/", following.following, name="account_following"),
    path("account/following/<str:kind>/<int:pk>/end/", following.stop_following, name="account_follow_end"),
    *[
        path(f"{kind}s/<str:key>/follow/", following.follow, {"kind": kind}, name=f"{kind}_follow")
        for kind in ("partnership", "organization", "jurisdiction", "department")
    ],
    path("issue-areas/<str:key>/follow/", following.follow, {"kind": "issuearea"}, name="issue_area_follow"),
    path("account/data.json", privacy.own_data, name="own_data"),
    path("account/erase/", erasing.erase_own, name="account_erase"),
    path("erasures/", erasing.erasures, name="erasures"),
    path("erasures/<int:pk>/", erasing.erasure, name="erasure"),
    path("erasures/<int:pk>/list.csv", erasing.erasure_file, name="erasure_file"),
    path("contacts/<int:pk>/erase/", privacy.erase_contact, name="contact_erase"),
    path("contacts/<int:pk>/merge/", merging_contacts.merge, name="contact_merge"),
    path("contacts/<int:pk>/left/", leaving.contact, name="contact_left"),
    path("jurisdictions/<str:public_id>/keeping/", privacy.retention_settings, name="keeping"),
    path("partnerships/<str:public_id>/records/", privacy.public_records, name="public_records"),
    *[
        path(f"{kind}s/<str:public_id>/{page}", view, {"kind": kind}, name=f"{kind}_{name}")
        for kind in ("organization", "jurisdiction", "department")
        for page, view, name in (
            ("people/", members.people, "people"),
            ("people/invite/", members.invite, "invite"),
            ("webhooks/", webhooks.webhooks, "webhooks"),
            ("webhooks/new/", webhooks.new, "webhook_new"),
            ("service-accounts/", service_accounts.service_accounts, "services"),
            ("service-accounts/new/", service_accounts.new, "service_new"),
        )
    ],
    path("service-accounts/<int:pk>/secret/", service_accounts.replace_secret, name="service_secret"),
    path("service-accounts/<int:pk>/take-over/", service_accounts.take_over, name="service_take_over"),
    path("service-accounts/<int:pk>/revoke/", service_accounts.revoke, name="service_revoke"),
    path("webhooks/<int:pk>/", webhooks.log, name="webhook"),
    path("webhooks/<int:pk>/edit/", webhooks.edit, name="webhook_edit"),
    path("webhooks/<int:pk>/secret/", webhooks.replace_secret, name="webhook_secret"),
    path("webhooks/<int:pk>/test/", webhooks.send_test, name="webhook_test"),
    path("webhooks/<int:pk>/pause/", webhooks.pause, name="webhook_pause"),
    path("webhooks/<int:pk>/resume/", webhooks.resume, name="webhook_resume"),
    path("webhooks/<int:pk>/delete/", webhooks.delete, name="webhook_delete"),
    path("webhooks/deliveries/<int:pk>/", webhooks.delivery, name="webhook_delivery"),
    path("webhooks/deliveries/<int:pk>/again/", webhooks.send_again, name="webhook_again"),
    *[
        path(
            f"{kind.addresses}/<str:public_id>/history/{page}",
            view,
            {"kind": kind.key},
            name=f"{kind.key}_{name}",
        )
        for kind in record_types.with_history()
        for page, view, name in (
            ("", record_history.history, "history"),
            ("<int:pk>/undo/", record_history.undo, "undo"),
        )
        if page == "" or kind in record_types.with_undo()
    ],
    path("members/<int:pk>/", members.role, name="member"),
    path("members/<int:pk>/remove/", members.remove, name="member_remove"),
    path("members/<int:pk>/left/", leaving.member, name="member_left"),
    path("members/<int:pk>/hand-over/", members.hand_over, name="member_hand_over"),
    path("invitations/<int:pk>/take-back/", invitations.withdraw, name="invitation_take_back"),
    path("invitations/<int:pk>/", invitations.answer, name="invitation"),
    path("office/", overview.overview, name="office"),
    path("office/invite/", overview.invite, name="office_invite"),
    path("people/", people.find, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/suspend/", people.suspend, name="person_suspend"),
    path("people/<int:pk>/reinstate/", people.reinstate, name="person_reinstate"),
    path("people/<int:pk>/erase/", erasing.erase_person, name="person_erase"),
    path("people/<int:pk>/merge/", merging_people.choose_other, name="person_merge"),
    path("people/<int:pk>/merge/<int:other>/", merging_people.merge, name="person_merge_with"),
    path("people/<int:pk>/merge/<int:merge>/apart/", merging_people.undo_merge, name="person_apart"),
    path("about/", about.about, name="about"),
    *[path(f"{key}/", site_texts.page, {"key": key}, name=f"site_{key}") for key in PAGES],
    path("office/sample/", sample.page, name="sample_data"),
    path("office/pages/", site_texts.texts, name="site_texts"),
    path("office/pages/<str:key>/", site_texts.edit, name="site_text"),
    path("robots.txt", crawlers.robots, name="robots"),
    path(".well-known/security.txt", crawlers.security, name="security"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-<str:kind>-<int:part>.xml", crawlers.sitemap_part, name="sitemap_part"),
    path("words/", about.words, name="words"),
    path("words/lists/", label_overrides.word_lists, name="word_lists"),
    path("words/lists/<str:vocabulary>/", label_overrides.word_list, name="word_list"),
    path("words/lists/<str:vocabulary>/new/", label_overrides.term_new, name="term_new"),
    path("words/lists/<str:vocabulary>/<str:key>/", label_overrides.word, name="word"),
    path("jurisdictions/<str:public_id>/words/", label_overrides.own_words, name="own_words"),
    path("jurisdictions/<str:public_id>/words/<str:vocabulary>/<str:key>/", label_overrides.own_word, name="own_word"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:pk>/", outbox.email, name="email"),
    path("outbox/<int:pk>/again/", outbox.send, name="email_again"),
    path("outbox/kinds/", email_kinds.kinds, name="email_kinds"),
    path("outbox/sample/", email_kinds.email_preview, name="email_preview"),
    path("outbox/sample/html/", email_kinds.email_html, name="email_html"),
    path("outbox/stopped/", suppressions.suppressions, name="suppressions"),
    path("outbox/stopped/<int:pk>/", suppressions.allow, name="suppression_end"),
    *[
        path(f"{key}.{ending}", view, {"key": key}, name=f"{key}_{ending}")
        for key in list_files.SHEETS
        for ending, view in (("csv", list_files.csv), ("xlsx", list_files.spreadsheet))
    ],
    path("reports/", reports.report_list, name="reports"),
    path("reports/new/", editing_reports.new, name="report_new"),
    path("reports/council/", reports.council, name="council_report"),
    path("reports/made/<int:pk>/", reports.report, name="report"),
    path("reports/made/<int:pk>/report.pdf", reports.file, name="report_file"),
    path("reports/<str:public_id>/", reports.definition, name="report_definition"),
    path("reports/<str:public_id>/edit/", editing_reports.edit, name="report_edit"),
    path("reports/<str:public_id>/make/", reports.make, name="report_make"),
    path("reports/<str:public_id>/end/", reports.end, name="report_end"),
    path("partnerships/<str:public_id>/reports/new/", editing_reports.new_profile, name="profile_new"),
    path("organizations/<str:public_id>/reports/new/", editing_reports.new_own, name="own_report_new"),
    path("imports/", importing.imports, name="imports"),
    path("imports/to-fill-in/<str:kind>.<str:ending>", importing.template, name="import_template"),
    path("imports/<int:pk>/", importing.import_file, name="import_file"),
    path("imports/<int:pk>/columns/", importing.columns, name="import_columns"),
    path("imports/<int:pk>/remove/", importing.remove, name="import_remove"),
    path("imports/<int:pk>/undo/", importing.undo, name="import_undoing"),
    path("imports/<int:pk>/to-correct.csv", importing.problems, name="import_problems"),
    path("imports/<int:pk>/skipped-rows.csv", importing.skipped, name="import_skipped"),
    path("files/new/<str:key>/", list_files.new, name="list_file_new"),
    path("files/<int:pk>/", list_files.list_file, name="list_file"),
    path("files/<int:pk>/list.xlsx", list_files.content, name="list_file_content"),
    path("account/lists/", saved_lists.saved_lists, name="account_lists"),
    path("lists/new/<str:key>/", saved_lists.new, name="saved_list_new"),
    path("lists/<int:pk>/", saved_lists.rename, name="saved_list"),
    path("lists/<int:pk>/remove/", saved_lists.remove, name="saved_list_remove"),
    path("account/unsaved/<int:pk>/throw-away/", drafts.delete_draft, name="draft_drop"),
    path("account/tokens/", tokens.tokens, name="account_tokens"),
    path("account/tokens/new/", tokens.new, name="account_token_new"),
    path("account/tokens/<int:pk>/replace/", tokens.replace, name="account_token_replace"),
    path("account/tokens/<int:pk>/revoke/", tokens.revoke, name="account_token_revoke"),
]

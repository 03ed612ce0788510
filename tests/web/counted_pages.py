"""The addresses of the world in which queries are counted (counted_world.py)."""

from django.urls import reverse

EARLIER = "2026-01-01"
SAVED = ("partnerships", "organizations", "jurisdictions", "departments", "meetings", "actions", "results", "measures",
         "activities")  # fmt: skip
OF_MEASURE = ("measure", "measure_edit", "measure_data", "measure_paste", "measure_history")
OF_FILE = (
    "import_file",
    "import_columns",
    "import_remove",
    "import_undoing",
    "import_problems",
    "import_skipped",
)


OF_PLAN = ("plan", "plan_csv", "plan_edit", "outcome_new")
OF_TABS = tuple(
    f"partnership_{tab}" for tab in ("partners", "power", "results", "meetings", "timeline", "agreement", "office")
)
OF_MATRIX = ("partnership_matrix", "partnership_matrix_csv", "partnership_matrix_xlsx")


def _measured_together(world):
    """Results, measures, activities, plans and reports."""
    return {
        "reports": reverse("reports"),
        "report_new": reverse("report_new"),
        "profile_new": reverse("profile_new", args=[world.partnership.public_id]),
        **{
            f"report_{name}": reverse(f"report_{name}", args=[world.reported.public_id])
            for name in ("definition", "edit", "make", "end")
        },
        "report": reverse("report", args=[world.made_report.pk]),
        "report_file": reverse("report_file", args=[world.made_report.pk]),
        **{
            f"{kind}_{what}": reverse(f"{kind}_{what}", args=[key])
            for kind, key in (("jurisdiction", world.people.office.public_id), ("issue_area", "housing"))
            for what in ("dashboard", "embed")
        },
        "results": reverse("results"),
        "results_csv": reverse("results_csv"),
        "results_atom": reverse("results_atom"),
        "result": reverse("result", args=[world.results[0].public_id]),
        "result_edit": reverse("result_edit", args=[world.results[0].public_id]),
        "measures": reverse("measures"),
        "measures_csv": reverse("measures_csv"),
        **{name: reverse(name, args=[world.measures[0].public_id]) for name in OF_MEASURE},
        "measure, by group": reverse("measure", args=[world.measures[0].public_id]) + "?by=age",
        "measure_number": reverse("measure_number", args=[world.measures[0].public_id, "2020-01-01"]),
        "measure_new": reverse("measure_new", args=[world.partnership.public_id]),
        "partnership_makeup": reverse("partnership_makeup", args=[world.body.public_id]),
        "partnership_makeup_csv": reverse("partnership_makeup_csv", args=[world.body.public_id]),
        "makeup_new": reverse("makeup_new", args=[world.body.public_id, "race"]),
        "makeup": reverse("makeup", args=[world.makeup.public_id]),
        "checkinplan_new": reverse("checkinplan_new", args=[world.partnership.public_id]),
        "checkinplan": reverse("checkinplan", args=[world.rhythm.public_id]),
        "check_in_done": reverse("check_in_done", args=[world.rhythm.public_id]),
        "jurisdiction_population": reverse("jurisdiction_population", args=[world.people.office.public_id]),
        "population": reverse("population", args=[world.people_counted.public_id]),
        "activities": reverse("activities"),
        "activities_csv": reverse("activities_csv"),
        "activity": reverse("activity", args=[world.activities[0].public_id]),
        "activity_edit": reverse("activity_edit", args=[world.activities[0].public_id]),
        "activity_new": reverse("activity_new", args=[world.partnership.public_id]),
        **{name: reverse(name, args=[world.partnership.public_id]) for name in OF_MATRIX},
        "gain_new": reverse("gain_new", args=[world.partnership.public_id]),
        "plans": reverse("plans"),
        "plan": reverse("plan", args=[world.plan.public_id]),
        "plan_csv": reverse("plan_csv", args=[world.plan.public_id]),
        "plan_edit": reverse("plan_edit", args=[world.plan.public_id]),
        "outcome_new": reverse("outcome_new", args=[world.plan.public_id]),
        "outcome_edit": reverse("outcome_edit", args=[world.plan.public_id, world.plan.outcomes.first().pk]),
    }


def addresses(world):
    return {
        "home": reverse("home"),
        "partnerships_map": reverse("partnerships_map"),
        "partnerships_map, of a state": f"{reverse('partnerships_map')}?state=MN",
        "robots": reverse("robots"),
        "security": reverse("security"),
        "sitemap": reverse("sitemap"),
        "sitemap_part": reverse("sitemap_part", args=["partnership", 0]),
        "site_privacy": reverse("site_privacy"),
        "organizations": reverse("organizations"),
        "organizations_map": reverse("organizations_map"),
        "organizations_map, of a state": f"{reverse('organizations_map')}?state=MN",
        "organization": reverse("organization", args=[world.organization.public_id]),
        **{
            f"{kind}_timeline": reverse(f"{kind}_timeline", args=[side.public_id])
            for kind, side in (("organization", world.organization), ("department", world.department))
        },
        "interactions": reverse("interactions"),
        "interactions_csv": reverse("interactions_csv"),
        "interaction_new": f"{reverse('interaction_new')}?side={world.organization.public_id}",
        **{name: reverse(name, args=[world.interactions[0].public_id]) for name in ("interaction", "interaction_edit")},
        "organization_duplicates": reverse("organization_duplicates"),
        "jurisdictions": reverse("jurisdictions"),
        "jurisdiction": reverse("jurisdiction", args=[world.people.office.public_id]),
        "departments": reverse("departments"),
        "department": reverse("department", args=[world.department.public_id]),
        "issue_areas": reverse("issue_areas"),
        "issue_area": reverse("issue_area", args=["housing"]),
        "meetings": reverse("meetings"),
        "meeting": reverse("meeting", args=[world.meeting.public_id]),
        "meeting, closed": reverse("meeting", args=[world.held.public_id]),
        "meeting_close": reverse("meeting_close", args=[world.held.public_id]),
        "calendar": reverse("calendar"),
        "action": reverse("action", args=[world.actions[0].public_id]),
        "actions": reverse("actions"),
        "actions_csv": reverse("actions_csv"),
        "account_actions": reverse("account_actions"),
        "account_language": reverse("account_language"),
        "account_first_steps": reverse("account_first_steps"),
        "account_name": reverse("account_name"),
        "account_lists": reverse("account_lists"),
        **{f"{key}_xlsx": reverse(f"{key}_xlsx") for key in SAVED},
        "list_file_new": reverse("list_file_new", args=["partnerships"]),
        "list_file": reverse("list_file", args=[world.file.pk]),
        "list_file_content": reverse("list_file_content", args=[world.file.pk]),
        "imports": reverse("imports"),
        **{name: reverse(name, args=[world.brought.pk]) for name in OF_FILE},
        "saved_list_new": reverse("saved_list_new", args=["partnerships"]),
        "saved_list": reverse("saved_list", args=[world.saved[0].pk]),
        "saved_list_remove": reverse("saved_list_remove", args=[world.saved[0].pk]),
        **{name: reverse(name, args=[world.partnership.public_id]) for name in OF_TABS},
        "issue_area_timeline": reverse("issue_area_timeline", args=["housing"]),
        "partnership_history": reverse("partnership_history", args=[world.rewritten.public_id]),
        "organization_history": reverse("organization_history", args=[world.organization.public_id]),
        "organization_merge": world.page_of_the_pair(),
        "meeting_history": reverse("meeting_history", args=[world.meeting.public_id]),
        "partnership_undo": world.undo_of_the_last(),
        "partnership_partners, compared": reverse("partnership_partners", args=[world.partnership.public_id])
        + f"?since={EARLIER}",
        "issue_area_circles": reverse("issue_area_circles", args=["housing"]) + f"?at={world.people.office.public_id}",
        "issue_area_circles, without a place": reverse("issue_area_circles", args=["housing"]),
        "about": reverse("about"),
        "words": reverse("words"),
        "answer_saved": reverse("answer_saved"),
        "outbox": reverse("outbox"),
        "email_kinds": reverse("email_kinds"),
        "email_preview": reverse("email_preview"),
        "email_html": reverse("email_html"),
        "people": reverse("jurisdiction_people", args=[world.people.office.public_id]),
        "network": reverse("network"),
        **{f"{key}_csv": reverse(f"{key}_csv") for key in (*SAVED[:5], "network") if key != "partnerships"},
        **_measured_together(world),
        "coverage": f"{reverse('coverage')}?jurisdiction={world.people.office.public_id}",
        "coverage_csv": reverse("coverage_departments_csv") + f"?jurisdiction={world.people.office.public_id}",
    }

"""States of saved lists and of exports' columns. states.py has those of other pages."""

from tests.browser.site import ADMINISTRATOR, COLLEAGUE, MANAGER, PARTNER, STAFF

NO_PAGES = dict.fromkeys(
    ("partnerships_xlsx", "organizations_xlsx", "jurisdictions_xlsx", "departments_xlsx", "meetings_xlsx", "actions_xlsx",
        "list_file_content"), "a file"
)  # fmt: skip
FILTERED = {
    "partnerships": "/partnerships/",
    "partnerships_map": "/partnerships/map/",
    "organizations": "/organizations/",
    "organizations_map": "/organizations/map/",
    "jurisdictions": "/jurisdictions/",
    "departments": "/departments/",
    "meetings": "/meetings/",
    "calendar": "/meetings/calendar/",
    "actions": "/actions/",
    "interactions": "/interactions/",
    "activities": "/activities/",
    "results": "/results/",
    "measures": "/measures/",
    "rounds": "/rounds/",
}
NO_PAGES |= {f"{name}_filter_menu": "a part of a page" for name in FILTERED}


def add_all(add, refused):
    for name, path in FILTERED.items():
        add(f"{name}_filters", "filled", f"{path}filters/", (STAFF,), narrow=name == "partnerships")
    add("partnerships_filters", "chosen", "/partnerships/filters/?kind=training&q=racial")
    add(
        "partnerships",
        "columns chosen",
        "/partnerships/?kind=training&columns=title&columns=lead",
        (None, STAFF),
        narrow=True,
    )
    add("partnerships", "columns asked wrongly", "/partnerships/?columns=titel", status=400)
    add("partnerships", "saved before", "{saved_list}", (STAFF, COLLEAGUE))
    new = "/lists/new/partnerships/?kind=training&ordering=title"
    add("saved_list_new", "blank", new, (STAFF, PARTNER), narrow=True)
    refused("saved_list_new", new, {"name": ""})
    refused("saved_list_new", "{name_of_saved_list}", {"name": "Trainings"}, what="name is taken", narrow=True)
    add("saved_list_new", "asked wrongly", "/lists/new/partnerships/?kidn=x", (STAFF,), status=400)
    add("account_lists", "nothing yet", "/account/lists/", (PARTNER,))
    add("account_lists", "filled", "{saved_lists}", (STAFF, COLLEAGUE), narrow=True)
    add("saved_list", "blank", "{saved_list_page}", (STAFF,), narrow=True)
    refused("saved_list", "{saved_list_page}", {"name": ""})
    add("saved_list", "renamed meanwhile", "{saved_list_page}", (STAFF,), status=409, sent={"name": "Mine", "was": "x"})
    add("saved_list_remove", "blank", "{saved_list_page}remove/", (STAFF,))
    add("list_file_new", "blank", "/files/new/partnerships/?kind=training&columns=title", (STAFF,), narrow=True)
    add("list_file_new", "asked wrongly", "/files/new/partnerships/?columns=titel", (STAFF,), status=400)
    add("home", "not saved yet", "{unsaved}", (STAFF,), narrow=True)
    add("partnership_edit", "typed and not saved", "{unsaved_form}", (STAFF,), narrow=True)
    add("draft_drop", "blank", "{unsaved_drop}", (STAFF,), narrow=True)
    add("draft_drop", "typed meanwhile", "{unsaved_drop}", (STAFF,), status=409, sent={"was": "x"})
    add("list_file", "asked for", "{spreadsheet}", (STAFF,), narrow=True)
    _add_word_lists(add, refused)


def _add_word_lists(add, refused):
    lists = "/words/lists/"
    add("sample_data", "filled", "/office/sample/", (ADMINISTRATOR,), narrow=True)
    add("site_texts", "filled", "/office/pages/", (ADMINISTRATOR,), narrow=True)
    add("site_text", "blank", "/office/pages/contact/", (ADMINISTRATOR,), narrow=True)
    refused("site_text", "/office/pages/contact/", {"text": "x" * 10_001}, ADMINISTRATOR)
    add("site_text", "changed meanwhile", "/office/pages/terms/", (ADMINISTRATOR,), status=409, sent={"was": "x"})
    add("word_lists", "filled", lists, (ADMINISTRATOR,), narrow=True)
    add("word_list", "closed", f"{lists}circle/", (ADMINISTRATOR,), narrow=True)
    add("word_list", "open", f"{lists}purpose/", (ADMINISTRATOR,))
    add("word", "closed", f"{lists}circle/consulted/", (ADMINISTRATOR,), narrow=True)
    refused("word", f"{lists}circle/consulted/", {"label": "Decides"}, ADMINISTRATOR)
    add(
        "word",
        "changed meanwhile",
        f"{lists}circle/informed/",
        (ADMINISTRATOR,),
        status=409,
        sent={"label": "Told", "was": "x"},
    )
    add("word", "open", f"{lists}purpose/learning/", (ADMINISTRATOR,))
    add("term_new", "blank", f"{lists}purpose/new/", (ADMINISTRATOR,), narrow=True)
    refused("term_new", f"{lists}purpose/new/", {"key": "No Key", "label": "", "position": "first"}, ADMINISTRATOR)
    add("own_words", "filled", "{own_city}words/", (MANAGER,), narrow=True)
    add("own_word", "blank", "{own_city}words/kind/contract/", (MANAGER,))
    refused("own_word", "{own_city}words/kind/contract/", {"label": "Training"}, MANAGER)

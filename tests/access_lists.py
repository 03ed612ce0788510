"""The part of the table of rights (tests/access.py) for saved lists and for lists as spreadsheets."""

from tests.access_roles import ANYONE, EDITORS, MANAGERS, NOBODY, OWN, READ, SIGNED_IN, WRITE, Group

# These need a role at the office itself, which an administrator doesn't have.
OF_THE_OFFICE = frozenset({"editor", "reader", "manager"})

# fmt: off
GROUPS = (
    Group("saved lists", OWN, ("account_lists", "saved_list_new", "list_file_new"),
        statuses={200: SIGNED_IN, 302: {"anonymous"}}),
    Group("a saved list", WRITE, ("saved_list", "saved_list_remove"), {"editor's saved list": ({"editor"}, {"editor"}),
        "office's saved list": (OF_THE_OFFICE, OF_THE_OFFICE - {"reader"}), "no saved list": NOBODY}),
    Group("what is not saved yet", WRITE, ("draft_drop",),
        {"editor's unsaved text": ({"editor"}, {"editor"}), "no unsaved text": NOBODY}),
    Group("words of lists", READ, ("word_lists", "word_list"), {"": {"administrator"}}),
    Group("texts of pages about the site", READ, ("site_texts",), {"": {"administrator"}}),
    Group("the text of a page about the site", WRITE, ("site_text",), {"": ({"administrator"}, {"administrator"})}),
    Group("sample data", WRITE, ("sample_data",), {"": ({"administrator"}, {"administrator"})}),
    Group("a word of a list", WRITE, ("word", "term_new"), {"": ({"administrator"}, {"administrator"})}),
    Group("a jurisdiction's own words", READ, ("own_words",),
        {"office": MANAGERS, "jurisdiction": {"administrator"}, "no jurisdiction": NOBODY}),
    Group("one of them", WRITE, ("own_word",), {"office": (ANYONE, MANAGERS), "jurisdiction": (ANYONE, {"administrator"}),
        "no jurisdiction": NOBODY}),
    Group("lists as spreadsheets", READ, ("partnerships_xlsx", "organizations_xlsx", "jurisdictions_xlsx", "departments_xlsx",
        "meetings_xlsx"), {"": ANYONE}),
    Group("actions and interactions as files", READ, ("actions_xlsx", "interactions_xlsx"), {"": SIGNED_IN - {"stranger"}}),
    Group("a spreadsheet made in the background", READ, ("list_file", "list_file_content"),
        {"editor's spreadsheet": {"editor"}, "no spreadsheet": NOBODY}),
    Group("bringing in a file", WRITE, ("imports",), {"": (ANYONE, EDITORS)}),
    Group("files to fill in", READ, ("import_template",), {"": ANYONE}),
    # The person who imported it, as long as they may edit for its office.
    Group("a file that was brought in", WRITE, ("import_file", "import_columns", "import_remove",
        "import_undoing"), {"editor's import": ({"editor"}, {"editor"}), "no import": NOBODY}),
    Group("what to correct in it", READ, ("import_problems", "import_skipped"),
        {"editor's import": {"editor"}, "no import": NOBODY}),
)
# fmt: on

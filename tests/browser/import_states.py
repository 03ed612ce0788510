"""States of imports. states.py has those of other pages."""

from tests.browser.site import STAFF

NO_PAGES = {"import_template": "a file", "import_problems": "a file", "import_skipped": "a file"}


def add_all(add, refused):
    add("imports", "blank", "/imports/", (STAFF,), narrow=True)
    add("imports", "filled", "{imports}", (STAFF,), narrow=True)
    refused("imports", "/imports/", {"kind": "contacts"}, what="without a file")
    add("import_columns", "blank", "{import_columns}", (STAFF,), narrow=True)
    refused("import_columns", "{import_empty_columns}", {"column-0": "name", "column-1": "name"})
    add("import_file", "new rows", "{import_new}", (STAFF,), narrow=True)
    add("import_file", "changed rows", "{import_changed}", (STAFF,), narrow=True)
    add("import_file", "likely there already", "{import_alike}", (STAFF,), narrow=True)
    add("import_file", "to correct", "{import_refused}", (STAFF,), narrow=True)
    add("import_file", "written", "{import_written}", (STAFF,), narrow=True)
    add("import_undoing", "blank", "{import_to_undo}", (STAFF,))
    add("import_file", "skipped rows", "{import_skipping}?show=skipped", (STAFF,), narrow=True)
    add("import_file", "undone", "{import_undone}", (STAFF,), narrow=True)
    add("import_remove", "blank", "{import_to_remove}", (STAFF,))

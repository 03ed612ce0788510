"""Which file may import which (docs/architecture.md): read from the source, nothing is run.

A file of a room may import the layers above its own in this table, from any room, and its own layer only from a room that
stands earlier. Faces import everything below and never each other. A file in no layer is refused until it has a place.
"""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite

ROOT = Path(__file__).resolve().parent.parent
APP = "partnerships"
ROOMS = ("core", "directory", "accounts", "registry", "framework", "measurement", "communication", "insight")
LAYERS = (
    ("wording",),
    # Words, and helpers that know no table.
    (
        *("choices", "catalogue", "errors", "clock", "languages", "dates", "ids", "text", "plain"),
        *("trees", "background", "cells", "patience", "prepared", "vocabularies", "reference", "rates", "periods"),
    ),
    (
        *("fields", "intervals", "moves", "forecasts", "point_checks", "merge_fields", "workbooks", "tables", "beside"),
        *("circles", "gaps", "observed", "needs", "networks", "matrix", "plan_fields", "schedule", "mail"),
        *("rounding", "telling", "transport", "uploads", "domains", "links", "holidays", "calendar", "incoming"),
    ),
    ("models", "recurrence", "network_layout", "suppression", "groups", "group_names", "makeup_hiding"),
    ("counting", "quoting", "reader_models", "desk_models", "report_models", "makeup_models", "tables_of_numbers"),
    ("released", "stamps", "heartbeat", "search_words", "table_files", "seats"),
    ("families", "outdated", "name_words", "consent_words"),
    ("search_sql", "search_why", "name_likeness"),
    ("search", "sync", "writing", "matching", "apart", "relations", "folding", "merges"),
    (
        "access",
        "search_alike",
        "children",
        "facets",
        "rules",
        "claim_rules",
        "network_rules",
        "account_readers",
        "speakers",
        "sealed",
        "standing",
        "recipients_words",
        "recipients_numbers",
        "recipients_reports",
        "report_rules",
        "owed",
        "attention",
        "suppressed",
    ),
    ("owners", "report_striking", "scoring", "sums", "unnaming", "who_counts"),
    ("recipients_rounds",),
    ("news_words",),
    ("news",),
    ("digests",),
    (
        "filters",
        "network_filters",
        "network_told",
        "checks",
        "returning",
        "identifying",
        "leases",
        "recipients",
        "facts",
        "story_entries",
    ),
    ("activity_filters",),
    # Documents are stored before they are read: queries of partnerships read what publication wrote.
    ("document",),
    ("publication",),
    (
        "listing",
        "pulls",
        "queries",
        "burden",
        "coverage",
        "network_queries",
        "sides",
        "letter_queries",
        "numbers",
        "link_queries",
        "token_queries",
        "action_queries",
        "activity_queries",
        "plan_queries",
        "makeup_queries",
    ),
    ("number_words", "goal_story", "round_story"),
    (
        "duplicates",
        "candidates",
        "portfolio_queries",
        "publishing_queries",
        "comparing",
        "tie_queries",
        "measure_story",
        "timeline",
        "beside_scores",
        "sheets",
        "outbox",
        "letters_accounts",
        "letters_words",
        "letters_rounds",
        "letters_numbers",
        "letters_reports",
        "report_names",
        "letters_actions",
        "letter_samples",
    ),
    ("planned_actions", "planned_rounds", "planned_seats", "planned_numbers", "planned_reports", "report_measures"),
    (
        "letters",
        "planning",
        "digest_planning",
        "asking",
        "inviting",
        "backlog",
        "doctor",
        "forgetting",
        "restoring",
        "members",
        "striking",
    ),
    ("report_sections", "report_writer"),
    ("report_pdf", "dashboards"),
    ("report_content",),
    ("report_queries",),
    ("rolls",),
    ("rounds", "expecting", "report_work", "snapshots", "network_readings", "list_files", "drafts"),
    (
        "canceling",
        "readdressing",
        "actions",
        "activities",
        "plans",
        "makeups",
        "check_ins",
        "to_do",
        "member_actions",
        "token_actions",
        "saved_lists",
        "privacy",
        "suppressing",
        "resending",
        "wordings",
        "reports",
    ),
    # What parties say of a record that others keep: beside the record's own actions, whose snapshot they share.
    (
        "points",
        "readings",
        "closing",
        "series",
        "suggestions",
        "telling_apart",
        "claims",
        "public_records",
        "consent",
        "statements",
        "remarks",
        "sharing",
        "own_part",
        "answers",
        "answering",
        "notes",
        "publishing",
        "portfolios",
        "feeds",
        "following",
    ),
    ("retention", "mail_in"),
    ("undo_fields", "undo_activities", "rewriting"),
    ("undoing", "merging", "merging_people", "merging_contacts", "splitting"),
    ("bulk", "import_fields"),
    ("import_values",),
    ("import_items",),
    (
        "import_organizations",
        "import_contacts",
        "import_departments",
        "import_partnerships",
        "import_numbers",
        "plan_files",
    ),
    ("import_results", "importing"),
    ("import_work",),
)
FACES = ("web", "api", "tasks", "management", "admin", "sample", "templatetags")
# (importing face, imported module) → why it may.
BETWEEN_FACES = {
    ("templatetags", "web"): "the pages' own tags: one face in two folders, as Django wants it",
    ("management", "sample"): "the sample registry has no door but its two commands",
    ("management", "api.openapi"): "the command that writes openapi.yaml is the API's own",
}
HTTP = ("django.http", "django.shortcuts", "django.views", "django.contrib.messages", "rest_framework")
HTTP += ("allauth", "django_htmx")


def modules(root):
    """Dotted name below the app (“core.listing”) → file. Migrations and the models' door apart."""
    found = {}
    for path in sorted((root / APP).rglob("*.py")):
        parts = path.relative_to(root / APP).with_suffix("").parts
        if parts[0] in ("migrations", "__init__", "models", "apps"):
            continue
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


def imports(tree, known):
    """Dotted names that a file imports; of our own below the app, the module even when it is named beside `import`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole.removeprefix(f"{APP}.") in known else node.module or "."


def place(module):
    """(layer, room) of a module of a room, as numbers; None when it stands in no layer."""
    room, _, rest = module.partition(".")
    if not rest:
        return -1, ROOMS.index(room)
    stem = rest.rsplit(".", 1)[-1]
    layer = next((n for n, names in enumerate(LAYERS) if stem in names), None)
    return None if layer is None else (layer, ROOMS.index(room))


def violations(root):
    known, found = modules(root), []
    for module, path in known.items():
        tree = ast.parse(path.read_text())
        found += [f"{module}: {words}" for words in _inside_functions(tree)]
        own = module.split(".")[0]
        check = _of_room if own in ROOMS else _of_face
        if own not in ROOMS + FACES:
            found.append(f"{module}: is neither a room nor a face")
            continue
        for name in imports(tree, known):
            words = check(module, name)
            found += [f"{module}: {words}"] if words else []
        if own in ROOMS:
            named = [n for n in ast.walk(tree) if isinstance(n, ast.arg) and n.arg == "request"]
            found += [f"{module}: takes a request (line {n.lineno})" for n in named]
    return found


def _of_room(module, name):
    if name.startswith(HTTP):
        return f"imports {name}, which belongs to the faces"
    if name.startswith("equity"):
        return f"imports {name}, the wiring"
    if place(module) is None:
        return "stands in no layer"
    if not name.startswith(f"{APP}."):
        return None
    target = name.removeprefix(f"{APP}.")
    if target.split(".")[0] not in ROOMS:
        return f"imports {target}, which is no room"
    (layer, room), there = place(module), place(target)
    if there is None:
        return f"imports {target}, which stands in no layer"
    if there[0] < layer or (there[0] == layer and there[1] < room):
        return None
    # A package's own parts: directory.reference reads its data file for its actions.
    return None if target == module.rpartition(".")[0] else f"imports {target}, which is not below it"


def _of_face(module, name):
    target = name.removeprefix(f"{APP}.")
    own, other = module.split(".")[0], target.split(".")[0]
    if not name.startswith(f"{APP}.") or other not in FACES or other == own:
        return None
    allowed = any(own == a and (target == b or target.startswith(f"{b}.")) for a, b in BETWEEN_FACES)
    return None if allowed else f"imports {target}, another face"


def _inside_functions(tree):
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for node in ast.walk(function):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
                if any(name.split(".")[0] in (APP, "equity", "") for name in names):
                    yield f"imports {names[0]} inside {function.name}"


@pytest.mark.slow
def test_everybody_knows_only_whom_they_may():
    assert violations(ROOT) == []


PLANTED = {
    "core/text.py": ("from partnerships.registry.models import Partnership", "imports registry.models"),
    "directory/models.py": ("from partnerships.directory import queries", "imports directory.queries"),
    "directory/rules.py": ("from partnerships.registry.rules import PUBLIC_PARTY", "imports registry.rules"),
    "registry/queries.py": ("from partnerships.registry import actions", "imports registry.actions"),
    "registry/publication.py": ("import partnerships.communication.letters", "imports communication.letters"),
    "registry/rules.py": ("from django.http import Http404", "imports django.http"),
    "registry/actions.py": ("from partnerships.web import csv", "imports web.csv"),
    "core/helpers.py": ("import json", "stands in no layer"),
    "core/search.py": ("def f():\n    from partnerships.core import ids", "imports partnerships.core inside f"),
    "communication/queries.py": ("def meetings(request):\n    return request", "takes a request"),
    "web/pages.py": ("from partnerships.api.views import root", "imports api.views, another face"),
    "management/commands/show.py": ("from partnerships.web import words", "imports web.words, another face"),
    "tasks.py": ("from partnerships import admin", "imports admin, another face"),
    "services/mail.py": ("import json", "is neither a room nor a face"),
}


@pytest.mark.parametrize("path", PLANTED)
def test_a_planted_import_is_found(tmp_path, path):
    """A tree with every file that a planted line names, and one line in one of them that should not be."""
    for module in (
        "registry/models",
        "registry/rules",
        "registry/actions",
        "directory/queries",
        "web/csv",
        "web/words",
    ):
        _write(tmp_path, f"{module}.py", "")
    for module in ("communication/letters", "api/views", "admin", "core/ids"):
        _write(tmp_path, f"{module}.py", "")
    assert violations(tmp_path) == []
    line, said = PLANTED[path]
    _write(tmp_path, path, line)
    found = violations(tmp_path)
    assert [words for words in found if said in words], found


def _write(root, path, text):
    file = root / APP / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)

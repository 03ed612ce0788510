"""States of histories and of undoing a change. states.py has those of other pages."""

from tests.browser.site import ADMINISTRATOR, COLLEAGUE, STAFF


def add_all(add, refused):
    add("partnership_history", "filled", "{rewritten}history/", (STAFF, COLLEAGUE), narrow=True)
    add("partnership_history", "asked wrongly", "{rewritten}history/?cursor=x", (STAFF,), status=400)
    add("organization_history", "filled", "{unlisted}history/", (STAFF,))
    add("jurisdiction_history", "filled", "{own_city}history/", (STAFF,))
    add("department_history", "filled", "{office}history/", (ADMINISTRATOR,))
    add("meeting_history", "filled", "{own_meeting}history/", (STAFF,))
    add("action_history", "filled", "{action}history/", (STAFF,))
    add("partnership_undo", "blank", "{partnership_undo}", (STAFF,), narrow=True)
    add("partnership_undo", "changed again since", "{overtaken_undo}", (STAFF,), narrow=True)
    add("partnership_undo", "stale", "{partnership_undo}", (STAFF,), status=409, sent={"version": "1"})
    refused("partnership_undo", "{partnership_undo}", {"why": "x" * 301})
    add("organization_undo", "blank", "{organization_undo}", (STAFF,))
    add("jurisdiction_undo", "blank", "{jurisdiction_undo}", (ADMINISTRATOR,))
    add("department_undo", "blank", "{department_undo}", (ADMINISTRATOR,))
    add("meeting_undo", "blank", "{meeting_undo}", (STAFF,))
    add("action_undo", "blank", "{action_undo}", (STAFF,))
    add("organization_merge", "blank", "{unlisted}merge/", (STAFF,), narrow=True)
    add("organization_merge", "asked wrongly", "{unlisted}merge/?other=Nobody", (STAFF,), status=422)
    add("organization_merge", "compared", "{pair}", (STAFF,), narrow=True)
    add("organization_merge", "stale", "{pair}", (STAFF,), status=409, sent={"version": "0"})
    refused("organization_merge", "{pair}", {"why": "x" * 301})
    add("organization_apart", "blank", "{organization_apart}", (STAFF,), narrow=True)
    add("organization_apart", "stale", "{organization_apart}", (STAFF,), status=409, sent={"version": "0"})
    refused("organization_apart", "{organization_apart}", {"why": "x" * 301})
    add("department_merge", "blank", "{office}merge/", (ADMINISTRATOR,))
    add("department_merge", "compared", "{offices_pair}", (ADMINISTRATOR,))
    refused("department_merge", "{offices_pair}", {"why": "x" * 301}, who=ADMINISTRATOR)
    add("department_apart", "blank", "{department_apart}", (ADMINISTRATOR,))
    refused("department_apart", "{department_apart}", {"why": "x" * 301}, who=ADMINISTRATOR)
    add("organization_split", "blank", "{pair_kept}split/", (STAFF,), narrow=True)
    refused("organization_split", "{pair_kept}split/", {"name": "x" * 301})
    add("organization_split", "stale", "{pair_kept}split/", (STAFF,), status=409, sent={"version": "0"})
    add("department_split", "blank", "{office}split/", (ADMINISTRATOR,))
    refused("department_split", "{office}split/", {"name": "x" * 301}, who=ADMINISTRATOR)
    _of_people(add, refused)
    for kind in ("partnership", "organization", "department"):
        add(
            f"{kind}_many",
            "filled",
            f"/{kind}s/many/",
            (STAFF, ADMINISTRATOR) if kind == "partnership" else (ADMINISTRATOR,),
        )
        refused(f"{kind}_many", f"/{kind}s/many/", {"why": "x" * 301}, who=ADMINISTRATOR)
    add("partnership_many", "looked at", "{many}", (STAFF,), sent={"status": "paused"}, alone=True, narrow=True)
    add("partnership_many", "empty", "/partnerships/many/?q=zzzz-nothing", (STAFF,))
    add("partnership_many", "asked wrongly", "/partnerships/many/?x=y", (STAFF,), status=400)
    add("changed_together", "filled", "{changed_together}", (STAFF, COLLEAGUE), narrow=True)
    add("undo_together", "blank", "{changed_together}undo/", (STAFF,), narrow=True)
    refused("undo_together", "{changed_together}undo/", {"why": "x" * 301})


def _of_people(add, refused):
    """Two accounts, or two contacts, that were merged."""
    add("person_merge", "blank", "{person}merge/", (ADMINISTRATOR,))
    refused("person_merge", "{person}merge/", {"email": "nobody"}, ADMINISTRATOR)
    add("person_merge_with", "compared", "{two_accounts}", (ADMINISTRATOR,), narrow=True)
    add(
        "person_merge_with",
        "changed meanwhile",
        "{two_accounts}",
        (ADMINISTRATOR,),
        status=409,
        sent={"seen": "x", "why": "x"},
    )
    add("person_merge_with", "in the way", "{account_in_the_way}", (ADMINISTRATOR,))
    refused("person_merge_with", "{two_accounts}", {"why": "x" * 301}, ADMINISTRATOR)
    add("person_apart", "blank", "{accounts_apart}", (ADMINISTRATOR,), narrow=True)
    refused("person_apart", "{accounts_apart}", {"why": "x" * 301}, ADMINISTRATOR)
    add("contact_left", "blank", "{contact_left}", (ADMINISTRATOR,), narrow=True)
    add("contact_left", "previewed", "{contact_left}", (ADMINISTRATOR,), sent={"follows": "none"}, narrow=True)
    refused("contact_left", "{contact_left}", {"follows": "person:0"}, ADMINISTRATOR)
    add("contact_merge", "blank", "{contacts}", (ADMINISTRATOR,))
    add("contact_merge", "compared", "{two_contacts}", (ADMINISTRATOR,), narrow=True)
    add("contact_merge", "stale", "{two_contacts}", (ADMINISTRATOR,), status=409, sent={"version": "0"})
    refused("contact_merge", "{two_contacts}", {"why": "x" * 301}, ADMINISTRATOR)

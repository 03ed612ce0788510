"""States of the pages of rounds, single and many. states.py adds them to its own."""

from tests.browser.site import COLLEAGUE, PARTNER, STAFF


def add_all(add, refused):
    _of_one(add, refused)
    _by_link(add)
    _of_many(add, refused)


def _of_one(add, refused):
    wrong = {"title": "", "closes_on": "someday", "text": "", "owner": "", "way": "pigeon"}
    pages = {"new": "{own}rounds/new/", "move": "{open_round}move/", "note": "{round}respond/influence/"}
    pages["respond"] = "{round}respond/"
    for name, path in (pages | {"record": "{round_place}"}).items():
        add(f"round_{name}", "blank", path, (STAFF,), narrow=True)
        refused(f"round_{name}", path, wrong)
    add("round_object", "blank", "{round_place_to_object_to}", (STAFF,))
    add("round_name", "blank", "{people_to_name}", (PARTNER,), narrow=True)
    add("round_code", "blank", "{code_to_print}", (STAFF,), narrow=True)
    refused("round_code", "{code_to_print}", {"source": ""})
    add("round_remind", "blank", "{open_round}remind/", (STAFF,))
    add("round_cancel", "blank", "{open_round}cancel/", (STAFF,))
    add("round", "opened", "{round}", (STAFF, PARTNER), narrow=True)
    add("round", "open", "{open_round}", (STAFF, PARTNER))
    add("round_history", "filled", "{round}history/", (STAFF, PARTNER), narrow=True)
    add("round_published", "filled", "{round}published/", (None, STAFF), narrow=True)
    add("round_publish", "filled", "{publishing}", (PARTNER,), narrow=True)
    refused("round_publish", "{publishing}", {"reply": "x" * 1501}, PARTNER)


def _by_link(add):
    far = {"item": "common_agenda", "common_agenda-level": "0"}
    add("answer_round", "asked for a word", "{link_to_round}", before=(far,), narrow=True)
    add("answer_ties", "blank", "{link_to_ties}", narrow=True)
    add("name_by_link", "blank", "{link_to_people}", narrow=True)
    add("agree_by_link", "blank", "{link_to_agreement}", narrow=True)
    add("agree_by_link", "refused", "{link_to_agreement}", status=422, before=({"agrees": "perhaps"},), narrow=True)
    add("state_by_link", "blank", "{link_to_statement}", narrow=True)
    unsure = {"verdict": "perhaps", "words": "Ask us first.", "seen": "x"}
    add("state_by_link", "refused", "{link_to_statement}", status=422, before=(unsure,), narrow=True)
    nameless = {"press": "name", "phone_1": "612 555 0101"}
    add("name_by_link", "refused", "{link_to_people}", status=422, before=(nameless,), narrow=True)


def _of_many(add, refused):
    add("rounds", "gaps", "/rounds/", (STAFF, PARTNER), narrow=True)
    for show in ("low", "owed", "answers"):
        add("rounds", show, f"/rounds/?show={show}", (STAFF,), narrow=show == "answers")
    for by in ("jurisdiction", "department", "kind", "issue"):
        add("rounds", f"by {by}", f"/rounds/?show=groups&by={by}", (STAFF,), narrow=by == "kind")
    add("rounds", "filtered", "/rounds/?issue=housing&item=decisions", (COLLEAGUE,))
    add("rounds", "nothing found", "/rounds/?kind=contract", (STAFF,))
    add("rounds", "asked wrongly", "/rounds/?show=x", (STAFF,), status=400)
    add("portfolio_new", "blank", "{asked_together}", (STAFF,), narrow=True)
    add("portfolio_new", "left out", "/rounds/new/?kind=strategy", (STAFF,))
    add("portfolio_new", "nothing to start", "/rounds/new/?q=zzyzx", (STAFF, PARTNER))
    add("portfolio_new", "asked wrongly", "/rounds/new/?kidn=x", (STAFF,), status=400)
    refused("portfolio_new", "{asked_together}", {"title": "", "closes_on": "someday"})
    add("portfolio_new", "looked over", "{asked_together}", (STAFF,), sent={"title": "Winter rounds"}, narrow=True)
    add("portfolio", "filled", "{together}", (STAFF,), narrow=True)
    add("portfolio", "none of these", "{together}?stands=waiting", (STAFF,))

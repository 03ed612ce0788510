"""States of results, measures and their numbers. states.py has those of other pages."""

from tests.browser.site import COLLEAGUE, PARTNER, STAFF

NO_PAGES = dict.fromkeys(
    (
        "results_csv",
        "results_xlsx",
        "measures_csv",
        "measures_xlsx",
        "activities_csv",
        "activities_xlsx",
        "measure_numbers_csv",
        "measure_svg",
        "measure_png",
        "partnership_makeup_csv",
    ),
    "a file",
)
NO_PAGES["measure_take_back"] = "one press"
READERS = (None, COLLEAGUE, STAFF)


def add_all(add, refused):
    for name in ("results", "measures", "activities"):
        add(name, "filled", f"/{name}/", READERS, narrow=True)
        add(name, "nothing found", f"/{name}/?issue=food")
        add(name, "asked wrongly", f"/{name}/?kidn=x", status=400)
        add(name, "nothing yet", f"/{name}/", site="empty_site")
    add("result", "filled", "{result}", (*READERS, PARTNER), narrow=True)
    add("result_new", "blank", "/results/new/", (STAFF,), narrow=True)
    add("result_new", "of a partnership", "{result_of_own}", (STAFF,))
    refused("result_new", "/results/new/", {"title": "", "partnerships": "Nowhere at all"}, narrow=True)
    add("result_edit", "filled", "{own_result}edit/", (STAFF,))
    add(
        "result_edit",
        "changed meanwhile",
        "{own_result}edit/",
        (STAFF,),
        status=409,
        sent={"title": "Mine", "version": "0"},
        alone=True,
    )
    refused("result_edit", "{own_result}edit/", {"title": ""})
    add("indicator_new", "blank", "{own_result}indicators/new/", (STAFF,), narrow=True)
    refused("indicator_new", "{own_result}indicators/new/", {"title": "", "target_on": "soon"})
    add("measure_new", "blank", "{own}measures/new/", (STAFF,))
    refused("measure_new", "{own}measures/new/", {"title": "", "groups-0-name": "East side", "groups-0-dimension": ""})
    add("measure", "filled", "{measure}", (*READERS, PARTNER), narrow=True)
    add("measure", "by group", "{measure}?by=race", (None, STAFF), narrow=True)
    add("measure", "asked wrongly", "{measure}?by=soon", status=400)
    add("measure", "without numbers", "{own_measure}", (STAFF,))
    add("measure_edit", "filled", "{measure}edit/", (STAFF,), narrow=True)
    refused("measure_edit", "{own_measure}edit/", {"title": "", "baseline_on": "soon"})
    add("measure_data", "filled", "{measure}data/", (STAFF,), narrow=True)
    add("measure_data", "for one period", "{measure}data/?first=2024&last=2024&shows=value", (STAFF,), narrow=True)
    add("measure_data", "asked wrongly", "{measure}data/?first=soon", (STAFF,), status=422)
    refused("measure_data", "{own_measure}data/?first=2024&last=2024", {"2024-01-01||numerator": "12,5"}, narrow=True)
    add("measure_paste", "blank", "{own_measure}paste/", (STAFF,), narrow=True)
    cells = "Group\t2024\nEveryone together\t41"
    add("measure_paste", "looked over", "{own_measure}paste/", (STAFF,), narrow=True, sent={"cells": cells}, alone=True)
    refused("measure_paste", "{own_measure}paste/", {"cells": f"{cells}\nPurple\t12"}, narrow=True)
    add("measure_number", "filled", "{measure_number}", (STAFF,), narrow=True)
    add("measure_say", "blank", "{measure}say/", (PARTNER,), narrow=True)
    refused("measure_say", "{measure}say/", {"words": ""}, PARTNER)
    add("measure_answer", "blank", "{measure_answer}", (STAFF,))
    refused("measure_answer", "{measure_answer}", {"answer": ""})
    add("result_history", "filled", "{own_result}history/", (STAFF,))
    add("measure_history", "filled", "{measure}history/", (STAFF,))
    add("result_undo", "blank", "{result_undo}", (STAFF,))
    add("measure_undo", "blank", "{measure_undo}", (STAFF,))
    _add_makeups(add, refused)


def _add_makeups(add, refused):
    add("partnership_makeup", "filled", "{committee}members/", (*READERS, PARTNER), narrow=True)
    add("partnership_makeup", "of one day", "{committee}members/?of=gender")
    add("partnership_makeup", "nothing yet", "{body}members/")
    add("partnership_makeup", "asked wrongly", "{committee}members/?kidn=x", status=400)
    add("makeup_new", "blank", "{committee}members/age/new/", (STAFF,), narrow=True)
    refused("makeup_new", "{committee}members/age/new/", {"members": "20", "of_under-18": "30"})
    add("makeup", "filled", "{makeup}", (STAFF,))
    refused("makeup", "{makeup}", {"members": "lots"})
    submitted, theirs = {"note": "My words"}, {"note": "Another’s words"}
    add(
        "makeup",
        "two texts",
        "{makeup}",
        (STAFF,),
        status=409,
        sent=submitted,
        meanwhile=theirs,
        alone=True,
        narrow=True,
    )
    add("makeup_history", "filled", "{makeup}history/", (STAFF,))
    add("makeup_undo", "blank", "{makeup_undo}", (STAFF,))
    add("jurisdiction_population", "filled", "{own_city}population/", (None, STAFF), narrow=True)
    add("jurisdiction_population", "nothing yet", "{city}population/")
    add("population_new", "blank", "{own_city}population/race1997/new/", (STAFF,), narrow=True)
    refused("population_new", "{own_city}population/race1997/new/", {"total": "0"}, narrow=True)
    add("population", "filled", "{population}", (STAFF,))
    refused("population", "{population}", {"total": "few"})
    add("population_history", "filled", "{population}history/", (STAFF,))
    add("population_undo", "blank", "{population_undo}", (STAFF,))

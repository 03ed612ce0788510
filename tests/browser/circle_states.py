"""States of the pages of circles, which states.py adds to its own."""

from tests.browser.site import STAFF

VISITOR = None
LONG = "x" * 301


def add_all(add, refused):
    add("partnership_partners", "filled", "{strategy}partners/", (VISITOR, STAFF), narrow=True)
    add("partnership_partners", "nobody in a ring", "{own}partners/", (VISITOR, STAFF))
    add("partnership_partners", "compared", "{circles_compared}", (STAFF,), narrow=True, opens=True)
    add("partnership_partners", "asked wrongly", "{strategy}partners/?since=x", status=400)
    add("issue_area_circles", "filled", "{circles_in_city}", (VISITOR, STAFF), narrow=True)
    add("issue_area_circles", "no place", "/issue-areas/housing/circles/", narrow=True)
    add("issue_area_circles", "nothing yet", "/issue-areas/food/circles/")
    add("issue_area_circles", "nobody there", "{no_circles_in_city}", (VISITOR, STAFF))
    add("issue_area_circles", "asked wrongly", "/issue-areas/housing/circles/?at=x", status=400)
    wrong = {"who": "", "circle": "", "why": LONG}
    for route, path in (("partnership_seat_new", "{own}circles/expect/"), ("area_seat_new", "{area_seat_new}")):
        add(route, "blank", path, (STAFF,), narrow=True)
        refused(route, path, wrong)
    add("expected_seat", "blank", "{seat}", (STAFF,), narrow=True)
    add("expected_seat", "taken back", "{seat_taken_back}", (STAFF,))

"""How many presses of Tab lead to the first match of each list, and from an opened section to its Save button: by "Skip to
Save" where it's shorter.
"""

from tests.browser.site import STAFF
from tests.browser.visit import addresses_of

LISTS = (
    "/partnerships/",
    "/organizations/",
    "/jurisdictions/",
    "/departments/",
    "/meetings/",
    "/actions/",
    "/results/",
    "/measures/",
    "/rounds/",
    "/search/?q=housing",
)
TABS = ("", "partners/", "results/", "meetings/", "agreement/", "office/")
SKIPPED, WHOLE, SAVED = 5, 30, 20  # presses at most: by "Skip to results", without it, and to Save
IN_RESULTS = "() => !!document.activeElement.closest('#results') && document.activeElement.id != 'results'"
ON_SAVE = (
    "() => document.activeElement.matches('.editing button') && !document.activeElement.hasAttribute('formnovalidate')"
)
MOST = 80


def presses_until(page, condition, most=MOST):
    """Press Tab until this function of the page returns true. Returns how many times; `most` if it never does."""
    for pressed in range(1, most):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return pressed
    return most


def of_list(page, address):
    """(presses by "Skip to results", presses without it) to the first match of a list."""
    page.goto(address)
    whole = presses_until(page, IN_RESULTS)
    page.goto(address)
    skip = presses_until(page, "() => document.activeElement.matches('a.skip[href=\"#results\"]')", SKIPPED)
    if skip == SKIPPED:
        return MOST, whole
    page.keyboard.press("Enter")
    return skip + 1 + presses_until(page, IN_RESULTS), whole


def of_sections(page, address):
    """The text of each visible link that opens a section in place → presses from there to its Save button."""
    page.goto(address)
    found, links = {}, page.locator("main a[data-hx-get]:visible")
    for number in range(links.count()):
        page.goto(address)
        name = links.nth(number).inner_text().strip()
        links.nth(number).click()
        page.wait_for_function("() => !!document.activeElement.closest('.editing')")
        skip = presses_until(page, "() => document.activeElement.matches('.editing a.skip')", SAVED)
        if skip < SAVED:
            page.keyboard.press("Enter")
        found[name] = skip + (skip < SAVED) + presses_until(page, ON_SAVE)
    return found


def measured(site, window):
    """Lines of what takes too many presses, and how many lists and sections were tried. `window(site, who)` opens one."""
    page, found, tried = window(site, STAFF).new_page(), [], 0
    for path in LISTS:
        skipped, whole = of_list(page, site.base + path)
        tried += 1
        found += [f"{path}: {skipped} by the link, {whole} without"] if skipped > SKIPPED or whole > WHOLE else []
    own = addresses_of(site)["own"]
    for tab in TABS:
        for name, presses in of_sections(page, f"{site.base}{own}{tab}").items():
            tried += 1
            found += [f"{tab} {name}: {presses} to Save"] if presses > SAVED else []
    return found, tried

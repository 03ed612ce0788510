"""Checks during a visit. Each function returns kind of finding → findings, which should be empty.

`visit.page` has axe in it (visit.new_page).
"""

import asyncio

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Without `preload`, which reads each style sheet and sound for two rules: one is experimental, and no page has sound.
AXE = {"resultTypes": ["violations"], "preload": False, "iframes": False, "selectors": False}
# WCAG 1.4.12
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } "
SPACING += "p { margin-block-end: 2em !important }"
TOUCHED = {"hover": ["hover"], "focus": ["focus", "focus-visible", "focus-within"], "pressed": ["active", "hover"]}
TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary, label"
TALLEST = {1280: 3000, 375: 6000}  # width of a window → height of a page at rest, in pixels
OPENED = 800  # pixels that an open section may add
FIRST_VIEW = {"bytes": 100_000, "requests": 10, "bytes of script": 25_000}


def wrong_status(visit):
    return {"status": [] if visit.status == visit.state.status else [f"{visit.status} at {visit.page.url}"]}


def forms(visit):
    """A refused form keeps what was typed, and an empty option says what it means."""
    return {"lost": visit.lost, "mute": visit.ask("mute")}


def first_view(visit):
    measured = zip(FIRST_VIEW.items(), visit.sent, strict=True)
    return {"first view": [f"{sent} {name}" for (name, most), sent in measured if sent > most]}


def height(visit):
    """Check that a page is no taller than a reader scrolls. A form that was sent shows what is wrong, too.

    Only for the figure QU1, which opens the states in their order: what other states added makes a page taller.
    """
    is_at_rest = visit.state.status == 200 and not visit.state.before
    found = []
    for width, most in TALLEST.items() if is_at_rest else ():
        visit.resize(width)
        tall = visit.page.evaluate("document.documentElement.scrollHeight")
        found += [f"{tall} at {width}"] if tall > most + OPENED * visit.state.opens else []
    visit.resize(1280)
    return {"height": found}


def axe(visit, widths=(320,)):
    visit.ask("open")
    found = {"axe": _axe(visit.page)}
    if visit.state.narrow:
        for width in widths:
            visit.resize(width)
            found[f"axe at {width}"] = _axe(visit.page)
        visit.resize(1280)
    return found


def dark(visit):
    """Check the contrast of text and targets where the reader's device is set to dark."""
    visit.page.emulate_media(color_scheme="dark")
    found = {
        "axe, dark": _axe(visit.page, {"type": "rule", "values": ["color-contrast"]}),
        "faint, dark": visit.ask("faint"),
    }
    visit.page.emulate_media(color_scheme="light")
    return found


def axe_at_more_widths(visit):
    """Run axe at more widths, for the figure QX1."""
    return axe(visit, (768, 320))


def targets(visit):
    """Check size and contrast, also while a target is hovered, focused and pressed."""
    visit.ask("open")
    found = {"small": visit.ask("small"), "faint": visit.ask("faint")}
    talk = visit.page.context.new_cdp_session(visit.page)
    talk.send("DOM.enable")
    talk.send("CSS.enable")
    root = talk.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    nodes = talk.send("DOM.querySelectorAll", {"nodeId": root, "selector": TARGETS})["nodeIds"]
    for name, forced in TOUCHED.items():
        _force(talk, nodes, forced)
        found[f"faint, {name}"] = visit.ask("faint", name == "focus")
    talk.detach()
    visit.resize(320)
    found["small at 320"] = visit.ask("small")
    visit.resize(1280)
    return found


def _force(talk, nodes, forced):
    """Send all requests at once and then read the answers, since hundreds of round trips took a third of a page's time.

    Playwright has no public call for it.
    """

    async def ask_all():
        asked = ({"nodeId": node, "forcedPseudoClasses": forced} for node in nodes)
        await asyncio.gather(*(talk._impl_obj.send("CSS.forcePseudoState", one, timeout=0) for one in asked))

    talk._sync(ask_all())


def zoom(visit):
    """Check at 320 px, which is a window of 1280 px at 400% zoom, and with the text spacing of WCAG 1.4.12."""
    visit.ask("open")
    wide = visit.ask("words")
    visit.resize(320)
    found = _whole(visit, wide, "at 320")
    visit.page.add_style_tag(content=SPACING)
    found |= _whole(visit, wide, "at 320 with spacing")
    visit.resize(1280)
    return found | _whole(visit, wide, "with spacing")


def _whole(visit, wide, when):
    found = {what: visit.ask(what) for what in ("sideways", "rolling", "cut", "overlapping")}
    return {f"{what} {when}": things for what, things in (found | {"missing": visit.ask("missing", wide)}).items()}


def _axe(page, rules=RULES):
    # All menus are open, and one may cover targets that have their room once it is closed. `targets` measures those.
    over = {"rules": {"target-size": {"enabled": False}}} if page.query_selector("details[open] .pop") else {}
    found = page.evaluate("options => axe.run(options)", AXE | {"runOnly": rules} | over)
    return [f"{broken['id']}: {node['html'][:160]}" for broken in found["violations"] for node in broken["nodes"]]


def axe_at_full_width(visit):
    return axe(visit, ())


# `zoom` comes last, since its spacing stays on the page.
ALL = (wrong_status, forms, first_view, axe, dark, targets, zoom)
QUICK = (wrong_status, forms, first_view, axe_at_full_width)  # these take a third of the time


def findings(visit, checks=ALL) -> dict[str, list]:
    """Return all findings of these checks, without empty ones."""
    found = {}
    for check in checks:
        found |= check(visit)
    return {sort: things for sort, things in found.items() if things}

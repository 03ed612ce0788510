"""The checks of pages find each planted fault as its own kind of finding, and nothing on a page without faults."""

import json
from types import SimpleNamespace

import pytest

from tests.browser import page_checks
from tests.browser.visit import CHECKS, new_page

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Planted</title><style>
body {{ font: 16px/1.5 sans-serif; color: #000; background: #fff }} .input {{ border: 1px solid #555 }}
a {{ color: #036; padding-block: 4px }} a, .input, button {{ min-height: 24px; outline-offset: 2px }}
:focus-visible {{ outline: 3px solid #000 }} button {{ background: #fff; border: 0; font: inherit }} {style}
</style></head><body><main><h1>Planted</h1><p>Some words with <a href="/">a link</a> in them.</p>
<p><a href="/">A link alone</a></p>{body}</main></body></html>"""
CLEAN = '<form method="post"><label for="f">Field</label> <input class="input" id="f"><button>Send it</button></form>'
PLANTED = [
    ("axe", "", '<img src="data:,">'),
    ("axe", "", '<p style="color: #aaa">Words that one can hardly read</p>'),
    ("axe at 320", "@media (max-width: 400px) { p { color: #bbb } }", ""),
    ("axe, dark", "@media (prefers-color-scheme: dark) { p { color: #bbb } }", ""),
    ("faint, dark", "@media (prefers-color-scheme: dark) { .input { border-color: #ccc } }", CLEAN),
    ("small", "p a { padding: 0 }", ""),
    ("small at 320", "@media (max-width: 400px) { p a { padding: 0 } }", ""),
    ("faint", ".input { border-color: #ccc }", CLEAN),
    ("faint, hover", "a:hover { color: #aac }", ""),
    ("faint, focus", "button:focus-visible { outline: none }", CLEAN),
    ("faint, focus", "button:focus-visible { outline-color: #ddd }", CLEAN),
    ("faint, pressed", "button:active { background: #444 }", CLEAN),
    ("sideways at 320", "", '<p style="width: 400px">Wide words</p>'),
    ("sideways with spacing", "", f'<p style="white-space: nowrap; width: 0">{"Long words " * 15}</p>'),
    ("rolling at 320", "", '<div tabindex="0" style="overflow-x: auto"><p style="width: 400px">Wide words</p></div>'),
    ("cut at 320", "", f'<p style="height: 50px; overflow: hidden">{"Many words " * 15}</p>'),
    (
        "cut with spacing",
        "",
        '<p style="display: inline-block; height: 25px; overflow: hidden; line-height: 1">One<br>two</p>',
    ),
    ("overlapping at 320", "", '<p style="margin: 0">Words</p><p style="margin: -20px 0 0">Others</p>'),
    (
        "missing at 320",
        "@media (max-width: 400px) { .gone { display: none } }",
        '<p class="gone">Only on wide pages</p>',
    ),
    ("height", "", '<p style="height: 3000px">Few words</p>'),
    (
        "mute",
        "",
        '<label for="s">Pick</label> <select id="s" class="input"><option value="">---------</option></select>',
    ),
]


@pytest.fixture
def found(chromium):
    opened = []

    def find(style, body):
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
        opened.append(context)
        page = new_page(context)
        page.goto("about:blank")
        page.set_content(PAGE.format(style=style, body=body))

        def ask(what, *given):
            return page.evaluate(f"{CHECKS}.{what}({', '.join(map(json.dumps, given))})")

        def resize(width, height=900):
            page.set_viewport_size({"width": width, "height": height})

        state = SimpleNamespace(narrow=True, status=200, before=(), opens=False)
        visit = SimpleNamespace(page=page, ask=ask, resize=resize, lost=[], state=state)
        checks = (
            page_checks.forms,
            page_checks.height,
            page_checks.axe,
            page_checks.dark,
            page_checks.targets,
            page_checks.zoom,
        )
        return page_checks.findings(visit, checks)

    yield find
    for context in opened:
        context.close()


def test_a_page_without_faults_has_no_findings(found):
    assert found("", CLEAN) == {}


@pytest.mark.parametrize(
    ("sort", "style", "body"), PLANTED, ids=[f"{n} {sort}" for n, (sort, _, _) in enumerate(PLANTED)]
)
def test_what_is_planted_is_found(sort, style, body, found):
    assert sort in found(style, body)


def test_a_first_view_that_is_too_heavy_is_found():
    visit = SimpleNamespace(sent=(100_001, 10, 25_001))
    assert page_checks.first_view(visit) == {"first view": ["100001 bytes", "25001 bytes of script"]}


def test_typing_that_a_form_forgets_is_found(chromium):
    page = chromium.new_page()
    fields = '<input name="kept"><select name="pick"><option>a<option>b</select><input type="date" name="day">'
    page.set_content(f'<main><form method="post">{fields}</form></main>')
    page.evaluate(f"{CHECKS}.type({{kept: 'K'}})")
    assert page.evaluate(f"{CHECKS}.typed()") == {"kept": ["K"], "pick": ["b"], "day": ["2027-03-04"]}
    page.close()

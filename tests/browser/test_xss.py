"""XSS payloads, typed into the forms that most pages show, don't run anywhere (all forms: bench/figures/qa10.py)."""

from html import escape

import pytest

from tests import xss
from tests.counts import forget_counts
from tests.payloads import LINKS

ROUTES = ("partnership_edit", "organization_edit", "own_reach", "meeting_edit", "remark_new")
POLICY = "default-src 'self'"


@pytest.fixture
def eyes(chromium):
    opened = xss.Browser(chromium)
    yield opened
    opened.context.close()


def test_payloads_of_the_forms_that_most_pages_show(db, settings, eyes):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000
    forget_counts()
    world, found = xss.world_with_emails(), xss.Gathered()
    xss.gather(world, found, xss.Texts(), ROUTES, roles=("anonymous", "administrator"), every=60, once=True)
    eyes.look_at(found.pages)
    assert (eyes.wrong, found.refused) == ([], [])
    assert {route for route, _ in found.inputs} >= set(ROUTES)


@pytest.mark.parametrize("page", [
    "<p>{}</p>", '<input value="{}">', "<input value='{}'>", "<title>{}</title>", "<textarea>{}</textarea>",
    "<script>const words = '{}'</script>", '<script type="application/json">"{}"</script>', "<p title={}>x</p>",
])  # fmt: skip
def test_a_text_that_is_not_escaped_is_seen(eyes, page):
    eyes.open("plain", "/", page.format(xss.FIRST))
    assert ["ran" in words for words in eyes.wrong] == [True]
    eyes.open("with a policy", "/", page.format(xss.FIRST), POLICY)
    assert ["stopped script-src" in words for words in eyes.wrong[1:]] == [True]
    eyes.open("escaped", "/", f"<p>{escape(xss.FIRST)}</p>", POLICY)
    assert len(eyes.wrong) == 2


@pytest.mark.parametrize(
    "link", [link for link in LINKS if link.lower().startswith(("java", "data", "vb")) and "%" not in link]
)
def test_a_link_to_script_is_seen(eyes, link):
    eyes.open("a link", "/", f'<a href="{escape(link)}">x</a>', POLICY)
    assert len(eyes.wrong) == 1

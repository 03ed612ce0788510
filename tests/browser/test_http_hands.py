"""How HttpHands reads a page: it must not find or send what a person with a browser couldn't."""

import pytest

from tests.browser.document import Document
from tests.browser.hands import Keyboard, Mouse
from tests.browser.http_hands import HttpHands

OF_A_WINDOW = {"hold_a_phone", "link", "button", "field", "choice", "folded"}
PAGE = """<!doctype html><title>Test</title><h1>Record</h1>
<section><h2 id="a">Open part</h2><a href="/open/">Read on<span class="sr">: the record</span></a></section>
<details><summary>More</summary><a href="/folded/">Folded link</a></details>
<a href="/hidden/" hidden>Hidden link</a><a class="menu-link" href="#menu">Menu</a><a>No link</a>
<svg role="img"><a href="#row" aria-label="2. Housing, 7 ties"><text>Housing</text></a></svg>
<form action="/sent/?old=1" method="post" enctype="multipart/form-data">
<label for="t">Title (required)</label><input id="t" name="title" value="As it was" maxlength="20" required>
<label>Words<textarea name="words">
One
two</textarea></label>
<label>Place<select name="place"><option value="n">North</option><option value="s" selected>South</option></select></label>
<label>First<select name="first"><option disabled>Pick</option><option>A</option></select></label>
<label><input type="checkbox" name="box" value="1" checked> Box one</label>
<label><input type="checkbox" name="box" value="2"> Box two</label>
<fieldset disabled><input name="disabled" value="x"></fieldset>
<input type="hidden" name="version" value="3"><input name="file" type="file" aria-label="The file">
<label><input type="radio" name="one" value="yes"> Yes</label><label><input type="radio" name="one" value="no"> No</label>
<button name="do" value="save">Save</button><button name="do" value="keep" formnovalidate>Keep</button>
<button disabled>Cannot be pressed</button></form>"""


class Nowhere:
    """A site and a session that record what would be sent."""

    base, sent = "http://nowhere", ()

    def open(self, request):
        self.sent = request
        raise EOFError


@pytest.fixture
def hands():
    hands = HttpHands(Nowhere(), Nowhere())
    hands.document = Document(PAGE)
    return hands


def sent(hands, button):
    with pytest.raises(EOFError):
        hands.press(button)
    return hands.session.sent.data.decode()


def test_all_hands_can_do_the_same():
    can = [{name for name in dir(one) if not name.startswith("_")} for one in (Mouse, Keyboard, HttpHands)]
    assert can[0] - OF_A_WINDOW <= can[2]
    assert can[1] - OF_A_WINDOW - {"reach"} <= can[2]


@pytest.mark.parametrize("name", ["Folded link", "Hidden link", "Menu", "No link", "Read"])
def test_a_link_that_no_one_could_follow_is_not_followed(hands, name):
    with pytest.raises(AssertionError):
        hands.follow(name)


def test_links_are_found_by_name_as_they_are_heard(hands):
    assert hands.address_of("Read on") == "/open/"
    assert hands.address_of("2. Housing, 7 ties") == "#row"
    hands.unfold("More")
    assert hands.address_of("Folded link") == "/folded/"


def test_only_what_is_shown_is_seen(hands):
    hands.sees("Record", "Read on: the record")
    hands.misses("Folded link", "Hidden link", "North", "Test")
    with hands.in_part("Open part"):
        hands.misses("Record and more", "More")


def test_a_form_sends_what_a_browser_would(hands):
    hands.write("Title", "New")
    hands.untick("Box one")
    hands.tick("Box two")
    hands.tick("Yes")
    hands.tick("No")
    hands.pick("Place", "North")
    hands.attach("The file", "a.csv", "x,y")
    body = sent(hands, "Save")
    parts = [part.partition("\r\n\r\n") for part in body.split("--" + body[2:34])[1:-1]]
    values = [(head.split('name="')[1].split('"')[0], value.removesuffix("\r\n")) for head, _, value in parts]
    assert values == [
        *[("title", "New"), ("words", "One\r\ntwo"), ("place", "n"), ("first", "A"), ("box", "2"), ("version", "3")],
        *[("file", "x,y"), ("one", "no"), ("do", "save")],
    ]
    assert 'filename="a.csv"' in body


def test_a_form_without_what_it_requires_is_not_sent(hands):
    hands.write("Title", "")
    with pytest.raises(AssertionError, match="a browser would not send"):
        hands.press("Save")
    assert 'name="title"' in sent(hands, "Keep")


@pytest.mark.parametrize("act", [
    lambda hands: hands.press("Cannot be pressed"),
    lambda hands: hands.write("Title", "x" * 21),
    lambda hands: hands.write("Place", "West"),
    lambda hands: hands.pick("Place", "West"),
    lambda hands: hands.write("Not there", ""),
    lambda hands: hands.tick("Box three"),
])  # fmt: skip
def test_what_no_one_could_do_is_not_done(hands, act):
    with pytest.raises(AssertionError):
        act(hands)

"""Pages over HTTP: fields are filled in as the browser's checks do it, and planted faults are found."""

import json

import pytest

from tests.browser import states
from tests.browser.over_http import HttpPage, fill_in, main_form, visible_values
from tests.browser.site import Answer
from tests.browser.visit import CHECKS

FORM = """<main><form method="post"><input type="hidden" name="token" value="t"><input name="title">
<input name="place" value="Here">
<input type="date" name="day"><input type="date" name="other_day"><input type="time" name="time">
<input type="number" name="seats" min="3"><input type="number" name="share"><input type="email" name="email">
<input type="url" name="link"><textarea name="text">
Old words</textarea><textarea name="cells"></textarea><input type="file" name="file">
<select name="kind"><option value="">Pick one</option><option value="a">A</option><option value="b">B</option></select>
<select name="side"><option value="">Pick one</option><option value="a">A</option><option value="b">B</option></select>
<input type="checkbox" name="roles" value="1"><input type="checkbox" name="roles" value="2"><input type="checkbox" name="all">
<input type="radio" name="way" value="1"><input type="radio" name="way" value="2"><input type="checkbox" name="rows-0-DELETE">
<button name="save" value="yes">Save</button></form></main>"""
GIVEN = {"title": "A title", "day": "someday", "cells": "One\tTwo\nThree", "side": "a", "roles": "1", "token": "x"}


@pytest.mark.parametrize("others", [True, False])
def test_fields_are_filled_in_as_in_the_browser(chromium, others):
    page = chromium.new_page()
    page.set_content(FORM)
    page.evaluate(f"{CHECKS}.type({json.dumps(GIVEN)}, {json.dumps(others)})")
    typed = page.evaluate(f"{CHECKS}.typed()")
    page.close()
    form = main_form(FORM)
    fill_in(form, GIVEN, others=others)
    assert visible_values(form) == {name: values for name, values in typed.items() if name not in ("save", "file")}
    assert form.values()["token"] == ["x"]


class OneForm:
    """A fake registry with one form, which answers a post with another page."""

    base = ""

    def __init__(self, form, answer):
        self.site, self.form, self.answer, self.posted = self, form, answer, None

    def visitor(self):
        return self

    def get(self, path):
        return Answer(path, 200, {}, self.form.encode())

    def post(self, path, data):
        self.posted = data
        return Answer(path, 422, {}, self.answer.encode())


def refused(field, kept):
    site = OneForm(f"<main><form method=post>{field}</form></main>", f"<main><form method=post>{kept}</form></main>")
    return HttpPage(states.State("", "refused", "/", status=422, sent={"day": "someday"}), site)


def test_a_refused_form_that_keeps_what_was_typed_has_no_findings():
    page = refused('<input type="date" name="day">', '<input name="day" value="someday">')
    assert (page.status, page.lost, page.visitor.posted) == (422, [], {"day": ["someday"]})


@pytest.mark.parametrize("kept", ["", '<input name="day" value="">', '<input type="date" name="day" value="someday">'])
def test_typing_that_a_refused_form_forgets_is_found(kept):
    assert len(refused('<input type="date" name="day">', kept).lost) == 1


def test_a_choice_without_words_is_found():
    assert refused("", '<select name="s"><option value="">---------</option><option>A</option></select>').mute() == [
        '<option value="">---------'
    ]


def test_each_route_has_one_state_in_the_browser_and_the_marked_ones():
    first, second = (states.State("a", what, "/") for what in ("one", "two"))
    other = states.State("b", "one", "/", narrow=True)
    assert states.in_browser([first, second, other]) == [first, other]
    marked = states.State("a", "three", "/", narrow=True)
    assert states.in_browser([first, second, marked, other]) == [marked, other]
    assert {state.route for state in states.IN_BROWSER} == {state.route for state in states.STATES}

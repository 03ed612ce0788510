"""The pictures of the network and of the map: zoomed, moved and whole again, by pointer and by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.site import STAFF

PICTURES = {"/network/": "Picture of the network", "/partnerships/map/": "Map"}
SCALE = re.compile(r"scale\(([\d.]+)\) translate\((-?[\d.]+)px, (-?[\d.]+)px\)")

ZOOMED = "([svg, start]) => svg.style.transform.startsWith(start)"
MOVED = "([svg, x]) => parseFloat(svg.style.transform.split('translate(')[1]) < x"


def placed(picture):
    """Return (scale, x, y) of a picture."""
    found = SCALE.match(picture.evaluate("svg => svg.style.transform"))
    return tuple(float(one) for one in found.groups()) if found else (1.0, 0.0, 0.0)


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("path", PICTURES)
def test_a_picture_is_zoomed_moved_and_whole_again(window, site, path, width):
    page = window("", at=site, width=width).new_page()
    page.goto(path)
    picture = page.locator(".view svg:visible")
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1].split(".")[0]))
    assert page.get_by_role("group", name=PICTURES[path]).count() == 0
    page.get_by_role("button", name="Zoom in").click()
    view = page.get_by_role("group", name=PICTURES[path])
    expect(view).to_be_visible()
    page.wait_for_function(ZOOMED, arg=[picture.element_handle(), "scale(1."])
    assert asked == ["panzoom-4"]
    page.get_by_role("button", name="Zoom in").press("Enter")
    page.wait_for_function(ZOOMED, arg=[picture.element_handle(), "scale(2."])
    scale, x, y = placed(picture)
    view.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(MOVED, arg=[picture.element_handle(), x])
    assert placed(picture)[::2] == (scale, y)
    assert asked == ["panzoom-4"]
    page.get_by_role("button", name="Show all").press("Enter")
    expect(page.get_by_role("group", name=PICTURES[path])).to_have_count(0)
    assert placed(picture)[0] == 1


def test_moving_a_picture_by_a_mark_is_no_press_of_it(window, site):
    page = window("", at=site).new_page()
    page.goto("/network/")
    picture = page.locator(".view svg:visible")
    mark = picture.locator(".v-link", has_text="Economic Development Office").first
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function(ZOOMED, arg=[picture.element_handle(), "scale(1."])
    # Zoomed, the mark can be below the end of the window, where the pointer can't go.
    mark.scroll_into_view_if_needed()
    box = mark.locator(".v-mark").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    before = placed(picture)[1]
    page.mouse.move(x - 30, y - 20, steps=4)
    page.wait_for_function(MOVED, arg=[picture.element_handle(), before])
    page.mouse.up()
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("group", name="Picture of the network")).to_have_count(0)
    assert page.evaluate("location.hash") == ""
    mark.click()
    assert page.evaluate("location.hash") == mark.get_attribute("href")


def test_the_connections_of_the_mark_that_has_the_focus_stand_out(window, site):
    page = window(STAFF, at=site).new_page()
    page.goto("/network/")
    marks = page.locator(".view svg:visible .v-link")
    marks.first.focus()
    near = page.locator(".view svg:visible .v-link.near")
    lines = page.locator(".view svg:visible .v-near").get_attribute("d").count("M")
    row = page.locator(f"tr[id='{marks.first.get_attribute('href')[1:]}'] td.num").first.inner_text()
    assert (near.count(), lines) == (int(row.split()[0]) + 1, int(row.split()[0]))
    page.get_by_role("button", name="Zoom in").focus()
    expect(near).to_have_count(0)


def test_without_script_there_are_no_buttons_that_do_nothing(window, site):
    page = window("", at=site, script=False).new_page()
    page.goto("/network/")
    expect(page.get_by_role("button", name="Zoom in")).to_have_count(0)
    expect(page.locator(".view svg:visible")).to_be_visible()


def test_a_filter_applies_as_it_is_chosen_and_the_new_picture_zooms(window, site):
    page = window("", at=site).new_page()
    page.goto("/network/")
    before = page.locator(".view svg:visible .v-link").count()
    page.locator("summary", has_text="Side").click()
    page.get_by_role("checkbox", name="Community").check()
    expect(page).to_have_url(re.compile(r"/network/\?side=community$"))
    picture = page.locator(".view svg:visible")
    expect(picture.locator(".v-link")).not_to_have_count(before)
    assert picture.get_by_role("link", name=re.compile("government")).count() == 0
    page.keyboard.press("Escape")  # closes the filter, which may lie over the button
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function(ZOOMED, arg=[picture.element_handle(), "scale(1."])

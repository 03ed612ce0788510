"""Script saves unsaved text some seconds after the last change and when the page closes, but not once the form is sent."""

from playwright.sync_api import expect

from tests.browser.site import STAFF
from tests.browser.staff_tasks import named

OFFER = "unsaved text from"


def test_what_is_typed_is_kept_while_it_is_typed_and_when_the_page_goes(window, site):
    staff = site.signed_in(STAFF)
    path = staff.make_partnership(named("Kept by script")) + "edit/"
    page = window(STAFF).new_page()
    page.clock.install()
    page.goto(path)
    page.get_by_label("Title").first.fill("Half a title")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.clock.run_for(4000)
    expect(page.locator("#draft-said")).to_contain_text("we kept your unsaved text")
    page.get_by_label("Title").first.fill("Two thirds of a title")
    page.goto("/about/")  # the page's clock hasn't moved, so its four seconds aren't over
    # No event tells when a request of a closed page was answered, and each look takes a while.
    assert any("Two thirds of a title" in staff.send(path, draft="go_on").text for _ in range(1000))
    page.goto(path)
    assert OFFER in page.content()
    page.get_by_role("button", name="Continue editing").click()
    expect(page.get_by_label("Title").first).to_have_value("Two thirds of a title")
    page.get_by_label("Title").first.fill("A whole title")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A whole title")
    page.goto(path)
    assert OFFER not in page.content()

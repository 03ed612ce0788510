"""Cells of a spreadsheet that are pasted into the grid for numbers."""

from tests.browser.site import STAFF

PASTE = """(input, text) => {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', text)
  input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
}"""
VALUES = "all => all.map(one => one.value)"


def test_pasted_cells_fill_the_cells_right_and_below(window, task_site):
    staff = task_site.signed_in(STAFF)
    result = staff.send("/results/new/", title="Result for cells", population="Renters").url
    fields = {"title": "Answered in time", "unit": "percent", "counted": "people", "add-sets": ["race"]}
    measure = staff.send(f"{result.removeprefix(task_site.base)}indicators/new/", **fields).url
    page = window(STAFF, at=task_site).new_page()
    page.goto(f"{measure}data/?first=2024&last=2024")
    rows = page.locator(".entry tbody tr")
    rows.nth(1).locator("input.input").first.evaluate(PASTE, "1\t10\t100\r\n2\t20\n3\n")
    shown = [rows.nth(n).locator("input.input").evaluate_all(VALUES) for n in range(5)]
    assert shown == [["", ""], ["1", "10"], ["2", "20"], ["3", ""], ["", ""]]
    rows.nth(4).locator("input.input").first.evaluate(PASTE, "7")  # one number: the browser pastes it
    assert rows.nth(4).locator("input.input").evaluate_all(VALUES) == ["", ""]

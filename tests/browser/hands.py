"""Two ways to do a task in a browser: with a mouse and no script, or with a keyboard alone.

A task (visitor_tasks.py, staff_tasks.py) says what a person does, with the names that the person reads or hears:
`follow` a link, `press` a button, `write` into a field. This module does it in a browser, and http_hands.py without
one.
"""

import re
from contextlib import contextmanager

from playwright.sync_api import expect

from tests.browser import windows

expect.set_options(timeout=windows.TIMEOUT)
LOOKS_AGAIN = "page updates automatically"
TABS = 500  # with more steps than this, no one would find a control
FOCUS_SHOWS = """e => { const seen = e.closest('label.choice') || e, s = getComputedStyle(seen), b = e.getBoundingClientRect();
  return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || getComputedStyle(e).outlineStyle !== 'none')
    && b.bottom > 0 && b.top < innerHeight && b.right > 0 && b.left < innerWidth; }"""


def exactly(name: str):
    """Match a name as it's read, whatever text for screen readers follows (“All partnerships here: Seattle”)."""
    # Browsers may add a space before a colon that starts text for screen readers.
    words = re.escape(name).replace(":", r"\s*:")
    return re.compile(rf"^\s*{words}\s*(:|\(|\d|$)", re.I)


class Hands:
    """What both ways have in common. `site`: the registry. `context`: the browser context. `page`: the current tab."""

    def __init__(self, context, site):
        self.context, self.site = context, site
        self.page = context.new_page()
        # From the start, since Chromium learns of a listener a moment after it's added. Until then it opens its own
        # file chooser, which no test can use.
        self.page.on("filechooser", lambda chooser: None)
        self.within = None

    # Reading

    def go_to(self, address):
        """Open an address, as if typed or bookmarked."""
        self.page.goto(address)

    @contextmanager
    def _arrival(self):
        """Wait for the page that the block leads to.

        `expect_navigation` won't do: a change of the address alone satisfies it, and a form that is sent makes one if the
        address has a fragment (head.js).
        """
        self.page.wait_for_load_state()
        with self.page.expect_event("load"):
            yield

    def look_again(self):
        """Wait for a page that reloads itself until the background work is done."""
        self.site.do_background_work()
        expect(self.page.get_by_text(LOOKS_AGAIN)).to_have_count(0)

    def hold_a_phone(self):
        self.page.set_viewport_size({"width": 375, "height": 800})

    def sees(self, *words):
        for text in words:
            expect(self.scope().get_by_text(text, exact=False).locator("visible=true").first).to_be_visible()

    def misses(self, *words):
        for text in words:
            expect(self.scope().get_by_text(text, exact=False).locator("visible=true")).to_have_count(0)

    def sees_title(self, words):
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(words)

    def sees_address(self, address):
        expect(self.page).to_have_url(self.site.base + address)

    def reads(self, role):
        """Return the texts of all elements with this role."""
        found = self.scope().get_by_role(role)
        expect(found.first).to_be_visible()
        return [" ".join(text.split()) for text in found.all_inner_texts()]

    def sees_target(self, text):
        """Check that the target of the address's fragment contains this text and is visible."""
        part = self.page.locator(":target")
        expect(part).to_contain_text(text)
        expect(part).to_be_in_viewport()

    def reads_page(self):
        """Return the whole text of an answer, such as JSON."""
        return self.page.locator("body").inner_text()

    def address_of(self, name):
        """Return where a link leads, or None if there's no such link."""
        return self.link(name).get_attribute("href") if self.link(name).count() else None

    @property
    def address(self):
        return self.page.url.removeprefix(self.site.base)

    @contextmanager
    def in_part(self, heading):
        """Stay within the section with this heading for the block."""
        before = self.within
        named = self.page.get_by_role("heading", name=exactly(heading))
        self.within = self.page.locator("section, fieldset, details, div.spread + *, form, li").filter(has=named).last
        yield
        self.within = before

    @contextmanager
    def in_row(self, words, role="listitem"):
        before = self.within
        self.within = self.scope().get_by_role(role).filter(has_text=words).first
        yield
        self.within = before

    @contextmanager
    def in_fold(self, name):
        """Stay within a details element for the block, and open it if it's closed."""
        part = self.page.locator("details").filter(has=self.page.locator("summary", has_text=name)).first
        if part.get_attribute("open") is None:
            self.unfold(name)
        before, self.within = self.within, part
        yield
        self.within = before

    def scope(self):
        return self.within or self.page

    def link(self, name):
        return self.scope().get_by_role("link", name=exactly(name)).first

    def button(self, name):
        return self.scope().get_by_role("button", name=exactly(name)).first

    def field(self, label):
        return self.scope().get_by_label(exactly(label)).locator("visible=true").first

    def choice(self, label):
        """Find a checkbox or radio button by its label."""
        both = self.scope().get_by_role("checkbox", name=exactly(label))
        return both.or_(self.scope().get_by_role("radio", name=exactly(label))).first

    def folded(self, name):
        return self.scope().locator("summary").filter(has_text=name).first

    # Person and browser

    def become(self, person):
        """Use the cookies of this visitor from now on."""
        self.context.clear_cookies()
        self.context.add_cookies(person.cookies())

    @contextmanager
    def visitor(self):
        """A visitor without an account, in a new browser."""
        context = windows.window(self.context.browser, self.site, script=isinstance(self, Keyboard))
        yield type(self)(context, self.site)
        context.close()

    def other_tab(self):
        """Open another tab of the same browser."""
        return type(self)(self.context, self.site)

    def download(self, name, *, pressed=False):
        """Follow a link or press a button that downloads a file. Returns its name and text."""
        name, content = self.download_bytes(name, pressed=pressed)
        return name, content.decode("utf-8-sig")

    def download_bytes(self, name, *, pressed=False):
        with self.page.expect_download() as arriving:
            (self.press if pressed else self.follow)(name, arrives=False)
        file = arriving.value
        with open(file.path(), "rb") as arrived:
            return file.suggested_filename, arrived.read()


class Mouse(Hands):
    def follow(self, name, *, arrives=True):
        link = self.link(name)
        self._leave(link, arrives and "#" not in (link.get_attribute("href") or ""))

    def press(self, name, *, arrives=True):
        self._leave(self.button(name), arrives)

    def _leave(self, target, arrives):
        if not arrives:
            target.click()
            return
        with self._arrival():
            target.click()

    def attach(self, label, name, text):
        with self.page.expect_file_chooser() as choosing:
            self.field(label).click()
        choosing.value.set_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})

    def write(self, label, text):
        self.field(label).fill(text)

    def write_day(self, label, day):
        self.field(label).fill(day.isoformat())

    def write_time(self, label, at):
        self.field(label).fill(at.isoformat("minutes"))

    def pick(self, label, option):
        self.field(label).select_option(label=option)

    def tick(self, label):
        self.choice(label).check()

    def untick(self, label):
        self.choice(label).uncheck()

    def unfold(self, name):
        self.folded(name).click()

    def choose_filters(self, name):
        """Go to the page with all filters of a list, or stay there."""
        if self.link("Filters").count():
            self.follow("Filters")


class Keyboard(Hands):
    """Tab and Shift+Tab, Enter, Space and arrow keys. Each control must be reachable and show its focus."""

    def reach(self, target):
        target = target.element_handle()
        behind = "(e) => !!(document.activeElement.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING)"
        key = "Shift+Tab" if target.evaluate(behind) else "Tab"
        for _ in range(TABS):
            if target.evaluate("e => e === document.activeElement"):
                assert target.evaluate(FOCUS_SHOWS), f"focus does not show: {target.evaluate('e => e.outerHTML')[:200]}"
                return target
            self.page.keyboard.press(key)
        raise AssertionError(f"not reached by {key}: {target.evaluate('e => e.outerHTML')[:200]}")

    def follow(self, name, *, arrives=True):
        target = self.reach(self.link(name))
        if target.get_attribute("data-hx-get"):
            self.page.keyboard.press("Enter")
            expect(self.page.locator(".editing h2").first).to_be_focused()
            return
        self._leave(arrives and "#" not in (target.get_attribute("href") or ""))

    def press(self, name, *, arrives=True):
        target = self.reach(self.button(name))
        if target.evaluate("e => { const form = e.closest('.editing'); return form && (form.dataset.sent = 'yes') }"):
            # A form on the page that leads to it: it comes back, or goes when it's saved.
            self.page.keyboard.press("Enter")
            expect(self.page.locator(".editing[data-sent]")).to_have_count(0)
            return
        self._leave(arrives)

    def attach(self, label, name, text):
        self.reach(self.field(label))
        with self.page.expect_file_chooser() as choosing:
            self.page.keyboard.press("Enter")
        choosing.value.set_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})

    def _leave(self, arrives):
        if not arrives:
            self.page.keyboard.press("Enter")
            return
        with self._arrival():
            self.page.keyboard.press("Enter")

    def write(self, label, text):
        self.reach(self.field(label))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def write_day(self, label, day):
        self._write_parts(label, f"{day:%m%d%Y}")

    def write_time(self, label, at):
        self._write_parts(label, f"{at:%I%M%p}")

    def _write_parts(self, label, digits):
        field = self.reach(self.field(label))
        self.page.keyboard.type(digits)
        return field

    def pick(self, label, option):
        field = self.reach(self.field(label))
        wanted, now = field.evaluate(
            "(e, o) => [[...e.options].findIndex(x => x.label.trim() === o), e.selectedIndex]", option
        )
        assert wanted >= 0, f"“{option}” is not offered by {label}"
        for _ in range(abs(wanted - now)):
            self.page.keyboard.press("ArrowDown" if wanted > now else "ArrowUp")
        assert field.evaluate("e => e.selectedIndex") == wanted

    def tick(self, label):
        self._set(label, True)

    def untick(self, label):
        self._set(label, False)

    def _set(self, label, on):
        target = self.choice(label)
        if target.is_checked() == on:
            return
        if target.get_attribute("type") == "radio":
            self._choose(target)
        else:
            self.reach(target)
            self.page.keyboard.press("Space")
        assert target.is_checked() == on

    def _choose(self, target):
        """Choose a radio button: a group is one Tab stop, and arrow keys choose in it."""
        name = target.get_attribute("name")
        chosen = self.page.locator(f'input[type=radio][name="{name}"]:checked')
        if chosen.count():
            self.reach(chosen)
            for _ in range(20):
                if target.is_checked():
                    return
                self.page.keyboard.press("ArrowDown")
        else:
            self.reach(self.page.locator(f'input[type=radio][name="{name}"]').first)
            self.page.keyboard.press("Space")
            for _ in range(20):
                if target.is_checked():
                    return
                self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"arrows do not choose {name}")

    def unfold(self, name):
        self.reach(self.folded(name))
        self.page.keyboard.press("Enter")

    def choose_filters(self, name):
        """Open a menu of filters, and wait for its options."""
        self.unfold(name)
        expect(self.page.locator("#filters details[open] fieldset").first).to_be_visible()

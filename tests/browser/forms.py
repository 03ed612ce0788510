"""What a browser would send of a page's form when nothing was typed yet."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self):
        super().__init__()
        self.values, self.inside, self.select, self.area = {}, False, None, None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.inside = a.get("method") == "post"
        elif not self.inside:
            return
        elif tag == "input" and a.get("name"):
            if a.get("type") not in ("checkbox", "radio") or "checked" in a:
                self.add(a["name"], a.get("value", "on" if a.get("type") == "checkbox" else ""))
        elif tag == "select":
            self.select, self.first = a["name"], True
        elif tag == "option" and self.select:
            if "selected" in a:
                self.values[self.select] = [a.get("value", "")]
            elif self.first:
                self.values.setdefault(self.select, [a.get("value", "")])
            self.first = False
        elif tag == "textarea":
            self.area = a["name"]
            self.add(self.area, "")

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data):
        if self.area:
            self.values[self.area][-1] += data.removeprefix("\n").replace("\n", "\r\n")

    def add(self, name, value):
        self.values.setdefault(name, []).append(value)


def values(page: str) -> dict[str, list[str]]:
    """Name → values of all fields of the page's forms that are sent by POST."""
    form = _Form()
    form.feed(page)
    return form.values

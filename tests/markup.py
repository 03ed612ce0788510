"""What a page says in its HTML, without the line breaks of its template."""

import re


def one_line(html: str) -> str:
    """The HTML with single spaces, and none between two tags."""
    return re.sub(r">\s+<", "><", " ".join(html.split()))

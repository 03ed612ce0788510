"""Why a search found a row."""

from django.utils.html import format_html

from partnerships.core.search_snippets import snippet


def why_lines(query, texts) -> list:
    """The snippet of a row's visible texts that matched the search, with the match marked."""
    found = snippet(query, texts)
    return [format_html("{}: “{}<mark>{}</mark>{}”", *found)] if found else []

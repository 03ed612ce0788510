"""A report as a tagged PDF file (PDF/UA-1), of the same template as its page. Nothing is fetched for it but our own style sheet
and fonts, from the disk."""

from functools import cache

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

OURS = "https://registry.invalid"  # a name that no computer has: what is read stands on our own disk
_KINDS = {"css": "text/css", "woff2": "font/woff2"}


@cache
def maker():
    """WeasyPrint, or None where this computer lacks Pango (docs/operating.md): then the page itself is printed."""
    try:
        import weasyprint
    except (ImportError, OSError):
        return None
    return weasyprint


def pdf_of(report) -> bytes | None:
    """The file of a report that has its content; None where this computer cannot make one."""
    if (weasyprint := maker()) is None:
        return None
    page = render_to_string("reports/pdf.html", {"report": report, "content": report.content, "ours": OURS})
    html = weasyprint.HTML(string=page, url_fetcher=_only_ours(weasyprint))
    try:
        return html.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    except weasyprint.urls.FatalURLFetchingError as refused:  # no Exception: it would pass by whoever catches these
        raise Refused(str(refused)) from refused


class Refused(ValueError):
    """The template asked for something that is not ours."""


def read_own(url) -> tuple[bytes, str]:
    """(content, type) of one of our style sheets and fonts. Raises Refused for every other address."""
    ours, _, path = url.partition(f"{OURS}/")
    ending = path.rpartition(".")[2]
    if ours or ending not in _KINDS or not path.startswith("registry/") or ".." in path:
        raise Refused(url)
    found = finders.find(path)
    if found is None:
        raise Refused(url)
    with open(found, "rb") as file:
        return file.read(), _KINDS[ending]


def _only_ours(weasyprint):
    class Fetcher(weasyprint.urls.URLFetcher):
        def fetch(self, url, headers=None):
            try:
                content, kind = read_own(url)
            except Refused as refused:  # any other exception would be passed over in silence
                raise weasyprint.urls.FatalURLFetchingError(f"Refused: {refused}") from refused
            return weasyprint.urls.URLFetcherResponse(url, content, {"Content-Type": kind})

    return Fetcher()

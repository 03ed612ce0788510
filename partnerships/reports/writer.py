"""Turns an HTML page from stdin into a tagged PDF (PDF/UA-1) on stdout, in a process of its own (`pdf`).

It has no database and no settings. For a page it only reads our own style sheets and fonts, from disk.
"""

import sys
from pathlib import Path

OURS = "https://registry.invalid"  # a host name that can't exist: everything is read from our own disk
LACKING = 3  # the exit code on a computer without Pango (docs/operating.md)
STATIC = Path(__file__).resolve().parent.parent / "static"
_KINDS = {".css": "text/css", ".woff2": "font/woff2"}


class Refused(ValueError):
    """The page asked for a file that isn't ours."""


def read_own(address: str) -> tuple[bytes, str]:
    """(content, type) of one of our style sheets and fonts. Raises Refused for every other URL."""
    before, _, name = address.partition(f"{OURS}/")
    path = (STATIC / name).resolve()
    if before or not path.is_relative_to(STATIC / "registry") or path.suffix not in _KINDS or not path.is_file():
        raise Refused(address)
    return path.read_bytes(), _KINDS[path.suffix]


def render_pdf(page: str) -> bytes:
    """The PDF of a page. Raises ImportError or OSError if Pango is missing, and Refused."""
    import weasyprint

    class Fetcher(weasyprint.urls.URLFetcher):
        def fetch(self, url: str, headers: dict | None = None) -> weasyprint.urls.URLFetcherResponse:
            try:
                content, kind = read_own(url)
            except Refused as refused:  # any other exception would be ignored silently
                raise weasyprint.urls.FatalURLFetchingError(str(refused)) from refused
            return weasyprint.urls.URLFetcherResponse(url, content, {"Content-Type": kind})

    try:
        return weasyprint.HTML(string=page, url_fetcher=Fetcher()).write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    # it isn't an Exception, so handlers for those would miss it
    except weasyprint.urls.FatalURLFetchingError as refused:
        raise Refused(str(refused)) from refused


def main() -> int:
    page = sys.stdin.buffer.read().decode()
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return LACKING
    sys.stdout.buffer.write(render_pdf(page))
    return 0


if __name__ == "__main__":
    sys.exit(main())

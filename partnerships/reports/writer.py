"""Writes a page as a tagged PDF file (PDF/UA-1): a process of its own, from what it reads to what it prints (`pdf`).

It knows no database and no settings. Nothing is fetched for a page but our own style sheets and fonts, from the disk.
"""

import sys
from pathlib import Path

OURS = "https://registry.invalid"  # a name that no computer has: what is read stands on our own disk
LACKING = 3  # how it ends where this computer lacks Pango (docs/operating.md)
STATIC = Path(__file__).resolve().parent.parent / "static"
_KINDS = {".css": "text/css", ".woff2": "font/woff2"}


class Refused(ValueError):
    """The page asked for something that is not ours."""


def read_own(address) -> tuple[bytes, str]:
    """(content, type) of one of our style sheets and fonts. Raises Refused for every other address."""
    before, _, name = address.partition(f"{OURS}/")
    path = (STATIC / name).resolve()
    if before or not path.is_relative_to(STATIC / "registry") or path.suffix not in _KINDS or not path.is_file():
        raise Refused(address)
    return path.read_bytes(), _KINDS[path.suffix]


def written(page: str) -> bytes:
    """Raises ImportError or OSError where Pango is lacking, and Refused."""
    import weasyprint

    class Fetcher(weasyprint.urls.URLFetcher):
        def fetch(self, url, headers=None):
            try:
                content, kind = read_own(url)
            except Refused as refused:  # any other exception would be passed over in silence
                raise weasyprint.urls.FatalURLFetchingError(str(refused)) from refused
            return weasyprint.urls.URLFetcherResponse(url, content, {"Content-Type": kind})

    try:
        return weasyprint.HTML(string=page, url_fetcher=Fetcher()).write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    except weasyprint.urls.FatalURLFetchingError as refused:  # no Exception: it would pass by whoever catches these
        raise Refused(str(refused)) from refused


def main() -> int:
    page = sys.stdin.buffer.read().decode()
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return LACKING
    sys.stdout.buffer.write(written(page))
    return 0


if __name__ == "__main__":
    sys.exit(main())

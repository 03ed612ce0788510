"""CSV downloads: streamed, and safe to open in a spreadsheet."""

import csv
import unicodedata
from datetime import datetime

from django.http import StreamingHttpResponse

# A cell that starts so is run as a formula by spreadsheets.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_SEEN = ("Cf", "Zs", "Zl", "Zp")  # joiners, marks and spaces: some programs drop them in front


def safe(value) -> str:
    """The value as a cell that no spreadsheet runs: an active one gets an apostrophe in front."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    first = next((char for char in text if unicodedata.category(char) not in _NOT_SEEN), "")
    # NFKC: the full-width forms and their like are run by some.
    return f"'{text}" if unicodedata.normalize("NFKC", first).startswith(_ACTIVE) else text


class _Line:
    def write(self, text):
        return text


def download(filename: str, header, rows) -> StreamingHttpResponse:
    """A CSV file of these rows (an iterator of lists), UTF-8 with the mark that spreadsheets look for."""
    writer = csv.writer(_Line())

    def lines():
        yield "\ufeff" + writer.writerow(header)
        for row in rows:
            yield writer.writerow([safe(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    return response

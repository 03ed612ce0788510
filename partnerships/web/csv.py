"""CSV downloads: streamed, and safe to open in a spreadsheet."""

import csv
from datetime import datetime

from django.http import StreamingHttpResponse

# A cell that starts so is run as a formula by spreadsheets; the full-width forms too, in some.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(value) -> str:
    """The value as a cell that no spreadsheet runs: an active one gets an apostrophe in front."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(_ACTIVE) else text


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

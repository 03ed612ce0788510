"""CSV downloads: streamed, and without cells that a spreadsheet would run as formulas."""

import csv

from django.http import StreamingHttpResponse

from partnerships.core.cells import escape_formula_in_csv


class _Line:
    def write(self, text):
        return text


def download(filename: str, header, rows) -> StreamingHttpResponse:
    """A CSV file with these rows (an iterator of lists), in UTF-8 with a byte order mark, which spreadsheets need."""
    writer = csv.writer(_Line())

    def lines():
        yield "\ufeff" + writer.writerow(header)
        for row in rows:
            yield writer.writerow([escape_formula_in_csv(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    return response

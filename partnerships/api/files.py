"""Whole lists as one file, NDJSON or CSV, sent page by page: it takes the same memory for ten rows as for a million.

Each file begins by saying what it is: the list, its filters and the moment. In NDJSON that is a line {"file": …}, and so is
the last line, which says that the file is whole; in CSV it is a line that begins with “#”.
"""

import csv

import orjson
from django.http import StreamingHttpResponse

from partnerships.accounts.token_actions import record_use
from partnerships.core import clock
from partnerships.core.cells import escape_formula_in_csv


class File(StreamingHttpResponse):
    """Notes the use of its token once it has been sent, as `views.ApiView` does."""

    token = None

    def close(self):
        if self.token:
            record_use(self.token)
        super().close()


def ndjson(about, names, pages):
    """`about`: what the file says of itself. `pages`: lists of rows, each the JSON of a record."""
    yield _line({"file": about})
    rows = 0
    for texts in pages:
        rows += len(texts)
        yield "".join(f"{text}\n" for text in texts).encode()
    yield _line({"file": {"rows": rows, "is_whole": True}})


def csv_rows(about, names, pages):
    """`names`: the columns. What is a list or an object in JSON is JSON in its cell."""
    writer = csv.writer(_Echo())
    yield f"# {about['list']}, {about['at']}, {about['address']}\r\n".encode()
    yield writer.writerow(names).encode()
    for texts in pages:
        rows = map(orjson.loads, texts)
        yield "".join(writer.writerow([_cell(row.get(name)) for name in names]) for row in rows).encode()


def json_array(about, names, pages):
    """For a format that another standard defines, so the file says nothing of itself. It is whole if it is valid JSON."""
    mark = b"["
    for texts in pages:
        if texts:
            yield mark + ",\n".join(texts).encode()
            mark = b",\n"
    yield b"[]" if mark == b"[" else b"]"


def geojson(about, names, pages):
    """RFC 7946. The texts are features (`geojson_feature`)."""
    yield b'{"type":"FeatureCollection","features":'
    yield from json_array(about, names, pages)
    yield b"}"


def geojson_feature(values) -> dict:
    """The JSON of a record with `latitude` and `longitude`, which are null where they aren't known, as a feature."""
    rest = dict(values)
    y, x = rest.pop("latitude"), rest.pop("longitude")
    point = None if x is None or y is None else {"type": "Point", "coordinates": [x, y]}
    return {"type": "Feature", "id": values["id"], "geometry": point, "properties": rest}


class _Echo:
    """A file for csv.writer that gives each line back."""

    def write(self, line):
        return line


def _cell(value):
    if isinstance(value, (list, dict, bool)):
        return escape_formula_in_csv(orjson.dumps(value).decode())
    return escape_formula_in_csv(value)


def _line(value) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)


WRITERS = {"ndjson": ndjson, "csv": csv_rows, "hsds": json_array, "geojson": geojson}
TYPES = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "hsds": "application/json",
    "geojson": "application/geo+json",
}
ENDINGS = {"ndjson": "ndjson", "csv": "csv", "hsds": "hsds.json", "geojson": "geojson"}


def about(view, address) -> dict:
    params = view.request.query_params
    filters = {
        name: params.getlist(name) for name in params if name in view.filterset_class.base_filters or name == "q"
    }
    return {"list": view.path, "filters": filters, "address": address, "at": clock.now()}

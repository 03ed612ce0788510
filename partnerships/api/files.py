"""Whole lists as one file, NDJSON or CSV. Rows are streamed page by page, so memory doesn't grow with the list.

A file starts with its description: the list, its filters and the time. In NDJSON, that is a line {"file": …}, and the
last line is another one, which says that the file is complete. In CSV, it is a line that starts with “#”.
"""

import csv

import orjson
from django.http import StreamingHttpResponse

from partnerships.accounts.token_actions import record_use
from partnerships.core import clock
from partnerships.core.cells import escape_formula_in_csv


class File(StreamingHttpResponse):
    """A streamed response that records the use of its token when it was sent, as `views.ApiResponse` does."""

    token = None

    def close(self):
        if self.token:
            record_use(self.token)
        super().close()


def ndjson(about, names, pages):
    """The lines of an NDJSON file. `about` is its description, and `pages` has lists of rows, each the JSON of a
    record.
    """
    yield _line({"file": about})
    rows = 0
    for texts in pages:
        rows += len(texts)
        yield "".join(f"{text}\n" for text in texts).encode()
    yield _line({"file": {"rows": rows, "is_whole": True}})


def csv_rows(about, names, pages):
    """The lines of a CSV file with these columns (`names`). A list or an object is JSON in its cell."""
    writer = csv.writer(_Echo())
    at = orjson.loads(_line(about["at"]))  # written as in the rows
    yield f"# {about['list']}, {at}, {about['address']}\r\n".encode()
    yield writer.writerow(names).encode()
    for texts in pages:
        rows = map(orjson.loads, texts)
        yield "".join(writer.writerow([_cell(row.get(name)) for name in names]) for row in rows).encode()


def json_array(about, names, pages):
    """A file in a format that another standard defines, so it has no description. It is complete if it is valid JSON."""
    mark = b"["
    for texts in pages:
        if texts:
            yield mark + ",\n".join(texts).encode()
            mark = b",\n"
    yield b"[]" if mark == b"[" else b"]"


def geojson(about, names, pages):
    """A GeoJSON file (RFC 7946). The rows are features from `geojson_feature`."""
    yield b'{"type":"FeatureCollection","features":'
    yield from json_array(about, names, pages)
    yield b"}"


def geojson_feature(values) -> dict:
    """A record with `latitude` and `longitude` as a GeoJSON feature. Its geometry is null without coordinates."""
    rest = dict(values)
    y, x = rest.pop("latitude"), rest.pop("longitude")
    point = None if x is None or y is None else {"type": "Point", "coordinates": [x, y]}
    return {"type": "Feature", "id": values["id"], "geometry": point, "properties": rest}


class _Echo:
    """A file object for csv.writer whose `write` returns the line."""

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


def describe_file(view, address) -> dict:
    """The description of a file: its list, the filters in use, its URL and the time."""
    params = view.request.query_params
    filters = {
        name: params.getlist(name) for name in params if name in view.filterset_class.base_filters or name == "q"
    }
    return {"list": view.path, "filters": filters, "address": address, "at": clock.now()}

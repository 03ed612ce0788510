"""Strict JSON parsing: text that could be read in two ways is refused, so that nothing else than what was meant is
saved.
"""

import json

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from partnerships.api.errors import Problem, in_body

DEEPEST = 10  # a record is at most five deep


class JSONParser(BaseParser):
    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise Problem("too_large")
        try:
            found = json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise ParseError from None
        _check_value(found)
        return found


class MergePatchParser(JSONParser):
    """A JSON Merge Patch (RFC 7396) of top-level fields. A list replaces the saved list."""

    media_type = "application/merge-patch+json"


def _object(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1} if len(names) < 1000 else [])
        words = "It appears twice. Send it once."
        raise Problem("invalid_fields", [in_body([name], "twice", words) for name in twice[:1]])
    return found


def _refuse_constant(name):
    raise ValueError(name)  # NaN and Infinity are no JSON


def _check_value(value, depth=0):
    """Raise ParseError for values that are nested too deep, and for characters that no database can store."""
    if depth > DEEPEST:
        raise ParseError
    if isinstance(value, str):
        _refuse_odd_characters(value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            _refuse_odd_characters(name)
            _check_value(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check_value(inner, depth + 1)


def _refuse_odd_characters(text):
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ParseError

"""Strict JSON parsing: text that could be read in two ways is refused, so that nothing else than what was meant is
saved. Errors say where in the text they are.
"""

import json
from collections import Counter

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from partnerships.api.errors import Problem, in_body, in_header

DEEPEST = 10  # a record is at most five deep


class JSONParser(BaseParser):
    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        meta = parser_context["request"].META if parser_context else {}
        if meta.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
            words = "Send JSON as it is, without compression."
            raise Problem("unsupported_media_type", [in_header("Content-Encoding", "unsupported", words)])
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise Problem("too_large")
        try:
            found = json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_refuse_constant)
        except json.JSONDecodeError as problem:
            raise _unreadable((), "syntax", f"Line {problem.lineno}, column {problem.colno} isn’t JSON.") from None
        except UnicodeDecodeError as problem:
            raise _unreadable((), "encoding", f"Byte {problem.start + 1} isn’t UTF-8.") from None
        except (ValueError, RecursionError):
            raise ParseError from None
        _check_value(found)
        return found


class MergePatchParser(JSONParser):
    """A JSON Merge Patch (RFC 7396) of top-level fields. A list replaces the saved list."""

    media_type = "application/merge-patch+json"


def _unreadable(steps, code, words):
    return Problem("unreadable_body", [in_body(steps, code, words)])


class _Ambiguous(dict):
    """An object that has the name `twice` more than once. It is refused when it's known where it is."""

    twice = ""


def _object(pairs):
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    ambiguous = _Ambiguous(found)
    ((ambiguous.twice, _),) = Counter(name for name, _ in pairs).most_common(1)
    return ambiguous


def _refuse_constant(name):
    raise ValueError(name)  # NaN and Infinity are no JSON


def _check_value(value, steps=()):
    """Raise Problem for names that appear twice in an object, for values that are nested too deep, and for characters
    that no database can store. `steps` are the names and indexes that lead to the value.
    """
    if len(steps) > DEEPEST:
        raise ParseError
    if isinstance(value, str):
        _refuse_odd_characters(value, steps)
    elif isinstance(value, dict):
        for name, inner in value.items():
            _refuse_odd_characters(name, steps)
            _check_value(inner, (*steps, name))
        if isinstance(value, _Ambiguous):
            words = "It appears twice. Send it once."
            raise Problem("invalid_fields", [in_body((*steps, value.twice), "twice", words)])
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check_value(inner, (*steps, index))


def _refuse_odd_characters(text, steps):
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        words = "It has a character that can’t be saved: U+0000, or half of a surrogate pair. Remove it."
        raise _unreadable(steps, "control_character", words)

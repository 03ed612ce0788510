"""Many rows in one request. Each row adds or changes one record; they are saved all together or each on its own.

A row is a record as PATCH takes it. With `id` and the `version` that the caller read (or the ETag, as `if_match`) it
changes that record. Without an id it changes the one record that has its name and one of its identifiers (of a row without
a name, a confirmed one), or adds a record if no record has them. A record that has the identifier under another name is a
question: the row is refused, and its error has the record under `candidates`. `not_duplicates` says which of these it isn't.
"""

from collections import Counter
from functools import partial

import orjson
from django.db import IntegrityError, OperationalError, connection, transaction
from rest_framework import serializers
from rest_framework.decorators import action

from partnerships.api.directory_serializers import MOST_IDENTIFIERS
from partnerships.api.errors import CODES, Problem, in_body, problem_of
from partnerships.api.serializers import Choice, StrictSerializer, Text
from partnerships.api.views import etag_of
from partnerships.api.writing import DRY_RUN, WritableViewSet
from partnerships.core import idempotency, record_types
from partnerships.core.models import Record
from partnerships.core.retry import is_contention, retry_on_deadlock
from partnerships.directory import identifying
from partnerships.directory.distinct_pairs import mark_distinct
from partnerships.registry import publication

MOST_ROWS = 250
MOST_ITEMS = 5000  # of the lists inside rows, all together: others wait until a request is saved
MOST_ERRORS = 500  # of one refused request
ALL, EACH = "all", "each"
CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"


class BulkSerializer(StrictSerializer):
    """Rows to add or change. `mode` says whether they are saved all together or each on its own."""

    mode = Choice(
        [(ALL, "Nothing is saved if one row has an error"), (EACH, "Rows without errors are saved")],
        help_text="all: nothing is saved if one row has an error. each: rows without errors are saved.",
    )
    rows = serializers.ListField(
        child=serializers.DictField(),
        min_length=1,
        max_length=MOST_ROWS,
        help_text=(
            "Records as PATCH takes them. With id and version (or if_match, an ETag) to change a record. "
            "Without an id, a row changes the record that has its name and one of its identifiers. If a record has the "
            "identifier under another name, send that record’s id, or list it in not_duplicates with a reason in why. "
            f"Their lists may have {MOST_ITEMS:,} items together."
        ),
    )
    why = Text(required=False, allow_blank=True, default="", help_text="Why, for the history of each record.")

    def validate_rows(self, rows):
        if _items_in(rows) > MOST_ITEMS + len(rows):
            words = (
                f"Their lists have more than {MOST_ITEMS:,} items together. Send some of the rows in another request."
            )
            raise serializers.ValidationError(words, "max_length")
        return rows


def _items_in(value) -> int:
    """How many items all lists in a JSON value have."""
    if isinstance(value, dict):
        return sum(map(_items_in, value.values()))
    return len(value) + sum(map(_items_in, value)) if isinstance(value, list) else 0


class BulkViewSet(WritableViewSet):
    """A viewset with `bulk/`. `number_kind` is the model whose records a row can name by an identifier, if any."""

    number_kind: type[Record] | None = None

    @action(detail=False, methods=["post"], serializer_class=BulkSerializer)
    def bulk(self, request):
        return self.save_rows(BulkRun)

    def save_rows(self, run_class):
        body = self.checked(self.get_serializer_class(), self.request.data).validated_data

        def work():
            run = run_class(self, body, self.idempotency_key())
            return self.answer(run.all_together() if body["mode"] == ALL else run.each_alone())

        if body["mode"] == ALL or DRY_RUN in self.request.query_params:
            return self.change(work)
        with self.changing():  # each row is tried again by itself, since those before it stay
            return work()


class BulkRun:
    """The work of one request. `touched` has the primary keys of the records that its rows changed so far, and `distinct` the
    records that the current row says it isn't.

    A subclass can override `may` (whose records rows can change) and `save` (what a row saves).
    """

    def __init__(self, view, body, key):
        self.view, self.rows, self.mode, self.why = view, body["rows"], body["mode"], body["why"]
        self.key, self.touched, self.distinct = key, set(), []
        self.model = view.number_kind

    def all_together(self) -> dict:
        with transaction.atomic(), publication.publish_together():
            self._lock(self.rows)
            self._remember_body()
            results = [self._result(index, row) for index, row in enumerate(self.rows)]
            errors = [error for result in results for error in result.get("errors", ())]
            if errors:
                refused = sum(result["outcome"] == REFUSED for result in results)
                counts = _counts({REFUSED: refused}) | {"not_saved": len(results) - refused}
                raise Problem("invalid_fields", errors[:MOST_ERRORS], {"counts": counts})
        return self._answer(results)

    def each_alone(self) -> dict:
        self._remember_body()
        return self._answer([self._result_alone(*one) for one in enumerate(self.rows)])

    def _result_alone(self, row_index, row) -> dict:
        """The result of a row in a transaction of its own.

        A row that keeps losing to other transactions is refused instead of failing the request, since the rows before
        it are already saved.
        """
        try:
            return retry_on_deadlock(partial(self._result, row_index, row))
        except OperationalError as problem:
            if connection.in_atomic_block or not is_contention(problem):
                raise
            words = "Other changes kept this row from being saved. Send it again."
            return {"row": row_index, "outcome": REFUSED, "errors": _errors(row_index, refusal("", "busy", words))}

    def _answer(self, results):
        counts = Counter(result["outcome"] for result in results)
        return {"mode": self.mode, "counts": _counts(counts), "rows": results}

    def _lock(self, rows):
        if self.model:
            identifying.lock_numbers([number for row in rows for number in _numbers(row)])

    def _remember_body(self):
        """Raise Problem if the caller's idempotency key was used with other rows.

        Each row also has a key of its own, so repeating a request adds no record twice.
        """
        if self.key is None:
            return
        mark, content = self.view.mark(self.key), idempotency.digest(self.mode, self.why, self.rows)
        first = idempotency.find_submission(mark)
        if first is None:
            try:
                with transaction.atomic():
                    idempotency.store_answer(mark, content=content, answer="")
            except IntegrityError:  # at the same moment
                first = idempotency.find_submission(mark)
        if first is not None and first.content != content:
            raise Problem("key_reused")

    def _result(self, row_index, row) -> dict:
        try:
            return {"row": row_index} | self._attempt_twice(row_index, row)
        except Exception as exception:
            problem = problem_of(exception, in_query=False)
            if problem is None:
                raise
            return {"row": row_index, "outcome": REFUSED, "errors": _errors(row_index, problem)} | problem.more

    def _attempt_twice(self, row_index, row):
        try:
            return self._attempt(row_index, row)
        except IntegrityError:  # someone saved the same key or identifier at this moment, and it can be read now
            return self._attempt(row_index, row)

    @transaction.atomic
    def _attempt(self, row_index, row):
        self._lock([row])
        mark = None if self.key is None else self.view.mark(self.key, row_index)
        first = mark and idempotency.find_submission(mark)
        if first:
            outcome, public_id, version = first.answer.split()
            return {"outcome": outcome, "id": public_id, "version": int(version)}
        saved, outcome = self._saved(row)
        own = self.view.own_versions(self.view.request.user, [saved])
        version = own.get(saved.pk, saved.public_version)
        result = {"outcome": outcome, "id": saved.public_id, "version": version}
        if mark:
            idempotency.store_answer(mark, content="", answer=" ".join(map(str, result.values())))
        self.touched.add(saved.pk)
        return result

    def _saved(self, row):
        data = dict(row)
        sent = {name: data.pop(name, None) for name in ("id", "version", "if_match")}
        if self.why:
            data.setdefault("why", self.why)
        self.distinct = self._distinct(data) if self.model else []
        record, as_read = self.find(sent, data)
        saved = self.save(record, data, as_read)
        mark_distinct(saved, self.distinct, by=self.view.request.user, reason=str(data.get("why") or "").strip())
        return saved, CREATED if record is None else UNCHANGED if saved.version == record.version else UPDATED

    def may(self, person, record) -> bool:
        return self.view.may_write(person, record)

    def save(self, record, data, as_read):
        """Save a row. Returns the saved record."""
        return self.view.save(record, data, as_read=as_read, partial=record is not None)

    def _distinct(self, data) -> list:
        """The records that the row's `not_duplicates` says it isn't. The save action of some kinds takes it, too."""
        takes_it = "not_duplicates" in type(self.view).serializer_class.Meta.fields
        ids = data.get("not_duplicates") if takes_it else data.pop("not_duplicates", None)
        if ids is None:
            return []
        if not isinstance(ids, list) or len(ids) > MOST_IDENTIFIERS or not all(isinstance(one, str) for one in ids):
            raise refusal("not_duplicates", "invalid", "Give a list of ids.")
        if ids and not str(data.get("why") or "").strip():
            raise refusal(
                "why", "required", "Say how you know that it’s a different one. The history keeps your reason."
            )
        visible = record_types.for_record(self.model).visible_to(self.view.request.user)
        return list(visible.filter(public_id__in=ids))

    def find(self, sent, data):
        """The record that a row changes, and its JSON as the caller reads it; (None, None) if the row adds one.

        Raises Problem if the row lacks the version that the caller read, or if that is out of date.
        """
        record, as_read, asked = None, None, {name for name, value in sent.items() if value is not None}
        if "id" in asked:
            if not isinstance(sent["id"], str):
                raise refusal("id", "invalid", "Give an id, such as G-V6824N-X.")
            record, as_read = self.view.writable_record(sent["id"], self.may)
            self._require_untouched(record)
            _require_version(self.view, sent, as_read)
        elif asked:
            raise refusal("id", "required", "Send the id of the record whose version this is.")
        elif numbers := _numbers(data) if self.model else ():
            record, as_read = self._with_number(numbers, data)
        return record, as_read

    def _require_untouched(self, record):
        if record.pk in self.touched:
            raise refusal("", "twice", "Another row of this request is about the same record. Send one row a record.")

    def _with_number(self, numbers, data):
        """The record with the row's name and one of these identifiers, among those that the caller may write; (None, None)
        without one.

        Adds the record's other identifiers to `data`, so that saving doesn't remove them. Raises Problem if other records
        have the identifiers, and a person has to say whether the row is about one of them.
        """
        person, name = self.view.request.user, data.get("name")
        match = identifying.match_numbers(
            person, numbers, name if isinstance(name, str) else "", self.model, distinct=self.distinct
        )
        found = [record for record in match.records if self.view.may_write(person, record)]
        if len(found) > 1:
            words = "Several records have these identifiers. Send the ID and version of the one you mean."
            raise refusal("identifiers", "several", words)
        if not found:
            if candidates := [*(one for one in match.records if one not in self.distinct), *match.candidates]:
                raise _question(candidates)
            return None, None
        record, as_read = self.view.writable_record(found[0].public_id)
        self._require_untouched(record)
        data["identifiers"] = identifying.joined(record.identifiers.all(), data["identifiers"])
        return record, as_read


def _numbers(row) -> list[tuple[str, str]]:
    """The identifiers of a row as (scheme, value). Skips values that can't be read, which are refused later."""
    rows = row.get("identifiers")
    is_list = isinstance(rows, list) and len(rows) <= MOST_IDENTIFIERS  # longer ones are refused later
    rows = [one for one in rows if isinstance(one, dict)] if is_list else []
    pairs = [(one.get("scheme"), one.get("value")) for one in rows]
    texts = [(a, b) for a, b in pairs if isinstance(a, str) and isinstance(b, str)]
    return [(scheme, value) for scheme, value in texts if scheme.strip() and value.strip()]


def _require_version(view, sent, as_read):
    version, tag = sent["version"], sent["if_match"]
    if version is None and tag is None:
        raise refusal("version", "required", "Send the version that you read, or its ETag as if_match.")
    if version is not None and type(version) is not int:
        raise refusal("version", "invalid", "Give a whole number, as you read it.")
    current = orjson.loads(as_read)
    if (version is not None and version != current["version"]) or (
        tag is not None and str(tag).strip('"') != etag_of(as_read.encode()).strip('"')
    ):
        raise view.stale(as_read)


def _question(candidates) -> Problem:
    """A row that may be about one of these records, which have its identifier: nothing is changed by a number alone."""
    names = ", ".join(f"{record} ({record.public_id})" for record in candidates)
    words = (
        f"{names} has this identifier. If the row is about that record, send its id and version. If it’s a different one, list "
        "the id in not_duplicates, and say in why how you know."
    )
    rows = [{"id": record.public_id, "name": str(record)} for record in candidates]
    error = in_body(["identifiers"], "possible_duplicate", words) | {"candidates": rows}
    return Problem("invalid_fields", [error])


def refusal(name, code, words):
    return Problem("invalid_fields", [in_body([name] if name else [], code, words)])


def _errors(row_index, problem) -> list[dict]:
    """The errors of a problem, with JSON pointers that start at the body of the request."""
    _, title, words = CODES[problem.code]
    errors = problem.errors or [
        in_body(_AT.get(problem.code, ()), problem.code, f"{title}. {_TO_DO.get(problem.code, words)}")
    ]
    start = in_body(["rows", row_index], "", "")["pointer"]
    return [error | {"pointer": start + error["pointer"].removeprefix("#")} for error in errors]


# What a problem without errors is about: steps to a value of the row.
_AT = {"stale": ("version",), "not_found": ("id",), "mistyped_id": ("id",)}


# What to do about a problem of a row, where that isn't what a request for one record does.
_TO_DO = {
    "stale": "Read it again, compare it with yours, and send its new version, or its new ETag as if_match.",
    "not_found": "Check the id, or look for the record in its list.",
}


def _counts(found) -> dict:
    return {outcome: found.get(outcome, 0) for outcome in (CREATED, UPDATED, UNCHANGED, REFUSED)}

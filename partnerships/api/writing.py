"""Base classes of viewsets for writing: rights of the token, ETag, idempotency key and dry run."""

from contextlib import contextmanager

import orjson
from django.db import IntegrityError, transaction
from django.utils.http import parse_etags
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.reverse import reverse

from partnerships.api import parameters
from partnerships.api.errors import Problem, in_body, in_header
from partnerships.api.parsers import JSONParser, MergePatchParser
from partnerships.api.views import etag_of
from partnerships.api.viewsets import ResourceViewSet, TokenMayRead
from partnerships.core import idempotency
from partnerships.core.access import require
from partnerships.core.errors import EditConflict, MergedInto, NotFound
from partnerships.core.models import type_key
from partnerships.core.retry import retry_on_deadlock

KEY = "HTTP_IDEMPOTENCY_KEY"
LONGEST_KEY = 255
DRY_RUN = "dry_run"


class TokenMayWrite(BasePermission):
    """Changes need a token that was made for this kind of record.

    Checked before any record is looked up, so the response doesn't reveal whether one exists. The actions check the
    rights of the token's person.
    """

    def has_permission(self, request, view):
        if request.method in SAFE_METHODS:
            return True
        if request.auth is None:
            raise NotAuthenticated
        if view.path not in request.auth.writes:
            raise Problem("not_for_writing")
        if request.auth.is_unanswered:
            raise Problem("no_one_answers")
        return True


class ChangeableViewSet(ResourceViewSet):
    """Records that can be changed but not added.

    `may_write(person, record)` is the rule of the record type. With `dry_run=yes`, everything is checked and answered
    as usual, in a transaction that is rolled back.
    """

    parser_classes = [JSONParser, MergePatchParser]
    permission_classes = [TokenMayRead, TokenMayWrite]
    is_dry_run = False

    def may_write(self, person, record) -> bool:
        return self.record_type().may_write(person, record)

    def own_versions(self, person, records) -> dict[int, int]:
        """Primary key → version, for records whose version isn't the same for this person as for everyone.

        Who may change a record reads the version that moves with every change. Otherwise, they couldn't notice that someone
        changed what not everyone sees, and would undo it. Everyone else reads the public version (`core.models.Record`).
        """
        moved = [record for record in records if record.version != record.public_version]
        return {record.pk: record.version for record in moved if self.may_write(person, record)}

    def represented(self, person, rows):
        rows = list(rows)
        found, own = self.represent(person, rows), self.own_versions(person, rows) if person else {}
        return [
            values | {"version": own[record.pk]} if record.pk in own else values
            for record, values in zip(rows, found, strict=True)
        ]

    def change(self, work):
        """Return the response of `work`, which is repeated if PostgreSQL ended its transaction because of a deadlock."""

        def attempt():
            with self.changing():
                return work()

        return retry_on_deadlock(attempt)

    @contextmanager
    def changing(self):
        """Wraps a change and its response. A dry run rolls everything back: record, history, emails and idempotency
        key.
        """
        params = self.request.query_params
        parameters.refuse_unknown(params, (DRY_RUN,))
        parameters.refuse_ambiguous(params, ())
        parameters.refuse_other(params, **{DRY_RUN: ("yes",)})
        self.is_dry_run = DRY_RUN in params
        if not self.is_dry_run:
            yield
            return
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.is_dry_run:
            response["Dry-Run"] = "yes"
            for header in ("ETag", "Location"):  # of what isn't there
                response.headers.pop(header, None)
        return response

    def update(self, request, id, *, partial=False):
        def work():
            record, as_read = self.record_to_change(id)
            return self.written(self.save(record, request.data, as_read=as_read, partial=partial).public_id)

        return self.change(work)

    def partial_update(self, request, id):
        return self.update(request, id, partial=True)

    def call_action(self, public_id, action, *, may=None):
        """Call an action on a record with the values of the body.

        `may(person, record)`: who may do that, if it isn't everyone who may change the record.
        """

        def work():
            record, _ = self.record_to_change(public_id, may)
            values = self.checked(self.get_serializer_class(), self.request.data).validated_data
            given = {type_key(record): record} | values
            return self.written(self.act(record, action, **given).public_id)

        return self.change(work)

    def save_part(self, public_id, *, may=None):
        """Save something that belongs to a record but isn't a field of it, such as numbers, by `save_by` of the
        serializer.
        """

        def work():
            record, _ = self.record_to_change(public_id, may)
            serializer = self.checked(self.get_serializer_class(), self.request.data, record=record)
            return self.written(serializer.save_by(self, record).public_id)

        return self.change(work)

    def record_to_change(self, public_id, may=None):
        """The record, and its JSON as this caller reads it. Compares If-Match. Raises NotFound, NotAllowed or Problem."""
        record, as_read = self.writable_record(public_id, may)
        header = self.request.META.get("HTTP_IF_MATCH")
        if header is None:
            raise Problem("if_match_needed")
        tags = [tag for tag in parse_etags(header) if not tag.startswith("W/")]
        if not tags:
            words = (
                "Send the ETag that you read, with its quotation marks and without W/, or * to save without comparing."
            )
            raise Problem("invalid_header", [in_header("If-Match", "invalid", words)])
        version = orjson.loads(as_read)["version"]  # as rows of lists have it
        if tags != ["*"] and not {etag_of(as_read.encode()), f'"{version}"'} & {*tags}:
            raise self.stale(as_read)
        return record, as_read

    def writable_record(self, public_id, may=None):
        """The record, and its JSON as this caller reads it, without comparing If-Match. Raises NotFound or NotAllowed."""
        try:
            record = self.find(self.reader, public_id)
        except MergedInto:  # a redirect would make a GET of it
            raise NotFound from None
        require((may or self.may_write)(self.request.user, record))
        return record, self.text(self.reader, record.public_id)

    def stale(self, as_read):
        return Problem("stale", more={"current": orjson.Fragment(as_read), "etag": etag_of(as_read.encode())})

    def act(self, record, action, /, **given):
        """Call an action under the version that was compared. Raises Problem if someone else saved in the meantime."""
        try:
            return action(by=self.request.user, version=record.version, **given)
        except EditConflict:
            raise self.stale(self.text(self.reader, record.public_id)) from None

    def checked(self, serializer_class, data, **context):
        """The serializer, with valid data. Raises DRF's ValidationError, or Problem if the body isn't an object."""
        if type(data) is not dict:
            raise Problem(
                "invalid_fields", [in_body((), "not_an_object", 'Send one JSON object, such as {"name": "…"}.')]
            )
        serializer = serializer_class(data=data, context={**self.get_serializer_context(), **context})
        serializer.is_valid(raise_exception=True)
        return serializer

    def save(self, record, data, *, as_read=None, partial=False):
        """Add or change a record with the values of the body. Returns the saved record.

        `as_read`: its JSON as the caller reads it; None for a new one.
        """
        serializer = self.checked(type(self).serializer_class, data, record=record, as_read=as_read, partial=partial)
        return serializer.save_by(self, record)

    def written(self, public_id, status=200):
        text = self.text(self.reader, public_id).encode()
        answer = self.answer(text)
        answer.status_code = status
        answer["ETag"] = etag_of(text)
        return answer


class WritableViewSet(ChangeableViewSet):
    """Records that can also be added. With an idempotency key, a repeated request adds the record once."""

    def create(self, request, *args, **kwargs):
        return self.change(self._create)

    def _create(self):
        key, data = self.idempotency_key(), self.request.data
        if key is None:
            return self._created(self.save(None, data))
        mark, content = self.mark(key), idempotency.digest(data)
        return self._sent_before(mark, content) or self._create_once(mark, content)

    def idempotency_key(self):
        """The Idempotency-Key of the request, or None. Raises Problem if it's invalid."""
        key = self.request.META.get(KEY)
        if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
            raise Problem(
                "invalid_header", [in_header("Idempotency-Key", "invalid", f"Send 1 to {LONGEST_KEY} characters.")]
            )
        return key

    def mark(self, key, *more):
        """The digest under which a key is stored. It counts for this person and this URL."""
        return idempotency.digest("api", self.request.user.pk, self.request.path, key, *more)

    def _create_once(self, mark, content):
        try:
            with transaction.atomic():
                saved = self.save(None, self.request.data)
                idempotency.store_answer(mark, content=content, answer=saved.public_id)
        except IntegrityError:
            again = self._sent_before(mark, content)  # at the same moment
            if again is None:
                raise
            return again
        return self._created(saved)

    def _sent_before(self, mark, content):
        first = idempotency.find_submission(mark)
        if first is None:
            return None
        if first.content != content:
            raise Problem("key_reused")
        return self._created(self.find(self.reader, first.answer))

    def _created(self, record):
        answer = self.written(record.public_id, 201)
        answer["Location"] = reverse(f"{self.basename}-detail", args=[record.public_id], request=self.request)
        return answer

"""Changing records: with a token that may, under the ETag that the caller read, and each new record once."""

from contextlib import contextmanager

import orjson
from django.db import IntegrityError, transaction
from django.utils.http import parse_etags
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.reverse import reverse

from partnerships.api import parameters
from partnerships.api.errors import Problem, in_header
from partnerships.api.parsers import JSONParser, MergePatchParser
from partnerships.api.views import etag_of
from partnerships.api.viewsets import ResourceViewSet, TokenMayRead
from partnerships.core import idempotency
from partnerships.core.access import require
from partnerships.core.errors import EditConflict, MergedInto, NotFound
from partnerships.core.retry import retry_on_deadlock

KEY = "HTTP_IDEMPOTENCY_KEY"
LONGEST_KEY = 255
DRY_RUN = "dry_run"


class TokenMayWrite(BasePermission):
    """Only a token changes anything, and only records of the kinds that it was made for. Asked before any record is looked for,
    so the answer tells of none. What its person may is decided by the actions.
    """

    def has_permission(self, request, view):
        if request.method in SAFE_METHODS:
            return True
        if request.auth is None:
            raise NotAuthenticated
        if view.path not in request.auth.writes:
            raise Problem("not_for_writing")
        return True


class ChangeableViewSet(ResourceViewSet):
    """Of records that can be changed, and not added.

    `may_write(person, record)` is the rule of its record type; the serializers call the actions of its package.

    With `dry_run=yes`, everything is checked and answered as it would be, in a transaction that is rolled back.
    """

    parser_classes = [JSONParser, MergePatchParser]
    permission_classes = [TokenMayRead, TokenMayWrite]
    is_dry_run = False

    def may_write(self, person, record) -> bool:
        return self.record_type().may_write(person, record)

    def change(self, work):
        """Answers with what `work` answers. It is done again where PostgreSQL ended its transaction because of another one."""

        def tried():
            with self.changing():
                return work()

        return retry_on_deadlock(tried)

    @contextmanager
    def changing(self):
        """Wraps a change and its answer. Of a dry run, nothing stays: no record, no history, no email, no key."""
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

    def do(self, public_id, action, *, may=None):
        """Something that is done to a record with the values of a body. `may(person, record)`: whose it is to do, if not of
        those who may change it.
        """

        def work():
            record, _ = self.record_to_change(public_id, may)
            values = self.checked(self.get_serializer_class(), self.request.data).validated_data
            given = {record._meta.model_name: record} | values
            return self.written(self.act(record, action, **given).public_id)

        return self.change(work)

    def save_part(self, public_id, *, may=None):
        """Saves what belongs to a record and isn't one of its fields, such as numbers, by `save_by` of the serializer."""

        def work():
            record, _ = self.record_to_change(public_id, may)
            serializer = self.checked(self.get_serializer_class(), self.request.data, record=record)
            return self.written(serializer.save_by(self, record).public_id)

        return self.change(work)

    def record_to_change(self, public_id, may=None):
        """The record, and its JSON as this caller reads it. Raises NotFound, NotAllowed or Problem."""
        record, as_read = self.writable_record(public_id, may)
        header = self.request.META.get("HTTP_IF_MATCH")
        if header is None:
            raise Problem("if_match_needed")
        tags = parse_etags(header)
        if tags != ["*"] and etag_of(as_read.encode()) not in tags:
            raise self.stale(as_read)
        return record, as_read

    def writable_record(self, public_id, may=None):
        """The record, and its JSON as this caller reads it, without asking for its ETag. Raises NotFound or NotAllowed."""
        try:
            record = self.find(self.reader, public_id)
        except MergedInto:  # a redirect would make a GET of it
            raise NotFound from None
        require((may or self.may_write)(self.request.user, record))
        return record, self.text(self.reader, record.public_id)

    def stale(self, as_read):
        return Problem("stale", more={"current": orjson.Fragment(as_read)})

    def act(self, record, action, /, **given):
        """Calls an action of the package under the version that was compared. Raises Problem where someone was quicker."""
        try:
            return action(by=self.request.user, version=record.version, **given)
        except EditConflict:
            raise self.stale(self.text(self.reader, record.public_id)) from None

    def checked(self, serializer_class, data, **context):
        """The values of a body. Raises DRF's ValidationError."""
        if type(data) is not dict:
            raise Problem("invalid_fields", [])
        serializer = serializer_class(data=data, context={**self.get_serializer_context(), **context})
        serializer.is_valid(raise_exception=True)
        return serializer

    def save(self, record, data, *, as_read=None, partial=False):
        """The record, added or changed with the values of a body.

        `as_read`: its JSON as the caller reads it; None of a new one.
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
    """Of records that can be added too. A new one has a key of the caller's own, so it is added once."""

    def create(self, request, *args, **kwargs):
        return self.change(self._create)

    def _create(self):
        key, data = self.idempotency_key(), self.request.data
        if key is None:
            return self._created(self.save(None, data))
        mark, content = self.mark(key), idempotency.digest(data)
        return self._sent_before(mark, content) or self._create_once(mark, content)

    def idempotency_key(self):
        """The key of the caller's own that this request came with, or None. Raises Problem."""
        key = self.request.META.get(KEY)
        if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
            raise Problem(
                "invalid_header", [in_header("Idempotency-Key", "invalid", f"Send 1 to {LONGEST_KEY} characters.")]
            )
        return key

    def mark(self, key, *more):
        """What a key is stored as: it counts for this person at this address."""
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

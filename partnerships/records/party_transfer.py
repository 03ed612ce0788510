"""Locks, logs and publishes all records that change when parties move from one record to another."""

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnerships.core.access import Author
from partnerships.core.errors import ValidationError
from partnerships.core.models import type_key
from partnerships.core.snapshots import clear_prefetched
from partnerships.core.writing import bump_version, diff_snapshots, is_public_change, log_change
from partnerships.directory import actions as directory
from partnerships.directory import search_entries, snapshots
from partnerships.directory.models import Body, Department, Organization
from partnerships.registry import actions as registry
from partnerships.registry import publication
from partnerships.registry.models import Partnership

MOST = 500  # partnerships
_TOO_MANY = _("They’re in more than %(number)s partnerships. Ask the people who run the registry.")
_MEANWHILE = _("Someone changed one of their partnerships at the same moment. Try again.")
AnyBody = TypeVar("AnyBody", bound=Body)


class PartyTransfer:
    """Records of one kind (organizations, or departments), their partnerships, and the departments below them.

    Locks all of them when it is created: partnerships first, in the same order as when one is saved. `finish` logs
    each that has changed by then, under one request id, and publishes. Call both in one transaction. Raises
    ValidationError.
    """

    def __init__(self, bodies: Sequence[Body]) -> None:
        self.model, self.pks, self.request_id = type(bodies[0]), [body.pk for body in bodies], uuid.uuid4()
        partnerships = self._partnerships()
        if len(partnerships) > MOST:
            raise ValidationError(_TOO_MANY, params={"number": MOST})
        locked = Partnership.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=partnerships)
        rows = self.model.objects.select_for_update(of=("self",)).filter(self._bodies()).order_by("pk")
        self.before: list[tuple[Partnership | Body, dict[str, Any]]] = [
            (row, registry.snapshot(row)) for row in locked.order_by("pk")
        ]
        bodies = list(rows)
        if self._partnerships() - partnerships or set(self.pks) - {body.pk for body in bodies}:
            raise ValidationError(_MEANWHILE)
        for row in bodies:
            self.before.append((row, snapshots.snapshot(row)))
            clear_prefetched(row)

    def _bodies(self) -> Q:
        named = Q(pk__in=self.pks)
        return named | Q(parent__in=self.pks) if self.model is Department else named

    def _partnerships(self) -> set[int]:
        sits = {f"parties__{type_key(self.model)}__in": self.pks}
        return set(Partnership.objects.filter(**sits).order_by().values_list("pk", flat=True))

    def now(self, body: AnyBody) -> AnyBody:
        """The record as it was read under its lock."""
        return next(row for row, _ in self.before if isinstance(row, type(body)) and row.pk == body.pk)

    def finish(
        self,
        *,
        by: Author,
        why: str,
        of_partnerships: str,
        verbs: dict[int, str] | None = None,
        also: Sequence[Body] = (),
    ) -> None:
        """Log and publish the changes.

        `why`: the reason in the log of the merged records. The log of partnerships has `of_partnerships`, which names
        no one, since its readers may not know of each party. `verbs`: primary key of a record → verb of its log entry.
        `also`: new records.
        """
        showing, entries = set(), []
        for row, before in self.before:
            row = type(row).objects.filter(pk=row.pk).first()
            if row is None:
                continue
            is_partnership = isinstance(row, Partnership)
            now = (registry if is_partnership else directory).snapshot(row)
            was, became = diff_snapshots(before, now)
            verb = "update" if is_partnership else (verbs or {}).get(row.pk, "update")
            if was or became or verb != "update":
                bump_version(row, is_public=is_public_change(row, before, now))
                reason = of_partnerships if is_partnership else why
                log_change(row, by=by, verb=verb, before=was, after=became, why=reason, request_id=self.request_id)
            if is_partnership:
                showing.add(row.pk)
            else:
                entries.append(row)
        bodies = [body for body in (*entries, *also) if isinstance(body, (Organization, Department))]
        for body in bodies:
            if isinstance(body, Organization):
                showing |= publication.partnerships_showing(organization=body)
            else:
                showing |= publication.partnerships_at(body)
        found = [
            search_entries.organization_entry(body)
            if isinstance(body, Organization)
            else search_entries.department_entry(body)
            for body in bodies
        ]
        publication.publish(showing, also={type_key(self.model): found})

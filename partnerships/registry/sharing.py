"""Shares a draft with others than the lead's own staff: they can read it, but not change it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from partnerships.core.access import SYSTEM, Author, require
from partnerships.core.errors import ValidationError
from partnerships.core.models import type_key
from partnerships.core.writing import change
from partnerships.directory.models import Body
from partnerships.registry import publication
from partnerships.registry.actions import snapshot
from partnerships.registry.models import DraftShare, Partnership
from partnerships.registry.rules import may_write_partnership


@transaction.atomic
def share_draft(*, partnership: Partnership, by: Author, body: Body) -> Partnership:
    """Share a draft with a jurisdiction, department or organization. Doing so twice changes nothing."""
    require(by is SYSTEM or may_write_partnership(by, partnership))
    with change(partnership, by=by, verb="share", snapshot=snapshot) as writing:
        if writing.record.is_published:
            raise ValidationError(gettext("It’s published, so everyone can already see it."), code="published")
        if body == writing.record.lead:
            raise ValidationError(
                {"body": gettext("Your own office can already see it. Choose another one.")}, code="lead"
            )
        shared: dict[str, Any] = {type_key(body): body}
        DraftShare.objects.get_or_create(partnership=writing.record, **shared)
    return writing.record


@transaction.atomic
def unshare_draft(*, partnership: Partnership, by: Author, share: DraftShare) -> Partnership:
    """Stop sharing: they no longer find it at their next request."""
    require(by is SYSTEM or may_write_partnership(by, partnership))
    with change(partnership, by=by, verb="unshare", snapshot=snapshot) as writing:
        DraftShare.objects.filter(partnership=writing.record, pk=share.pk).delete()
    if writing.changed:
        publication.publish({writing.record.pk})
    return writing.record

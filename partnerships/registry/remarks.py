"""Public statements of a lead's government about a partnership.

The parties see them first, and their replies have equal size.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.core.writing import change
from partnerships.directory.models import Jurisdiction
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind
from partnerships.registry import confirmation_requests, publication
from partnerships.registry.actions import snapshot
from partnerships.registry.models import Partnership, Party, Remark, Reply
from partnerships.registry.representatives import editors_of_leads, people_of
from partnerships.registry.rules import may_make_statement, may_write_partnership


def first_public_day(jurisdiction: Jurisdiction) -> date:
    """The day from which everyone reads what this government says today."""
    return clock.today(clock.zone(jurisdiction.zone)) + timedelta(days=jurisdiction.reply_days)


@transaction.atomic
def show_remark(*, partnership: Partnership, by: Author, text: str) -> Remark:
    """Show a statement to the parties of a published partnership. It becomes public on its own (`first_public_day`)."""
    require(by is SYSTEM or may_write_partnership(by, partnership))
    now = clock.now()
    with change(partnership, by=by, verb="remark", snapshot=snapshot) as writing:
        current = writing.record
        if not current.is_published:
            raise ValidationError(
                gettext("This is a draft. Publish it before you make a public statement."), code="draft"
            )
        remark = Remark(
            partnership=current,
            lead=current.lead,
            text=text,
            by=account_of(by),
            shown_at=now,
            public_on=first_public_day(current.lead),
        )
        remark.full_clean(exclude=["by"])
        remark.save()
        for party in confirmation_requests.parties_except_lead(current):
            people = [m.person for m in people_of(party).select_related("person")]
            if people:
                reply = Reply.objects.create(remark=remark, party=party, invited_at=now)
                outbox.plan(EmailKind.REMARK_SHOWN, f"{current.public_id}/remark/{reply.pk}", people, reply)
    publication.publish({current.pk})
    return remark


@transaction.atomic
def withdraw_remark(*, remark: Remark, by: Author, version: int | None = None) -> None:
    """Withdraw a statement: the public no longer reads it, and the parties see that it was withdrawn."""
    require(by is SYSTEM or may_write_partnership(by, remark.partnership))
    with change(remark.partnership, by=by, verb="unremark", snapshot=snapshot, version=version) as writing:
        open_one = Remark.objects.filter(pk=remark.pk, withdrawn_at=None)
        open_one.update(withdrawn_at=clock.now())
    if writing.changed:
        publication.publish({remark.partnership_id})


@transaction.atomic
def reply_to_remark(*, remark: Remark, party: Party, by: Author, text: str, seen: str | None = None) -> Reply:
    """Save a party's reply. A new one replaces the old one and has its own date.

    `seen`: the moment of the reply that the person saw, as ISO text, "" for none. Raises EditConflict when there is another
    one now.
    """
    require(by is SYSTEM or may_make_statement(by, party))
    with change(remark.partnership, by=by, verb="reply", snapshot=snapshot) as writing:
        current, now = writing.record, clock.now()
        open_remark = Remark.objects.filter(pk=remark.pk, partnership=party.partnership_id, withdrawn_at=None)
        if not open_remark.exists() or not current.parties.filter(pk=party.pk).exists():
            raise NotFound
        reply, _ = Reply.objects.get_or_create(remark=remark, party=party, defaults={"invited_at": now})
        if seen is not None and seen != moment_of(reply):
            raise EditConflict(current, 0)
        if not text.strip():
            raise ValidationError({"text": gettext("Enter your reply.")}, code="required")
        if reply.text != text:
            reply.text, reply.by, reply.at = text, account_of(by), now
            reply.full_clean(exclude=["by"])
            reply.save()
    if writing.changed:
        publication.publish({current.pk})
        people = [m.person for m in editors_of_leads([current.lead_id]).select_related("person")]
        occurrence = f"{current.public_id}/reply/{reply.pk}/{reply.at:%Y%m%d%H%M%S%f}"
        outbox.plan(EmailKind.REMARK_REPLIED, occurrence, people, reply, lead=current.lead)
    return reply


def moment_of(reply: Reply | None) -> str:
    """The moment of a reply as ISO text, which identifies its version."""
    return reply.at.isoformat() if reply is not None and reply.at else ""

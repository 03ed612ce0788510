"""What changes in check-ins when a contact is removed."""

from collections.abc import Iterable, Sequence

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.hooks import contacts_replaced
from partnerships.directory.models import Contact
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.meetings.models import CheckInPlan
from partnerships.registry.representatives import belongs_to, editors_of_leads

REMOVED = "The contact who answered was removed."  # the reason in the history of the check-ins


@contacts_replaced.register
def keep_check_ins(contacts: Iterable[Contact], rows: Sequence[dict]) -> None:
    """Give check-ins that a removed contact answers to the office that set them. What was said in them stays on record."""
    stay = {row.get("id") for row in rows}
    gone = [contact.pk for contact in contacts if contact.pk not in stay]
    plans = CheckInPlan.objects.filter(contact__in=gone).select_related("partnership", "holder") if gone else ()
    for plan in plans:
        if person := who_takes_over(plan):
            fields = {"contact": None, "person": person}
            save_check_in_plan(checkinplan=plan, by=SYSTEM, fields=fields, why=REMOVED)


def who_takes_over(plan: CheckInPlan, leaver: Person | None = None) -> Person | None:
    """The relationship holder; otherwise someone who keeps the lead agency's records, or did; not who leaves."""
    holder = None if plan.holder == leaver else plan.holder
    if holder and holder.is_active and belongs_to(holder, plan.partnership, clock.today()):
        return holder
    keepers = editors_of_leads([plan.partnership.lead_id]).select_related("person").order_by("person")
    keeper = keepers.exclude(person=leaver).first() if leaver else keepers.first()
    return keeper.person if keeper else holder

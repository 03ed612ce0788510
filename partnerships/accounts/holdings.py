"""What someone who leaves has in accounts: API tokens, service accounts that they answer for, and the same person as a
contact or user there.
"""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import Outcome
from partnerships.accounts.hooks import LABELS, Departure, Holding, list_holdings, pass_on
from partnerships.accounts.models import ApiToken, Person
from partnerships.accounts.rules import may_connect_programs
from partnerships.accounts.service_accounts import pass_on_to
from partnerships.accounts.service_rules import service_tokens_visible_to
from partnerships.accounts.token_actions import revoke_tokens_of
from partnerships.core import clock
from partnerships.core.access import manages
from partnerships.core.models import type_key
from partnerships.directory.models import Contact
from partnerships.directory.rules import may_write_contacts_of

LABELS |= {
    "tokens": _("API tokens"),
    "service_accounts": _("Service accounts"),
    "other_entry": _("Other entries for the same person"),
}


def _service_accounts(departure: Departure) -> QuerySet[ApiToken]:
    """Those for which the person answers who leaves."""
    if not isinstance(departure.leaver, Person):
        return ApiToken.objects.none()
    rows = ApiToken.objects.filter(ApiToken.live_at(clock.now()), answerable=departure.leaver)
    return rows.exclude(role="").filter(**departure.body_field).order_by("pk")


def _connects_programs(departure: Departure) -> bool:
    return departure.person is not None and may_connect_programs(departure.person, departure.body)


@list_holdings.register
def list_accounts(departure: Departure, found: list[Holding]) -> None:
    leaver, body = departure.leaver, departure.body
    if isinstance(leaver, Person):
        note = gettext(
            "Any API tokens of theirs lose what they can read and change for %(body)s. This can’t be undone."
        )
        found.append(Holding("tokens", Outcome.ENDS, note=note % {"body": body}))
    page = reverse(f"{type_key(body)}_services", args=[body.public_id])
    rows = departure.seen(_service_accounts(departure), service_tokens_visible_to)
    if items := [(token.name, page) for token in rows]:
        passes = _connects_programs(departure)
        note = "" if passes else gettext("They stop changing records until a manager takes them over.")
        found.append(Holding("service_accounts", Outcome.PASSES if passes else Outcome.ENDS, items, note))
    if items := _other_entries(departure):
        note = gettext("It stays until someone ends it. Use its own page.")
        found.append(Holding("other_entry", Outcome.STAYS, items, note))


def _other_entries(departure: Departure) -> list[tuple[str, str]]:
    """The same person as a contact or user of the same office or organization, for those who may end that too."""
    leaver, body, by = departure.leaver, departure.body, departure.by
    if not leaver.email or not isinstance(by, Person):
        return []
    if isinstance(leaver, Contact):
        rows = body.memberships.filter(person__email__iexact=leaver.email) if manages(by, body) else ()
        return [(gettext("Their role here"), reverse("member_left", args=[row.pk])) for row in rows]
    contacts = body.contacts.filter(email__iexact=leaver.email) if may_write_contacts_of(by, body) else ()
    return [(gettext("Contact: %(name)s") % {"name": one}, reverse("contact_left", args=[one.pk])) for one in contacts]


@pass_on.register
def pass_accounts(departure: Departure) -> None:
    leaver = departure.leaver
    if not isinstance(leaver, Person):
        return
    for membership in departure.body.memberships.filter(person=leaver):
        revoke_tokens_of(by=departure.by, membership=membership)
    if departure.person is not None and _connects_programs(departure):
        pass_on_to(departure.person, tokens=_service_accounts(departure), by=departure.by)

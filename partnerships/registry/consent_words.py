"""What a partner reads before it answers about its seat. The text that was read is stored with the answer."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.types import LazyText
from partnerships.directory.choices import Listing
from partnerships.registry import seats
from partnerships.registry.choices import Circle, Kind, Role
from partnerships.registry.models import Party

_PUBLIC = _("Everyone can read your name, your circle and your roles here: on pages, in downloads and in the API.")
_READERS: dict[str, LazyText] = {
    Listing.PROFILED: _PUBLIC,
    Listing.NAMED: _PUBLIC,
    Listing.UNLISTED: _(
        "Your organization is unlisted, so the public doesn’t see your name. Staff of %(lead)s and your own people read it."
    ),
}


def consent_text(party: Party) -> list[str]:
    """The paragraphs for a party with its partnership, lead and roles."""
    lead = party.partnership.lead
    listing = party.organization.listing if party.organization else Listing.NAMED
    sentences = [
        _scope(party),
        _READERS[listing] % {"lead": lead},
        gettext(
            "Your yes covers your name, circle and roles in this partnership, and your place in the network. It covers no"
            " other partnership."
        ),
        gettext(
            "If you confirm, your people can read what partners share with each other here, and can answer how the work is"
            " going."
        ),
        gettext("We keep your answer, with who gave it and when, as long as the record of the partnership."),
        gettext("A public-records request may reach it, because the registry belongs to a government."),
    ]
    if party.partnership.kind == Kind.ORGANIZING:
        sentences.append(gettext("This partnership is organizing and pressure: your name appears only if you confirm."))
    if seats.may_decline(party):
        words = gettext(
            "You can withdraw at any time, in one step. That clears your name from this registry. It doesn’t clear the contract"
            " files, emails or backups of %(lead)s."
        )
        sentences.append(words % {"lead": lead})
    else:
        sentences.append(
            gettext(
                "A government stays named as long as the record does. If something is wrong, you can dispute it in your own"
                " words."
            )
        )
    return sentences


def _scope(party: Party) -> str:
    roles = ", ".join(str(Role(row.role).label) for row in party.roles.all() if row.ends_on is None)
    circle = str(Circle(party.circle).label) if party.circle else ""
    words = {"lead": party.partnership.lead, "party": party, "partnership": party.partnership.title}
    sentences = [gettext("%(lead)s names %(party)s as a partner in “%(partnership)s”.") % words]
    if circle:
        sentences.append(gettext("Your circle: %(circle)s.") % {"circle": circle})
    if roles:
        sentences.append(gettext("Your roles: %(roles)s.") % {"roles": roles})
    return " ".join(sentences)

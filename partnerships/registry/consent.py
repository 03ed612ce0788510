"""A partner's answer to its seat: yes, no, or no longer. Only the partner itself changes it; see `docs/security.md`.

`by` is the person who answers, or None for a command. Raises NotAllowed, and Missing when the seat is gone.
"""

from django.db import transaction

from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import Missing
from partnerships.core.writing import locked
from partnerships.directory.models import BODIES
from partnerships.registry import publication
from partnerships.registry.choices import ConsentWay, SeatState
from partnerships.registry.models import Party, SeatConsent
from partnerships.registry.rules import may_answer_seat


def confirm_seat(*, party, by, way=ConsentWay.ACCOUNT, text="", contact=None) -> Party:
    """Says yes. `text`: the words that were read before."""
    return _answer(party, SeatState.CONFIRMED, by=by, way=way, text=text, contact=contact)


def decline_seat(*, party, by, way=ConsentWay.ACCOUNT, text="", contact=None) -> Party:
    """Says no: the seat leaves every list and figure outside the office at once."""
    return _answer(party, SeatState.DECLINED, by=by, way=way, text=text, contact=contact)


def withdraw_from_seat(*, party, by, may_count, way=ConsentWay.ACCOUNT, text="", contact=None) -> Party:
    """Ends a yes. `may_count`: whether figures may still count the seat, without a name."""
    return _answer(party, SeatState.WITHDRAWN, by=by, way=way, text=text, contact=contact, may_count=may_count)


@transaction.atomic
def _answer(party, state, *, by, **more):
    require(by is None or may_answer_seat(by, party))
    partnership = locked(party.partnership, None)
    current = partnership.parties.filter(pk=party.pk).first()
    if current is None:
        raise Missing
    if current.state != state:
        current.state = state
        current.save(update_fields=["state"])
        body = {name: getattr(current, name) for name in BODIES}
        SeatConsent.objects.create(partnership=partnership, state=state, by=by, at=clock.now(), **more, **body)
        publication.publish({partnership.pk})
    return current

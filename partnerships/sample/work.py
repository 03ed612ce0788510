"""Loads and removes the sample registry in the background, for an administrator of a new registry.

Loading happens in parts, each in a transaction of its own, and adds only what is missing. So a worker that takes over from
one that died goes on where it stopped.
"""

import logging
from datetime import timedelta

from django.core.management import call_command
from django.db.models import Q
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.core import background, clock
from partnerships.core.access import is_administrator, require
from partnerships.core.errors import ValidationError
from partnerships.core.stored_texts import stored_words
from partnerships.directory.models import Organization
from partnerships.records.models import SampleWork
from partnerships.registry.models import Partnership
from partnerships.sample.loading import PARTS, load_in_parts
from partnerships.sample.removing import MODELS, remove

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=3)


def work_at_hand() -> SampleWork | None:
    """What is waiting for a worker, or is being done."""
    return SampleWork.objects.filter(done_at=None).order_by("pk").first()


def last_work() -> SampleWork | None:
    return SampleWork.objects.order_by("-pk").first()


def has_sample() -> bool:
    return any(model.objects.filter(is_sample=True).exists() for model in MODELS)


def is_empty() -> bool:
    """Whether the registry has neither partnerships nor organizations, of the sample or real."""
    return not (Partnership.objects.exists() or Organization.objects.exists())


def request_loading(by: Person) -> None:
    """Load the sample in the background. Raises NotAllowed and ValidationError."""
    require(is_administrator(by))
    if not is_empty():
        words = gettext("The registry isn’t empty, so no sample data was loaded.")
        raise ValidationError(words, code="not_empty")
    _request(by, removes=False, parts=len(PARTS))


def request_removal(by: Person) -> None:
    """Remove the sample in the background. Raises NotAllowed and ValidationError."""
    require(is_administrator(by))
    if by.is_sample:
        words = gettext("Your account belongs to the sample data. Sign in with an account of your own to remove it.")
        raise ValidationError(words, code="own_account")
    _request(by, removes=True, parts=1)


def _request(by: Person, *, removes: bool, parts: int) -> None:
    if work_at_hand():
        raise ValidationError(
            gettext("Sample data is being loaded or removed now. Wait until that’s done."), code="at_work"
        )
    SampleWork.objects.all().delete()
    SampleWork.objects.create(person=by, removes=removes, parts=parts, asked_at=clock.now())
    background.wake("process_sample")


def process_next() -> bool:
    """Do what an administrator asked for. Returns False if nothing waits."""
    now = clock.shared()()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    one = SampleWork.objects.filter(free, done_at=None).select_related("person").order_by("pk").first()
    if one is None:
        return False
    as_read = SampleWork.objects.filter(pk=one.pk, done_at=None, claimed_until=one.claimed_until)
    if not as_read.update(claimed_until=now + LEASE):
        return True  # another worker took it
    problems: list[dict] = []
    try:
        _work_on(one)
    except ValidationError as problem:
        problems = [stored_words(one.message) for one in problem.error_list]  # type: ignore[arg-type]  # not lazy
    except Exception:  # whatever it is stays with this work, and the administrator may ask again
        log.exception("The sample was not loaded or removed.")
        words = gettext("Something went wrong here, and it isn’t your fault. Try again, or ask who runs this registry.")
        problems = [stored_words(words)]
    SampleWork.objects.filter(pk=one.pk).update(claimed_until=None, done_at=clock.now(), problems=problems)
    return True


def _work_on(one: SampleWork) -> None:
    if not (one.person.is_active and is_administrator(one.person)):
        raise ValidationError(gettext("You’re no longer an administrator, so nothing was changed."))
    if one.removes:
        remove()
        return

    def report(done: int) -> None:
        SampleWork.objects.filter(pk=one.pk).update(parts_done=done, claimed_until=clock.shared()() + LEASE)

    call_command("load_vocabularies", verbosity=0)
    load_in_parts(report)

"""What must be put right after a database was brought back from a copy."""

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Max

from partnerships.core.models import Stamp
from partnerships.core.stamps import next_stamp

# Further than any registry counts in its life: stamps given between the copy and its return are left behind too.
LEAP = 2**32


def raise_stamps() -> None:
    """Makes every stamp to come higher than all that were ever given, stored here or known only to clients.

    The counter came back with the copy, and PostgreSQL's transaction ids start low on a new server. A client whose last
    pull was before would else be told that nothing has changed.
    """
    with transaction.atomic():
        Stamp.objects.get_or_create(pk=1)
        next_one = next_stamp()
        missing = max(_highest_stored(), next_one) + LEAP - next_one
        value = Stamp.objects.select_for_update().get(pk=1).value
        Stamp.objects.filter(pk=1).update(value=value + missing)


def _highest_stored():
    models = [m for m in apps.get_models() if any(field.name == "stamp" for field in m._meta.concrete_fields)]
    return max((model._default_manager.aggregate(highest=Max("stamp"))["highest"] or 0) for model in models)


def refresh_statistics() -> None:
    """The database plans well only with figures about its tables, and a copy brings none."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

"""What has to be fixed after a database was restored from a backup."""

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Max

from partnerships.core.models import Stamp
from partnerships.core.stamps import next_stamp

# More than any registry counts in its life: stamps given between the backup and the restore are skipped too.
LEAP = 2**32


def raise_stamps() -> None:
    """Make every future stamp higher than all stamps ever given, including those that only clients know.

    The counter was restored with the backup, and PostgreSQL's transaction ids start low on a new server. Without this,
    a client whose last pull was before the restore would be told that nothing has changed.
    """
    with transaction.atomic():
        Stamp.objects.get_or_create(pk=1)
        next_one = next_stamp()
        missing = max(_highest_stored(), next_one) + LEAP - next_one
        value = Stamp.objects.select_for_update().get(pk=1).value
        Stamp.objects.filter(pk=1).update(value=value + missing)


def _highest_stored() -> int:
    models = [m for m in apps.get_models() if any(field.name == "stamp" for field in m._meta.concrete_fields)]
    return max((model._default_manager.aggregate(highest=Max("stamp"))["highest"] or 0) for model in models)


def refresh_statistics() -> None:
    """Run ANALYZE: the query planner needs statistics about the tables, and a backup has none."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

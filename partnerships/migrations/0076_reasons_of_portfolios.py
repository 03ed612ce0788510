"""Reasons why rounds didn't start name no partner and no person anymore: not everyone who reads them may know of these."""

from django.db import migrations
from django.db.models import Q

NAMING = (
    "has the same email address as",
    "belongs to another side of this partnership",
    "isn’t a contact of",
    "doesn’t belong to",
    "isn’t a partner in this partnership now",
    "confirmed its seat",
    "doesn’t hold a seat",
    "agreed to the seat of",
)
INSTEAD = "Someone here can’t be asked. Start the round on the partnership’s page to see who, and why."


def replace_names(apps, schema_editor):
    named = Q()
    for words in NAMING:
        named |= Q(problem__contains=words)
    apps.get_model("partnerships", "PortfolioPlace").objects.filter(named).update(problem=INSTEAD)


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0075_closed_departments_and_organizations")]

    operations = [migrations.RunPython(replace_names, migrations.RunPython.noop)]

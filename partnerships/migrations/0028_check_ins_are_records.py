import secrets

import django.utils.timezone
from django.db import migrations, models

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(letter):
    """A public id: a letter, six random characters, and a check character (Luhn's, modulo 32)."""
    body, total = "".join(secrets.choice(ALPHABET) for _ in range(6)), 0
    for place, char in enumerate(reversed(letter + body)):
        value = ALPHABET.index(char) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return f"{letter}-{body}-{ALPHABET[-total % 32]}"


def name_all(apps, schema_editor):
    """Rhythms that were set before get a permanent id, as every record has one."""
    plans, given = apps.get_model("partnerships", "CheckInPlan").objects, set()
    for pk in plans.order_by("pk").values_list("pk", flat=True):
        public_id = next(one for one in iter(lambda: new_id("T"), None) if one not in given)
        given.add(public_id)
        plans.filter(pk=pk).update(public_id=public_id)


def add(name, field, **more):
    return migrations.AddField(model_name="checkinplan", name=name, field=field, **more)


def alter(name, field):
    return migrations.AlterField(model_name="checkinplan", name=name, field=field)


class Migration(migrations.Migration):

    dependencies = [
        ("partnerships", "0027_asked_parties"),
    ]

    operations = [
        add("public_id", models.CharField(editable=False, max_length=12, null=True)),
        add("version", models.PositiveIntegerField(default=1, editable=False)),
        add("stamp", models.BigIntegerField(db_index=True, default=0, editable=False)),
        add("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False), preserve_default=False),
        add("updated_at", models.DateTimeField(default=django.utils.timezone.now, editable=False), preserve_default=False),
        add("last_verified_on", models.DateField(blank=True, null=True, verbose_name="last verified")),
        add("source", models.CharField(blank=True, default="", max_length=300, verbose_name="source of the facts"), preserve_default=False),
        migrations.RunPython(name_all, migrations.RunPython.noop, elidable=True),
        alter("public_id", models.CharField(editable=False, max_length=12, unique=True)),
        alter("anchor_on", models.DateField(verbose_name="first due on")),
        alter("is_active", models.BooleanField(default=True, verbose_name="these check-ins go on")),
        alter("rhythm", models.CharField(choices=[("weekly", "Every week"), ("biweekly", "Every two weeks"), ("monthly", "Every month"), ("quarterly", "Every three months"), ("half_yearly", "Every six months"), ("yearly", "Every year")], default="quarterly", max_length=12, verbose_name="how often")),
    ]

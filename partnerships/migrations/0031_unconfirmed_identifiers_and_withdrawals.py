from django.db import migrations, models


def fill(apps, schema_editor):
    """An organization unlisted itself where the last who unlisted it were people of its own, by what the change log tells."""
    change, membership, organization = (
        apps.get_model("partnerships", name) for name in ("Change", "Membership", "Organization")
    )
    unlisted = set(organization.objects.filter(listing="unlisted").values_list("pk", flat=True))
    log = change.objects.filter(record_type="organization", record_id__in=unlisted)
    own = set(membership.objects.filter(organization__in=unlisted).values_list("organization", "person"))
    for pk, before, after in log.filter(verb="members").values_list("record_id", "before", "after").iterator():
        own |= {(pk, row[0]) for shot in (before, after) for row in shot.get("members", ())}
    last = {}
    for pk, by, after in log.exclude(verb="create").exclude(by=None).order_by("pk").values_list("record_id", "by", "after").iterator():
        if "listing" in after:
            last[pk] = by
    organization.objects.filter(pk__in=[pk for pk, by in last.items() if (pk, by) in own]).update(has_withdrawn=True)


class Migration(migrations.Migration):

    dependencies = [
        ('partnerships', '0030_former_members'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='has_withdrawn',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.RemoveConstraint(
            model_name='identifier',
            name='one_record_an_identifier',
        ),
        migrations.AddField(
            model_name='identifier',
            name='is_confirmed',
            field=models.BooleanField(default=True, editable=False),
        ),
        migrations.AddConstraint(
            model_name='identifier',
            constraint=models.UniqueConstraint(condition=models.Q(('is_confirmed', True)), fields=('scheme', 'value'), name='one_record_a_confirmed_identifier'),
        ),
        migrations.AddConstraint(
            model_name='identifier',
            constraint=models.UniqueConstraint(fields=('jurisdiction', 'scheme', 'value'), name='jurisdiction_carries_a_number_once'),
        ),
        migrations.AddConstraint(
            model_name='identifier',
            constraint=models.UniqueConstraint(fields=('department', 'scheme', 'value'), name='department_carries_a_number_once'),
        ),
        migrations.AddConstraint(
            model_name='identifier',
            constraint=models.UniqueConstraint(fields=('organization', 'scheme', 'value'), name='organization_carries_a_number_once'),
        ),
        migrations.AddConstraint(
            model_name='organization',
            constraint=models.CheckConstraint(condition=models.Q(('has_withdrawn', False), ('listing', 'unlisted'), _connector='OR'), name='who_withdrew_is_unlisted'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]

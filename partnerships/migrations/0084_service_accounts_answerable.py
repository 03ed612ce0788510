"""A manager answers for each service account: of those that exist, who added it or replaced its secret last, if that person
still manages there. No one answers for the others.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

BODIES = ("jurisdiction", "department", "organization")


def say_who_answers(apps, schema_editor):
    tokens = apps.get_model("partnerships", "ApiToken").objects.exclude(role="").filter(revoked_at=None)
    changes = apps.get_model("partnerships", "Change").objects.filter(verb__in=("service", "reservice"))
    for token in tokens.select_related("department"):
        kind = next(name for name in BODIES if getattr(token, f"{name}_id"))
        about = changes.filter(record_type=kind, record_id=getattr(token, f"{kind}_id")).select_related("by")
        made = [change.by for change in about.order_by("-pk") if change.after["service"]["name"] == token.name]
        if made and made[0] and _manages(made[0], token, kind):
            tokens.filter(pk=token.pk).update(answerable=made[0])


def _manages(person, token, kind):
    there = Q(**{kind: getattr(token, f"{kind}_id")})
    if kind == "department":
        there |= Q(jurisdiction=token.department.jurisdiction_id)
    is_manager = person.memberships.filter(there, role="manager").exists()
    return person.is_active and (is_manager or (person.is_administrator and kind != "organization"))


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0083_identifiers_are_claims")]

    operations = [
        migrations.AddField(
            "apitoken",
            "answerable",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField("apitoken", "unanswered_since", models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            "apitoken",
            models.CheckConstraint(
                condition=~Q(role="") | Q(answerable=None, unanswered_since=None), name="answerable_for_service_tokens"
            ),
        ),
        migrations.RunPython(say_who_answers, migrations.RunPython.noop),
    ]

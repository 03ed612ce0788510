"""Loads the sample's calls, emails and visits of the made-up city, and two owners. Dates are relative to the day of loading."""

from datetime import time
from typing import Any

from partnerships.accounts.models import Person
from partnerships.core.access import SYSTEM
from partnerships.core.models import type_key
from partnerships.directory.models import Contact
from partnerships.interactions.actions import save_interaction
from partnerships.interactions.models import Interaction
from partnerships.interactions.owners import set_owners
from partnerships.sample import illustration
from partnerships.sample.run import MADE_UP, Run


def load_interactions(run: Run) -> None:
    if Interaction.objects.filter(is_sample=True).exists():
        return
    staff = Person.objects.filter(email=illustration.PEOPLE[0][0], is_sample=True)
    office = run.records[illustration.JURISDICTION["key"]]
    for key in (illustration.STRATEGY["key"], "tenants"):
        set_owners(record=run.records[key], office=office, by=SYSTEM, owner=staff.first())
    for row in illustration.INTERACTIONS:
        save_interaction(by=SYSTEM, fields=_fields(run, row) | {"staff": list(staff)} | MADE_UP)
        run.new["interactions"] += 1


def _fields(run: Run, row: dict[str, Any]) -> dict[str, Any]:
    side = run.records[row["with"]]
    key, contact = type_key(side), row.get("contact")
    of_strategy = [run.records[illustration.STRATEGY["key"]]] if row.get("is_of_strategy") else []
    return {
        "office": run.records[illustration.JURISDICTION["key"]],
        key: side,
        **{name: row[name] for name in ("kind", "direction", "summary", "text")},
        "date": run.day(row["day"]),
        "time": time.fromisoformat(row["time"]) if "time" in row else None,
        "is_shared": row.get("is_shared", False),
        "contacts": list(Contact.objects.filter(**{key: side}, email=contact)) if contact else [],
        "partnerships": of_strategy,
        "follow_up_on": run.day(row["follow_up"]) if "follow_up" in row else None,
    }

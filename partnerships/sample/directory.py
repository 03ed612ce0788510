"""Loads the jurisdictions, departments and organizations of the sample, both real and made up."""

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import (
    relate_jurisdictions,
    save_department,
    save_jurisdiction,
    save_organization,
)
from partnerships.directory.models import Identifier
from partnerships.directory.reference import all_places
from partnerships.sample import CHAPTER, cases, illustration
from partnerships.sample.run import MADE_UP, Run, once


def load_directory(run: Run) -> None:
    for row in cases.JURISDICTIONS:
        there = _known_jurisdiction(row)
        if there is not None:
            run.known[row["key"]] = there
        once(run, row, _real_jurisdiction)
    for one, other, key in cases.RELATIONS:
        relate_jurisdictions(one=run.records[one], other=run.records[other], key=key, by=SYSTEM)
    for rows, make in (
        (cases.DEPARTMENTS, _real_department),
        (cases.ORGANIZATIONS, _real_organization),
        ((illustration.JURISDICTION,), _made_up_jurisdiction),
        (illustration.DEPARTMENTS, _made_up_department),
        (illustration.ORGANIZATIONS, _made_up_organization),
    ):
        for row in rows:
            once(run, row, make)


def _known_jurisdiction(row):
    """The jurisdiction that already has this row's identifier, such as one from the reference file.

    None if there is none.
    """
    for scheme in ("ocd", "geoid"):
        found = Identifier.objects.filter(scheme=scheme, value=row[scheme], jurisdiction__isnull=False).first()
        if row[scheme] and found:
            return found.jurisdiction
    return None


def _real_jurisdiction(run, row, why):
    parent = run.records.get(row["parent"])
    fields = {name: row[name] for name in ("name", "kind", "state")}
    fields |= {"parent": parent, "source": CHAPTER, "is_sample": True}
    if parent:
        fields["zone"] = parent.zone
    for place in all_places():
        if row["ocd"] and place.ocd == row["ocd"]:
            fields |= {name: getattr(place, name) for name in ("latitude", "longitude", "population", "zone")}
            fields["source"] += "; place data from the reference file of US places"
    identifiers = [{"scheme": scheme, "value": row[scheme]} for scheme in ("ocd", "geoid") if row[scheme]]
    return save_jurisdiction(by=SYSTEM, fields=fields, identifiers=identifiers, why=why)


def _real_department(run, row, why):
    fields = {name: value for name, value in row.items() if name != "key"}
    fields |= {"jurisdiction": run.records[row["jurisdiction"]], "is_sample": True}
    return save_department(by=SYSTEM, fields=fields, why=why)


def _real_organization(run, row, why):
    fields = {
        "name": row["name"],
        "side": row["side"],
        "kind": run.term("organization_kind", row["kind"]),
        "listing": "named",
        "listing_source": CHAPTER,
        "source": CHAPTER,
        "is_sample": True,
    }
    return save_organization(by=SYSTEM, fields=fields, why=why)


def _made_up_jurisdiction(run, row, why):
    fields = {name: value for name, value in row.items() if name != "key"}
    stages = [{"stage": stage, "since": run.day(days)} for days, stage in illustration.STAGES]
    return save_jurisdiction(by=SYSTEM, fields=fields | MADE_UP, stages=stages, why=why)


def _made_up_department(run, row, why):
    fields = {name: row[name] for name in ("name", "kind", "is_equity_office") if name in row}
    fields |= {
        "jurisdiction": run.records[illustration.JURISDICTION["key"]],
        "parent": run.records.get(row.get("parent")),
        "issue_areas": run.areas_of(row["issue_areas"]),
    }
    return save_department(by=SYSTEM, fields=fields | MADE_UP, contacts=_contacts(run, row), why=why)


def _made_up_organization(run, row, why):
    city = run.records[illustration.JURISDICTION["key"]]
    fields = {name: row[name] for name in ("name", "side", "listing", "aims", "open_fields")}
    fields |= {
        "kind": run.term("organization_kind", row["kind"]),
        "kept_by": city,
        "area": [city],
        "languages": run.terms_of("language", row["languages"]),
        "communities": run.terms_of("community", row["communities"]),
        "led_by": run.terms_of("community", row["led_by"]),
        "issue_areas": run.areas_of(row["issue_areas"]),
    }
    return save_organization(by=SYSTEM, fields=fields | MADE_UP, contacts=_contacts(run, row), why=why)


def _contacts(run, row):
    return [
        {
            "name": name,
            "role": run.term("contact_role", role),
            "email": email,
            "zone": illustration.ZONE,
            "visible_to": readers[0] if readers else "staff",
        }
        for name, role, email, *readers in row["contacts"]
    ]

"""Loads the sample's partnerships: the guide's cases, the made-up strategy, a draft and an advisory committee."""

from decimal import Decimal

from partnerships.core.access import SYSTEM
from partnerships.core.models import type_key
from partnerships.registry.actions import publish_partnership, save_partnership
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES, ConsentWay, Verdict
from partnerships.registry.consent import confirm_seat
from partnerships.registry.inviting import invite_by_email
from partnerships.registry.remarks import show_remark
from partnerships.registry.seats import needs_no_consent
from partnerships.registry.statements import state_by_link
from partnerships.sample import CHAPTER, cases, illustration
from partnerships.sample.run import MADE_UP, Run, once


def load_partnerships(run: Run) -> None:
    for row in cases.PARTNERSHIPS:
        once(run, row, _real_partnership)
    once(run, illustration.STRATEGY, _strategy)
    once(run, illustration.DRAFT, _draft)
    once(run, illustration.COMMITTEE, _committee)


def _fields(run, row):
    fields = {name: row[name] for name in ("title", "kind", "origin_note", "summary")}
    return fields | {
        "purpose": run.term("purpose", row["purpose"]),
        "origin": run.term("origin", row["origin"]),
        "lead": run.records[row["lead"]],
        "issue_areas": run.areas_of(row["issue_areas"]),
    }


def _party(run, key, roles, circle, contribution):
    entity = run.records[key]
    hours = {"backbone": illustration.BACKBONE_HOURS}
    return {
        type_key(entity): entity,
        "circle": circle,
        "contribution": contribution,
        "roles": [{"role": role, "hours_per_month": hours.get(role)} for role in roles],
    }


def _real_partnership(run, row, why):
    fields = _fields(run, row) | {
        "status": "active",
        "status_reason": cases.AS_THE_GUIDE_TELLS_IT,
        "source": CHAPTER,
        "is_sample": True,
    }
    saved = save_partnership(
        by=SYSTEM,
        fields=fields,
        why=why,
        parties=[_party(run, key, roles, "", contribution) for key, roles, contribution in row["parties"]],
        facts=row.get("facts", {}),
        grew_out_of=[run.records[key] for key in row.get("grew_out_of", ())],
        led_to=[{"came_of_it": what} for what in row.get("led_to", ())],
    )
    return publish_partnership(partnership=saved, by=SYSTEM, why=why)


def _strategy(run, row, why):
    facts = illustration.STRATEGY_FACTS
    starts_on = run.day(illustration.STRATEGY_STARTS)
    fields = _fields(run, row) | MADE_UP | {"starts_on": starts_on}
    fields |= {name: row[name] for name in ("status", "common_agenda", "engagement", "internal_notes")}
    fields["communities"] = run.terms_of("community", row["communities"])
    agreement = facts["agreement"] | {
        "amount": Decimal(facts["agreement"]["amount"]),
        "starts_on": starts_on,
        "ends_on": run.day(illustration.AGREEMENT_ENDS),
    }
    saved = save_partnership(
        by=SYSTEM,
        fields=fields,
        why=why,
        parties=[_party(run, *party) for party in illustration.STRATEGY_PARTIES],
        facts=facts | {"agreement": agreement},
    )
    published = publish_partnership(partnership=saved, by=SYSTEM, why=why)
    _confirm_seats(published, asked=run.records[illustration.INVITED], by_link=run.records[illustration.BY_LINK])
    _add_statements(run, published)
    return published


def _confirm_seats(partnership, asked=None, by_link=None):
    """Confirm the seats of a made-up case. `asked` is only invited; the contact of `by_link` confirms by a personal link.

    Departments of the lead don't need to confirm.
    """
    for party in partnership.parties.select_related("partnership__lead", "department", "jurisdiction", "organization"):
        if needs_no_consent(party):
            continue
        if party.entity == asked:
            invite_by_email(party=party, by=SYSTEM, contact=asked.contacts.get(), source=illustration.INVITED_BY)
        elif party.entity == by_link:
            confirm_seat(party=party, by=SYSTEM, way=ConsentWay.LINK, contact=by_link.contacts.get())
        elif party.circle not in OFFICE_ONLY_CIRCLES:
            confirm_seat(party=party, by=SYSTEM)


def _add_statements(run, strategy):
    """Add a dispute by a partner without an account, and a statement by the city that its partners can see first."""
    partner = run.records[illustration.BY_LINK]
    party, contact = strategy.parties.get(organization=partner), partner.contacts.get()
    state_by_link(party=party, contact=contact, mark=0, verdict=Verdict.DISPUTED, words=illustration.DISPUTE)
    show_remark(partnership=strategy, by=SYSTEM, text=illustration.STATEMENT)


def _draft(run, row, why):
    return _save_made_up(run, row, why, illustration.DRAFT_PARTIES, illustration.DRAFT_FACTS)


def _committee(run, row, why):
    saved = _save_made_up(run, row, why, illustration.COMMITTEE_PARTIES, illustration.COMMITTEE_FACTS)
    published = publish_partnership(partnership=saved, by=SYSTEM, why=why)
    _confirm_seats(published)
    return published


def _save_made_up(run, row, why, parties, facts):
    fields = _fields(run, row) | MADE_UP | {"status": row["status"]}
    seats = [_party(run, *party) for party in parties]
    return save_partnership(by=SYSTEM, fields=fields, why=why, parties=seats, facts=facts)

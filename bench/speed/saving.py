"""QP9: saving one partnership, as its form does: its fields and all its parties, committed to disk."""

import random
from statistics import median
from time import perf_counter

from partnerships.models import Partnership, Person
from partnerships.registry.actions import save_partnership

SAVES, MOST_MS = 100, 50
PARTY = ("id", "circle", "starts_on", "ends_on", "contribution", "internal_notes", "consented_on")


def main(name):
    editor, _ = Person.objects.get_or_create(email="bench@example.org", defaults={"is_administrator": True})
    chance, times = random.Random(), []  # random, since a text that is there already would not be saved
    count = Partnership.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for pk in [chance.randrange(1, count + 1) for _ in range(SAVES + 5)]:
        partnership = Partnership.objects.select_related("lead").get(pk=pk)
        fields, parties = _changed(partnership, chance)
        began = perf_counter()
        saved = save_partnership(
            partnership=partnership, by=editor, fields=fields, parties=parties, version=partnership.version
        )
        times.append((perf_counter() - began) * 1000)
        if saved.version != partnership.version + 1:
            raise RuntimeError(f"{partnership.public_id} was not saved")
    times = sorted(times[5:])
    p50, p95 = median(times), times[int(len(times) * 0.95)]
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms", f"p50 ≤ {MOST_MS} ms", len(times), p50 <= MOST_MS


def _changed(partnership, chance):
    """What the form would submit, with another summary and another contribution of the first party."""
    words = f"Seen again on day {chance.randrange(10**6)}."
    fields = {
        name: getattr(partnership, name)
        for name in (
            "title",
            "kind",
            "purpose",
            "origin",
            "status",
            "status_reason",
            "engagement",
            "starts_on",
            "ends_on",
        )
    }
    fields |= {"lead": partnership.lead, "summary": words, "issue_areas": list(partnership.issue_areas.all())}
    parties = []
    for party in partnership.parties.prefetch_related("roles").select_related(
        "jurisdiction", "department", "organization"
    ):
        row = {name: getattr(party, name) for name in PARTY} | {party.entity._meta.model_name: party.entity}
        row["roles"] = [{"role": role.role, "hours_per_month": role.hours_per_month} for role in party.roles.all()]
        parties.append(row)
    parties[0]["contribution"] = words
    return fields, parties

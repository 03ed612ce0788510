"""The addresses of activities, the matrix, gains, plans and of their coverage whose queries test_pages_counts.py counts."""

from django.urls import reverse

OF_PLAN = ("plan", "plan_csv", "plan_edit", "outcome_new")
OF_TABLE = ("partnership_matrix", "partnership_matrix_csv", "activity_new", "gain_new")


def of(world):
    plan, table, activity = world.plan, world.partnership, world.activities[0]
    return {
        **{name: reverse(name, args=[activity.public_id]) for name in ("activity", "activity_edit")},
        **{name: reverse(name, args=[table.public_id]) for name in OF_TABLE},
        **{name: reverse(name, args=[plan.public_id]) for name in OF_PLAN},
        "plans": reverse("plans"),
        "coverage": f"{reverse('coverage')}?jurisdiction={world.people.office.public_id}",
        "outcome_edit": reverse("outcome_edit", args=[plan.public_id, plan.outcomes.first().pk]),
    }

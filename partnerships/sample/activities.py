"""Loads the activities and the plan of the made-up case, and what two of its partners gained."""

from partnerships.core.access import SYSTEM
from partnerships.measurement.activities import save_activity, save_gain
from partnerships.measurement.models import Activity
from partnerships.measurement.plans import save_plan
from partnerships.sample import illustration
from partnerships.sample.calendar import party_of
from partnerships.sample.run import MADE_UP, Run


def load_activities(run: Run) -> None:
    strategy = run.records[illustration.STRATEGY["key"]]
    if Activity.objects.filter(partnership=strategy, is_sample=True).exists():
        return
    outcome = {"partnerships": [strategy]} | illustration.OUTCOME
    plan = save_plan(by=SYSTEM, fields=illustration.PLAN | {"lead": strategy.lead} | MADE_UP, outcomes=[outcome])
    run.new["plans"] += 1
    goals = {"results": list(strategy.results.all()), "outcomes": list(plan.outcomes.all())}
    for row in illustration.ACTIVITIES:
        fields = {name: row[name] for name in ("title", "detail", "kind", "status")} | {
            "starts_on": run.day(row["starts"])
        }
        parts = [{"party": party_of(run, strategy, key), "part": part} for key, part in row["parts"]]
        save_activity(
            by=SYSTEM, fields=fields | {"partnership": strategy, "is_public": True} | goals | MADE_UP, parts=parts
        )
        run.new["activities"] += 1
    for key, text in illustration.GAINS:
        save_gain(party=party_of(run, strategy, key), by=SYSTEM, fields={"text": text, "is_public": True})

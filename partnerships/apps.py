from importlib import import_module

from django.apps import AppConfig

# The modules that register for hooks of lower packages (`core.hooks`), or add to their tables.
REGISTERING = (
    "accounts.claims",
    "accounts.queries",
    "registry.rules",
    "registry.directory_changes",
    "registry.wordings",
    "assessment.partnership_changes",
    "assessment.sealed",
    "assessment.wordings",
    "measurement.partnership_changes",
    "measurement.rules",
    "meetings.partnership_changes",
    "meetings.rules",
    "meetings.attention",
    "meetings.facts",
    "meetings.to_do",
    "notifications.recipients",
    "notifications.digests",
    "notifications.planning",
    "notifications.planned_actions",
    "notifications.planned_numbers",
    "notifications.planned_rounds",
    "notifications.planned_seats",
    "reports.emails",
    "reports.striking",
)


class PartnershipsConfig(AppConfig):
    name = "partnerships"
    verbose_name = "Partnership registry"

    def ready(self):
        for module in REGISTERING:
            import_module(f"partnerships.{module}")

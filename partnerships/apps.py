from importlib import import_module

from django.apps import AppConfig

# Packages that register record types (`core.record_types`).
PACKAGES_WITH_RECORDS = ("directory", "registry", "assessment", "measurement", "meetings", "insight")
# Modules that register for hooks of lower packages (`core.hooks`), or add to their registries.
REGISTERING = (
    "accounts.claims",
    "accounts.queries",
    "registry.rules",
    "registry.directory_changes",
    "registry.label_overrides",
    "assessment.partnership_changes",
    "assessment.respondent_guards",
    "assessment.label_overrides",
    "measurement.partnership_changes",
    "meetings.partnership_changes",
    "meetings.rules",
    "meetings.attention",
    "meetings.facts",
    "meetings.action_items",
    "notifications.recipients",
    "notifications.digests",
    "notifications.action_items",
    "notifications.check_ins",
    "notifications.meetings",
    "notifications.numbers",
    "notifications.partners",
    "notifications.rounds",
    "webhooks.emails",
    "reports.emails",
    "reports.redaction",
)


class PartnershipsConfig(AppConfig):
    name = "partnerships"
    verbose_name = "Partnership registry"

    def ready(self):
        for module in (*(f"{package}.record_types" for package in PACKAGES_WITH_RECORDS), *REGISTERING):
            import_module(f"partnerships.{module}")

import re
from importlib import import_module

from django.apps import AppConfig
from django.core.validators import EmailValidator

# Packages that register record types (`core.record_types`).
PACKAGES_WITH_RECORDS = ("directory", "registry", "assessment", "measurement", "meetings", "interactions", "insight")
# Modules that register for hooks of lower packages (`core.hooks`), or add to their registries.
REGISTERING = (
    "accounts.claims",
    "accounts.queries",
    "accounts.service_accounts",
    "registry.rules",
    "registry.seat_questions",
    "registry.directory_changes",
    "registry.label_overrides",
    "assessment.partnership_changes",
    "assessment.round_sync",
    "assessment.respondent_guards",
    "assessment.successors",
    "assessment.label_overrides",
    "measurement.partnership_changes",
    "meetings.partnership_changes",
    "meetings.contact_changes",
    "meetings.rules",
    "meetings.attention",
    "meetings.facts",
    "meetings.action_items",
    "meetings.successors",
    "interactions.successors",
    "interactions.timeline",
    "interactions.owners",
    "notifications.recipients",
    "notifications.digests",
    "notifications.action_items",
    "notifications.check_ins",
    "notifications.meetings",
    "notifications.namesakes",
    "notifications.numbers",
    "notifications.partners",
    "notifications.rounds",
    "notifications.successors",
    "webhooks.emails",
    "webhooks.delivery",
    "webhooks.successors",
    "reports.emails",
    "reports.redaction",
    "reports.successors",
    "accounts.holdings",
)
# What comes before the @ of an email address. Django's expression ignores case, so ſ and the Kelvin sign pass as s and k,
# and so do control characters between quotation marks. No email gets there.
LOCAL_PART = re.compile(r"[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+(\.[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+)*\Z")


class PartnershipsConfig(AppConfig):
    name = "partnerships"
    verbose_name = "Partnership registry"

    def ready(self):
        EmailValidator.user_regex = LOCAL_PART
        for module in (*(f"{package}.record_types" for package in PACKAGES_WITH_RECORDS), *REGISTERING):
            import_module(f"partnerships.{module}")

"""The part of the table of rights (tests/access.py) for webhooks and service accounts: only for those who manage the body."""

from tests.access_roles import MANAGERS, NOBODY, READ, WRITE, Group

_ORGANIZATION = {"profiled": {"administrator"}, "unlisted with the partner": MANAGERS, "no organization": NOBODY}
_JURISDICTION = {"office": MANAGERS, "jurisdiction": {"administrator"}, "no jurisdiction": NOBODY}
_DEPARTMENT = {"department": MANAGERS, "no department": NOBODY}


# Only an organization's own managers let programs in. Administrators see what there is, and may end it.
_OWN_MANAGERS = {
    "profiled": ({"administrator"}, NOBODY),
    "unlisted with the partner": (MANAGERS, {"manager"}),
    "no organization": NOBODY,
}


def _to_write(records):
    return {record: (who, who) for record, who in records.items()}


# fmt: off
GROUPS = (
    Group("webhooks of an organization", READ, ("organization_webhooks",), _ORGANIZATION),
    Group("webhooks of a jurisdiction", READ, ("jurisdiction_webhooks",), _JURISDICTION),
    Group("webhooks of a department", READ, ("department_webhooks",), _DEPARTMENT),
    Group("a new webhook of an organization", WRITE, ("organization_webhook_new",), _OWN_MANAGERS),
    Group("a new webhook of a jurisdiction", WRITE, ("jurisdiction_webhook_new",), _to_write(_JURISDICTION)),
    Group("a new webhook of a department", WRITE, ("department_webhook_new",), _to_write(_DEPARTMENT)),
    Group("a webhook with its log", READ, ("webhook",), {"webhook": MANAGERS, "no webhook": NOBODY}),
    Group("a delivery of a webhook", READ, ("webhook_delivery",), {"delivery": MANAGERS, "no delivery": NOBODY}),
    Group("changing a webhook", WRITE, ("webhook_edit", "webhook_secret", "webhook_pause", "webhook_resume", "webhook_delete"),
        {"webhook": (MANAGERS, MANAGERS), "no webhook": NOBODY}),
    Group("service accounts of an organization", READ, ("organization_services",), _ORGANIZATION),
    Group("service accounts of a jurisdiction", READ, ("jurisdiction_services",), _JURISDICTION),
    Group("service accounts of a department", READ, ("department_services",), _DEPARTMENT),
    Group("a new service account of an organization", WRITE, ("organization_service_new",), _OWN_MANAGERS),
    Group("a new service account of a jurisdiction", WRITE, ("jurisdiction_service_new",), _to_write(_JURISDICTION)),
    Group("a new service account of a department", WRITE, ("department_service_new",), _to_write(_DEPARTMENT)),
    Group("changing a service account", WRITE, ("service_secret", "service_take_over", "service_revoke"),
        {"service account": (MANAGERS, MANAGERS), "no service account": NOBODY}),
)
# fmt: on

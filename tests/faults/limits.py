"""Limits for strangers: how often they ask, and where they let our server connect to."""

from tests.faults import Fault

KIND = "limits"
FAULTS = [
    Fault(
        KIND,
        "pages of people who aren't signed in aren't limited",
        "return errors.too_many_pages(request, seconds) if seconds else self.get_response(request)",
        "return self.get_response(request)",
        ("tests/web/test_page_limit.py::test_a_network_waits_until_the_minute_is_over",),
    ),
    Fault(
        KIND,
        "webhooks are sent to the relays of 6to4",
        '"192.52.193.0/24", "192.88.99.0/24",',
        '"192.52.193.0/24",',
        ("tests/webhooks/test_addresses.py::test_no_address_of_a_special_block_is_public",),
    ),
]

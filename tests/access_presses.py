"""Buttons that send a POST and have no page of their own, in addition to tests/access.py.

Each is (what it does, its routes, the record). A GET gets a 405 for everyone. tests/web/test_following.py,
tests/web/test_pages_outbox.py, tests/web/test_own_organization.py, tests/webhooks/test_pages.py and
tests/directory/test_identifying.py check who may press them.
"""

PRESSES = (
    ("saying that it is still right", ("organization_still_right",), "profiled"),
    ("following a partnership", ("partnership_follow",), "published"),
    ("following an organization", ("organization_follow",), "profiled"),
    ("following a jurisdiction", ("jurisdiction_follow",), "jurisdiction"),
    ("following a department", ("department_follow",), "department"),
    ("following an issue area", ("issue_area_follow",), "issue area"),
    ("sending an email again", ("email_again",), "email"),
    ("taking words about a number back", ("measure_take_back",), "public measure"),
    ("testing a webhook", ("webhook_test",), "webhook"),
    ("sending a delivery of a webhook again", ("webhook_again",), "delivery"),
    ("ending to follow", ("account_follow_end",), "a followed record"),
    ("confirming a number, or withdrawing that", ("number_confirm", "number_withdraw"), "no number"),
)

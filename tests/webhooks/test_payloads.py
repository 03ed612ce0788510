"""What messages look like for programs, Slack and Microsoft Teams, with text that tries to be more than text."""

import json
from datetime import UTC, datetime

import pytest

from partnerships.notifications.news import News
from partnerships.webhooks import payloads

AT = datetime(2026, 6, 3, 12, tzinfo=UTC)
TITLE = "Homes & <!channel> [gift](https://evil.example)"
PAGE = "https://registry.example.org/partnerships/P-1/"
FACTS = (("status", "It is paused now."), ("partners", "New partner: <@U1>."))
NEWS = News("partnership", "P-1", TITLE, PAGE, FACTS, (), version=4)


def body(format, news=NEWS):
    return json.loads(payloads.of_news(format, news, AT))


def test_programs_get_the_record_and_what_changed():
    assert body("registry") == {
        "type": "partnership.changed",
        "timestamp": "2026-06-03T12:00:00Z",
        "data": {
            "record": {
                "type": "partnership",
                "id": "P-1",
                "title": TITLE,
                "url": PAGE,
                "list": "partnerships",
                "is_illustration": False,
                "version": 4,
            },
            "changes": [
                {"kind": "status", "text": "It is paused now."},
                {"kind": "partners", "text": "New partner: <@U1>."},
            ],
        },
        "text": f"{TITLE}\nIt is paused now.\nNew partner: <@U1>.\n{PAGE}",
    }


def test_slack_gets_text_that_mentions_no_one():
    title = "Homes &amp; &lt;!channel&gt; [gift](https://evil.example)"
    lines = ["• It is paused now.", "• New partner: &lt;@U1&gt;."]
    assert body("slack") == {"text": "\n".join([f"*<{PAGE}|{title}>*", *lines])}


def test_teams_gets_a_card_whose_text_is_no_markdown():
    (attachment,) = body("teams")["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {part["type"] for part in card["body"]} == {"RichTextBlock"}
    texts = [run["text"] for part in card["body"] for run in part["inlines"]]
    assert texts == [TITLE, "• It is paused now.", "• New partner: <@U1>."]
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Open in the registry", "url": PAGE}]


@pytest.mark.parametrize("format", ["registry", "slack", "teams"])
@pytest.mark.parametrize("is_made_up", [False, True])
def test_what_it_said_is_read_back_from_every_format(format, is_made_up):
    facts = tuple(("partners", f"New partner: A & <b> &amp; {n}.") for n in range(25))
    title = f"{TITLE} | more>*"
    text = payloads.of_news(format, News("partnership", "P-1", title, PAGE, facts, (), is_made_up), AT)
    assert payloads.texts_of(text) == [title, *(line for _, line in facts[:20])]


def test_a_long_message_is_cut():
    """Teams refuses messages of more than 28 kB."""
    news = News(
        "partnership", "P-1", "Title", PAGE, tuple(("partners", f"New: {n} {'x' * 300}.") for n in range(300)), ()
    )
    for format in ("registry", "slack", "teams"):
        text = payloads.of_news(format, news, AT)
        assert len(text) < 28_000
        assert "And 280 more." in text

"""What someone reads of a partnership, on all of its tabs together."""

TABS = ("", "partners/", "power/", "results/", "meetings/", "timeline/", "agreement/", "office/")


def whole_page(client, record) -> str:
    """The tabs that this client may open, one below the other."""
    answers = [client.get(f"/partnerships/{record.public_id}/{tab}") for tab in TABS]
    return "\n".join(answer.content.decode() for answer in answers if answer.status_code == 200)

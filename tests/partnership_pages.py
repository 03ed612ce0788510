"""What someone reads of a partnership, on all of its tabs together."""

TABS = ("", "partners/", "power/", "results/", "meetings/", "timeline/", "agreement/", "office/")


def whole_page(client, record) -> str:
    """The tabs that this client may open, one below the other."""
    answers = [client.get(f"/partnerships/{record.public_id}/{tab}") for tab in TABS]
    return "\n".join(answer.content.decode() for answer in answers if answer.status_code == 200)


def entries_shown(answer) -> list[dict]:
    """The entries of a timeline page, latest first: those shown, and those folded."""
    return [row for year in answer.context["years"] for row in (*year["shown"], *year["more"])]

"""The agenda of a meeting as rows that `meetings.save_meeting` takes."""

from partnerships.meetings.models import Meeting

MOST = 100


def with_existing_rows(rows: list[dict], meeting: Meeting | None) -> list[dict]:
    """The same rows with the IDs of existing items, so that those keep their notes.

    A new title takes the ID of an item whose title is gone, since it was probably renamed.
    """
    existing = list(meeting.agenda.all()) if meeting else []
    by_title = {item.title: item for item in existing}
    old_titles, titles = set(by_title), {row["title"] for row in rows}
    renamed = [item for item in existing if item.title not in titles]
    numbered = []
    for row in rows:
        item = by_title.pop(row["title"], None)
        if renamed and row["title"] not in old_titles:
            item = renamed.pop(0)
        numbered.append(row | ({"id": item.pk} if item else {}))
    return numbered

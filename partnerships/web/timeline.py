"""The story of a partnership: its page, and the same entries as a file."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnerships.communication.choices import StoryKind
from partnerships.communication.timeline import kinds_asked
from partnerships.communication.timeline import story as entries_of
from partnerships.core.choices import Side
from partnerships.registry import queries
from partnerships.web.csv import download
from partnerships.web.words import label

# Government stands on the left and community on the right, here as everywhere.
ORDER = {Side.GOVERNMENT: 0, Side.COMMUNITY: 1, Side.INSTITUTION: 2}


def _asked(request, public_id):
    record = queries.partnership(request.user, public_id)
    kinds = kinds_asked(request.GET)
    return record, kinds, entries_of(request.user, record, kinds)


@require_safe
def story(request, public_id):
    record, kinds, entries = _asked(request, public_id)
    here, query = reverse("partnership_timeline", args=[record.public_id]), request.GET.urlencode()
    options = [{"value": k, "label": v, "level": 0, "checked": k in kinds, "count": None} for k, v in StoryKind.choices]
    context = {
        "record": record,
        "entries": [_row(entry) for entry in entries],
        "facets": {"action": here, "groups": [{"legend": "Show", "name": "kind", "options": options}]},
        "chips": [{"label": label(kind, "story_kind"), "url": _without(here, kinds, kind)} for kind in kinds],
        "clear_url": here,
        "download": {
            "csv_url": reverse("partnership_timeline_csv", args=[record.public_id]) + (f"?{query}" if query else ""),
            "rows": "these entries",
        },
        "crumbs": [
            ("Partnerships", reverse("partnerships")),
            (record.title, reverse("partnership", args=[record.public_id])),
        ],
    }
    return render(request, "timeline.html", context)


def _without(here, kinds, kind):
    rest = "&".join(f"kind={other}" for other in kinds if other != kind)
    return f"{here}?{rest}" if rest else here


def _row(entry) -> dict:
    route, *args = entry.link or ("",)
    return {
        "on": entry.on,
        "kind": label(entry.kind, "story_kind"),
        "title": entry.title,
        "url": reverse(route, args=args) if route else "",
        "said": [voice for voice in entry.voices if voice.side == ""],
        "voices": sorted((voice for voice in entry.voices if voice.side), key=lambda voice: ORDER[voice.side]),
    }


COLUMNS = ("date", "kind", "title", "side", "who", "words", "address")


@require_safe
def story_csv(request, public_id):
    record, _, entries = _asked(request, public_id)
    return download(f"{record.public_id}-story.csv", COLUMNS, _csv_rows(request, entries))


def _csv_rows(request, entries):
    for entry in entries:
        row = _row(entry)
        address = request.build_absolute_uri(row["url"]) if row["url"] else ""
        said = [(voice.side, voice.name, voice.words) for voice in row["said"] + row["voices"]]
        for words in said or [("", "", "")]:
            yield [entry.on, entry.kind, entry.title, *words, address]

"""What an empty list suggests."""

from django.utils.translation import gettext

TRIED = 4  # filters of an empty list for which the page says what removing them would show


def empty(page, chips, switches) -> dict:
    """What an empty list suggests to do next: which filter to remove, and what that would show."""
    things = page.noun.all
    counted = [way for switch in switches for way in switch["ways"] if way["count"]]
    here = [str(way["label"]).lower() for way in counted if way["is_on"] and way["narrows"]]
    wider = [way for way in counted if not way["is_on"] and way["count"] != "0"]
    links = [(f"{way['label']}: {page.noun.with_number(way['count'])}", way["url"]) for way in wider]
    if not chips:
        title = gettext("No %(things)s yet") % {"things": things}
        return {"title": _at(title, here), "text": "", "links": links}
    for chip in chips[:TRIED] if page.sheet and len(chips) > 1 else []:
        total, over = page.total_of(**chip["without"])
        if total:
            words = gettext("Remove “%(filter)s”: %(counted)s")
            named = {
                "filter": str(chip["label"]).strip("“”"),
                "counted": page.noun.with_number(page.total_words(total, over)),
            }
            links.append((words % named, chip["url"]))
    links.append(
        (gettext("See all %(things)s") % {"things": things}, page.url(drop=page.params.keys() - {*page.switched}))
    )
    named, text = {"things": things, "text": page.params.get("q", "")}, gettext("Remove a filter to see more.")
    if page.listing.query is None:
        title = gettext("No %(things)s match these filters")
    elif len(chips) > 1:
        title = gettext("No %(things)s match “%(text)s” and these filters")
    else:
        title = gettext("No %(things)s match “%(text)s”")
        text = gettext("Check the spelling, or use fewer words.")
    return {"title": _at(title % named, here), "text": text, "links": links}


def _at(title: str, places: list[str]) -> str:
    return gettext("%(title)s in %(place)s") % {"title": title, "place": places[0]} if places else title

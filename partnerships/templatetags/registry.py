"""Template tags and filters of the registry's pages; loaded in every template."""

from decimal import Decimal

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partnerships.core.languages import own_name
from partnerships.web import words
from partnerships.web.forms import fields
from partnerships.web.once import key_field
from partnerships.web.reports import words as report_words
from partnerships.web.words import day, day_words, label, local_time

register = template.Library()

register.filter("label", label)
register.filter("own_name", own_name)
register.filter("day", day)
register.filter("day_words", day_words)
register.filter("local_time", local_time)
register.filter("gap_line", report_words.gap_line)
register.filter("share_of", report_words.share_words)
register.filter("seats_in_words", report_words.seat_words)

SIDE_CLASSES = {"government": "gov", "community": "com", "institution": "inst"}

# Strokes on a field of 24 by 24, drawn in the color of the text.
ICONS = {
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>',
    "remove": '<path d="m7 7 10 10M17 7 7 17"/>',
    "filter": '<path d="M4 6h16M7 12h10M10 18h4"/>',
    "back": '<path d="M19 12H5m6-6-6 6 6 6"/>',
    "on": '<path d="M5 12h14m-6-6 6 6-6 6"/>',
    "download": '<path d="M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14"/>',
    "care": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5v5.5M12 16.3v.2"/>',
    "done": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "add": '<path d="M12 5v14M5 12h14"/>',
    "edit": '<path d="M4.5 19.5 6 15 16 5l3 3L9 18z"/>',
    "calendar": '<path d="M5 6.5h14v13H5zM5 10.5h14M9 4v4M15 4v4"/>',
    "away": '<path d="M9 6H5v13h13v-4M13 5h6v6M19 5l-8.5 8.5"/>',
}


class _MarksOfForm(CsrfTokenNode):
    def render(self, context):
        return f"{super().render(context)}{key_field()}"


@register.tag
def csrf_token(parser, token):
    """Django's own tag, and the one-time key by which a form is taken once (web.once)."""
    return _MarksOfForm()


@register.simple_tag
def form_key():
    """The one-time key alone, for a form on the page of a personal link."""
    return key_field()


@register.filter
def side_class(side) -> str:
    """The class that draws the mark of a side: square, circle or diamond."""
    return SIDE_CLASSES.get(str(side), "gov")


@register.simple_tag
def icon(name):
    """A small drawing beside a word that says the same; assistive technology skips it."""
    flip = " icon-flip" if name in ("back", "on") else ""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', flip, SafeString(ICONS[name])
    )


@register.simple_tag(takes_context=True)
def moment(context, at) -> str:
    """A moment on the clock of whoever reads the page."""
    return words.moment(at, words.zone_of(context.get("user")))


@register.simple_tag(takes_context=True)
def on(context, at) -> str:
    """The day of a moment, by the same clock."""
    return words.on(at, words.zone_of(context.get("user")))


@register.simple_tag
def control(bound):
    """The input of a form field, told which hint and error belong to it."""
    return fields.control(bound)


@register.simple_tag
def options(bound):
    """The radio buttons or check boxes of a field: tag, label, help and id each."""
    return fields.options(bound)


@register.simple_tag
def explained(bound):
    """The options of a list to pick from that have a help: label and help each."""
    return fields.explained(bound)


@register.filter
def hint(bound) -> str:
    """What a field asks for: its help, and how much text it takes."""
    return fields.hint(bound)


@register.filter
def errors_of(bound) -> list[str]:
    """The errors of a field, in plain words."""
    return fields.errors_of(bound)


@register.filter
def shape(bound) -> str:
    """How a field is drawn: “tiles”, “checks”, “check” or “input”."""
    return fields.shape(bound)


@register.simple_tag
def error_links(forms):
    """Every error of a form, a formset or a list of them: label, text and the address of its field."""
    return fields.error_links(forms if isinstance(forms, (list, tuple)) else [forms])


@register.filter
def iso(value) -> str:
    return value if isinstance(value, str) else value.isoformat()


@register.filter
def money(amount, currency) -> str:
    """“$12,500” or “12,500.50 EUR”."""
    amount = Decimal(str(amount))
    words = f"{amount:,.0f}" if amount == amount.to_integral() else f"{amount:,.2f}"
    return f"${words}" if currency == "USD" else f"{words} {currency}"


@register.filter
def get(mapping, key):
    """The value of a key, or nothing."""
    return mapping.get(key, "") if key is not None else ""


@register.filter
def words_of(name) -> str:
    """A field's name in words: “common agenda”."""
    return name.replace("_", " ")

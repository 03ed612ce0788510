"""Template tags and filters of the registry, which all templates have without `load`."""

import re
from decimal import Decimal

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partnerships.core.languages import own_name
from partnerships.directory.reference.vocabularies import term_name
from partnerships.web.components import adding
from partnerships.web.frame import page_language, words
from partnerships.web.frame.forms import fields
from partnerships.web.frame.idempotency import key_field
from partnerships.web.frame.words import day, day_words, label, local_time
from partnerships.web.reports import words as report_words
from partnerships.web.reports.front_page import front_page

register = template.Library()

register.filter("label", label)
register.filter("closed_words", words.closed_words)
register.filter("own_name", own_name)
register.filter("term_name", term_name)
register.filter("day", day)
register.filter("day_words", day_words)
register.filter("local_time", local_time)
register.filter("gap_line", report_words.gap_line)
register.filter("share_of", report_words.share_words)
register.simple_tag(front_page, name="report_front")
register.filter("seats_in_words", report_words.seat_words)

SIDE_CLASSES = {"government": "gov", "community": "com", "institution": "inst"}

# SVG paths for a viewBox of 24 × 24, stroked in the text color.
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
    """Django's own tag, plus the one-time key that prevents double submits (`web.frame.idempotency`)."""
    return _MarksOfForm()


@register.simple_tag
def form_key():
    """The one-time key without a CSRF token, for forms on pages of personal links."""
    return key_field()


_MARKS = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|\[(?P<words>[^\]]+)\]\((?P<url>[^)\s]+)\)")


@register.filter
def with_marks(text) -> SafeString:
    """A text of a template with its `code`, **strong words** and [links](#here) as HTML, so that it's translated whole.

    The template has escaped its values.
    """
    return SafeString(_MARKS.sub(_marked, str(text)))  # nosec


def _marked(found) -> str:
    if found["code"]:
        return f"<code>{found['code']}</code>"
    if found["strong"]:
        return f"<strong>{found['strong']}</strong>"
    return f'<a href="{found["url"]}">{found["words"]}</a>'


@register.filter
def side_class(side) -> str:
    """The CSS class for the symbol of a side: square, circle or diamond."""
    return SIDE_CLASSES.get(str(side), "gov")


@register.simple_tag
def icon(name):
    """A decorative SVG icon for a text that says the same, so assistive technology skips it."""
    flip = " icon-flip" if name in ("back", "on") else ""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', flip, SafeString(ICONS[name])
    )


@register.simple_tag(takes_context=True)
def moment(context, at) -> str:
    """A date and time in the reader's time zone."""
    return words.moment(at, words.zone_of(context.get("user")))


@register.simple_tag(takes_context=True)
def on(context, at) -> str:
    """The date of a moment in the reader's time zone."""
    return words.on(at, words.zone_of(context.get("user")))


@register.simple_tag
def control(bound):
    """The input of a bound field, with aria attributes for its hint and errors."""
    return fields.control(bound)


@register.simple_tag
def options(bound):
    """The radio buttons or checkboxes of a field, as dicts with tag, label, help and id."""
    return fields.options(bound)


@register.simple_tag
def explained(bound):
    """The options of a select field that have a help text, as dicts with label and help."""
    return fields.explained(bound)


@register.filter
def hint(bound) -> str:
    """The hint of a field: its help text and its maximum length."""
    return fields.hint(bound)


@register.filter
def errors_of(bound) -> list[str]:
    return fields.errors_of(bound)


@register.simple_tag
def checked(name, value, is_checked=False) -> str:
    """The attribute of a box or button of a form without fields: what is checked stays so when the language changes."""
    return "checked" if page_language.is_checked_now(name, value, is_checked) else ""


register.simple_tag(page_language.text_now, name="text_now")


@register.simple_tag
def add_links(bound) -> list[tuple[str, str]]:
    """(text, URL) of pages that add a record, if this field names one that doesn't exist."""
    return adding.links_of_field(bound)


@register.filter
def shape(bound) -> str:
    """How a field is displayed: “tiles”, “checks”, “check”, “long” or “input”."""
    return fields.shape(bound)


@register.simple_tag(takes_context=True)
def error_links(context, forms):
    """All errors of a form, a formset or a list of both, as dicts with the label, the text and the link to the field.

    If there are any, the title of the page says so (`web.frame.middleware.RefusedForms`).
    """
    links = fields.error_links(forms if isinstance(forms, (list, tuple)) else [forms])
    if links and "request" in context:
        context["request"].is_refused = True
    return links


@register.filter
def iso(value) -> str:
    return value if isinstance(value, str) else value.isoformat()


@register.filter
def money(amount, currency) -> str:
    """An amount with its currency: “$12,500” or “12,500.50 EUR”."""
    amount = Decimal(str(amount))
    words = f"{amount:,.0f}" if amount == amount.to_integral() else f"{amount:,.2f}"
    return f"${words}" if currency == "USD" else f"{words} {currency}"


@register.filter
def get(mapping, key):
    """The value of a key in a dict, or ""."""
    return mapping.get(key, "") if key is not None else ""


@register.filter
def words_of(name) -> str:
    """The name of a field with spaces: “common agenda”."""
    return name.replace("_", " ")

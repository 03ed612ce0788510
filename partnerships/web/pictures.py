"""Pictures drawn by the server, as SVG with classes and no styles. Each says in words what it shows, beside a table."""

from django.utils.html import format_html, format_html_join

LEFT, WIDE = 20, 280  # where level 0 stands, and how far the highest
ALIKE = 0.35  # levels: marks nearer than this stand one above the other
SHAPES = {"government": "gov", "lead": "gov", "community": "com", "others": "inst", "institution": "inst"}


def dumbbell(marks, words: str, top: int = 4):
    """Two sides on the scale from 0 to `top`. `marks`: up to two of (side's key, level, spread as (low, high) or None)."""
    step = WIDE // top
    place = {key: LEFT + step * level for key, level, _ in marks}
    heights = dict.fromkeys(place, 26)
    band = ""
    if len(marks) == 2:
        low, high = sorted(place.values())
        if high - low < ALIKE * step:
            heights = dict(zip(place, (15, 37), strict=True))
        else:
            band = format_html('<path class="v-gap" d="M{} 26H{}"/>', low, high)
    ticks = format_html_join(
        "",
        '<path class="v-tick" d="M{} 18V34"/><text class="v-scale" x="{}" y="61">{}</text>',
        ((LEFT + step * n, LEFT + step * n, n) for n in range(top + 1)),
    )
    drawn = format_html_join("", "{}{}", ((_spread(*one, heights, step), _mark(*one, heights, step)) for one in marks))
    track = format_html('<path class="v-track" d="M{} 26H{}"/>', LEFT, LEFT + WIDE)
    head = format_html('<svg class="v dumbbell" viewBox="0 0 320 66" role="img" aria-label="{}">', words)
    return format_html("{}{}{}{}{}</svg>", head, track, ticks, band, drawn)


def sealed(words: str):
    """A scale of which nothing is shown yet."""
    return format_html(
        '<svg class="v dumbbell" viewBox="0 0 320 66" role="img" aria-label="{}"><path class="v-track" d="M20 26H300"/>'
        '<rect class="v-sealed" x="12" y="12" width="296" height="28" rx="14"/>'
        '<text class="v-sealword" x="160" y="31">Sealed</text></svg>',
        words,
    )


def _mark(key, level, _, heights, step):
    x, y, shape = LEFT + step * level, heights[key], SHAPES.get(key, "gov")
    if shape == "com":
        return format_html('<circle class="v-mark v-com" cx="{}" cy="{}" r="11"/>', x, y)
    if shape == "inst":
        corners = f"M{x} {y - 12}L{x + 12} {y}L{x} {y + 12}L{x - 12} {y}Z"
        return format_html('<path class="v-mark v-inst" d="{}"/>', corners)
    return format_html('<rect class="v-mark v-gov" x="{}" y="{}" width="20" height="20" rx="3"/>', x - 10, y - 10)


def _spread(key, _, spread, heights, step):
    if not spread:
        return ""
    low, high = (LEFT + step * level for level in spread)
    is_first = SHAPES.get(key, "gov") == "gov"
    y = heights[key] - 14 if is_first else heights[key] + 14
    line = f"M{low} {y}H{high}M{low} {y - 3}v6M{high} {y - 3}v6"
    return format_html('<path class="v-spread v-{}" d="{}"/>', SHAPES.get(key, "gov"), line)

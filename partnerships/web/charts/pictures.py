"""Charts of survey rounds as SVG with classes and without styles.

Each says in words what it shows, and is next to a table.
"""

from dataclasses import dataclass

from django.utils.html import format_html, format_html_join

LEFT, WIDE = 20, 280  # the x of level 0, and the distance to the highest level
ALIKE = 0.35  # in levels; closer marks are drawn one above the other
SHAPES = {"government": "gov", "lead": "gov", "community": "com", "others": "inst", "institution": "inst"}


@dataclass(frozen=True)
class Mark:
    """A side, by its key, on the scale.

    It is at one level, with the lowest and highest answer if those are shown, or has a `band` of two levels.
    """

    key: str
    level: float
    spread: tuple[float, float] | None = None
    band: tuple[float, float] | None = None


def dumbbell(marks, words: str, top: int = 4):
    """Up to two sides on the scale from 0 to `top`."""
    step = WIDE // top
    heights = {mark.key: 26 for mark in marks}
    gap = ""
    if len(marks) == 2:
        low, high = sorted(LEFT + step * mark.level for mark in marks)
        if high - low < ALIKE * step or any(mark.band for mark in marks):
            heights = dict(zip(heights, (15, 37), strict=True))
        else:
            gap = format_html('<path class="v-gap" d="M{} 26H{}"/>', low, high)
    ticks = format_html_join(
        "",
        '<path class="v-tick" d="M{} 18V34"/><text class="v-scale" x="{}" y="61">{}</text>',
        ((LEFT + step * n, LEFT + step * n, n) for n in range(top + 1)),
    )
    drawn = format_html_join("", "{}{}", ((_spread(mark, heights, step), _mark(mark, heights, step)) for mark in marks))
    track = format_html('<path class="v-track" d="M{} 26H{}"/>', LEFT, LEFT + WIDE)
    head = format_html('<svg class="v dumbbell" viewBox="0 0 320 66" role="img" aria-label="{}">', words)
    return format_html("{}{}{}{}{}</svg>", head, track, ticks, gap, drawn)


def sealed(words: str):
    """An empty scale, for answers that are sealed."""
    return format_html(
        '<svg class="v dumbbell" viewBox="0 0 320 66" role="img" aria-label="{}"><path class="v-track" d="M20 26H300"/>'
        '<rect class="v-sealed" x="12" y="12" width="296" height="28" rx="14"/>'
        '<text class="v-sealword" x="160" y="31">Sealed</text></svg>',
        words,
    )


def _mark(mark, heights, step):
    shape, y = SHAPES.get(mark.key, "gov"), heights[mark.key]
    if mark.band:
        low, high = (LEFT + step * level for level in mark.band)
        box = '<rect class="v-mark v-{}" x="{}" y="{}" width="{}" height="16" rx="8"/>'
        return format_html(box, shape, low - 8, y - 8, high - low + 16)
    x = LEFT + step * mark.level
    if shape == "com":
        return format_html('<circle class="v-mark v-com" cx="{}" cy="{}" r="11"/>', x, y)
    if shape == "inst":
        corners = f"M{x} {y - 12}L{x + 12} {y}L{x} {y + 12}L{x - 12} {y}Z"
        return format_html('<path class="v-mark v-inst" d="{}"/>', corners)
    return format_html('<rect class="v-mark v-gov" x="{}" y="{}" width="20" height="20" rx="3"/>', x - 10, y - 10)


def _spread(mark, heights, step):
    if not mark.spread:
        return ""
    low, high = (LEFT + step * level for level in mark.spread)
    shape = SHAPES.get(mark.key, "gov")
    y = heights[mark.key] - 14 if shape == "gov" else heights[mark.key] + 14
    line = f"M{low} {y}H{high}M{low} {y - 3}v6M{high} {y - 3}v6"
    return format_html('<path class="v-spread v-{}" d="{}"/>', shape, line)

"""Pictures of shared measurement: each is given plain values and gives a Picture, drawn by measure/_picture.html."""

from partnerships.web.dots_picture import dots_picture
from partnerships.web.measure_drawing import Picture
from partnerships.web.measure_files import png, standalone_svg
from partnerships.web.measure_values import Apart, Disparity, Dots, Group, Line, Panels, Point, Trend
from partnerships.web.panels_picture import panels_picture
from partnerships.web.ratio_picture import ratio_picture
from partnerships.web.trend_picture import trend_picture

__all__ = [
    "Apart",
    "Disparity",
    "Dots",
    "Group",
    "Line",
    "Panels",
    "Picture",
    "Point",
    "Trend",
    "dots_picture",
    "panels_picture",
    "png",
    "ratio_picture",
    "standalone_svg",
    "trend_picture",
]

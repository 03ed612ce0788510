"""All charts of measures. Each takes plain values and returns a Picture for measures/_picture.html."""

from partnerships.web.charts.dots import dots_picture
from partnerships.web.charts.drawing import Picture
from partnerships.web.charts.files import png, standalone_svg
from partnerships.web.charts.panels import panels_picture
from partnerships.web.charts.ratio import ratio_picture
from partnerships.web.charts.trend import trend_picture
from partnerships.web.charts.values import Disparity, Dots, Group, GroupDisparity, Line, Panels, Point, Trend

__all__ = [
    "Disparity",
    "Dots",
    "Group",
    "GroupDisparity",
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

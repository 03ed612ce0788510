"""The one door to what is reckoned of numbers by group: rates, disparities, intervals, forecasts, and what must not be shown."""

from partnerships.measurement.forecasts import Forecast, forecast
from partnerships.measurement.intervals import Interval, difference_interval, interval, ratio_interval
from partnerships.measurement.rates import (
    COUNT,
    DIMENSIONS,
    EVENTS,
    PROPORTION,
    Cell,
    Disparity,
    combined,
    disparity,
    group_of,
    key_of,
    rate,
    summed,
    worse_side,
)
from partnerships.measurement.suppression import SUPPRESSED, is_small, pattern, protected, protected_periods

__all__ = [
    "COUNT",
    "DIMENSIONS",
    "EVENTS",
    "PROPORTION",
    "SUPPRESSED",
    "Cell",
    "Disparity",
    "Forecast",
    "Interval",
    "combined",
    "difference_interval",
    "disparity",
    "forecast",
    "group_of",
    "interval",
    "is_small",
    "key_of",
    "pattern",
    "protected",
    "protected_periods",
    "rate",
    "ratio_interval",
    "summed",
    "worse_side",
]

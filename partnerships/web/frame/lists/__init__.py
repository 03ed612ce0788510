"""Pages of lists.

`page` has what every list shows, `filters` its filters, `filter_pages` the pages where people choose them.
"""

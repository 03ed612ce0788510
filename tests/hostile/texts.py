"""Texts of a megabyte that make regular expressions backtrack, or that grow when they are normalized."""

MB = 1_000_000
_REPEATED = (
    *("a", "1", " ", "@", ",", "_", "a ", "a.", "a@", "1.", "\n\n ", "https:", "d/b/a ", "[["),
    # Grow when normalized, and combining marks that have to be reordered.
    *("ﷺ", "e\u0301", "\u0300\u0316"),
)
_STARTED = {
    "d and spaces": ("d", " ", "x"),
    "a, k and spaces": ("a.k", " ", "x"),
    "a letter and marks": ("a", "\u0300\u0316", ""),
    "a mailbox without a server": ("a@", "a", " "),
    "a midnight without an end": (" 00:00:00.", "0", "x"),
    "a date of digits": ("2026-", "0", ""),
    "a link without an end": ("https://example.org/by-lin", "https:", "k"),
}


def _full(start, unit, end):
    size = len((start + end).encode())
    return start + unit * ((MB - size) // len(unit.encode())) + end


def inputs() -> dict:
    """Return name → a function that returns the text."""
    found = {}
    for unit in _REPEATED:
        found[f"{unit!a} again and again, and another sign"] = lambda unit=unit: _full("", unit, "!")
    for name, parts in _STARTED.items():
        found[name] = lambda parts=parts: _full(*parts)
    return found


INPUTS = inputs()
JSONS = {
    "many lists": lambda: _full("[", "[],", "0]"),
    "many objects": lambda: _full("[", '{"":0},', "0]"),
    "many names": lambda: "{" + ",".join(f'"{n:x}":0' for n in range(100_000)) + "}",
    "one name again and again": lambda: _full("{", '"a":0,', '"b":0}'),
    "lists in lists": lambda: "[" * (MB // 2) + "]" * (MB // 2),
    "objects in objects": lambda: '{"a":' * (MB // 6) + "0" + "}" * (MB // 6),
    "one number": lambda: _full("[", "9", "]"),
    "one fraction": lambda: _full("[0.", "9", "]"),
    "an exponent": lambda: _full("[1e", "9", "]"),
    "many numbers": lambda: _full("[", "1000,", "0]"),
    "many texts": lambda: "[" + ",".join(f'"{n:x}"' for n in range(120_000)) + "]",
    "escapes": lambda: _full('["', "\\u00e9", '"]'),
    "half of a pair": lambda: _full('["', "\\ud800", '"]'),
    "a text without an end": lambda: _full('["', "a", ""),
    "line ends": lambda: _full("[", "\n", "]"),
}
ORGANIZATIONS = {  # as HSDS writes them
    "many organizations": lambda: _full("[", '{"name":"a"},', '{"name":"b"}]'),
    "many contacts": lambda: _full('{"name":"a","contacts":[', '{"name":"b"},', '{"name":"c"}]}'),
    "many contacts of a long name": lambda: _full(
        '{"name":"' + "a" * (MB // 2) + '","contacts":[', '{"name":"b"},', '{"name":"c"}]}'
    ),
    "many values": lambda: '{"name":"a",' + ",".join(f'"{n:x}":0' for n in range(100_000)) + "}",
}

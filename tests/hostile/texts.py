"""Texts of a megabyte that are slow for an expression that goes back, or that grow when they are normalized."""

MB = 1_000_000
_REPEATED = (
    *("a", "1", " ", "\n", "\t", "-", "@", ".", ",", "(", "[", "<", "_", "’", "é", "\r", "\u2028", "\x01", "\xa0"),
    *("a.", "a ", "d ", "d/", "a@", ", ", ",a", "a,", "1,", "1.", "1e", "’a", "a’", "a_", "a-", "$ ", ". ", "; ", "| "),
    *(
        "\n ",
        "\n\n ",
        "by-link",
        "https:",
        "https:/",
        "by-link%2F",
        "USD",
        "FY ",
        "Q 1",
        "00:00",
        "reg_",
        "reg_a",
        "one ",
    ),
    *(
        "a.k.a",
        "d/b/a ",
        "a/k",
        "inc, ",
        ",inc",
        "co-op ",
        "MN, ",
        ", MN 1",
        "M-000000-",
        "/M-000000-1",
        "utm_",
        "password",
    ),
    *('{"a":', "[[", '"', '",', '"\n', "eyJ", "~", ":", "=", "%", "%2", "&", "#", "\\"),
    # What grows when it is normalized, and marks that are to be put in order.
    *("ﷺ", "½", "Ǻ", "e\u0301", "\u0301", "\u0300\u0316", "\u0316\u0300", "\u1e9b\u0323", "각", "İ", "ß", "０", "﷼"),
)
_STARTED = {
    "letters and a space": ("a", " ", "!"),
    "a digit and a word": ("1", "0", "x"),
    "d and spaces": ("d", " ", "x"),
    "a, k and spaces": ("a.k", " ", "x"),
    "a comma and spaces": (",", " ", "x"),
    "a sign and spaces": ("+", " ", "1"),
    "a quarter and spaces": ("Q1", " ", "x"),
    "a fiscal year and spaces": ("FY", " ", "x"),
    "a bracket and digits": ("(", "1", ")"),
    "a bracket and spaces": ("a (", " ", "x"),
    "a letter and marks": ("a", "\u0300\u0316", ""),
    "a mailbox without a server": ("a@", "a", " "),
    "a midnight without an end": (" 00:00:00.", "0", "x"),
    "a date of digits": ("2026-", "0", ""),
    "a token of digits": ("", "0", "-20260101"),
    "a link without an end": ("https://example.org/by-lin", "https:", "k"),
}


def _full(start, unit, end):
    size = len((start + end).encode())
    return start + unit * ((MB - size) // len(unit.encode())) + end


def inputs() -> dict:
    """Name → a function that gives the text."""
    found = {}
    for unit in _REPEATED:
        found[f"{unit!a} again and again, and another sign"] = lambda unit=unit: _full("", unit, "!")
    for name, parts in _STARTED.items():
        found[name] = lambda parts=parts: _full(*parts)
    return found


INPUTS = inputs()

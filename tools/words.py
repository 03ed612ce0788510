"""Finds words that our plain English doesn't use, in docs, docstrings and comments: `python tools/words.py [PATH …]`.

Prints each hit with the word to use instead, and exits with 1 if there is one. Code, quotes and `code in backticks` aren't
checked. A hit that is right gets an entry in EXCEPTIONS with its reason.
"""

import ast
import io
import re
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Pattern → what to write instead.
WORDS = {
    r"stands?|stood": "is, appears",
    r"hangs?|hung": "belongs to, is linked to",
    r"beside": "next to, with",
    r"anew": "again",
    r"lately": "recently",
    r"meanwhile": "since then, in the meantime",
    r"whoever|whomever": "the person who, anyone who",
    r"whom": "who",
    r"noughts?": "zero",
    r"somebody": "someone",
    r"nobody": "no one",
    r"for good": "permanently",
    r"lets? go|letting go": "deletes, removes",
    r"(?:takes?|took|taken|taking) back": "withdraw, undo",
    r"(?:writes?|wrote|written|writing) down": "record",
    r"so long": "until",
    r"of which": "a sentence of its own",
    r"any more": "no longer",
    r"made one": "merged",
    r"tell(?:s|ing)? apart|told apart|apart": "distinct, separate",
    r"reckon\w*": "calculate",
    r"owe[sd]?|owing": "due, overdue",
    r"not said": "not provided",
    r"no zero": "none of them counts as zero",
    r"letters?": "email",
    r"she|hers|herself": "they",
    r"humans?": "person",
    r"makeups?": "composition",
}
PATTERNS = [(re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.I), instead) for words, instead in WORDS.items()]
# What is checked: docs and code, except migrations, which say what they did in the words of their day.
CHECKED = [
    "*.md",
    "docs/**/*.md",
    "equity/**/*.py",
    "partnerships/*.py",
    "partnerships/core/*.py",
    "partnerships/mail/*.py",
    "partnerships/directory/*.py",
    "partnerships/accounts/*.py",
    "partnerships/registry/*.py",
    "partnerships/assessment/*.py",
    "partnerships/measurement/*.py",
    "partnerships/meetings/*.py",
    "partnerships/notifications/*.py",
    "partnerships/webhooks/*.py",
    "partnerships/insight/*.py",
    "partnerships/reports/*.py",
    "partnerships/records/**/*.py",
    "partnerships/api/*.py",
    "partnerships/web/**/*.py",
    "partnerships/management/**/*.py",
    "partnerships/sample/*.py",
    "partnerships/templatetags/*.py",
    "tests/**/*.py",
    "bench/**/*.py",
]
# Not checked: figures quote what was measured then.
NOT_CHECKED = [
    "docs/figures.md",
]
# File and word → why it is right there.
EXCEPTIONS = {
    # what a mail server does, as bench/chaos/mailserver.py names it
    ("docs/operating.md", "hangs"): "the name of a fault",
    # the characters of words, codes and ids
    ("docs/words.md", "letters"): "characters of a code",
    ("partnerships/core/codes.py", "letters"): "characters",
    ("partnerships/core/ids.py", "letter"): "character",
    ("partnerships/core/models.py", "letters"): "characters",
    ("partnerships/core/search.py", "letters"): "characters",
    ("partnerships/core/search_words.py", "letter"): "character",
    ("partnerships/core/search_words.py", "letters"): "characters",
    ("partnerships/core/text.py", "letter"): "character",
    ("partnerships/core/text.py", "letters"): "characters",
    ("partnerships/directory/name_similarity.py", "letter"): "character",
    ("partnerships/directory/name_similarity.py", "letters"): "characters",
    ("partnerships/directory/name_words.py", "letter"): "character",
    ("partnerships/measurement/matrix.py", "letters"): "columns of a spreadsheet",
    # what the retention settings call it
    ("docs/operating.md", "letters"): "a key of a setting",
    # a distance
    ("docs/decisions/0017-sealed-rounds.md", "apart"): "the label of a spread",
    ("docs/words.md", "apart"): "the label of a spread",
    ("partnerships/assessment/gaps.py", "apart"): "the label of a spread",
    ("partnerships/measurement/rates.py", "apart"): "a distance",
    ("partnerships/measurement/suppression.py", "apart"): "a distance",
    ("partnerships/reports/work.py", "apart"): "a distance in time",
}


def prose(path):
    """(line, text) of what is checked in a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        text = re.sub(r"```.*?```", lambda block: "\n" * block[0].count("\n"), text, flags=re.S)
        return list(enumerate(text.split("\n"), 1))
    out = []
    for node in ast.walk(ast.parse(text)):
        has_docstring = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if has_docstring and ast.get_docstring(node, clean=False):
            string = node.body[0].value
            out += enumerate(string.value.split("\n"), string.lineno)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            out.append((token.start[0], token.string))
    return sorted(out)


def hits(path, name):
    for line, text in prose(path):
        text = re.sub(r"`[^`]*`|“[^”]*”|\"[^\"]*\"|\*[A-Z][^*]*\*|\S*[_/]\S*", " ", text)
        for pattern, instead in PATTERNS:
            for found in pattern.finditer(text):
                if (name, found[0].lower()) not in EXCEPTIONS:
                    yield f"{name}:{line}: “{found[0]}”, write: {instead}"


def main(chosen):
    paths = [ROOT / one for one in chosen] or sorted({path for glob in CHECKED for path in ROOT.glob(glob)})
    found = []
    for path in paths:
        name = path.relative_to(ROOT).as_posix()
        if chosen or name not in NOT_CHECKED:
            found += hits(path, name)
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

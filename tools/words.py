"""Finds words that our plain English doesn't use: `python tools/words.py [PATH …]`.

Checks docs, docstrings and comments, and what people read: templates, and string literals of the application. Prints each hit
with the word to use instead, and exits with 1 if there is one. A hit that is right gets an entry in EXCEPTIONS with its reason.
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
# The same for what people read, where code keeps other names.
WORDS_ON_PAGES = WORDS | {
    r"part(?:y|ies)": "partner",
    r"(?<!advisory )(?<!regional )bod(?:y|ies)": "office or organization",
    r"cancell(?:ed|ing)": "canceled",
    r"conven[o]rs?": "convener",
    r"mail address(?:es)?": "email address",
    r"shall": "should, will",
    r"spelt": "spelled",
    r"(?:un)?tick(?:s|ed)?": "check, uncheck",
    r"\w+'\w+": "the apostrophe ’",
}


def _compiled(words):
    """A pattern of all words, and each word's pattern with what to write instead."""
    one_by_one = [(re.compile(rf"(?<![\w-])(?:{word})(?![\w-])", re.I), instead) for word, instead in words.items()]
    return re.compile("|".join(pattern.pattern for pattern, _ in one_by_one), re.I), one_by_one


PATTERNS, PATTERNS_ON_PAGES = _compiled(WORDS), _compiled(WORDS_ON_PAGES)
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
    "templates/**/*.*",
    "tests/**/*.py",
    "bench/**/*.py",
]
# Not checked: figures quote what was measured then.
NOT_CHECKED = [
    "docs/figures.md",
]
# String literals that aren't checked: names of models, and quotes of a published guide.
NOT_READ = [
    "partnerships/models.py",
    "partnerships/sample/cases.py",
]
# What is left out before the check: code, quotes and paths in prose; paths and placeholders in what people read.
_NOT_PROSE = r"`[^`]*`|“[^”]*”|\"[^\"]*\"|\*[A-Z][^*]*\*|\S*[_/]\S*"
_NOT_READ = r"%\(\w+\)s|\S*[_/]\S*"
# Texts in quotes in a template tag, and attributes that people read or hear.
_QUOTED = r"\"([^\"]*)\""
_READ_ATTRIBUTE = r"(?:alt|aria-label|content|data-l|placeholder|title)=\"([^\"]*)\""
# File and word → why it is right there.
EXCEPTIONS = {
    # what a mail server does, as tests/chaos/mailserver.py names it
    ("docs/operating.md", "hangs"): "the name of a fault",
    ("partnerships/records/imports/synonyms.py", "letter"): "what other systems call it",
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
    ("partnerships/directory/skeletons.py", "letter"): "character",
    ("partnerships/directory/skeletons.py", "letters"): "characters",
    ("docs/decisions/0029-one-notion-of-a-name.md", "letter"): "character",
    ("docs/decisions/0029-one-notion-of-a-name.md", "letters"): "characters",
    ("tests/spellings.py", "letters"): "characters",
    ("tests/faults/identities.py", "letter"): "character",
    ("partnerships/measurement/activity_matrix.py", "letters"): "columns of a spreadsheet",
    # in what people read: characters, and letters on paper
    ("partnerships/api/schemas.py", "letters"): "characters",
    ("partnerships/core/table_files.py", "letters"): "characters",
    ("partnerships/directory/filters.py", "letters"): "characters",
    ("partnerships/directory/models.py", "letters"): "characters",
    ("partnerships/management/commands/load_places.py", "letters"): "characters",
    ("partnerships/directory/identifying.py", "letters"): "characters",
    ("partnerships/web/office/forms/label_overrides.py", "letters"): "characters",
    ("partnerships/web/partnerships/forms/seats.py", "letters"): "characters",
    ("partnerships/web/account/forms/sign_in.py", "letters"): "characters",
    ("templates/404_mistyped.html", "letter"): "character",
    ("templates/404_mistyped.html", "letters"): "characters",
    ("partnerships/web/organizations/forms/claim.py", "letter"): "on paper",
    ("templates/partnerships/seat_invite.html", "letter"): "on paper",
    ("templates/partnerships/seat_letter.html", "letter"): "on paper",
    # the body of a request or response
    ("partnerships/api/errors.py", "body"): "of a request",
    ("partnerships/api/schema.py", "body"): "of a request",
    ("templates/public/developers.html", "body"): "of a request",
    # columns, keys and statuses that programs know
    ("partnerships/api/examples.py", "party"): "an object of the API",
    ("partnerships/api/schemas.py", "party"): "an object of the API",
    ("partnerships/core/search_sql.py", "body"): "a column",
    ("partnerships/registry/publication.py", "body"): "a column",
    ("partnerships/registry/pulls.py", "body"): "a column",
    ("partnerships/registry/document_queries.py", "body"): "a column",
    ("partnerships/meetings/calendar.py", "cancelled"): "a status of iCalendar",
    ("partnerships/records/imports/kinds/partnerships.py", "party"): "a key",
    # headings that an import still knows, in people's own files
    ("partnerships/measurement/plan_fields.py", "party"): "a heading",
    ("partnerships/measurement/plan_fields.py", "stands"): "a heading",
    ("partnerships/records/imports/fields.py", "letters"): "a heading",
    ("partnerships/records/imports/headings.py", "mail address"): "a heading",
    ("partnerships/records/imports/fields.py", "party"): "a heading",
    # words in names of offices and organizations
    ("partnerships/api/hsds.py", "human"): "Human Services",
    ("partnerships/directory/name_words.py", "human"): "in names",
    ("partnerships/records/imports/fields.py", "human"): "Human Services",
    ("partnerships/sample/illustration.py", "human"): "Human Services",
    # what the retention settings call it
    ("docs/operating.md", "letters"): "a key of a setting",
    # a distance
    ("docs/decisions/0017-sealed-rounds.md", "apart"): "the label of a spread",
    ("docs/words.md", "apart"): "the label of a spread",
    ("partnerships/assessment/gaps.py", "apart"): "the label of a spread",
    ("partnerships/measurement/rate_math.py", "apart"): "a distance",
    ("partnerships/measurement/suppression.py", "apart"): "a distance",
    ("partnerships/reports/work.py", "apart"): "a distance in time",
    ("partnerships/web/components/round_words.py", "apart"): "the label of a spread",
    ("templates/assessment/round/_items.html", "apart"): "the label of a spread",
}


def prose(path):
    """(line, text) of docs, docstrings and comments in a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        text = re.sub(r"```.*?```", lambda block: "\n" * block[0].count("\n"), text, flags=re.S)
        return list(enumerate(text.split("\n"), 1))
    if path.suffix != ".py":
        return []
    out = []
    for string in _docstrings(ast.parse(text)):
        out += enumerate(string.value.split("\n"), string.lineno)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            out.append((token.start[0], token.string))
    return sorted(out)


def read_by_people(path, name):
    """(line, text) of what people read in a file.

    In a template: all but its tags, comments and attributes; of these, texts in quotes, titles and labels. In the application:
    each string literal that has a space or begins with a capital letter, but for docstrings.
    """
    if name.startswith("templates/"):
        return _of_template(path.read_text(encoding="utf-8"))
    if name.startswith("partnerships/") and path.suffix == ".py":
        return _of_code(ast.parse(path.read_text(encoding="utf-8")))
    return []


def _of_template(text):
    def kept(found):
        texts = re.findall(_QUOTED if found[0][0] == "{" else _READ_ATTRIBUTE, found[0])
        read = " ".join(one for one in texts if " " in one or one[:1].isupper())
        return "\n" * found[0].count("\n") + f" {read} "

    text = re.sub(
        r"\{% comment.*?endcomment %\}|<style.*?</style>", lambda found: "\n" * found[0].count("\n"), text, flags=re.S
    )
    text = re.sub(r"\{[{%].*?[%}]\}", kept, text, flags=re.S)
    text = re.sub(r"<[^<>]*>", kept, text)
    return list(enumerate(text.split("\n"), 1))


def _of_code(tree):
    docstrings = {id(string) for string in _docstrings(tree)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        if is_text and (" " in node.value or node.value[:1].isupper()):
            yield node.lineno, node.value


def _docstrings(tree):
    for node in ast.walk(tree):
        can_have = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if can_have and ast.get_docstring(node, clean=False) is not None:
            yield node.body[0].value


def hits(path, name):
    """The hits of a file, one line of text each."""
    kinds = [(prose(path), _NOT_PROSE, PATTERNS)]
    if name not in NOT_READ:
        kinds.append((read_by_people(path, name), _NOT_READ, PATTERNS_ON_PAGES))
    for texts, left_out, (any_word, patterns) in kinds:
        for line, text in texts:
            if not any_word.search(text):
                continue
            text = re.sub(left_out, " ", text)
            for pattern, instead in patterns:
                for found in pattern.finditer(text):
                    if (name, found[0].lower()) not in EXCEPTIONS:
                        yield f"{name}:{line}: “{found[0]}”, write: {instead}"


def all_hits():
    """The hits of all files that are checked."""
    paths = sorted({path for glob in CHECKED for path in ROOT.glob(glob) if path.is_file()})
    names = [(path, path.relative_to(ROOT).as_posix()) for path in paths]
    return [hit for path, name in names if name not in NOT_CHECKED for hit in hits(path, name)]


def main(chosen):
    paths = [ROOT / one for one in chosen]
    found = [hit for path in paths for hit in hits(path, path.relative_to(ROOT).as_posix())] if chosen else all_hits()
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What PDF/UA-1 (ISO 14289-1) requires of a file and a program can check, read from the file's structure.

Whether descriptions of pictures are good and the order makes sense, people have to check.
"""

import re
from itertools import pairwise

import pypdf

HEADINGS = re.compile(r"/H([1-6])")


def problems(content) -> list[str]:
    """Return what is wrong with a file, one line each."""
    reader = pypdf.PdfReader(content)
    root = reader.trailer["/Root"]
    found = [*_of_the_whole(reader, root)]
    if "/StructTreeRoot" not in root:
        return [*found, "no structure"]
    elements = list(_elements(root["/StructTreeRoot"]))
    return [
        *found,
        *_headings(elements),
        *_figures(elements),
        *_tables(elements),
        *_links(reader, elements),
        *_pages(reader),
    ]


def _of_the_whole(reader, root):
    if not root.get("/MarkInfo", {}).get("/Marked") or root.get("/MarkInfo", {}).get("/Suspects"):
        yield "not marked as tagged"
    if not root.get("/Lang"):
        yield "no language"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "the title is not shown"
    metadata = root["/Metadata"].get_object().get_data().decode() if "/Metadata" in root else ""
    if 'pdfuaid:part="1"' not in metadata and "<pdfuaid:part>1<" not in metadata:
        yield "does not say that it is PDF/UA-1"
    if "<dc:title>" not in metadata or not reader.metadata.title:
        yield "no title"
    if reader.is_encrypted:
        yield "locked"


def _elements(node):
    """All structure elements, in reading order."""
    node = node.get_object()
    if isinstance(node, pypdf.generic.DictionaryObject):
        if "/S" in node:
            yield node
        for child in _children(node):
            yield from _elements(child)


def _children(node):
    children = node.get("/K", [])
    children = children if isinstance(children, list) else [children]
    return [one for one in children if not isinstance(one, int)]


def _headings(elements):
    levels = [int(match[1]) for one in elements if (match := HEADINGS.fullmatch(str(one["/S"])))]
    if not levels or levels[0] != 1 or levels.count(1) != 1:
        yield f"headings begin {levels[:3]}"
    yield from (f"H{a} is followed by H{b}" for a, b in pairwise(levels) if b > a + 1)


def _figures(elements):
    yield from ("a figure without words" for one in elements if one["/S"] == "/Figure" and not one.get("/Alt"))


def _tables(elements):
    """Each cell refers to its header cells by id, or the header cells have a scope."""
    for table in (one for one in elements if one["/S"] == "/Table"):
        rows = [one for one in _elements(table) if one["/S"] == "/TR"]
        cells = [[cell.get_object() for cell in _children(row)] for row in rows]
        if len({sum(_span(cell) for cell in row) for row in cells}) > 1:
            yield "rows of different lengths"
        heads = [cell for row in cells for cell in row if cell["/S"] == "/TH"]
        ids, scoped = (
            {cell.get("/ID") for cell in heads} - {None},
            heads and all(_attribute_of(cell, "/Scope") for cell in heads),
        )
        for cell in (cell for row in cells for cell in row if cell["/S"] == "/TD"):
            named = _attribute_of(cell, "/Headers") or []
            if not scoped and (not named or not ids.issuperset(named)):
                yield "a cell without a heading"


def _span(cell):
    return _attribute_of(cell, "/ColSpan") or 1


def _attribute_of(cell, name):
    attributes = cell.get("/A", [])
    for one in attributes if isinstance(attributes, list) else [attributes]:
        if name in one.get_object():
            return one.get_object()[name]
    return None


def _links(reader, elements):
    """Each link is part of the structure and has a description."""
    links = [a.get_object() for page in reader.pages for a in page.get("/Annots", ())]
    links = [one for one in links if one["/Subtype"] == "/Link"]
    yield from ("a link outside of the structure" for one in links if "/StructParent" not in one)
    yield from ("a link without words" for one in links if not one.get("/Contents"))
    if links and not any(one["/S"] == "/Link" for one in elements):
        yield "links are not tagged"


def _pages(reader):
    for number, page in enumerate(reader.pages, 1):
        if page.get("/Tabs") != "/S":
            yield f"page {number}: the order of tabs is not that of the structure"
        if page.get("/StructParents") is None:
            yield f"page {number}: not in the structure"
        yield from (f"page {number}: {what}" for what in _untagged(page))
        for font in page["/Resources"].get("/Font", {}).values():
            yield from (f"page {number}: {what}" for what in _not_embedded(font.get_object()))


def _untagged(page):
    """Marks on the page that are neither tagged nor artifacts."""
    depth = 0
    for _, operator in pypdf.generic.ContentStream(page.get_contents(), page.pdf).operations:
        if operator in (b"BMC", b"BDC"):
            depth += 1
        elif operator == b"EMC":
            depth -= 1
        elif operator in _DRAWS and depth == 0:
            yield f"something untagged ({operator.decode()})"
            return


_DRAWS = {
    b"Tj",
    b"TJ",
    b"'",
    b'"',
    b"Do",
    b"sh",
    b"INLINE IMAGE",
    b"S",
    b"s",
    b"f",
    b"F",
    b"f*",
    b"B",
    b"B*",
    b"b",
    b"b*",
}


def _not_embedded(font):
    below = [one.get_object() for one in font.get("/DescendantFonts", [font])]
    for one in below:
        described = one.get("/FontDescriptor", {}).get_object() if "/FontDescriptor" in one else {}
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described):
            yield f"{font.get('/BaseFont')} is not embedded"
    if "/ToUnicode" not in font:
        yield f"{font.get('/BaseFont')} does not say which letters it draws"

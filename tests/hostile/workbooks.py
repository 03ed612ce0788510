"""Spreadsheets of a megabyte, XLSX and CSV, that are slow to read, large or misleading."""

import io
import random
import struct
import zipfile

MB = 1_000_000
BOOK = "xl/workbook.xml"
SHEET = "xl/worksheets/sheet1.xml"
_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DOCTYPE = b'<!DOCTYPE worksheet [<!ENTITY a "aaaa">]>'


def _book(sheets=1):
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, sheets + 1))
    return f'<workbook {_NS} xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>'


def _relations(sheets=1):
    rows = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, sheets + 1)]
    rows += [("t", "sharedStrings", "sharedStrings.xml"), ("s", "styles", "styles.xml")]
    listed = "".join(f'<Relationship Id="{i}" Type="{_RELATIONS}/{kind}" Target="{to}"/>' for i, kind, to in rows)
    return f"<Relationships>{listed}</Relationships>"


def sheet(rows="", *, before="", after="") -> str:
    return f"<worksheet {_NS}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"


TEXTS = "<sst><si><t>Name</t></si><si><t>EIN</t></si></sst>"
STYLES = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
HEAD = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'


def book(main=None, *, method=zipfile.ZIP_DEFLATED, sheets=1, **parts) -> bytes:
    """Return a workbook with this XML as its sheet. `parts`: workbook, relations, texts, styles, or `more` (name → text)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr(BOOK, parts.get("workbook", _book(sheets)))
        made.writestr("xl/_rels/workbook.xml.rels", parts.get("relations", _relations(sheets)))
        made.writestr("xl/sharedStrings.xml", parts.get("texts", TEXTS))
        made.writestr("xl/styles.xml", parts.get("styles", STYLES))
        for n in range(1, sheets + 1):
            made.writestr(f"xl/worksheets/sheet{n}.xml", main if main is not None else sheet(HEAD))
        for name, text in parts.get("more", {}).items():
            made.writestr(name, text)
    return out.getvalue()


def padded(content: bytes) -> bytes:
    """The same workbook with an image of random bytes, a megabyte in all, since the size of a file limits what is read."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED) as made:
        made.writestr("xl/media/image1.png", random.Random(1).randbytes(max(0, MB - len(content) - 300)))
    return out.getvalue()


def _rows(count, cells, cell="<c><v>{n}</v></c>"):
    line = "".join(cell.format(n=n) for n in range(cells))
    return HEAD + "".join(f'<row r="{n}">{line}</row>' for n in range(2, count + 2))


def _many(text, size=12 * MB):
    return text * (size // len(text))


def _patched(content, changes):
    """Change numbers in the file's central directory: for each entry (offset in it, format, value)."""
    content, at = bytearray(content), content.find(b"PK\x01\x02")
    while at >= 0:
        for offset, form, value in changes:
            struct.pack_into(form, content, at + offset, value)
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def _overlapping():
    """Return an archive whose entries all unpack the same bytes, under other names."""
    plain = book(more={"xl/media/a.bin": b"\0" * 3_000_000})
    with zipfile.ZipFile(io.BytesIO(plain)) as made:
        infos = made.infolist()
        last = infos[-1]
        out = io.BytesIO(plain)
        for n in range(25):
            twin = zipfile.ZipInfo(f"xl/media/b{n}.bin")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(twin, name, getattr(last, name))
            infos.append(twin)
    with zipfile.ZipFile(out, "a") as made:
        made.filelist, made._didModify = infos, True
    return out.getvalue()


def _nested(times=6):
    content = b"\0" * 100_000_000
    for n in range(times):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr(f"{n}.zip", content)
        content = out.getvalue()
    return content


def _shared_rows():
    line = "".join(f'<c t="s"><v>{n % 2}</v></c>' for n in range(100))
    return HEAD + "".join(f'<row r="{n}">{line}</row>' for n in range(2, 1_400))


WORKBOOKS = {
    "as many numbers as a sheet holds": lambda: padded(book(sheet(_rows(10_000, 100)))),
    "as many numbers as are read": lambda: padded(book(sheet(_rows(2_700, 100)))),
    "as many texts as are read": lambda: padded(book(sheet(_shared_rows()))),
    "as many inline texts as are read": lambda: padded(
        book(sheet(_rows(1_400, 100, '<c t="inlineStr"><is><t>text {n}</t></is></c>')))
    ),
    "as many days as are read": lambda: padded(book(sheet(_rows(1_400, 100, '<c s="1"><v>4{n:04}</v></c>')))),
    "as many formulas as are read": lambda: padded(book(sheet(_rows(1_400, 100, "<c><f>A1+{n}</f><v>1</v></c>")))),
    "cells without anything": lambda: padded(book(sheet(HEAD + '<row r="2">' + _many("<c/>") + "</row>"))),
    "a row of a million cells": lambda: padded(book(sheet(HEAD + '<row r="2">' + _many("<c><v>1</v></c>") + "</row>"))),
    "cells without an order": lambda: padded(book(sheet('<row r="1">' + _many('<c r="A1"><v>1</v></c>') + "</row>"))),
    "a million rows": lambda: padded(book(sheet(HEAD + _many("<row/>")))),
    "a million hidden rows": lambda: padded(book(sheet(HEAD + _many('<row hidden="1"><c><v>1</v></c></row>')))),
    "a million columns": lambda: padded(book(sheet(HEAD, before="<cols>" + _many('<col hidden="1"/>') + "</cols>"))),
    "a million texts": lambda: padded(book(texts="<sst>" + _many("<si><t>x</t></si>", 17 * MB) + "</sst>")),
    "a text of a million pieces": lambda: padded(book(texts="<sst><si>" + _many("<r><t>x</t></r>") + "</si></sst>")),
    "a text of twelve megabytes": lambda: padded(book(texts="<sst><si><t>" + _many("x") + "</t></si></sst>")),
    "texts of many characters": lambda: padded(
        book(texts="<sst>" + ("<si><t>" + "x" * 9_900 + "</t></si>") * 1_500 + "</sst>")
    ),
    "texts of rare characters": lambda: padded(
        book(texts="<sst>" + ("<si><t>" + "\U0001f600" * 9_900 + "</t></si>") * 390 + "</sst>")
    ),
    "a million styles": lambda: padded(
        book(styles="<styleSheet><cellXfs>" + _many('<xf numFmtId="14"/>') + "</cellXfs></styleSheet>")
    ),
    "formats that go back": lambda: padded(
        book(
            styles="<styleSheet><numFmts>"
            + "".join(f'<numFmt numFmtId="{n}" formatCode="' + "[" * 250 + '"/>' for n in range(200, 4_000))
            + "</numFmts><cellXfs>"
            + "".join(f'<xf numFmtId="{n}"/>' for n in range(200, 4_000))
            + "</cellXfs></styleSheet>"
        )
    ),
    "a million merged cells": lambda: padded(
        book(sheet(HEAD, after="<mergeCells>" + _many('<mergeCell ref="A1:CV9000"/>') + "</mergeCells>"))
    ),
    "merged cells over each other": lambda: padded(
        book(
            sheet(
                _rows(9_000, 2),
                after="<mergeCells>"
                + "".join(f'<mergeCell ref="A{n}:CV9000"/>' for n in range(1, 2_000))
                + "</mergeCells>",
            )
        )
    ),
    "merged cells in every row": lambda: padded(
        book(
            sheet(
                _rows(9_000, 14),
                after="<mergeCells>"
                + "".join(f'<mergeCell ref="P{n * 4 + 2}:CV{n * 4 + 5}"/>' for n in range(2_000))
                + "</mergeCells>",
            )
        )
    ),
    "tags in tags": lambda: padded(book(sheet(_many("<a>")))),
    "a tag of megabytes": lambda: padded(book(f"<worksheet a='{_many('x')}'/>")),
    "a tag of many attributes": lambda: padded(
        book("<worksheet " + " ".join(f'a{n}="1"' for n in range(300_000)) + "/>")
    ),
    "attributes of one hash": lambda: padded(book(sheet(_many('<row r="x" a="1" b="1" c="1" d="1" e="1" f="1"/>')))),
    "a comment of megabytes": lambda: padded(book(f"<worksheet><!--{_many('x')}--></worksheet>")),
    "many comments": lambda: padded(book(sheet(_many("<!--x-->")))),
    "many instructions": lambda: padded(book(sheet(_many("<?x y?>")))),
    "spaces": lambda: padded(book(sheet(_many(" ", 30 * MB)))),
    "entities of XML": lambda: padded(
        book(sheet("<row r='1'><c t='inlineStr'><is><t>" + _many("&amp;") + "</t></is></c></row>"))
    ),
    "many sheets": lambda: padded(book(sheet(_rows(20, 60)), sheets=190)),
    "too many sheets": lambda: book(workbook=_book(100_000)),
    "many relations": lambda: padded(
        book(relations="<Relationships>" + _many('<Relationship Id="a" Target="b"/>') + "</Relationships>")
    ),
    "numbers of many digits": lambda: padded(book(sheet(_rows(1_000, 20, "<c><v>" + "9" * 600 + "</v></c>")))),
    "no end": lambda: padded(book(sheet(_rows(1_000, 60))[:-200])),
    "bytes of no file": lambda: b"PK\x03\x04" + random.Random(2).randbytes(MB),
    "a table of contents of many": lambda: _of_entries(18_000),
}


def _of_entries(count):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for n in range(count):
            made.writestr(f"{n:x}", "")
    return out.getvalue()


# These must always be refused, since none of them is a table.
REFUSED = {
    "a document type": lambda: book("<!DOCTYPE worksheet>" + sheet(HEAD)),
    "an entity": lambda: book(DOCTYPE.decode() + sheet(HEAD)),
    "a document type behind a comment": lambda: book(b"<!--" + b"x" * 5_000 + b"-->" + DOCTYPE + sheet(HEAD).encode()),
    "a document type behind 400 kB of comment": lambda: book(
        b"<!--" + b"x" * 400_000 + b"-->" + DOCTYPE + sheet(HEAD).encode()
    ),
    "a document type behind comments": lambda: book(b"<!--x-->" * 200_000 + DOCTYPE + sheet(HEAD).encode()),
    "a document type behind an instruction": lambda: book(
        b"<?x " + b"x" * 5_000 + b"?>" + DOCTYPE + sheet(HEAD).encode()
    ),
    "a document type behind spaces": lambda: book(b"\n" * 100_000 + DOCTYPE + sheet(HEAD).encode()),
    "a document type in UTF-16": lambda: book((DOCTYPE.decode() + sheet(HEAD)).encode("utf-16")),
    "a document type in another encoding": lambda: book(
        b'<?xml version="1.0" encoding="utf-16be"?>' + (DOCTYPE.decode() + sheet(HEAD)).encode("utf-16be")
    ),
    "entities of entities": lambda: book(
        '<!DOCTYPE a [<!ENTITY a0 "ha">'
        + "".join(f'<!ENTITY a{n} "' + f"&a{n - 1};" * 10 + '">' for n in range(1, 12))
        + "]>"
        + sheet('<row r="1"><c t="inlineStr"><is><t>&a11;</t></is></c></row>')
    ),
    "one entity many times": lambda: book(
        '<!DOCTYPE a [<!ENTITY a "'
        + "x" * 100_000
        + '">]>'
        + sheet('<row r="1"><c t="inlineStr"><is><t>' + "&a;" * 10_000 + "</t></is></c></row>")
    ),
    "an entity of a file": lambda: book(
        '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        + sheet('<row r="1"><c t="inlineStr"><is><t>&a;</t></is></c></row>')
    ),
    "an entity of a server": lambda: book(
        '<!DOCTYPE a [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>' + sheet(HEAD)
    ),
    "a document type elsewhere": lambda: book('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x">' + sheet(HEAD)),
    "a document type in the texts": lambda: book(texts=DOCTYPE.decode() + TEXTS),
    "a document type in the styles": lambda: book(
        sheet('<row r="1"><c s="1"><v>1</v></c></row>'), styles=DOCTYPE.decode() + STYLES
    ),
    "a document type in the workbook": lambda: book(workbook=DOCTYPE.decode() + _book()),
    "a document type in the relations": lambda: book(relations=DOCTYPE.decode() + _relations()),
    "a bomb of spaces": lambda: book(b"<worksheet>" + b" " * 90_000_000),
    "a bomb of rows": lambda: book(sheet(HEAD + _many("<row/>", 90 * MB))),
    "a bomb in a part that nobody reads": lambda: book(more={"xl/media/a.bin": b"\0" * 90_000_000}),
    "parts that share their bytes": lambda: _overlapping(),
    "files in files": lambda: _nested(),
    "thousands of parts": lambda: book(more={f"xl/media/{n}": "" for n in range(2_000)}),
    "two parts of one name": lambda: _twice(),
    "packed by LZMA": lambda: book(method=zipfile.ZIP_LZMA),
    "packed by BZIP2": lambda: book(method=zipfile.ZIP_BZIP2),
    "a password": lambda: _patched(book(), [(8, "<H", 1)]),
    "sizes that are lies": lambda: _patched(book(), [(24, "<I", 0xFFFFFFF0)]),
    "small sizes that are lies": lambda: _patched(book(sheet(_rows(500, 50))), [(24, "<I", 40)]),
    "sizes of zip64 without them": lambda: _patched(book(), [(20, "<I", 0xFFFFFFFF), (24, "<I", 0xFFFFFFFF)]),
    "offsets behind the end": lambda: _patched(book(), [(42, "<I", 0x7FFFFFFF)]),
    "half of a file": lambda: (whole := book(sheet(_rows(500, 50))))[: len(whole) // 2],
}


def _twice():
    out = io.BytesIO(book())
    with zipfile.ZipFile(out, "a") as made:
        made.writestr("xl/worksheets/sheet2.xml", sheet(HEAD))
        made.filelist.append(made.filelist[-1])
        made._didModify = True
    return out.getvalue()


# These are read, without anything outside the sheet.
READ = {
    "a size that is a lie": lambda: book(sheet(HEAD, before='<dimension ref="A1:XFD1048576"/>')),
    "a link to another file": lambda: book(
        more={"xl/externalLinks/externalLink1.xml": '<externalLink><externalBook r:id="x"/></externalLink>'}
    ),
    "a sheet elsewhere": lambda: book(
        relations=_relations().replace(
            "<Relationships>",
            '<Relationships><Relationship Id="rId1" Type="x/worksheet" TargetMode="External" Target="http://127.0.0.1:9/x"/>',
        )
    ),
    "a sheet outside of the file": lambda: book(
        relations=_relations().replace(
            "<Relationships>",
            '<Relationships><Relationship Id="x" Type="x/worksheet" Target="../../../../etc/passwd"/>',
        )
    ),
    "a macro": lambda: book(more={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"x" * 500}),
    "another workbook inside": lambda: book(more={"xl/embeddings/a.xlsx": book()}),
}


def _csv(start, unit, end="", encoding="utf-8"):
    return (start + unit * ((MB - len(start) - len(end)) // len(unit.encode(encoding))) + end).encode(encoding)


NAMES = "Name,EIN\n"
CSVS = {
    "a quotation mark that never ends": lambda: _csv(NAMES + '"', "x"),
    "a quotation mark over many lines": lambda: _csv(NAMES + '"', "x\n"),
    "quotation marks": lambda: _csv(NAMES, '"'),
    "empty quotations": lambda: _csv(NAMES, '"",'),
    "a quotation in each line": lambda: _csv(NAMES, '"a",""\n'),
    "commas": lambda: _csv(NAMES, ","),
    "lines": lambda: _csv(NAMES, "\n"),
    "lines of the old kind": lambda: _csv("Name,EIN\r", "x,y\r"),
    "short lines": lambda: _csv(NAMES, "x,\n"),
    "lines without anything": lambda: _csv(NAMES, ",\n"),
    "headings again and again": lambda: _csv(NAMES, NAMES),
    "headings alone": lambda: _csv("Name," * 101 + "\n", "x,"),
    "as many cells as are read": lambda: _csv(",".join(["Name"] * 100) + "\n", ",".join(["x"] * 100) + "\n"),
    "one cell": lambda: _csv("", "x"),
    "one long heading": lambda: _csv("Name,", "x"),
    "a heading of marks": lambda: _csv("Name,a", "\u0300\u0316"),
    "cells of marks": lambda: _csv(NAMES, "a" + "\u0300\u0316" * 2_400 + ",x\n"),
    "a heading of what grows": lambda: _csv("Name,", "ﷺ"),
    "titles above": lambda: _csv("", "ﷺ\n"),
    "all kinds of marks": lambda: _csv("", ",;\t|"),
    "what may be a web page": lambda: _csv("", " "),
    "what may be a web page after all": lambda: _csv("", "\n", "<"),
    "a sign of Excel's own": lambda: _csv("sep=;\n", ";"),
    "a sign that is a quotation mark": lambda: _csv('sep="\n', "x"),
    "a sign that is a line": lambda: _csv("sep=\r\n", "x,"),
    "wide letters": lambda: _csv("Name,EIN\n", "x,y\n", encoding="utf-16"),
    "half a wide letter": lambda: b"\xff\xfe" + b"\x00\xd8" * (MB // 2),
    "letters of Windows": lambda: NAMES.encode() + b"\xe9,x\n" * (MB // 4),
    "zeros between": lambda: _csv(NAMES, "x\0"),
    "nothing but zeros": lambda: b"\0" * MB,
    "nothing but spaces": lambda: b" " * MB,
    "control characters": lambda: _csv(NAMES, "\x1f,\x0b\n"),
    "rare characters": lambda: _csv(NAMES, "\U0001f600,x\n"),
}

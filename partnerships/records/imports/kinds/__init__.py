"""How files of each kind are imported, by `ImportKind`. `imports.fields` says what they may hold."""

from partnerships.records.imports.kinds import contacts, departments, numbers, organizations, partnerships

IMPORTERS = {
    "organizations": organizations.IMPORTER,
    "contacts": contacts.IMPORTER,
    "departments": departments.IMPORTER,
    "partnerships": partnerships.IMPORTER,
    "numbers": numbers.IMPORTER,
}

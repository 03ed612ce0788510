"""How a file of each kind is imported, by `ImportKind`. What it may hold is in `imports.fields`."""

from partnerships.records.imports.kinds import contacts, departments, numbers, organizations, partnerships

IMPORTERS = {
    "organizations": organizations.IMPORTER,
    "contacts": contacts.IMPORTER,
    "departments": departments.IMPORTER,
    "partnerships": partnerships.IMPORTER,
    "numbers": numbers.IMPORTER,
}

"""How files of each kind are imported: `ImportKind` → the importer of the module with its name.

`imports.fields` says what the files may hold.
"""

from importlib import import_module

from partnerships.accounts.choices import ImportKind

IMPORTERS = {kind.value: import_module(f"{__name__}.{kind.value}").IMPORTER for kind in ImportKind}

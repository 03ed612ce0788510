"""Addresses of imports, each at another step, for insight_addresses.py."""

import urllib.request

from tests.browser import forms

BOUNDARY = "a-boundary-between-parts"


class ImportAddresses:
    @property
    def import_columns(self):
        return self._brought("Name,Our own words,Web site\nColumn readers,x,\n")

    @property
    def import_empty_columns(self):
        return self._brought("One,Two\nx,y\n")

    @property
    def import_new(self):
        return self._compared("Name,Side,Web site\nPreview singers,Community,https://singers.example.org\n")

    @property
    def import_changed(self):
        self.staff.make_organization("Preview gardeners", website="https://old.example.org")
        return self._compared("Name,Web site,Aims\nPreview gardeners,https://new.example.org,Gardens\n")

    @property
    def import_alike(self):
        self.staff.make_organization("Preview Riverside Tenants Union")
        return self._compared("Name,Side\nPreview Riverside Tenants Unions,Community\n")

    @property
    def import_refused(self):
        return self._compared("Name,Side,EIN\n,Goverment,1234567\n")

    @property
    def import_written(self):
        path = self._compared("Name,Side\nPreview written makers,Community\n")
        self.staff.send(path, do="write")
        self.site.do_background_work()
        return path

    @property
    def import_to_undo(self):
        return f"{self['import_written']}undo/"

    @property
    def import_undone(self):
        path = self._compared("Name,Side\nPreview short-lived makers,Community\n")
        self.staff.send(path, do="write")
        self.site.do_background_work()
        self.staff.send(f"{path}undo/")
        self.site.do_background_work()
        return path

    @property
    def import_skipping(self):
        path = self._compared("Name,Side\nPreview skipped makers,Community\nPreview skipped riders,Comunity\n")
        self.staff.send(path, do="skip-errors")
        self.site.do_background_work()
        return path

    @property
    def import_to_remove(self):
        return f"{self['import_new']}remove/"

    @property
    def imports(self):
        return self["import_new"] and "/imports/"

    def _compared(self, rows):
        columns = self._brought(rows)
        self.staff.send(columns)
        path = columns.removesuffix("columns/")
        self.site.do_background_work()
        return path

    def _brought(self, rows):
        """Return the page that matches the columns of a new file."""
        fields = forms.values(self.staff.get("/imports/").text) | {"kind": ["organizations"]}
        parts = [(f'form-data; name="{name}"', str(value)) for name, values in fields.items() for value in values]
        parts.append(('form-data; name="file"; filename="list.csv"', rows))
        body = "".join(f"--{BOUNDARY}\r\nContent-Disposition: {head}\r\n\r\n{text}\r\n" for head, text in parts)
        request = urllib.request.Request(f"{self.site.base}/imports/", f"{body}--{BOUNDARY}--\r\n".encode())
        request.add_header("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        return self.staff.open(request).url.removeprefix(self.site.base)

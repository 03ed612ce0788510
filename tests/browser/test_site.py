"""The registry for tasks is the same before each task."""

from tests.browser.site import STAFF


def test_a_restored_registry_has_forgotten_what_was_done(task_site):
    before = task_site.visitor().get("/partnerships.csv").text
    path = task_site.signed_in(STAFF).make_partnership("Contract that is gone", publish=True)
    newcomer = task_site.sign_in("newcomer@example.org")
    assert "Contract that is gone" in task_site.visitor().get("/partnerships.csv").text

    task_site.restore()
    assert task_site.visitor().get("/partnerships.csv").text == before
    assert task_site.visitor().get(path).status == 404
    assert "/sign-in/" in newcomer.get("/account/").url
    assert task_site.signed_in(STAFF).get("/account/").url.endswith("/account/")
    assert list((task_site.var / "mail").glob("*.eml")) == []


def test_a_restored_registry_has_forgotten_how_often_things_were_tried(task_site):
    for _ in range(2):
        tries = [task_site.visitor().send("/code/", code="ABCD-EFGH-JKMN").status for _ in range(61)]
        assert tries == [422] * 60 + [429]  # printed codes from one network in ten minutes
        task_site.restore()


def test_background_work_is_done_when_asked(task_site):
    staff = task_site.signed_in(STAFF)
    page = staff.send("/files/new/organizations/?columns=id,name").url.removeprefix(task_site.base)
    task_site.do_background_work()
    assert "The file is ready" in staff.get(page).text

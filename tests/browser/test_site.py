"""The registry for tasks is the same before each task."""

from tests.browser.site import STAFF


def test_a_restored_registry_has_forgotten_what_was_done(desk):
    before = desk.visitor().get("/partnerships.csv").text
    path = desk.signed_in(STAFF).make_partnership("Contract that is gone", publish=True)
    newcomer = desk.sign_in("newcomer@example.org")
    assert "Contract that is gone" in desk.visitor().get("/partnerships.csv").text

    desk.restore()
    assert desk.visitor().get("/partnerships.csv").text == before
    assert desk.visitor().get(path).status == 404
    assert "/sign-in/" in newcomer.get("/account/").url
    assert desk.signed_in(STAFF).get("/account/").url.endswith("/account/")
    assert list((desk.var / "mail").glob("*.eml")) == []


def test_a_restored_registry_has_forgotten_how_often_things_were_tried(desk):
    for _ in range(2):
        tries = [desk.visitor().send("/code/", code="ABCD-EFGH-JKMN").status for _ in range(61)]
        assert tries == [422] * 60 + [429]  # printed codes from one network in ten minutes
        desk.restore()


def test_background_work_is_done_when_asked(desk):
    staff = desk.signed_in(STAFF)
    page = staff.send("/files/new/organizations/?columns=id,name").url.removeprefix(desk.base)
    desk.do_background_work()
    assert "The file is ready" in staff.get(page).text

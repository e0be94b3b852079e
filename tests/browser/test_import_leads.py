"""Leads from a CSV file, and two of them that are one person."""

from uuid import uuid4


def test_import_then_merge(open_page, tmp_path):
    mark = uuid4().hex[:8]
    phone = f"+49 30 {int(mark, 16) % 10**8:08d}"
    rows = (f"Ann Müller;ann@{mark}.example;Acme;{phone}", f"A. Müller;am@{mark}.example;;{phone}", "Ben;nobody;Acme;")
    path = tmp_path / "leads.csv"
    path.write_text("\n".join(("Ansprechpartner;Mail;Firma;Telefon", *rows)), encoding="cp1252")
    page = open_page()
    page.goto("/leads/import")
    page.get_by_label("CSV file").set_input_files(path)
    page.get_by_role("button", name="Upload and look at it").click()
    page.get_by_text("Say which column has the interest").wait_for()
    page.wait_for_load_state()  # what is chosen before scripts run is shown with the next change
    page.get_by_label("Interest").fill("voice bots")
    page.get_by_label("Company", exact=True).fill("Beta")
    page.get_by_label("Company", exact=True).press("Tab")
    page.locator("#preview tbody tr").nth(1).get_by_text("Beta").wait_for()
    page.locator("#preview").get_by_text("refused").wait_for()
    assert page.locator("#preview tbody tr").nth(1).inner_text().split("\t")[1:4] == [
        "A. Müller",
        f"am@{mark}.example",
        "Beta",
    ]
    page.get_by_role("button", name="Import 3 rows").click()
    page.get_by_text("What became of it").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the refused rows").click()
    assert "nobody" in download.value.path().read_text(encoding="utf-8-sig")
    page.get_by_role("link", name="Look at the leads").click()
    page.get_by_role("link", name="Ann Müller").first.click()
    page.get_by_role("link", name="Merge with another lead").click()
    page.get_by_label("E-mail of the other lead").fill(f"am@{mark}.example")
    page.get_by_role("button", name="Look at both").click()
    page.get_by_role("group", name="Company").get_by_label("Beta").check()
    page.get_by_role("button", name="Merge them").click()
    page.get_by_text("A. Müller is merged into Ann Müller.").wait_for()
    assert "Beta" in page.locator(".subtitle").inner_text()
    assert f"Merged with A. Müller (am@{mark}.example)." in page.locator(".lead-notes").inner_text()

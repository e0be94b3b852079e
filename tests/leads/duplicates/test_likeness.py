"""By what leads are recognised."""

from leads import likeness


def test_phones():
    same = ("+49 170 1234567", "0170/1234567", "0049 (170) 123-45-67", "٠١٧٠١٢٣٤٥٦٧")
    assert len({likeness.phone_of(phone) for phone in same}) == 1
    assert likeness.phone_of("555-1234") == "5551234"
    assert {likeness.phone_of(phone) for phone in ("", "12345", "0000000000", "call me", "1" * 30)} == {""}


def test_people():
    same = (("Ann Lee", "Acme GmbH & Co. KG"), ("Lee, Ann", "ACME"), ("ann  LÉE", "Acme, Inc."))
    assert {likeness.person_of(*pair) for pair in same} == {"ann lee|acme"}
    others = (("Ann", "Acme"), ("Ann Lee", ""), ("Ann Lee", "GmbH"), ("Ann Lee", "Not said"), ("", "Acme"))
    assert {likeness.person_of(*pair) for pair in others} == {""}


def test_mailboxes():
    same = ("ann@acme.example", "Ann+news@mail.acme.co.uk", "ann@acme.de")
    assert {likeness.mailbox_of(email) for email in same} == {"ann@acme"}
    assert likeness.mailbox_of("a.lee@gmail.com") == likeness.mailbox_of("alee+x@gmail.com")
    assert likeness.mailbox_of("ann@yahoo.com") != likeness.mailbox_of("ann@yahoo.de")
    assert {likeness.mailbox_of(email) for email in ("info@acme.example", "+x@acme.example", "ann")} == {""}


def test_keys_tell_their_kind():
    keys = likeness.keys_of(name="Ann Lee", email="ann@acme.example", company="Acme", phone="")
    assert set(keys) == {"name", "email"}
    assert len(set(keys.values())) == 2

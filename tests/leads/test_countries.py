"""Where somebody spoke from, by what a conversation's metadata tells."""

import pytest

from leads.countries import country_of


@pytest.mark.parametrize(
    ("metadata", "country"),
    [
        ({}, ""),
        ({"country": "de"}, "DE"),
        ({"country": " UK "}, "GB"),
        ({"country": "Germany", "phone": "+49 1511 2345678"}, "DE"),
        ({"country": "CH", "phone": "+49 1511 2345678"}, "CH"),
        ({"country": "ZZ"}, ""),
        ({"country": ["DE"]}, ""),
        ({"phone": "+1 415 555 2671"}, "US"),
        ({"phone": "+1 604 555 2671"}, "CA"),
        ({"phone_number": "0033 1 42 68 53 00"}, "FR"),
        ({"from": "4915112345678"}, "DE"),
        ({"from": 4915112345678}, "DE"),
        ({"phone": "4155552671"}, ""),
        ({"phone": "nonsense", "from": "+999 06 698"}, ""),
        ({"phone": "+870 773 111 632"}, ""),
        ({"phone": True, "phone_number": None, "from": {}}, ""),
        ({"phone": "+" * 5000}, ""),
        ({"from": "sip:ann@example.com"}, ""),
    ],
)
def test_country(metadata, country):
    assert country_of(metadata) == country

"""Those who call and write: a name, a firm, what they want."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from unicodedata import normalize

from leads.demo.names import COMPANIES, FIRST_NAMES, INTERESTS, LAST_NAMES, NUMBERS


@dataclass(frozen=True)
class Person:
    first: str
    last: str
    company: str
    host: str
    country: str
    interest: str
    phone: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        return f"{plain(self.first)}.{plain(self.last)}@{self.host}.example"

    def slots(self) -> dict[str, str]:
        """What lines of a script ask for."""
        named = ("first", "name", "company", "email", "phone")
        return {name: getattr(self, name) for name in named} | {"interest": self.interest.lower()}


def people(random: Random, count: int) -> Iterator[Person]:
    """No two have one name; firms come up more than once."""
    names = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    firms = [*random.sample(COMPANIES, len(COMPANIES)), *random.choices(COMPANIES, k=max(count - len(COMPANIES), 0))]
    for (first, last), (company, host, country, trade) in zip(random.sample(names, count), firms[:count], strict=True):
        interest = random.choice(INTERESTS[trade])
        yield Person(first, last, company, host, country, interest, phone(random, country))


def phone(random: Random, country: str) -> str:
    start, digits = NUMBERS[country]
    return f"{start}{random.randrange(10**digits):0{digits}}"


def plain(name: str) -> str:
    """Without accents, in lower case: as it stands in an address."""
    return normalize("NFKD", name).encode("ascii", "ignore").decode().lower()

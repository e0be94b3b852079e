"""What money is called in English."""

from typing import NamedTuple


class Currency(NamedTuple):
    """What one and many of it are called, and of its hundredth part."""

    one: str
    many: str
    cent: str = ""
    cents: str = ""


DOLLARS = Currency("dollar", "dollars", "cent", "cents")
CURRENCIES = {
    "$": DOLLARS,
    "US$": Currency("US dollar", "US dollars", "cent", "cents"),
    "A$": Currency("Australian dollar", "Australian dollars", "cent", "cents"),
    "C$": Currency("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "HK$": Currency("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "NZ$": Currency("New Zealand dollar", "New Zealand dollars", "cent", "cents"),
    "S$": Currency("Singapore dollar", "Singapore dollars", "cent", "cents"),
    "€": Currency("euro", "euros", "cent", "cents"),
    "£": Currency("pound", "pounds", "penny", "pence"),
    "¥": Currency("yen", "yen"),
    "₹": Currency("rupee", "rupees", "paisa", "paise"),
    "₩": Currency("won", "won"),
    "₽": Currency("ruble", "rubles", "kopeck", "kopecks"),
    "₺": Currency("lira", "lira"),
    "₪": Currency("shekel", "shekels"),
    "₱": Currency("peso", "pesos"),
    "₫": Currency("dong", "dong"),
    "฿": Currency("baht", "baht"),
    "₴": Currency("hryvnia", "hryvnias"),
    "USD": Currency("US dollar", "US dollars", "cent", "cents"),
    "EUR": Currency("euro", "euros", "cent", "cents"),
    "GBP": Currency("pound", "pounds", "penny", "pence"),
    "CHF": Currency("Swiss franc", "Swiss francs"),
    "JPY": Currency("yen", "yen"),
    "CNY": Currency("yuan", "yuan"),
    "INR": Currency("rupee", "rupees", "paisa", "paise"),
    "SEK": Currency("Swedish krona", "Swedish kronor"),
    "NOK": Currency("Norwegian krone", "Norwegian kroner"),
    "DKK": Currency("Danish krone", "Danish kroner"),
    "AUD": Currency("Australian dollar", "Australian dollars", "cent", "cents"),
    "CAD": Currency("Canadian dollar", "Canadian dollars", "cent", "cents"),
}
SIGNS = [name for name in CURRENCIES if not name.isalpha()]

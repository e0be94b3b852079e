"""Dutch."""

from jobs.text.wording.language import Language

LANGUAGE = Language(
    "nl",
    ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november")
    + ("december",),
    to="tot",
    units={"km/u": ("een kilometer per uur", "kilometer per uur"), "km": ("een kilometer", "kilometer")}
    | {
        "kg": ("een kilo", "kilo"),
        "cm": ("een centimeter", "centimeter"),
        "°C": ("een graad Celsius", "graden Celsius"),
    },
    abbreviations={"bijv.": "bijvoorbeeld", "d.w.z.": "dat wil zeggen", "enz.": "enzovoort", "ca.": "circa"},
)

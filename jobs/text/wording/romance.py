"""French, Spanish, Italian, Portuguese."""

import re

from jobs.text.wording.language import Language

FRENCH = Language(
    "fr",
    ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre")
    + ("décembre",),
    to="à",
    units={"km/h": ("un kilomètre à l'heure", "kilomètres à l'heure"), "°C": ("un degré Celsius", "degrés Celsius")},
    abbreviations={"p. ex.": "par exemple", "c.-à-d.": "c'est-à-dire", "env.": "environ", "n°": "numéro"},
    last=((re.compile(r"(?<!\S)M\. (?=[A-Z])"), "Monsieur "), (re.compile(r"(?<!\S)Mme (?=[A-Z])"), "Madame ")),
)
SPANISH = Language(
    "es",
    ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre")
    + ("diciembre",),
    date="{day} de {month} de {year}",
    to="a",
    one="un",
    units={"km/h": ("un kilómetro por hora", "kilómetros por hora"), "km": ("un kilómetro", "kilómetros")}
    | {
        "kg": ("un kilo", "kilos"),
        "cm": ("un centímetro", "centímetros"),
        "°C": ("un grado Celsius", "grados Celsius"),
    },
    abbreviations={"p. ej.": "por ejemplo", "Sr.": "señor", "Sra.": "señora", "EE. UU.": "Estados Unidos"},
)
ITALIAN = Language(
    "it",
    ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre")
    + ("novembre", "dicembre"),
    to="a",
    one="un",
    units={"km/h": ("un chilometro all'ora", "chilometri all'ora"), "km": ("un chilometro", "chilometri")}
    | {"kg": ("un chilo", "chili"), "cm": ("un centimetro", "centimetri"), "°C": ("un grado Celsius", "gradi Celsius")},
    abbreviations={"ad es.": "ad esempio", "ecc.": "eccetera", "Sig.": "signor", "Dott.": "dottor"},
)
PORTUGUESE = Language(
    "pt",
    ("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro")
    + ("dezembro",),
    date="{day} de {month} de {year}",
    to="a",
    units={"km/h": ("um quilômetro por hora", "quilômetros por hora"), "km": ("um quilômetro", "quilômetros")}
    | {
        "kg": ("um quilo", "quilos"),
        "cm": ("um centímetro", "centímetros"),
        "°C": ("um grau Celsius", "graus Celsius"),
    },
    abbreviations={"p. ex.": "por exemplo", "Sr.": "senhor", "Sra.": "senhora"},
)

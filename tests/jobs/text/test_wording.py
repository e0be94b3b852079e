"""Numbers, dates, units and abbreviations as people say them, where an engine doesn't."""

from jobs.text import utterances, wording

ENGLISH = {
    "It costs $3.50, not $1.00 or $.50.": "It costs 3 dollars and 50 cents, not 1 dollar or 50 cents.",
    "€1.2m, £5 and 5 €": "1.2 million euros, 5 pounds and 5 euros",
    "$1,234.56 in US$5 and 100 USD": "1,234 dollars and 56 cents in 5 US dollars and 100 US dollars",
    "-$5, $100k, $5 million": "minus 5 dollars, 100 thousand dollars, 5 million dollars",
    "a $5 bill, $10/month, $5-10": "a 5 dollar bill, 10 dollars per month, 5 to 10 dollars",
    "On 2026-11-22.": "On November 22nd, twenty twenty-six.",
    "22.11.2026 and 13/1/2026": "November 22nd, twenty twenty-six and January 13th, twenty twenty-six",
    "2026-11-22T14:30:00Z": "November 22nd, twenty twenty-six at 14:30",
    "11/22/2026, 1/2/2026": "November 22nd, twenty twenty-six, January 2nd, twenty twenty-six",
    "Jan. 3rd, 1999, ~$20": "January 3rd, nineteen ninety-nine, about 20 dollars",
    "Nov 22, 2026; 3 March 1905": "November 22nd, twenty twenty-six; the 3rd of March nineteen oh-five",
    "at 9:00, 9:05, 14:00": "at 9 o'clock, 9 oh 5, 14 hundred",
    "9:00 a.m. to 5 p.m.": "9 a.m. to 5 p.m.",
    "In 1984, in 1900, since 2010.": "In nineteen eighty-four, in nineteen hundred, since twenty ten.",
    "the 1990s, the '60s, the 2000s": "the nineteen nineties, the sixties, the two thousands",
    "1/2 of 3/4, 2½ cups, page 1/2": "one half of three quarters, 2 and a half cups, page 1 of 2",
    "5-10, 5–10%, 1,000–2,000": "5 to 10, 5 to 10%, 1,000 to 2,000",
    "1990-2000, Mon–Fri": "nineteen ninety to 2000, Monday to Friday",
    "5 km, 1 kg, 3.5 GHz, 20 °C": "5 kilometers, 1 kilogram, 3.5 gigahertz, 20 degrees Celsius",
    "100 km/h on 5 m², a 5-km run": "100 kilometers per hour on 5 square meters, a 5-kilometer run",
    "x² < 5, 3 > n and 10⁻³": "x squared is less than 5, 3 is greater than n and 10 to the power of minus 3",
    "+1 (555) 123-4567": "plus 1, 5 5 5, 1 2 3, 4 5 6 7",
    "Call 555-1234.": "Call 5 5 5, 1 2 3 4.",
    "Python 3.11.7 and v3.12": "Python 3 point 11 point 7 and version 3 point 12",
    "192.168.0.1": "192 dot 168 dot 0 dot 1",
    "Henry VIII, World War II": "Henry the 8th, World War 2",
    "Part I, Henry V met Elizabeth I’s son in World War I.": (
        "Part 1, Henry the 5th met Elizabeth the 1st’s son in World War 1."
    ),
    "Chapter IV, Act V, Super Bowl LVIII": "Chapter 4, Act 5, Super Bowl 58",
    "Dr. Who met Prof. Jones in St. Paul": "Doctor Who met Professor Jones in Saint Paul",
    "No. 5, approx. 3, cats vs. dogs, i.e. both": "Number 5, approximately 3, cats versus dogs, that is both",
    "See p. 5, Fig. 3a, e.g. at Acme Inc.": "See page 5, Figure 3a, for example at Acme Incorporated.",
    "#1 of 24/7": "number 1 of 24 7",
    "See https://www.example.com/docs/?page=2#top, ok": "See example.com slash docs, ok",
    "٣ apples": "3 apples",
}
UNSURE = (
    "5 to 10, 3.14, 1,000,000, 50%, 22nd, 14:30, 5 p.m.",
    "in 1984 cases, of 1350 people, a 3:00 video, 1984 people, 1.234.567 items, 31.2.2026, 99/99/2026",
    "The score was 3-2. Boeing 737-800. ISBN 978-3-16-148410-0. COVID-19, 50-50, 1-2-3, 555-1234",
    "Patch 8.1.1092, 7.4-119, +0200, 11L, [1/5], '%.15e', p. 1E57, Word 1806 of 2058",
    "20s to wait, 5m of it, 5 in a row, 5 a day, a 10-year-old, A4, MP3, 5G, C# and F#",
    "May 5 people enter? John 3:16, odds of 2:1, 6 - 5",
    "I think Malcolm X has vitamin C. An IV drip, plan C, XX, I II, John Smith III",
    "The part I like, type X, the book I read, Elizabeth I think, John V. Smith, Table I made",
    "Main St. Paul said no. I said so. AT&T, R&D, bread & butter",
    "me@example.com, @me, fm/user, 5 File > Open, C:\\path, snake_case_name, a_b, $HOME, {a: 'b'}, 0x1F, 1e6",
)
OTHERS = {
    "en_GB": ("1/2/2026", "the 1st of February, twenty twenty-six"),
    "de_DE": (
        "z. B. 3,50 € am 22.11.2026, 5–10 km/h; der 3. Mai 1984, ca. $5",
        "zum Beispiel 3 Euro 50 Cent am zweiundzwanzigsten November 2026, 5 bis 10 Kilometer pro Stunde; "
        "der dritte Mai neunzehnhundertvierundachtzig, circa 5 Dollar",
    ),
    "fr_FR": ("M. X a 1 200,50 € le 2/3/2026", "Monsieur X a 1200 euros 50 centimes le 2 mars 2026"),
    "es_ES": ("1,50 € el 2026-11-22, 5 km", "un euro 50 céntimos el 22 de noviembre de 2026, 5 kilómetros"),
    "it_IT": ("3–5 € o 1 km, 1 €, ecc.", "3 a 5 euro o un chilometro, un euro, eccetera."),
    "pt_BR": ("5 km/h", "5 quilômetros por hora"),
    "nl_NL": ("bijv. 5–10 km", "bijvoorbeeld 5 tot 10 kilometer"),
    "ru_RU": ("5 $ и 2 €", "5 долларов и 2 евро"),
    "cy_GB": ("www.example.com/a/ 22.11.2026 $5", "example.com/a 22.11.2026 $5"),
}


def test_english() -> None:
    assert {written: wording.of("en_US")(written) for written in ENGLISH} == ENGLISH


def test_abbreviations_do_not_end_their_sentence() -> None:
    text = (
        "See Vol. 2, Eq. 5 and Ch. 3. It is approx. Good Friday. He lost Ft. Worth. Call no. One. I said no. 5 of us."
    )
    assert [each.spoken for each in utterances(text)] == [
        "See Volume 2, Equation 5 and Chapter 3.",
        "It is approximately Good Friday.",
        "He lost Fort Worth.",
        "Call no.",
        "One.",
        "I said number 5 of us.",
    ]


def test_what_is_not_surely_recognised_stays() -> None:
    assert [wording.of("en_US")(text) for text in UNSURE] == list(UNSURE)


def test_other_languages() -> None:
    said = {language: wording.of(language)(written) for language, (written, _) in OTHERS.items()}
    assert said == {language: words for language, (_, words) in OTHERS.items()}


def test_engines_own_notation_is_left_alone_when_a_dictionary_put_it_there() -> None:
    said = utterances("Call 5 km [[5 km]] at $5.", respell=lambda text: text.replace("Call", "[[5 km $5]] 2 kg"))
    assert [each.spoken for each in said] == ["[[5 km $5]] 2 kilograms 5 kilometers [5 kilometers] at 5 dollars."]


def test_remote_engines_word_texts_themselves() -> None:
    assert next(utterances("It is $5 at 5 km.", is_remote=True)).spoken == "It is $5 at 5 km."


def test_limits_hold_for_what_is_spoken_too() -> None:
    text = "costs $1.50 " * 45
    said = list(utterances(text.strip()))
    assert " ".join(each.shown for each in said) == text.strip()
    assert len(said) > 1
    assert all(len(each.spoken.split()) <= 100 for each in said)
    told = list(utterances("ab", respell=lambda text: "word " * 300))
    assert [len(each.spoken.split()) for each in told] == [100, 100]

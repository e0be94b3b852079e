"""People, firms and figures of the story. E-mails end in `.example`; numbers are those that are kept for fiction."""

TEAM = "Alder & Finch Acoustics"
MEMBERS = (
    ("mara@alderfinch.example", "Mara Alder"),  # who runs it
    ("jonas@alderfinch.example", "Jonas Finch"),
    ("priya@alderfinch.example", "Priya Nair"),
)
NUMBER = "+44 20 7946 0100"

FIRST_NAMES = (
    *("Amelia", "Anders", "Beatriz", "Callum", "Chiara", "Clara", "Daniel", "Elif", "Emeka", "Erik", "Fiona", "Greta"),
    *("Hanna", "Henry", "Ines", "Isaac", "Jana", "Joel", "Kofi", "Lars", "Leila", "Lina", "Louis", "Maeve", "Marek"),
    *("Mina", "Nadia", "Noah", "Oscar", "Petra", "Rafael", "Ravi", "Rosa", "Sanne", "Sofia", "Tessa", "Tomas", "Yuki"),
)
LAST_NAMES = (
    *("Abbott", "Andersson", "Bauer", "Brandt", "Byrne", "Castell", "Dahl", "Demir", "Dubois", "Ekholm", "Farrell"),
    *("Fischer", "Gallagher", "Hartmann", "Holm", "Iqbal", "Jensen", "Keller", "Laurent", "Lindqvist", "Marsh"),
    *("Mensah", "Moreau", "Novak", "Okafor", "Park", "Quinn", "Reyes", "Romano", "Schmitt", "Sharma", "Tanaka"),
    *("Varga", "Weber", "Whitlock", "Yilmaz"),
)
COMPANIES = (  # its name, the first part of its address, its country, its trade
    ("Brightwell Library", "brightwell-library", "GB", "public"),
    ("Calder & Sons", "calder-sons", "GB", "office"),
    ("Copperline Studios", "copperline", "GB", "studio"),
    ("Fenwick Legal", "fenwick-legal", "GB", "office"),
    ("Harrow Lane School", "harrowlane", "GB", "school"),
    ("Juniper Dental", "juniper-dental", "GB", "office"),
    ("Kestrel Logistics", "kestrel-logistics", "GB", "office"),
    ("Marlow Theatre", "marlow-theatre", "GB", "event"),
    ("Northgate College", "northgate-college", "GB", "school"),
    ("Penrose Architects", "penrose", "GB", "office"),
    ("Saltmarsh Hotel", "saltmarsh-hotel", "GB", "event"),
    ("Thornbury Foods", "thornbury-foods", "GB", "office"),
    ("Ballymore Events", "ballymore-events", "IE", "event"),
    ("Corrib Software", "corrib", "IE", "office"),
    ("Liffey Radio", "liffey-radio", "IE", "studio"),
    ("Adler Maschinen GmbH", "adler-maschinen", "DE", "office"),
    ("Bergmann Verlag", "bergmann-verlag", "DE", "office"),
    ("Elbklang Tonstudio", "elbklang", "DE", "studio"),
    ("Hansa Kongress", "hansa-kongress", "DE", "event"),
    ("Lindenhof Schule", "lindenhof-schule", "DE", "school"),
    ("Spreewerk Coworking", "spreewerk", "DE", "office"),
    ("Atelier Rivoire", "atelier-rivoire", "FR", "office"),
    ("Maison Delacourt", "maison-delacourt", "FR", "event"),
    ("Studio Belleville", "studio-belleville", "FR", "studio"),
    ("Norrland Konsult", "norrland-konsult", "SE", "office"),
    ("Norrsken Media", "norrsken-media", "SE", "studio"),
    ("Vasa Konferens", "vasa-konferens", "SE", "event"),
    ("Ashford Analytics", "ashford-analytics", "US", "office"),
    ("Blue Mesa Podcasts", "bluemesa", "US", "studio"),
    ("Cedar Falls Church", "cedarfalls", "US", "public"),
    ("Lakeshore Clinic", "lakeshore-clinic", "US", "office"),
    ("Palmetto Charter School", "palmetto-charter", "US", "school"),
)
INTERESTS = {  # by trade
    "office": ("Meeting room sound", "Sound masking", "Phone booths"),
    "studio": ("Studio panels", "Voice booths"),
    "school": ("Hall acoustics", "Classroom panels"),
    "event": ("Event rental", "Hall acoustics"),
    "public": ("Hall acoustics", "Meeting room sound"),
}
JOB_TITLES = ("Office manager", "Head of facilities", "Studio manager", "Event manager", "Architect", "Operations lead")
JOB_TITLES += ("Bursar", "Owner", "IT manager", "Project lead")
BUDGETS = ("up to £5,000", "£5,000 to £10,000", "£10,000 to £25,000", "over £25,000", "not decided")
TIMELINES = ("this month", "in six weeks", "next quarter", "before the summer", "no hurry")
TAGS = ("priority", "showroom", "tender", "repeat customer", "follow-up", "decision maker", "site visit")
ELSEWHERE = ("trade fair", "referral", "newsletter", "desk")  # sources of leads that come out of no conversation
NUMBERS = {  # of each country the digits before those that differ, and how many do
    "GB": ("+44 20 7946 0", 3),
    "IE": ("+353 20 91", 5),
    "DE": ("+49 30 23125 ", 3),
    "FR": ("+33 1 99 00 ", 4),
    "SE": ("+46 8 465 004 ", 2),
    "US": ("+1 202 555 01", 2),
}
MESSAGES = (
    "We met at your stand. Please send the brochure and a rough price for {interest}.",
    "A colleague recommended you. We would like to hear more about {interest}.",
    "Interested in {interest} for our new floor. Could somebody come by and measure?",
    "Asked for a call back about {interest}.",
    "",
)
NOTES = {  # by the status that was reached
    "contacted": (
        "Called, no answer. Left a message and sent the brochure.",
        "Short call: wants to talk to their building manager first.",
        "Sent the price list and three dates for a visit.",
    ),
    "qualified": (
        "Measured the rooms. They want it quiet enough for hearing aids, so class A panels.",
        "Budget is approved. They compare us with one other offer.",
        "Visited the showroom with two colleagues. The booth convinced them.",
    ),
    "converted": (
        "Signed. Installation in the second week of next month, Jonas goes along.",
        "Ordered by mail. Asked for the invoice in two parts.",
        "Won against a cheaper offer: our delivery date decided it.",
    ),
    "closed": (
        "Moved their plans to next year. Asked us to call in spring.",
        "Went with the landlord's own contractor.",
        "Too small for us: two panels. Told them where to buy these.",
    ),
}
PERSONA = (
    "You are the front desk of Alder & Finch, who make rooms sound better: panels, sound masking, meeting rooms, "
    "phone booths, and rental for events. Be brief and warm. Ask what room it is and how many people use it. "
    "Offer a visit or a quote, and ask for name, company and e-mail before you promise one. Never name a final price."
)
SPOKEN = (  # the speech jobs: a title, its text, whether its sound is kept
    (
        "Greeting",
        "Welcome to Alder and Finch. Our lines are open from eight to six. "
        "If you know what you need, just say it, and I will see to it.",
        True,
    ),
    (
        "Holiday hours",
        "We are closed from the twenty-fourth of December to the second of January. "
        "Leave your name and number, and we call you back on the third.",
        True,
    ),
    ("Showroom", "The showroom is on the ground floor. Ring twice, the booths are very quiet.", True),
    (
        "Hold the line",
        "One moment please, I am looking for somebody who knows this better than I do.",
        False,
    ),
    (
        "Visit reminder",
        "This is Alder and Finch. We visit you tomorrow at ten to measure your rooms. Call us if that does not suit.",
        False,
    ),
    ("Order ready", "Your order is packed and leaves our workshop today.", False),
)

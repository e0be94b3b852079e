"""The chats on WhatsApp. A block: how many hours ago, and lines, `<` theirs, `>` the assistant's, `1` a person's."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChatScript:
    name: str
    number: str  # digits
    blocks: tuple[tuple[float, str], ...]
    labels: tuple[str, ...] = ()
    unread: int = 0
    is_paused: bool = False
    is_blocked: bool = False
    suggests: bool = False  # its messages may become a lead
    email: str = ""  # of the lead that was made of it
    company: str = ""
    interest: str = ""


CHATS = (
    ChatScript(
        "Hannah Cole",
        "447700900142",
        (
            (
                0.4,
                """
                < Hi! My name is Hannah Cole, I work at Quayside Dental.
                < We have two treatment rooms where you hear everything next door. How much is a quote for panels?
                > Hello Hannah. A quote is free. Are the walls solid, or plasterboard?
                < Plasterboard. You can write to hannah.cole@quayside-dental.example
                < Could you come by next week?
                """,
            ),
        ),
        labels=("new customer",),
        unread=2,
        suggests=True,
    ),
    ChatScript(
        "Ruben Falk",
        "46701740611",
        (
            (
                50,
                """
                < Hej, do you ship the felt panels to Sweden?
                > Hello Ruben. Yes, in about six working days. How many do you need?
                < 24, dark green. For our podcast room.
                > We have them. Shall I reserve them for you?
                < Yes please
                """,
            ),
            (
                3.2,
                """
                < Good morning, are my panels on their way?
                > Good morning Ruben. They left the workshop yesterday, you get a message with the number today.
                < Super, thanks 👍
                < Can I add four more to the order?
                """,
            ),
        ),
        labels=("order", "sweden"),
        unread=2,
    ),
    ChatScript(
        "Aoife Brennan",
        "353209154321",
        (
            (
                172,
                """
                < Hello, we have a wedding with 140 guests on the 12th and the room swallows every word.
                > Congratulations! Do you need microphones too, or speakers only?
                < Both. Could you send me an offer? aoife@brennan-weddings.example
                1 Hi Aoife, Jonas here. I have sent you the offer: 6 speakers, 3 microphones, we set it up on Friday.
                < That was quick. Looks good, I'll show it to the couple.
                """,
            ),
            (
                26,
                """
                < They said yes! How do I confirm?
                1 Wonderful. A short reply to my mail is enough. We come on Friday at two.
                < Done. See you Friday!
                1 See you then.
                """,
            ),
        ),
        labels=("event", "won"),
        is_paused=True,
        email="aoife@brennan-weddings.example",
        company="Brennan Weddings",
        interest="Event rental",
    ),
    ChatScript(
        "Lukas Winter",
        "4917139200041",
        (
            (
                98,
                """
                < Hallo, do you also build phone booths for two?
                > Hello Lukas. Yes, the larger one has room for two chairs and a table. Which height has your ceiling?
                < 2.40 m
                > Then it fits, it is 2.25 m high.
                < Perfect. What does it cost? We're from Winter & Partner.
                > It starts at 5,200 pounds with delivery. Shall we send you an offer?
                < Yes, to l.winter@winter-partner.example please
                """,
            ),
            (
                21,
                """
                2 Good morning Lukas, Priya from Alder & Finch. Did the offer arrive?
                < It did, thank you. My partner is back on Monday, then we decide.
                2 No hurry. I'll keep the price until the end of the month.
                """,
            ),
        ),
        labels=("offer sent",),
        email="l.winter@winter-partner.example",
        company="Winter & Partner",
        interest="Phone booths",
    ),
    ChatScript(
        "Camille Roche",
        "33639980156",
        (
            (
                6.5,
                """
                < Bonjour, is somebody there? The masking in our office is much too loud since last night.
                > Hello Camille. I am sorry. Can you open the panel beside the door and turn the dial to 3?
                < It was on 7! Somebody must have played with it.
                > Then I lock it for you, so that only you can change it.
                < Merci beaucoup
                """,
            ),
        ),
        labels=("support",),
    ),
    ChatScript(
        "Grace Owusu",
        "447700900377",
        (
            (
                30,
                """
                < Good afternoon, do you do church halls?
                > Good afternoon Grace. We do. How many people does it seat?
                < Around 200. The organ is fine, but nobody understands the readings.
                > That is often solved with two slim speakers beside the altar. We can come and measure, at no cost.
                < I will ask the council and come back to you.
                """,
            ),
            (
                1.3,
                """
                < The council says yes to measuring. Tuesday or Thursday?
                """,
            ),
        ),
        labels=("site visit",),
        unread=1,
    ),
    ChatScript(
        "Ben Carver",
        "12025550148",
        (
            (
                340,
                """
                < Hey, do you ship to the US?
                > Hello Ben. We do, by sea in five weeks or by air in one.
                < By sea is fine. I'm interested in the voice booth for our studio.
                > Good choice. Which size is the door it has to come through?
                < 32 inches. Send me an offer: ben@bluemesa.example
                """,
            ),
            (
                290,
                """
                2 Hi Ben, the offer is in your mail. It comes in parts, so the door is no problem.
                < Got it. Ordering today.
                """,
            ),
            (
                44,
                """
                < Booth is up. Sounds dead in there, in the best way.
                2 Love to hear that! May we show a picture of it?
                < Sure
                """,
            ),
        ),
        labels=("won", "us"),
        email="ben@bluemesa.example",
        company="Blue Mesa Podcasts",
        interest="Voice booths",
    ),
    ChatScript(
        "Nora Lindahl",
        "46701740655",
        (
            (
                75,
                """
                < Is the showroom wheelchair accessible?
                > It is: ground floor, and the doors open by themselves.
                < Thank you!
                """,
            ),
        ),
    ),
    ChatScript(
        "Ed Marsh",
        "447700900518",
        (
            (
                410,
                """
                < You want cheap backlinks for your site??
                < Best price only today
                """,
            ),
        ),
        labels=("spam",),
        is_blocked=True,
    ),
    ChatScript(
        "Sofia Ricci",
        "447700900263",
        (
            (
                220,
                """
                < Hello! We met at the trade fair. You said you have fabric samples?
                > Hello Sofia. We do, twelve colours. Where may we send them?
                < Penrose Architects, 4 Mill Lane. Thank you
                """,
            ),
            (
                148,
                """
                < The samples are here. The moss green is beautiful.
                > So glad. Would you like an offer for a certain room?
                < Not yet, we are still drawing. In about four weeks.
                2 I'll get back to you then, Sofia.
                """,
            ),
        ),
        labels=("architect", "follow-up"),
    ),
    ChatScript(
        "Yusuf Kaya",
        "4917139200077",
        (
            (
                12,
                """
                < Hi, my colleague says you rent microphones?
                > Hello Yusuf. We do. For which day, and how many?
                < Next Thursday, 8 pieces. It's a panel talk.
                > All eight are free. Do you also need a desk with somebody who runs it?
                < Yes, please. I'm interested in the whole package.
                > Then it is best if a colleague calls you. Today after four?
                < Perfect
                """,
            ),
        ),
        labels=("event",),
        suggests=True,
    ),
    ChatScript(
        "Megan Doyle",
        "353209167890",
        (
            (
                130,
                """
                < Hi there, one of the panels came with a broken corner 😕
                > I am sorry, Megan. Could you tell me the number of the order?
                < AF 20418
                1 Megan, Jonas here. A new one goes out today, keep the broken one.
                < That's very kind, thank you!
                """,
            ),
            (
                70,
                """
                < New panel is on the wall, all good now
                """,
            ),
        ),
        labels=("support",),
    ),
)

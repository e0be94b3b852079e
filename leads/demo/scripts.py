"""What people and the assistant say. A line begins with who says it; `{...}` is filled in.

`>` the assistant, `<` whoever calls or writes, `#` a tool that the assistant uses, `|` the line before in other words.
"""

LEAD = "# create_lead: {name}, {company}, {email}"

MEETING_ROOMS = """
> Alder and Finch, this is the assistant. How can I help?
| Good {day_part}, you have reached Alder and Finch. What can I do for you?
< Hello, we have {rooms} rooms that echo terribly, and I would like a quote for {interest}.
| Hi, I'm looking for {interest}. Our calls sound like a swimming pool.
> I am sorry to hear that, and it can be helped. How large are the rooms, and how many people use them?
< They are about {metres} square metres each, usually six to eight people.
| Around {metres} square metres, glass on two sides.
> Glass is often the cause. We measure first, which costs nothing, then send an offer. For which company is it?
< I work at {company}, my name is {name}.
> Thank you, {first}. Where may we send the offer?
< My e-mail is {email}. Could somebody call me back this week?
{lead}
> It is noted. {owner} will call you within a day. Is there anything else?
< No, that sounds great. Thank you.
| That is all, thanks for your help.
> Thank you for calling. Goodbye.
"""
OPEN_OFFICE = """
> Hello, this is Alder and Finch. What can I do for you?
< We moved into an open office with {people} people and nobody can concentrate. Do you offer {interest}?
> We do. Small speakers above the desks blend voices into the background. Most teams stop noticing it in a week.
< How much does it cost for that many people?
| What would it cost, roughly?
> It depends on the ceiling. Between forty and ninety pounds a desk. A visit tells us more.
< Okay. Can you book a visit? We're from {company}.
> Gladly. Who should we ask for, and where do we send the confirmation?
< {name}, and the address is {email}.
{lead}
> Done. You get two dates by mail today, {first}.
< Perfect, speak soon.
| Thank you, bye.
"""
EVENT = """
> Good {day_part}, Alder and Finch. How can I help?
< Hi, it's {first} from {company}. We have {people} guests in {weeks} weeks. Can you provide sound that one can follow?
> Yes, {interest} is one of our services. Is it speech only, or music too?
< Mostly speeches and a panel, a little music in the evening.
> Then a line of slim speakers and four wireless microphones are enough. We bring and collect everything.
< Could you send me an offer? My number is {phone}.
> I can. Which e-mail should it go to?
< {email}. We decide on Friday.
{lead}
> You have it tomorrow morning, {first}.
< Great, thank you.
"""
STUDIO = """
> Alder and Finch, hello. What is it about?
< We are building a small studio and I'm curious about {interest}. What do I need?
| I'm interested in {interest} for recording voices. What do you recommend?
> For voices, start with panels where the first reflections are, and thick ones in two corners. What size is the room?
< Four by five metres, {metres} square metres with the hallway.
> That is a friendly size. Come to the showroom and hear the difference, it takes half an hour.
< I'd like that. Can I book a demo for next week?
> Of course. What is your name, and the company?
< {name}, {company}. You can write to {email}.
{lead}
> I have written it down. You get an invitation with two times, {first}.
< Wonderful, see you then.
"""
HALL = """
> Hello, Alder and Finch. How can I help you?
< I'm calling on behalf of {company}. Our hall is beautiful, but nobody in the last rows understands a word.
> That is a matter of the first echoes. Should the help be invisible, or may it show?
< It's a listed building, so it must not show. Is that possible?
> It is. We print panels to look like the wall behind them. How many people sit in the hall?
< About {people}. What does it cost to have it measured?
| {people} on a good day. We would need a quote for the board.
> Measuring is free, the report is yours in any case. Who are you, and where does it go?
< {name}, {email}. Please call me in the afternoon.
{lead}
> Thank you, {first}. {owner} will call you after two.
< Thanks, goodbye.
"""
WITH_LEAD = {  # by what they are interested in
    "Meeting room sound": MEETING_ROOMS,
    "Phone booths": MEETING_ROOMS,
    "Sound masking": OPEN_OFFICE,
    "Event rental": EVENT,
    "Studio panels": STUDIO,
    "Voice booths": STUDIO,
    "Hall acoustics": HALL,
    "Classroom panels": MEETING_ROOMS,
}
WITHOUT_LEAD = (
    """
    > Alder and Finch, good {day_part}. What can I do for you?
    < Hi, until when are you open today?
    | Hello, is the showroom open on Saturday?
    > We are here from eight to six on weekdays, and from ten to two on Saturdays.
    < And can I just come in, or do I need an appointment?
    > Just come in. If you bring a plan of your room, we can look at it together.
    < Great, thank you.
    | Perfect, bye.
    """,
    """
    > Hello, this is Alder and Finch. How can I help?
    < My order was to come on Tuesday. The number is A F {order}.
    | I'm waiting for order A F {order}, and nobody told me anything.
    # order_status: AF{order}, in transit
    > I see it. It left our workshop yesterday and is with the carrier. It arrives tomorrow before noon.
    < Do I have to be there?
    > Somebody should be, it comes on a pallet. Shall I tell the carrier to ring half an hour before?
    < Yes please.
    > Done. They will ring you.
    < Thanks a lot.
    | Okay, thank you.
    """,
    """
    > Alder and Finch, this is the assistant.
    < One of the speakers in our meeting room has no sound since this morning.
    > Let us look. Does the small light at its side shine green or red?
    < Red.
    | It blinks red.
    > Then it has lost its network. Unplug the grey cable, wait ten seconds and plug it in again.
    < Okay, one moment.
    < It's green now. And there is sound. Brilliant.
    > Good. If it happens again, tell me, then we exchange it.
    < Will do, bye.
    """,
    """
    > Good {day_part}, Alder and Finch. What is it about?
    < I have an invoice here with the wrong address on it.
    > I can have it made anew. Which number does it have?
    < It's {order}.
    # find_invoice: {order}
    > Thank you. You get the new one by mail today, and the old one is void.
    < That was easy. Thank you.
    """,
    """
    > Hello, Alder and Finch. How can I help?
    < Oh, I think I have the wrong number.
    | Sorry, is this the bakery?
    > No harm done. Have a good day.
    """,
    """
    > Hello! Ask me anything about sound in rooms.
    < What's the difference between sound masking and noise cancelling?
    > Noise cancelling happens in your headphones. Masking fills the room with a soft sound that blurs distant talk.
    < Interesting. I'm just comparing for now.
    | I see. I'm thinking about it for our library.
    > Take your time. If you tell me the size of the room, I can say what would fit.
    < Maybe later. Tell me more about the panels, what are they made of?
    > Of felt from recycled bottles, on a frame of spruce. They are safe near children.
    < Sounds good, thanks.
    """,
    """
    > Hi, this is the assistant of Alder and Finch.
    < Are you hiring? I'm a carpenter with some experience in studios.
    > We are glad to hear that. The open places are on our page under Workshop, and you may also write without one.
    < Thanks, I'll have a look.
    """,
    """
    > Hello! Ask me anything about sound in rooms.
    < How much is a phone booth for one person?
    | What are your prices for a single booth?
    > The small one starts at three thousand pounds, delivery and setting up included.
    < Hm, that is more than I thought.
    > There is one on show with a scratch, for a fifth less. Would you like to see it?
    < Not now, thanks.
    | I'll think about it.
    """,
    """
    > Alder and Finch, how can I help?
    < I'd like to talk to a person, please.
    # transfer: {owner}
    > Of course. I am putting you through to {owner}.
    """,
)

"""The figures that a chart shows, as the table which it is drawn from: numbers, how they read, and the rows behind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.templatetags.show import seconds
from leads.analytics import Period
from leads.analytics.conversations import FUNNEL
from leads.analytics.overview import Overview
from leads.analytics.ranges import LENGTHS, TURNS, ends_of
from leads.analytics.shapes import by_number, percent
from leads.analytics.tallies import Tally
from leads.models import LeadStatus, SessionChannel
from leads.pages import time_steps
from leads.pages.addresses import address
from leads.pages.bars import STAGES, stage_filter

Asked = dict[str, str]
MINUTE = 60


@dataclass(frozen=True)
class Column:
    head: str
    drawn: str = ""  # as a `bar` or a `line`; '' stands in the table alone
    is_quiet: bool = False  # beside another one that is looked at first


@dataclass(frozen=True)
class Cell:
    value: float
    text: str
    address: str = ""


@dataclass(frozen=True)
class Row:
    words: str
    cells: list[Cell]
    short: str = ""  # beside the axis


@dataclass(frozen=True)
class Chart:
    name: str
    title: str
    head: str  # of the column of words
    columns: list[Column]
    rows: list[Row]
    note: str = ""
    unit: str = ""
    is_across: bool = False  # bars from left to right
    is_wide: bool = False


def counted(number: int, where: str) -> Cell:
    return Cell(number, f"{number:,}", where if number else "")


def share(part: int, whole: int) -> Cell:
    """A dash of nothing."""
    return Cell(percent(part, whole), f"{percent(part, whole):.1f} %" if whole else "\N{EN DASH}")


def over_time(now: Overview, period: Period) -> list[Chart]:
    """Conversations and leads, and how many of a hundred brought one, in steps of time."""
    sessions, leads, with_leads = now.sessions.groups["day"], now.leads.groups["day"], now.sessions.groups["day_lead"]
    if not sessions and not leads:
        return []
    steps = time_steps.shown(period, [*sessions, *leads])
    unit = time_steps.unit_of(steps[0].first, steps[-1].last)
    counts = [time_steps.folded(each, steps) for each in (sessions, leads, with_leads)]
    found = list(zip(steps, *counts, strict=True))
    if len(found) > time_steps.STEPS_MAX:
        found = [each for each in found if any(each[1:])]
    both, rate = list[Row](), list[Row]()
    for step, talks, people, won in found:
        to_talks, to_won = address("conversations", step.asked), address("conversations", step.asked, lead="yes")
        cells = [counted(talks, to_talks), counted(people, address("leads", step.asked))]
        both.append(Row(step.words, cells, step.short))
        rate.append(Row(step.words, [counted(talks, to_talks), counted(won, to_won), share(won, talks)], step.short))
    columns = [Column("Conversations", "bar", is_quiet=True), Column("Leads", "line")]
    charts = [Chart("time", f"Conversations and leads by {unit.name}", unit.head, columns, both, is_wide=True)]
    if sessions:
        columns = [Column("Conversations"), Column("Brought a lead"), Column("Conversion", "line")]
        charts.append(Chart("rate", f"Conversion by {unit.name}", unit.head, columns, rate, rate_note(now), "%"))
    return charts


def rate_note(now: Overview) -> str:
    numbers = now.sessions.numbers
    return f"{numbers['with_leads']:,} of {numbers['sessions']:,} conversations brought a lead."


def conversation_charts(sessions: Tally, asked: Asked) -> list[Chart]:
    """Nothing without conversations."""
    if not sessions:
        return []
    return [by_channel(sessions, asked), lengths(sessions, asked), turns(sessions, asked)]


def funnel(sessions: Tally, asked: Asked) -> Chart:
    """From conversations to customers, each step beside the one before it."""
    counts = {stage: sessions.numbers[name] for stage, name in FUNNEL.items()}
    whole, before, rows = counts["sessions"], counts["sessions"], list[Row]()
    for stage, count in counts.items():
        where = address("conversations", asked, **stage_filter(stage))
        rows.append(Row(STAGES[stage], [counted(count, where), share(count, whole), share(count, before)]))
        before = count
    columns = [Column("Conversations", "bar"), Column("Of all"), Column("Of the step before")]
    note = "Leads count with the status they have now."
    title = "From conversation to customer"
    return Chart("funnel", title, "Step", columns, rows, note, is_across=True, is_wide=True)


def by_channel(sessions: Tally, asked: Asked) -> Chart:
    rows = []
    for name, number in by_number(sessions.groups["channel"]):
        where, won = address("conversations", asked, channel=name), sessions.groups["channel_lead"][name]
        words = SessionChannel(name).label
        cells = [counted(number, where), counted(won, f"{where}&lead=yes"), share(won, number)]
        rows.append(Row(words, cells, f"{words} ({number:,})"))
    columns = [Column("Conversations"), Column("Brought a lead"), Column("Conversion", "bar")]
    note = "Of each channel's conversations those that brought a lead."
    return Chart("channels", "Conversion by channel", "Channel", columns, rows, note, "%", is_across=True)


def lengths(sessions: Tally, asked: Asked) -> Chart:
    average = sessions.numbers["milliseconds"] / sessions.numbers["sessions"] / 1000
    shortest, longest = ((milliseconds or 0) / 1000 for milliseconds in (sessions.shortest, sessions.longest))
    note = f"{seconds(average)} on average, from {seconds(shortest)} to {seconds(longest)}."
    rows = ranges(sessions, "length", LENGTHS, asked, length_words, length_filter)
    return Chart("lengths", "How long they are", "Length", in_ranges(), rows, note)


def turns(sessions: Tally, asked: Asked) -> Chart:
    average = sessions.numbers["turns"] / sessions.numbers["sessions"]
    note = f"A person speaks {average:.1f} times in a conversation on average."
    rows = ranges(sessions, "turns", TURNS, asked, turn_words, lambda begin, end: {"turns": turn_range(begin, end)})
    return Chart("turns", "How often people speak in them", "Times", in_ranges(), rows, note)


def in_ranges() -> list[Column]:
    return [Column("Conversations", "bar"), Column("Of all")]


def ranges(
    sessions: Tally,
    group: str,
    begins: Sequence[int],
    asked: Asked,
    words: Callable[[int, int | None], str],
    filter_of: Callable[[int, int | None], Asked],
) -> list[Row]:
    """Of each range how many conversations, also of those without any."""
    rows, counts = [], sessions.groups[group]
    for begin, end in ends_of(begins).items():
        where = address("conversations", asked, **filter_of(begin, end))
        cells = [counted(counts[begin], where), share(counts[begin], sessions.numbers["sessions"])]
        rows.append(Row(words(begin, end), cells, shortened(words(begin, end))))
    return rows


def shortened(words: str) -> str:
    """As there is room for beside an axis."""
    return words.replace(" to ", "\N{EN DASH}").replace(" and more", "+").replace("Under ", "< ")


def length_words(begin: int, end: int | None) -> str:
    if end is None:
        return f"{begin // MINUTE} min and more"
    unit, of = ("s", 1) if end <= MINUTE else ("min", MINUTE)
    return f"{begin // of} to {end // of} {unit}" if begin else f"Under {end // of} {unit}"


def length_filter(begin: int, end: int | None) -> Asked:
    given = {"minutes": begin, "under": end}
    return {name: f"{value / MINUTE:g}" for name, value in given.items() if value}


def turn_range(begin: int, end: int | None) -> str:
    """As the filter takes it: 4-7, 16-."""
    return f"{begin}-{'' if end is None else end - 1}"


def turn_words(begin: int, end: int | None) -> str:
    if end is None:
        return f"{begin} and more"
    return f"{begin}" if end - begin == 1 else f"{begin} to {end - 1}"


def statuses(leads: Tally, asked: Asked) -> Chart:
    """All of them in the order of their work, also those without leads."""
    whole, counts = leads.numbers["leads"], leads.groups["status"]
    rows = [
        Row(label, [counted(counts[name], address("leads", asked, status=name)), share(counts[name], whole)])
        for name, label in LeadStatus.choices
    ]
    columns = [Column("Leads", "bar"), Column("Of all")]
    return Chart("statuses", "Leads by status", "Status", columns, rows, "The status they have now.", is_across=True)

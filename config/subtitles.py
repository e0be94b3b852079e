"""Subtitles: what is said from when to when, as SRT and as WebVTT. Times count from the start of the sound."""

import datetime as dt
import re

SRT_TYPE = "application/x-subrip; charset=utf-8"
VTT_TYPE = "text/vtt; charset=utf-8"
VTT_START = "WEBVTT\n\n"
ARROW = re.compile("-{2,}>")
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def srt_cue(number: int, start: dt.timedelta, end: dt.timedelta, text: str) -> str:
    """`number` counts from 1; `text` is one line that `srt_line` has made, or some."""
    return f"{number}\n{stamp(start, ',')} --> {stamp(end, ',')}\n{text}\n\n"


def vtt_cue(start: dt.timedelta, end: dt.timedelta, text: str) -> str:
    """`text` is one line that `vtt_line` has made, or some."""
    return f"{stamp(start, '.')} --> {stamp(end, '.')}\n{text}\n\n"


def srt_line(text: str) -> str:
    """An empty line would end its cue, and an arrow begin another."""
    return ARROW.sub("->", " ".join(text.split()))


def vtt_line(text: str) -> str:
    return " ".join(text.split()).translate(ESCAPES)


def stamp(time: dt.timedelta, point: str) -> str:
    """00:01:02,345 or 00:01:02.345"""
    seconds, millis = divmod(time // dt.timedelta(milliseconds=1), 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{point}{millis:03}"

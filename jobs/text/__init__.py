"""Text made ready to be spoken."""

from jobs.text.saying import Respell
from jobs.text.speakable import NothingToSay, is_speakable
from jobs.text.unspoken import listed
from jobs.text.utterances import PARAGRAPH_MILLISECONDS, Utterance, as_read, sentences, utterances

__all__ = [
    "PARAGRAPH_MILLISECONDS",
    "NothingToSay",
    "Respell",
    "Utterance",
    "as_read",
    "is_speakable",
    "listed",
    "sentences",
    "utterances",
]

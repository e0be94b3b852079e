"""What a person's words tell of their intent, by keywords. A hint for whoever reads the conversation, no more."""

import re

from leads.models import Intent

LEAD_OPPORTUNITY = (
    r"buy(ing)?",
    r"purchas(e|es|ing)",
    r"(place|make) an? order",
    r"(want|like|need|ready) to order",
    r"pric(e|es|ing)",
    r"how much (is|are|does|do|would|will|for)",
    r"what (does|do|would|will) (it|this|that|they|you) (cost|charge)",
    r"costs?",
    r"quot(e|es|ation)",
    r"demo(s|nstration)?",
    r"free trial",
    r"(sign|signing) (me |us )?up",
    r"subscrib(e|ing)",
    r"contact (me|us)",
    r"(call|e-?mail|reach|text|ring) (me|us)( back)?",
    r"call(ing)? back",
    r"get (back )?in touch",
    r"(speak|talk) (to|with) (sales|somebody|someone|a (person|human|representative|consultant))",
    r"(schedule|book|arrange|set up) (an? |the )?(\w+ )?(call|meeting|demo|appointment|consultation)",
    r"(send|email) (me|us) (an? |the |your )?(offer|proposal|contract|invoice)",
    r"(my|our) (e-?mail|phone number|number) is",
    r"(my|our) budget",
)
INTEREST_DETECTED = (
    r"interest(ed)? in",
    r"(i'?m|i am|we'?re|we are|very|really|quite|be) interested",
    r"(tell|show) (me|us) more",
    r"(more|further|some) (information|details|info)",
    r"(looking|searching|shopping) for",
    r"(learn|know|hear|find out) more",
    r"curious about",
    r"(do|can|could|would) you (offer|provide|support|have|sell)",
    r"how (does|do) (it|this|that|your \w+) work",
    r"(what|which) (services|products|features|plans|options|packages)",
    r"(considering|thinking (about|of)|evaluating|comparing)",
    r"sounds (good|great|interesting|perfect)",
)
COMPANY_MENTIONED = (
    r"(my|our|the) (company|business|firm|start-?up|organi[sz]ation|agency|employer|team at)",
    r"(i|we) work (at|for|with)",
    r"(i'?m|i am|we'?re|we are) (calling |writing )?from (?!(the )?(here|home|there))\w+",
    r"(we|us|people|team) at \w+",
    r"(i|we) (run|own|founded|manage|represent) an? \w+",
    r"on behalf of",
    r"(inc|ltd|llc|gmbh|corp|corporation|plc|incorporated|limited company|s\.?a\.?r\.?l)",
)
RULES = tuple(
    (intent, re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)"))
    for intent, phrases in (
        (Intent.LEAD_OPPORTUNITY, LEAD_OPPORTUNITY),
        (Intent.INTEREST_DETECTED, INTEREST_DETECTED),
        (Intent.COMPANY_MENTIONED, COMPANY_MENTIONED),
    )
)
NEGATED = re.compile(  # what is not wanted is no intent
    r"(?:(?<!\w)not|n't|(?<!\w)never)"
    r"(?: (?:really|even|very|that|going|want|need|like|wish|plan|be|to|a|an|any|the)(?!\w))* \w+"
)
LOOKED_AT_CHARACTERS = 10_000


def intent_of(text: str) -> str:
    """The strongest intent that the words tell; case and kinds of apostrophes do not matter."""
    words = " ".join(text[:LOOKED_AT_CHARACTERS].replace("’", "'").casefold().split())
    words = NEGATED.sub(" ", words)
    return next((str(intent) for intent, rule in RULES if rule.search(words)), str(Intent.NO_LEAD_INTENT))

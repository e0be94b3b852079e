"""What people's words tell of their intent."""

import pytest

from leads.intent import intent_of
from tests.effort import effort

WORDS = {
    "LEAD_OPPORTUNITY": [
        "I'd like to buy ten of them.",
        "We are thinking about buying two",
        "How do I purchase a licence?",
        "What's the price?",
        "Is there a pricing page",
        "Send me a quote, please",
        "Could we get a demo next week?",
        "Please contact me tomorrow",
        "CALL ME BACK",
        "you can e-mail me",
        "How much does it cost?",
        "how much is the big one",
        "What would you charge?",
        "I want to sign up",
        "Can I talk to someone?",
        "Book a meeting",
        "please schedule a short call with us",
        "My email is ann@acme.example",
        "our budget is 5,000",
        "I’m interested in your prices",  # the stronger one counts
        "I want to place an order",
        "I'm not sure what it costs",
        "is there a free trial",
    ],
    "INTEREST_DETECTED": [
        "I'm interested",
        "I’m interested!",
        "we are really interested in voice bots",
        "Tell me more.",
        "tell\nme   more",
        "I am looking for a hotel",
        "Do you offer delivery to Norway?",
        "Can you support Spanish",
        "How does it work?",
        "I'd like to know more about it",
        "which plans are there?",
        "That sounds good",
        "My company is looking for a phone assistant",
    ],
    "COMPANY_MENTIONED": [
        "My company has five people",
        "our firm is in Oslo",
        "I work for Acme",
        "I work at the harbour",
        "We at Acme like it",
        "I'm calling from Acme",
        "Acme Inc. speaking",
        "Here is Meyer GmbH",
        "Smith & Sons Ltd, good morning",
        "I run a bakery",
        "on behalf of my aunt",
    ],
    "NO_LEAD_INTENT": [
        "",
        "   ",
        "Hello.",
        "What time is it?",
        "The weather is priceless",
        "We quoted nobody",  # no word of the list is a part of another
        "democracy",
        "I prefer incense",
        "the buyers' market",
        "limited time",
        "I'm from here",
        "I am not interested",
        "I'm not interested in that",
        "Don't call me",
        "I do not want to buy it",
        "We don’t really need a demo",
        "123 !? ...",
        "Привет, как дела?",
    ],
}


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in WORDS.items() for text in texts])
def test_words(intent, text):
    assert intent_of(text) == intent


@pytest.mark.parametrize("filling", ["a ", "not ", "not to ", "book a ", "i'm ", "."])
def test_a_long_text(filling):
    """Its beginning tells; so long a text is looked at in no time."""
    assert intent_of("I want to buy it. " + filling * 40_000) == "LEAD_OPPORTUNITY"
    assert intent_of(filling * 40_000) == "NO_LEAD_INTENT"
    assert effort(lambda: intent_of(filling * 40_000)) < 1

"""Read and answer chats while messages come in: in the list, in a chat, by keyboard, without scripts, on a phone."""

import datetime as dt
import secrets
import uuid

import pytest

from leads.whatsapp import signatures
from tests.browser.test_conversations import IS_IN_SIGHT
from tests.installation import soon
from tests.leads.whatsapp import payloads as made

UNNAMED = """() => [...document.querySelectorAll("main input:not([type=hidden]), main textarea, main select")]
  .filter((field) => !field.labels.length && !field.getAttribute("aria-label")).length"""
TWICE = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}"""


def until(page, expression):
    """The Content-Security-Policy lets the page itself look at no expression."""
    soon(lambda: page.evaluate(expression))


class Number:
    """A connected number, to which people write."""

    def __init__(self, page):
        self.page, self.secret = page, secrets.token_hex(16)
        self.number_id = str(secrets.randbelow(10**14) + 10**14)
        self.name = f"Shop {uuid.uuid4().hex[:8]}"
        page.goto("/channels/new")
        page.get_by_label("Name", exact=True).fill(self.name)
        page.get_by_label("Phone number id").fill(self.number_id)
        page.get_by_label("Access token").fill("EAAG-token")
        page.get_by_label("App secret").fill(self.secret)
        page.locator("main form").filter(has=page.get_by_label("App secret")).locator(".button-main").click()
        page.get_by_role("heading", level=1).get_by_text(self.name).wait_for()
        page.goto("/inbox")

    def hear(self, *parts, **more):
        """Sent again when it is refused, as WhatsApp does: each web process knows a new number within two seconds."""
        body = made.body(made.change(*parts, number_id=self.number_id, **more))
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signatures.sign(body, self.secret)}
        soon(lambda: self.page.request.post("/webhook/whatsapp", data=body, headers=headers).ok)


class Customer:
    def __init__(self, number, name):
        self.number, self.name = number, f"{name} {uuid.uuid4().hex[:6]}"
        self.phone = f"49{secrets.randbelow(10**10) + 10**10}"

    def say(self, *contents, ago=0, **more):
        at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=ago)
        self.last = contents[-1][:40]
        parts = [made.text(content, sender=self.phone, at=at, **more) for content in contents]
        self.number.hear(*parts, names={self.phone: self.name})

    def open(self, page):
        """The page of the chat, at its end, once all that they said is here."""
        page.goto("/inbox")
        row = page.locator(".chat-row", has_text=self.name).filter(has_text=self.last)
        row.wait_for()
        page.goto(row.locator(".chat-link").get_attribute("href"))


@pytest.fixture
def number(open_page):
    return Number(open_page())


def test_chats_move_up_as_messages_come_in(number):
    page = number.page
    ann, omar = Customer(number, "Ann"), Customer(number, "Omar")
    ann.say("Good morning.", ago=20)
    page.get_by_role("link", name=ann.name).wait_for()
    omar.say("Hello!", ago=10)
    until(page, f"document.querySelector('.chat-link').textContent === '{omar.name}'")
    until(page, "document.getElementById('said').textContent.includes('Omar: Hello!')")
    before = int(page.locator("[data-counts=inbox] > :first-child").text_content())
    page.get_by_role("link", name=ann.name).focus()
    ann.say("Still there?")
    until(page, f"document.querySelector('.chat-link').textContent === '{ann.name}'")
    row = page.locator(".chat-row").first
    assert row.locator(".chat-count").text_content() == "2 unread"
    assert page.evaluate("document.activeElement.textContent") == ann.name
    assert page.get_by_role("link", name=ann.name).count() == 1
    assert int(page.locator("[data-counts=inbox] > :first-child").text_content()) == before
    page.goto("/inbox?show=unread")
    page.get_by_role("link", name=ann.name).wait_for()
    other = page.context.new_page()
    ann.open(other)
    page.get_by_role("link", name=ann.name).wait_for(state="detached")


def test_a_chat_is_followed_and_answered_by_keyboard(number):
    page, ann = number.page, Customer(number, "Ann")
    ann.say(*[f"Line {line}" for line in range(40)], ago=60)
    ann.open(page)
    assert page.locator("#composer").evaluate(IS_IN_SIGHT)
    ann.say("Is somebody there?")
    page.get_by_text("Is somebody there?", exact=True).wait_for()
    until(page, f"document.getElementById('said').textContent === '{ann.name}: Is somebody there?'")
    assert page.get_by_text("Is somebody there?", exact=True).evaluate(IS_IN_SIGHT)
    text = page.get_by_label("Message to")
    text.focus()
    page.keyboard.type("I am!")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("How can I help?")
    assert "21 of 4,096 characters." in page.locator("[data-count]").text_content()
    page.keyboard.press("Enter")
    mine = page.locator(".chat-message", has_text="How can I help?")
    mine.get_by_text("on its way").wait_for()
    assert mine.locator(".talk-words").text_content() == "I am!\nHow can I help?"
    until(page, "document.activeElement.id === 'text' && !document.activeElement.value")
    page.keyboard.type("half a senten")
    row_id = mine.get_attribute("id").removeprefix("message-")
    number.hear(made.status(made.new_id(), "delivered", biz_opaque_callback_data=row_id))
    mine.get_by_text("delivered").wait_for()
    assert text.input_value() == "half a senten"
    page.evaluate("scrollTo(0, 0)")
    ann.say("Thank you!")
    page.get_by_text("Thank you!", exact=True).wait_for()
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("document.activeElement.id") == "text"


def test_what_is_not_sent_is_said(number):
    page, ann = number.page, Customer(number, "Ann")
    ann.say("Hello.")
    ann.open(page)
    page.get_by_label("Message to").fill("Are you there?")
    page.keyboard.press("Enter")
    mine = page.locator(".chat-message", has_text="Are you there?")
    row_id = mine.get_attribute("id").removeprefix("message-")
    failed = made.status(made.new_id(), "failed", biz_opaque_callback_data=row_id, errors=[made.error(131026)])
    number.hear(failed)
    mine.get_by_text("not sent").wait_for()
    until(page, "document.getElementById('said').textContent.startsWith('Not sent: WhatsApp')")
    assert page.evaluate("document.activeElement.id") == "text"


def test_whoever_reads_at_the_end_stays_there(number):
    page, ann = number.page, Customer(number, "Ann")
    ann.say(*[f"Line {line}" for line in range(40)], ago=60)
    ann.open(page)
    last = page.get_by_text("Line 39", exact=True)
    last.evaluate("(words) => { words.style.paddingBlockEnd = '60rem'; }")  # as an image that comes late
    page.wait_for_function("() => scrollY + innerHeight + 2 > document.documentElement.scrollHeight")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function("() => scrollY === 0")
    last.evaluate("(words) => { words.style.paddingBlockEnd = '80rem'; }")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("scrollY") == 0


def test_earlier_messages_are_shown_in_place(number):
    page, ann = number.page, Customer(number, "Ann")
    for start in range(0, 120, 40):
        ann.say(*[f"Line {line}" for line in range(start, start + 40)], ago=300 - start)
    ann.open(page)
    assert page.get_by_text("Line 20", exact=True).count() == 0
    page.get_by_role("link", name="Show earlier").click()
    page.get_by_text("Line 20", exact=True).wait_for()
    assert page.locator(".chat-day").count() in (1, 2)
    ann.say("News.")
    page.get_by_text("News.", exact=True).wait_for()
    page.get_by_role("link", name="Show earlier").click()
    page.get_by_text("Line 0", exact=True).wait_for()
    words = page.locator(".talk-words").all_text_contents()
    assert words == [*[f"Line {line}" for line in range(120)], "News."]


def test_what_cannot_be_sent_stays_in_the_box(number):
    page, ann = number.page, Customer(number, "Ann")
    ann.say("Hello.")
    ann.open(page)
    page.get_by_label("Message to").fill("x" * 4_097)
    assert "1 character too many." in page.locator("[data-count]").text_content()
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("this has 4,097").wait_for()
    assert len(page.get_by_label("Message to").input_value()) == 4_097


def test_the_assistant_is_paused_in_place(number):
    page, ann = number.page, Customer(number, "Ann")
    ann.say("Hello.")
    ann.open(page)  # else the assistant may answer it
    page.goto("/channels")
    page.get_by_role("link", name=number.name).first.click()
    page.get_by_role("button", name="Let it answer").click()
    ann.open(page)
    page.get_by_role("button", name="Pause the assistant").click()
    page.get_by_role("button", name="Let the assistant answer").wait_for()
    until(page, "document.getElementById('said').textContent.includes('paused for this chat')")
    assert page.evaluate("document.activeElement.id") == "turn-assistant"


def test_it_works_without_javascript(open_page):
    number = Number(open_page(java_script_enabled=False))
    page, ann = number.page, Customer(number, "Ann")
    ann.say("Good morning.")
    soon(lambda: page.goto("/inbox") and page.get_by_role("link", name=ann.name).count())
    page.get_by_role("link", name=ann.name).click()
    page.get_by_label("Message to").fill("Good morning to you.")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("Good morning to you.").wait_for()
    page.get_by_role("link", name="Show what is new").click()
    page.get_by_role("link", name="Contact", exact=True).click()
    page.get_by_role("textbox", name="Labels").fill("vip, no script")
    page.get_by_role("button", name="Save the labels").click()
    page.get_by_role("link", name="no script").wait_for()
    page.get_by_role("link", name="Erase this contact").click()
    page.get_by_role("button", name="Erase the contact").click()
    page.get_by_text(f"{ann.name} is erased.").wait_for()
    assert page.get_by_role("link", name=ann.name).count() == 0


def test_the_pages_fit_a_narrow_screen_and_name_their_fields(open_page):
    page = open_page(viewport={"width": 390, "height": 800})
    number = Number(page)
    ann = Customer(number, "A" * 60)
    ann.say("The harbour wakes before the sun. " * 5, "x" * 300, "مرحبا، هل تشحنون إلى النرويج؟ ann@acme.example")
    ann.open(page)
    chat = page.url.partition("#")[0]
    page.get_by_text("May become a lead").wait_for()
    for address in ("/inbox", "/inbox?q=harbour", chat, f"{chat}/contact", f"{chat}/erase"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, address
        assert (page.evaluate(UNNAMED), page.evaluate(TWICE)) == (0, []), address

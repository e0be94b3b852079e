"""What can go wrong at the Cloud API: for each failure a sentence a person can act on, and whether it may pass."""

from collections.abc import Mapping
from typing import ClassVar

from config.errors import DomainError


class CloudApiFailure(DomainError):
    """WhatsApp did not do what it was asked to.

    `may_pass`: the same call may work in a moment. `is_unknown`: nobody knows whether it did. `is_of_channel`: nothing
    can be sent from this number until somebody does something about it. `pause`: seconds that WhatsApp asked us to
    wait. `meta_code`: its own code, when it gave one.
    """

    status = 503
    code = "whatsapp_failed"
    may_pass: ClassVar[bool] = False
    is_unknown: ClassVar[bool] = False
    is_of_channel: ClassVar[bool] = False
    sentence: str

    def __init__(self, sentence: str = "", *, pause: int | None = None, meta_code: int | None = None) -> None:
        self.sentence = sentence or self.sentence
        super().__init__(self.sentence)
        self.pause, self.meta_code = pause, meta_code

    @property
    def error_code(self) -> str:
        """WhatsApp's, or a word of ours."""
        return str(self.meta_code or self.code)


# Of the channel


class OfChannel(CloudApiFailure):
    is_of_channel = True


class NotConnected(OfChannel):
    status = 409
    code = "not_connected"
    sentence = "This channel has no number to send from. Connect it under Channels."


class SecretsUnreadable(OfChannel):
    status = 409
    code = "secrets_unreadable"
    sentence = (
        "The access token of this channel can't be read any more: the SECRET_KEY of this installation has changed. "
        "Enter it again."
    )


class TokenRefused(OfChannel):
    code = "token_refused"
    sentence = "WhatsApp does not accept the access token of this channel: it is wrong or has expired. Enter a new one."


class NotAllowed(OfChannel):
    code = "token_not_allowed"
    sentence = (
        "The access token of this channel may not do this. "
        "At Meta, give it the permission whatsapp_business_messaging and access to this WhatsApp account."
    )


class NumberUnknown(OfChannel):
    code = "number_unknown"
    sentence = "WhatsApp knows no such phone number id, or this access token may not use it. Check both."


class NumberNotRegistered(OfChannel):
    code = "number_not_registered"
    sentence = "This number is not registered with the Cloud API. Register it in Meta's WhatsApp Manager."


class AccountRestricted(OfChannel):
    code = "account_restricted"
    sentence = (
        "Meta has restricted this WhatsApp account. See what it says in the Business Support Home, then try again."
    )


class PaymentDue(OfChannel):
    code = "payment_due"
    sentence = (
        "WhatsApp sends nothing more because of how it is paid. Check the payment method in Meta's WhatsApp Manager."
    )


# Of the message


class WindowClosed(CloudApiFailure):
    status = 409
    code = "window_closed"
    sentence = (
        "More than 24 hours have passed since they last wrote, and WhatsApp then takes a template only. "
        "Send one from Meta's WhatsApp Manager, or wait until they write again."
    )


class Undeliverable(CloudApiFailure):
    status = 422
    code = "undeliverable"
    sentence = (
        "WhatsApp can't deliver to them: their number may not be on WhatsApp, their app may be too old, "
        "or they have blocked you. Try another way to reach them."
    )


class NotOnTestList(CloudApiFailure):
    status = 422
    code = "not_on_test_list"
    sentence = "This is a test number of Meta's, which writes to numbers on its list only. Add theirs to it at Meta."


class SentToItself(CloudApiFailure):
    status = 422
    code = "sent_to_itself"
    sentence = "A number can't write to itself."


class SpamLimited(CloudApiFailure):
    code = "spam_limited"
    sentence = (
        "WhatsApp lets this number write less, because people have blocked or reported it. "
        "See its quality in Meta's WhatsApp Manager, and try again later."
    )


class MediaRefused(CloudApiFailure):
    status = 422
    code = "media_refused"
    sentence = "WhatsApp does not take this file."


class Refused(CloudApiFailure):
    status = 422
    code = "refused"
    sentence = "WhatsApp refused this without saying why."


# Of the moment


class Busy(CloudApiFailure):
    code = "whatsapp_busy"
    may_pass = True
    retry_after = 30
    sentence = "Too much was sent from this number at once. Send it again in a minute."


class PairBusy(Busy):
    code = "pair_busy"
    sentence = "Too many messages went to them at once. Send it again in a minute."


class Away(CloudApiFailure):
    code = "whatsapp_away"
    may_pass = True
    retry_after = 60
    sentence = "WhatsApp can't be reached just now. Send it again in a few minutes."


class Lost(Away):
    """The request was on its way when something broke."""

    code = "outcome_unknown"
    is_unknown = True
    sentence = "WhatsApp did not answer. The message may have arrived all the same: ask before you send it again."


class Garbled(CloudApiFailure):
    code = "whatsapp_garbled"
    sentence = (
        "WhatsApp gave an answer that can't be used. Try again later; "
        "if it stays so, ask whoever runs this installation to check WHATSAPP_API_BASE_URL."
    )


class TakenGarbled(Lost):
    """The answer says that it worked, and nothing more that can be understood."""

    code = "whatsapp_garbled"


# Of a file that somebody sent


class MediaGone(CloudApiFailure):
    status = 404
    code = "media_gone"
    sentence = "WhatsApp does not have this file any more: it keeps them for some days only."


class MediaTooLarge(CloudApiFailure):
    status = 413
    code = "media_too_large"
    sentence = "This file is too large to be kept here."


class AddressRefused(CloudApiFailure):
    code = "address_refused"
    sentence = "The file lies at an address that does not belong to WhatsApp, so it was not fetched."


CODES: Mapping[int, type[CloudApiFailure]] = {
    0: TokenRefused,
    1: Away,  # "possible server error"
    2: Away,
    3: NotAllowed,
    4: Busy,
    10: NotAllowed,
    33: NumberUnknown,
    102: TokenRefused,
    190: TokenRefused,
    368: AccountRestricted,
    80007: Busy,
    130429: Busy,
    130497: AccountRestricted,
    131000: Away,
    131005: NotAllowed,
    131016: Away,
    131021: SentToItself,
    131026: Undeliverable,
    131030: NotOnTestList,
    131031: AccountRestricted,
    131042: PaymentDue,
    131045: NumberNotRegistered,
    131047: WindowClosed,
    131048: SpamLimited,
    131052: MediaGone,
    131053: MediaRefused,
    131056: PairBusy,
    131057: Away,
    133004: Away,
    133010: NumberNotRegistered,
}
PERMISSIONS = range(200, 300)
INVALID, NO_SUCH_OBJECT = 100, 33  # a code, and its subcode
STATUSES: Mapping[int, type[CloudApiFailure]] = {401: TokenRefused, 403: NotAllowed, 408: Lost, 429: Busy}


def kind_of(code: int, subcode: int | None = None) -> type[CloudApiFailure] | None:
    """The failure that Meta's code stands for; None for one that is not known here."""
    if code in PERMISSIONS:
        return NotAllowed
    if code == INVALID and subcode == NO_SUCH_OBJECT:
        return NumberUnknown
    return CODES.get(code)


def sentence_of(code: str, said: str) -> str:
    """What to tell of a code that came later than the answer, in a status; `said` are WhatsApp's own words of it."""
    kind = kind_of(int(code)) if code.isascii() and code.isdecimal() else None
    return said if kind is None or kind.may_pass or kind is MediaRefused else kind.sentence

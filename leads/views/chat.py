"""One chat: its messages, what is new in it, and what is written to it."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest, asked_words
from config.ids import OBJECT_ID
from config.telling import told
from leads.actions.whatsapp import contacts, sending
from leads.forms.chats import WriteForm
from leads.models import Contact
from leads.pages import chats

PAGE = "leads/chat.html"


@require_safe
def chat(request: PageRequest, user_id: str) -> HttpResponse:
    """Opens at the part that is asked for: `?at=` a message, `?after=` or `?before=` a cursor; else at its end."""
    contact = find(request, user_id)
    return show(request, contact, WriteForm())


def show(request: PageRequest, contact: Contact, form: WriteForm) -> HttpResponse:
    part = asked_part(request, contact)
    context = chat_context(request, contact, part) | {"form": form, "has_head": True, "has_tail": True}
    if context["is_followed"]:
        contacts.see(by=request.user, contact=contact)
        context["news"] = chats.news(contact, part.start)
    return render(request, PAGE, context | {"at": request.GET.get("at", "").lower()})


def asked_part(request: PageRequest, contact: Contact) -> chats.Part:
    at = request.GET.get("at", "")
    if OBJECT_ID.fullmatch(at) and (message := chats.shown(chats.messages_of(contact)).filter(pk=at.lower()).first()):
        return chats.part_around(contact, message)
    if cursor := request.GET.get("after"):
        return chats.part_after(contact, cursor)
    if cursor := request.GET.get("before"):
        return chats.part_before(contact, cursor)
    return chats.last_part(contact)


def chat_context(request: PageRequest, contact: Contact, part: chats.Part) -> dict[str, Any]:
    """A part, and whether what comes in goes on after it."""
    shown = {"contact": contact, "part": part, "q": asked_words(request)}
    return shown | {"is_followed": not part.later, "mode": mode_of(contact)}


def mode_of(contact: Contact) -> str:
    """Whether one can write to them, else why not."""
    if not contact.is_active:
        return "blocked"
    if not contact.channel.can_send:
        return "off"
    return "open" if contact.is_window_open else "closed"


@require_safe
def chat_messages(request: PageRequest, user_id: str) -> HttpResponse:
    """More of the chat: `?before=` or `?after=` a cursor. With `?mark=` what has changed since in the part that starts
    with the message `?start=`; 204 when nothing has. Without scripts the page itself has the same.
    """
    contact = find(request, user_id)
    if not request.htmx:
        return redirect(f"{reverse('chat', args=[user_id])}?{request.GET.urlencode()}")
    if "mark" in request.GET:
        return show_news(request, contact)
    sides = {"has_head": "before" in request.GET, "has_tail": "after" in request.GET}
    context = chat_context(request, contact, asked_part(request, contact)) | sides
    if context["is_followed"]:
        context["news"] = chats.news(contact, context["part"].start)
    return render(request, f"{PAGE}#part", context)


def show_news(request: PageRequest, contact: Contact) -> HttpResponse:
    contacts.see(by=request.user, contact=contact)
    news = chats.news(contact, request.GET.get("start", ""))
    if news.mark == request.GET["mark"]:
        return HttpResponse(status=204)
    context = chat_context(request, contact, chats.load(contact, news.ids)) | {"news": news, "is_followed": True}
    if request.GET.get("mode") != context["mode"]:
        context["form"] = WriteForm()
    return render(request, f"{PAGE}#news", context)


@require_POST
def write_message(request: PageRequest, user_id: str) -> HttpResponse:
    """What can't be sent stays in the box, with the reason."""
    contact, form = find(request, user_id), WriteForm(request.POST)
    if form.is_valid():
        try:
            sending.write_to(by=request.user, contact=contact, **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
    if form.errors:
        return show_refused(request, contact, form)
    if not request.htmx:
        return to_end(contact)
    answer = render(request, f"{PAGE}#composer", {"contact": contact, "form": WriteForm(), "mode": mode_of(contact)})
    return trigger_client_event(answer, "written")


def show_refused(request: PageRequest, contact: Contact, form: WriteForm) -> HttpResponse:
    if not request.htmx:
        return show(request, contact, form)
    return render(request, f"{PAGE}#composer", {"contact": contact, "form": form, "mode": mode_of(contact)})


@require_POST
def send_again(request: PageRequest, user_id: str, message_id: str) -> HttpResponse:
    contact = find(request, user_id)
    message = get_object_or_404(chats.messages_of(contact), pk=message_id)
    message.contact = contact
    with told(request):
        sending.send_again(by=request.user, message=message)
    return redirect(f"{reverse('chat', args=[contact.pk])}?at={message.pk}#message-{message.pk}")


@require_POST
def pause_assistant(request: PageRequest, user_id: str) -> HttpResponse:
    contact = find(request, user_id)
    contacts.pause(by=request.user, contact=contact)
    return show_standing(request, contact)


@require_POST
def resume_assistant(request: PageRequest, user_id: str) -> HttpResponse:
    contact = find(request, user_id)
    contacts.resume(by=request.user, contact=contact)
    return show_standing(request, contact)


def show_standing(request: PageRequest, contact: Contact) -> HttpResponse:
    if not request.htmx:
        return to_end(contact)
    return render(request, f"{PAGE}#standing", {"contact": contact, "mode": mode_of(contact), "is_told": True})


def to_end(contact: Contact) -> HttpResponseRedirect:
    return redirect(f"{reverse('chat', args=[contact.pk])}#end")


def find(request: PageRequest, user_id: str) -> Contact:
    """Its channel and lead are looked up when they are shown: mostly there is nothing new, every two seconds."""
    return get_object_or_404(Contact.objects.owned_by(request.user).kept(), pk=user_id)

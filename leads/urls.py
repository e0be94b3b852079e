from django.urls import path

from leads.views import analytics, conversation, conversations, lead, leads, reports

urlpatterns = [
    path("leads", leads.leads, name="leads"),
    path("leads/new", leads.new_lead, name="new-lead"),
    path("leads/<object_id:lead_id>", lead.lead, name="lead"),
    path("leads/<object_id:lead_id>/change", lead.change_lead, name="change-lead"),
    path("leads/<object_id:lead_id>/status", lead.set_lead_status, name="set-lead-status"),
    path("leads/<object_id:lead_id>/owner", lead.assign_lead, name="assign-lead"),
    path("leads/<object_id:lead_id>/notes", lead.add_note, name="add-note"),
    path("leads/<object_id:lead_id>/notes/<object_id:note_id>/delete", lead.delete_note, name="delete-note"),
    path("leads/<object_id:lead_id>/delete", lead.delete_lead, name="delete-lead"),
    path("analytics", analytics.analytics_page, name="analytics"),
    path("reports/weekly", reports.weekly_report, name="weekly-report"),
    path("conversations", conversations.conversations, name="conversations"),
    path("conversations/<session_id>", conversation.conversation, name="conversation"),
    path("conversations/<session_id>/events", conversation.conversation_events, name="conversation-events"),
    path("conversations/<session_id>/audio", conversation.conversation_audio, name="conversation-audio"),
    path("conversations/<session_id>/end", conversation.end_conversation, name="end-conversation"),
    path("conversations/<session_id>/speak", conversation.speak_reply, name="speak-reply"),
]

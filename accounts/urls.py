from django.urls import path

from accounts.views import invitations, keys, members, passwords, settings, sign_in, team, trail

urlpatterns = [
    path("login", sign_in.login, name="login"),
    path("logout", sign_in.logout, name="logout"),
    path("register", sign_in.register, name="register"),
    path("settings", settings.settings, name="settings"),
    path("settings/name", settings.change_name, name="change-name"),
    path("settings/email", settings.change_email, name="change-email"),
    path("settings/password", settings.change_password, name="change-password"),
    path("settings/cloning", settings.change_cloning_consent, name="change-cloning-consent"),
    path("settings/data", settings.start_export, name="start-export"),
    path("settings/data/<object_id:export_id>", settings.download_export, name="download-export"),
    path("settings/delete", settings.close_account, name="close-account"),
    path("password-reset", passwords.ask_reset, name="ask-reset"),
    path("password-reset/<str:user_id>/<str:token>", passwords.reset_password, name="reset-password"),
    path("team", team.team, name="team"),
    path("team/rename", team.rename_team, name="rename-team"),
    path("team/leave", team.leave_team, name="leave-team"),
    path("team/invitations/<object_id:invitation_id>/revoke", team.revoke_invitation, name="revoke-invitation"),
    path("team/members/<object_id:user_id>", members.member, name="member"),
    path("team/members/<object_id:user_id>/reset-link", members.make_reset_link, name="make-reset-link"),
    path("team/members/<object_id:user_id>/disable", members.disable_member, name="disable-member"),
    path("team/members/<object_id:user_id>/enable", members.enable_member, name="enable-member"),
    path("team/members/<object_id:user_id>/remove", members.remove_member, name="remove-member"),
    path("invitations/<token>", invitations.invitation, name="invitation"),
    path("keys", keys.keys, name="keys"),
    path("keys/<object_id:key_id>/revoke", keys.revoke_key, name="revoke-key"),
    path("audit", trail.audit, name="audit"),
    path("usage", trail.usage, name="usage"),
    path("theme", sign_in.theme, name="theme"),
]

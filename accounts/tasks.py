from accounts.actions import deletion, exports, passwords
from accounts.models import DataExport, User


def send_reset_mail(user_id: str) -> None:
    if user := User.objects.filter(pk=user_id, is_active=True).first():
        passwords.send_reset_mail(user=user)


def make_export(export_id: str) -> None:
    if export := DataExport.objects.filter(pk=export_id).select_related("user").first():
        exports.run_export(export=export)


def delete_account(user_id: str) -> None:
    if user := User.objects.filter(pk=user_id).select_related("team").first():
        deletion.delete_account(user=user)

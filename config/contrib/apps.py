"""Django's and django-rq's own apps, with our primary key; their migrations lie beside this file."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig
from django.contrib.contenttypes.apps import ContentTypesConfig
from django_rq.apps import DjangoRqAdminConfig  # noqa: TID251

OBJECT_ID = "config.ids.ObjectIdField"


class Admin(AdminConfig):
    default_auto_field = OBJECT_ID
    default_site = "config.admin.AdminSite"


class Auth(AuthConfig):
    default_auto_field = OBJECT_ID


class ContentTypes(ContentTypesConfig):
    default_auto_field = OBJECT_ID


class Queues(DjangoRqAdminConfig):
    default_auto_field = OBJECT_ID
    verbose_name = "Queues"

"""The product's settings, with a folder of their own and cheap password hashes."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

VAR_DIR = Path(tempfile.mkdtemp(prefix="echodesk-tests-"))
atexit.register(shutil.rmtree, VAR_DIR, ignore_errors=True)
os.environ["VAR_DIR"] = str(VAR_DIR)
os.environ["ENV_FILE"] = os.devnull
os.environ.setdefault("SECRET_KEY", "k9Zr2-Vt7qLx0cBnEw4uYh8sGd3mPa6fJo1TiXvNbQ5")
for name in (
    "REDIS_URL",
    "SITE_URL",
    "ADMIN_EMAIL",
    "ADMIN_PASSWORD",
    "PIPER_VOICES_DIR",
    "DEFAULT_VOICE",
    "PIPER_CATALOGUE_URL",
    "FISH_API_KEY",
    "CALLBACK_ALLOW_PRIVATE",
    "WHATSAPP_PHONE_NUMBER_ID",
    "WHATSAPP_ACCESS_TOKEN",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
    "WHATSAPP_API_BASE_URL",
    "LLM_BASE_URL",
    "LLM_API_KEY",
    "LLM_MODEL",
):
    os.environ.pop(name, None)

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, MONGODB_URI  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir()
(VAR_DIR / "work").mkdir()
if not MONGODB_URI:
    # The file of the product's own settings, so that real processes started by a test use the same one.
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}

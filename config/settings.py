"""Every setting, read top to bottom. Values come from the environment and `.env`; `.env.example` lists them all."""

import os
from pathlib import Path

from corsheaders.defaults import default_headers as cors_headers

from config import env as environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = environment.load(BASE_DIR / os.environ.get("ENV_FILE", ".env"))

# Where it runs
HOST = env.str("HOST", "127.0.0.1")
PORT = environment.integer(env, "PORT", 8000, low=1, high=65_535)
SITE_URL = environment.url(env, "SITE_URL", environment.site(HOST, PORT), ("http", "https"))
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var").absolute()
WORKERS = environment.integer(env, "WORKERS", min(2, os.cpu_count() or 1), high=256)
WEB_PROCESSES = environment.integer(env, "WEB_PROCESSES", 2, low=1, high=256)
LOG_LEVEL = environment.choice(env, "LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))

# Doors and locks
DEBUG = environment.switch(env, "DEBUG", False)
MONGODB_URI = env.str("MONGODB_URI", "")
SECRET_KEY = environment.secret_key(env, kept_in=None if MONGODB_URI else VAR_DIR / "secret_key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", []) or environment.hosts(HOST, SITE_URL)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = environment.networks(env, "TRUSTED_PROXIES")
CORS_ALLOWED_ORIGINS = environment.origins(env, "CORS_ORIGINS")
CORS_URLS_REGEX = r"^/(api|v1|tts|auth|voices)(/|$)"
CORS_ALLOW_HEADERS = (*cors_headers, "x-api-key", "idempotency-key")
CORS_EXPOSE_HEADERS = (
    "Link",
    "Location",
    "Retry-After",
    "X-Total-Count",
    "X-Sample-Rate",
    "X-Job-Id",
    "Idempotent-Replayed",
)
METRICS_TOKEN = environment.api_key(env, "METRICS_TOKEN")
CALLBACK_ALLOW_PRIVATE = environment.switch(env, "CALLBACK_ALLOW_PRIVATE", False)
REGISTRATION_OPEN = environment.switch(env, "REGISTRATION_OPEN", True)
ADMIN_EMAIL = env.str("ADMIN_EMAIL", "")
ADMIN_PASSWORD = env.str("ADMIN_PASSWORD", "")
RATES = {
    "sign_in": environment.rate(env, "RATE_SIGN_IN", "5/m"),
    "sign_in_address": environment.rate(env, "RATE_SIGN_IN_ADDRESS", "20/m"),
    "register": environment.rate(env, "RATE_REGISTER", "10/h"),
    "reset": environment.rate(env, "RATE_REGISTER", "10/h"),  # an address asks for as many mails as accounts
    "invite": environment.rate(env, "RATE_REGISTER", "10/h"),  # and a person as many
    "upload": environment.rate(env, "RATE_UPLOAD", "60/h"),
    "speech": environment.rate(env, "RATE_SPEECH", "300/m"),
    "assistant": environment.rate(env, "RATE_ASSISTANT", "60/m"),
}
QUEUE_CHARACTERS = environment.integer(env, "QUEUE_CHARACTERS", 2_000_000, low=1)  # of one account that may wait
_is_https = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _is_https and TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "media-src": ["'self'", "blob:"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # bytes of a body without files

# Database: MongoDB when it has an address, else SQLite in VAR_DIR
MONGODB_DB_NAME = env.str("MONGODB_DB_NAME", environment.database_in(MONGODB_URI) or "echodesk")
MONGODB_TIMEOUT = environment.integer(env, "MONGODB_TIMEOUT", 2_000, low=1)  # milliseconds; see .env.example
MONGODB_FLAVOUR = environment.flavour(env, MONGODB_URI)
if MONGODB_URI:
    _mongodb = environment.mongodb(MONGODB_URI, MONGODB_FLAVOUR, MONGODB_TIMEOUT)
    DATABASES = {"default": _mongodb | {"NAME": MONGODB_DB_NAME}}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "echodesk.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,  # seconds
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
            },
        }
    }
DATABASE_URL = env.str("DATABASE_URL", "")  # of an old system, as the two names below: what its importer reads
USERS_TABLE = env.str("USERS_TABLE", "")
AUDIO_FILES_TABLE = env.str("AUDIO_FILES_TABLE", "")
DEFAULT_AUTO_FIELD = "config.ids.ObjectIdField"
MIGRATION_MODULES = {app: f"config.contrib.migrations.{app}" for app in ("admin", "auth", "contenttypes", "django_rq")}

# Redis: an embedded server on a socket in VAR_DIR when it has no address
EMBEDDED_REDIS = not env.str("REDIS_URL", "")
REDIS_URL = environment.url(env, "REDIS_URL", f"unix://{VAR_DIR / 'redis.sock'}", ("redis", "rediss", "unix"))
RQ_SHOW_ADMIN_LINK = False  # its dashboard changes queues behind the actions' back, and for any staff
RQ = {"COMMIT_MODE": "auto"}  # at once: actions enqueue after their transaction, which django-rq can't see on MongoDB
_queues = ("interactive", "default", "bulk", "network", "network-answers", "network-upkeep", "network-long")
RQ_QUEUES = {name: {"URL": REDIS_URL, "DEFAULT_TIMEOUT": -1} for name in _queues}

# Speech
os.environ.setdefault(
    "ORT_DISABLE_TELEMETRY", "1"
)  # onnxruntime would send its maker figures, with an id of the machine
PIPER_VOICES_DIR = env.path("PIPER_VOICES_DIR", VAR_DIR / "voices").absolute()
DEFAULT_VOICE = env.str("DEFAULT_VOICE", "en_US-demo-low")
VOICE_ALIASES = {"demo": "en_US-demo-low"} | environment.pairs(env.str("VOICE_ALIASES", ""))
_piper = "https://huggingface.co/rhasspy/piper-voices/resolve/main/voices.json"  # fetched when somebody asks for it
PIPER_CATALOGUE_URL = environment.url(env, "PIPER_CATALOGUE_URL", _piper, ("https", "http", "file"))
VOICE_CACHE_MB = environment.integer(env, "VOICE_CACHE_MB", 512, low=1)
SPEECH_CACHE_MB = environment.integer(env, "SPEECH_CACHE_MB", 1_000, low=0)  # of sentences spoken before; 0: none
LOUDNESS_LUFS = environment.integer(env, "LOUDNESS_LUFS", 0, low=-40, high=0)  # 0: as the voice speaks
FISH_API_KEY = environment.api_key(env, "FISH_API_KEY")
FISH_BASE_URL = environment.url(env, "FISH_BASE_URL", "https://api.fish.audio", ("http", "https"))

# Mail: printed to the log when no server is set
EMAIL_URL = env.str("EMAIL_URL", "")
_mail = environment.mail(EMAIL_URL or "console://")
EMAIL_BACKEND, EMAIL_TIMEOUT = _mail["EMAIL_BACKEND"], 20  # seconds
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
DEFAULT_FROM_EMAIL = _mail.get("DEFAULT_FROM_EMAIL") or f"Echodesk <echodesk@{environment.mail_host(SITE_URL)}>"
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds that a reset link works

# The desk
JOURNAL_DIR = env.path("JOURNAL_DIR", VAR_DIR / "journal").absolute()
JOURNAL_KEEP_DAYS = environment.integer(env, "JOURNAL_KEEP_DAYS", 30, low=1)  # of what the database has already
SESSION_IDLE_MINUTES = environment.integer(env, "SESSION_IDLE_MINUTES", 30, low=1)  # after which silence ends it
TRANSCRIPT_RETENTION_DAYS = environment.days(env, "TRANSCRIPT_RETENTION_DAYS")  # of what was said; None: for ever

# WhatsApp: a first channel, which goes to the first administrator's team; and the assistant that answers
WHATSAPP_PHONE_NUMBER_ID = env.str("WHATSAPP_PHONE_NUMBER_ID", "")
WHATSAPP_ACCESS_TOKEN = environment.api_key(env, "WHATSAPP_ACCESS_TOKEN")
WHATSAPP_APP_SECRET = environment.api_key(env, "WHATSAPP_APP_SECRET")
WHATSAPP_VERIFY_TOKEN = env.str("WHATSAPP_VERIFY_TOKEN", "")
_graph = "https://graph.facebook.com/v23.0"
WHATSAPP_API_BASE_URL = environment.url(env, "WHATSAPP_API_BASE_URL", _graph, ("https", "http"))
LLM_BASE_URL = env.str("LLM_BASE_URL", "") and environment.url(env, "LLM_BASE_URL", "", ("https", "http"))
LLM_API_KEY = environment.api_key(env, "LLM_API_KEY")
LLM_MODEL = env.str("LLM_MODEL", "")

# Files: in VAR_DIR, or in an S3 bucket when one is named
S3_BUCKET = env.str("S3_BUCKET", "")
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", "") and environment.url(env, "S3_ENDPOINT_URL", "", ("http", "https"))
STORAGE_QUOTA_MB = environment.integer(env, "STORAGE_QUOTA_MB", 1_024, low=1)  # of each account
ACCEL_REDIRECT = env.str("ACCEL_REDIRECT", "")
FILE_UPLOAD_HANDLERS = ["config.files.UploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "work"
SILENCED_SYSTEM_CHECKS = ["files.E001"]  # that folder is made when the web server starts
MEDIA_ROOT = VAR_DIR / "media"
STATIC_ROOT = VAR_DIR / "static"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
for _kind in ("media-src", "img-src"):
    CONTENT_SECURITY_POLICY["DIRECTIVES"][_kind] += environment.media_origins(env, S3_BUCKET, S3_ENDPOINT_URL)
STORAGES = {
    "default": environment.storage(env, S3_BUCKET, S3_ENDPOINT_URL),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Django
INSTALLED_APPS = [
    "config",
    "config.contrib.apps.Admin",
    "config.contrib.apps.Auth",
    "config.contrib.apps.ContentTypes",
    "config.contrib.apps.Queues",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "django_htmx",
    "ninja",
    "template_partials",
    "accounts",
    "voices",
    "jobs",
    "leads",
]
MIDDLEWARE = [
    "config.middleware.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.BodyLimitMiddleware",
    "config.middleware.JsonDoorsMiddleware",
    "config.middleware.BrowserMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.PagesNeedSignInMiddleware",  # before CSRF, which reads a whole upload to find its token
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.middleware.RefusalMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.http.frame",
            ],
        },
    }
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["accounts.hashers.Argon2id"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
CSRF_FAILURE_VIEW = "config.refusals.csrf_failure"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"links": {"()": "config.logs.WithoutLinks"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["links"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # strangers would fill the log
        "django.request": {"level": "ERROR"},  # what clients do wrong is theirs to know
        "django.template": {"level": "INFO"},  # else DEBUG writes all that a page shows, for each name that it lacks
        "httpx": {"level": "WARNING"},  # else a line for each request to a provider
        "pymongo": {"level": "INFO"},  # else DEBUG writes each row into the log, secrets and people's words too
    },
}

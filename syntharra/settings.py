"""Every setting of an installation, from the environment. Each one has its line in docs/configuration.md."""

from pathlib import Path

import environ
from celery.schedules import crontab
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from syntharra import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# The installation
DEBUG = env.bool("DEBUG", default=False)
SANDBOX = env.bool("SANDBOX", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
NUMBER_KEYS = env.list("NUMBER_KEYS", default=[])
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
RELAY_URL = env.str("RELAY_URL", default="ws://127.0.0.1:8001").rstrip("/")
SIMULATORS_FILE = env.str("SIMULATORS_FILE", default="")
SIMULATORS_URL = env.str("SIMULATORS_URL", default="http://127.0.0.1:9100").rstrip("/")
ROLE = env.str("ROLE", default="for_others")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[environ.urlparse(PUBLIC_URL).hostname or "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# Data: the app is a plain role; `owner` migrates, backs up, and makes test databases.
DATABASES = {
    alias: {
        **env.db_url_config(env.str(variable, default=env.str("DATABASE_URL", default="postgres:///syntharra"))),
        "ENGINE": "syntharra.postgres",
        "DISABLE_SERVER_SIDE_CURSORS": True,  # rows fetched later would be judged by another business's setting
    }
    for alias, variable in (("default", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL"))
}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    f"-c lock_timeout={env.int('LOCK_TIMEOUT_MS', default=10_000)} "
    f"-c statement_timeout={env.int('STATEMENT_TIMEOUT_MS', default=30_000)} "
    "-c idle_in_transaction_session_timeout=60000"
)
DATABASES["owner"].setdefault("OPTIONS", {})["options"] = "-c lock_timeout=5000"
# One process answers many requests at once, each in a thread of its own: they share so many connections, and wait for one.
DATABASE_POOL = env.int("DATABASE_POOL", default=0)
if DATABASE_POOL:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 15}
DATABASE_ROUTERS: list[str] = []
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
STORAGES = {
    "default": {
        "BACKEND": env.str("FILES_BACKEND", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env.json("FILES_OPTIONS", default={"location": str(BASE_DIR / ".files")}),
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A virus scanner for what strangers send: a dotted path to a callable taking bytes, returning "" or what it found.
FILE_SCANNER = env.str("FILE_SCANNER", default="")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "syntharra",
    "accounts",
    "integrations",
    "compliance",
    "notifications",
    "invoices",
    "disputes",
    "calls",
    "billing",
    "desk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django_htmx",
    "django_structlog",
    "anymail",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "syntharra.unreadable.NoNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.BusinessMiddleware",
]
ROOT_URLCONF = "syntharra.urls"
ASGI_APPLICATION = "syntharra.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "desk.context.frame",
            ],
            "builtins": ["syntharra.templatetags.syntharra"],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / ".static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# From a checkout, assets are served as they lie; an image built for production has collected them under hashed names.
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
if WHITENOISE_USE_FINDERS:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# Words and time
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", _("English")), ("es", _("Spanish"))]
# The second holds what customers read in Spanish: letters, signed pages, refusals. The firm's own pages are English.
LOCALE_PATHS = [BASE_DIR / "syntharra" / "locale", BASE_DIR / "notifications" / "wording" / "customers"]
TIME_ZONE = "UTC"
USE_TZ = True

# People and sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PUBLIC_URL.startswith("https") else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SANDBOX
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"

# The browser
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PUBLIC_URL.startswith("https")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_URL.startswith("https") else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PUBLIC_URL.startswith("https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https")
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}

# Mail
vars().update(env.email_url_config(env.str("EMAIL_URL", default="smtp://127.0.0.1:1025")))
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=vars()["EMAIL_BACKEND"])
EMAIL_TIMEOUT = 15
INBOUND_DOMAIN = env.str("INBOUND_DOMAIN", default="").strip().lower()  # answers to our letters come to addresses there
ANYMAIL = {
    "WEBHOOK_SECRET": env.str("INBOUND_SECRET", default=""),
    "MAILGUN_WEBHOOK_SIGNING_KEY": env.str("INBOUND_SIGNING_KEY", default=""),
    "POSTAL_WEBHOOK_KEY": env.str("INBOUND_SIGNING_KEY", default=""),
}
INBOUND_SERVICE = env.str("INBOUND_SERVICE", default="")  # of anymail's, for example "postmark"
MAIL_EVENTS_SERVICE = env.str("MAIL_EVENTS_SERVICE", default=INBOUND_SERVICE)  # says what became of letters it took
INBOUND_MAILDIR = env.str("INBOUND_MAILDIR", default="")
INBOUND_IMAP = env.str("INBOUND_IMAP", default="")  # imaps://user:password@host[:port]/mailbox
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Syntharra <syntharra@localhost.example>")

# The books and the carrier. A sandbox business reaches SIMULATORS_URL only, a live one never.
QUICKBOOKS_CLIENT_ID = env.str("QUICKBOOKS_CLIENT_ID", default="")
QUICKBOOKS_CLIENT_SECRET = env.str("QUICKBOOKS_CLIENT_SECRET", default="")
QUICKBOOKS_WEBHOOK_VERIFIER = env.str("QUICKBOOKS_WEBHOOK_VERIFIER", default="")
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
XERO_CLIENT_ID = env.str("XERO_CLIENT_ID", default="")
XERO_CLIENT_SECRET = env.str("XERO_CLIENT_SECRET", default="")
XERO_WEBHOOK_KEY = env.str("XERO_WEBHOOK_KEY", default="")
XERO_SCOPES = env.str(
    "XERO_SCOPES",
    default="offline_access openid profile email accounting.contacts.read accounting.settings.read "
    "accounting.invoices accounting.payments.read",
)
FRESHBOOKS_CLIENT_ID = env.str("FRESHBOOKS_CLIENT_ID", default="")
FRESHBOOKS_CLIENT_SECRET = env.str("FRESHBOOKS_CLIENT_SECRET", default="")
SQUARE_CLIENT_ID = env.str("SQUARE_CLIENT_ID", default="")
SQUARE_CLIENT_SECRET = env.str("SQUARE_CLIENT_SECRET", default="")
SQUARE_WEBHOOK_KEY = env.str("SQUARE_WEBHOOK_KEY", default="")
ZOHO_CLIENT_ID = env.str("ZOHO_CLIENT_ID", default="")
ZOHO_CLIENT_SECRET = env.str("ZOHO_CLIENT_SECRET", default="")
JOBBER_CLIENT_ID = env.str("JOBBER_CLIENT_ID", default="")
JOBBER_CLIENT_SECRET = env.str("JOBBER_CLIENT_SECRET", default="")
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_CLIENT_ID = env.str("STRIPE_CLIENT_ID", default="")
STRIPE_CONNECT_WEBHOOK_SECRET = env.str("STRIPE_CONNECT_WEBHOOK_SECRET", default="")
QUICKBOOKS_DISCOVERY_URL = env.str("QUICKBOOKS_DISCOVERY_URL", default="")
QUICKBOOKS_API_URL = env.str("QUICKBOOKS_API_URL", default="")
TWILIO_SECONDARY_TOKEN = env.str("TWILIO_SECONDARY_TOKEN", default="")
TWILIO_SHARED_KEYS = env.dict("TWILIO_SHARED_KEYS", default={})
CALL_JOURNAL = env.str("CALL_JOURNAL", default=str(BASE_DIR / ".calls"))
CALLS_PER_SECOND = env.float("CALLS_PER_SECOND", default=1.0)
LINE_TYPE_DAYS = env.int("LINE_TYPE_DAYS", default=30)
LANGUAGE_MODEL = env.str("LANGUAGE_MODEL", default="")
LANGUAGE_MODEL_NAME = env.str("LANGUAGE_MODEL_NAME", default="")
LANGUAGE_MODEL_URL = env.str("LANGUAGE_MODEL_URL", default="")
LANGUAGE_MODEL_KEY = env.str("LANGUAGE_MODEL_KEY", default="")
LANGUAGE_MODEL_MILLISECONDS = env.int("LANGUAGE_MODEL_MILLISECONDS", default=700)
RECORDING_PLAYBACK_DAYS = env.int("RECORDING_PLAYBACK_DAYS", default=180)
RECORDING_KEPT_DAYS = env.int("RECORDING_KEPT_DAYS", default=1100)
FRESH_FOR_MINUTES = env.int("FRESH_FOR_MINUTES", default=15)
FILE_FRESH_DAYS = env.int("FILE_FRESH_DAYS", default=7)
SYNC_EVERY_MINUTES = env.int("SYNC_EVERY_MINUTES", default=5)
BOOKS_PACE = env.float("BOOKS_PACE", default=1.0)
SYNC_TURN_SECONDS = env.float("SYNC_TURN_SECONDS", default=20.0)
SYNC_AT_ONCE_PER_VENDOR = env.int("SYNC_AT_ONCE_PER_VENDOR", default=3)
WORK_LEASE_SECONDS = env.int("WORK_LEASE_SECONDS", default=60)

# Work behind the pages
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "mail"
CELERY_TASK_ROUTES = {
    "integrations.*": {"queue": "sync"},
    "invoices.*": {"queue": "sync"},
    "calls.*": {"queue": "calls"},
    "disputes.*": {"queue": "mail"},
    "notifications.*": {"queue": "mail"},
    "billing.*": {"queue": "money"},
    "accounts.*": {"queue": "money"},
}
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_QUEUES = {name: {"exchange": name, "routing_key": name} for name in ("sync", "calls", "mail", "money")}
CELERY_TIMEZONE = "UTC"
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=3.0 if SANDBOX else 60.0)
CELERY_BEAT_SCHEDULE = {
    "outbox": {"task": "notifications.tasks.sweep", "schedule": SWEEP_SECONDS},
    "inbox": {"task": "integrations.tasks.sweep_inbox", "schedule": SWEEP_SECONDS},
    "sync": {"task": "invoices.tasks.sweep", "schedule": SWEEP_SECONDS},
    "plan": {"task": "calls.tasks.sweep_plans", "schedule": SWEEP_SECONDS},
    "dial": {"task": "calls.tasks.sweep_dials", "schedule": SWEEP_SECONDS},
    "reconcile": {"task": "calls.tasks.sweep_unfinished", "schedule": SWEEP_SECONDS},
    "recoveries": {"task": "billing.tasks.sweep", "schedule": SWEEP_SECONDS},
    "digest": {"task": "disputes.tasks.sweep_digests", "schedule": SWEEP_SECONDS},
    "stale-books": {"task": "desk.tasks.sweep_stale_books", "schedule": 5 * SWEEP_SECONDS},
    "course": {"task": "disputes.tasks.sweep_course", "schedule": SWEEP_SECONDS},
    "promises": {"task": "disputes.tasks.sweep_promises", "schedule": SWEEP_SECONDS},
    "payment-plans": {"task": "disputes.tasks.sweep_payment_plans", "schedule": SWEEP_SECONDS},
    "mail": {"task": "disputes.tasks.sweep_mail", "schedule": SWEEP_SECONDS},
    "fetch-mail": {"task": "disputes.tasks.fetch_mail", "schedule": SWEEP_SECONDS},
    "marks": {"task": "disputes.tasks.sweep_books", "schedule": SWEEP_SECONDS},
    "seal": {"task": "accounts.tasks.seal", "schedule": min(SWEEP_SECONDS, 10.0)},
    "card-events": {"task": "integrations.tasks.make_up_card_events", "schedule": crontab(hour="4", minute="7")},
    "retention": {"task": "desk.tasks.forget_expired", "schedule": crontab(hour="3", minute="17")},
}
CELERY_BEAT_SCHEDULE_FILENAME = env.str("BEAT_FILE", default=str(BASE_DIR / ".beat"))
SIMULATORS_FILE = SIMULATORS_FILE or str(Path(CELERY_BEAT_SCHEDULE_FILENAME).with_name("simulated-books.json"))
if SANDBOX:  # beat lives inside the worker here and has nothing to remember; its file would be one more thing to lock
    CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"

# Logs, metrics, errors
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
logs.configure()
LOGGING = logs.config(LOG_LEVEL)
SENTRY_DSN = env.str("SENTRY_DSN", default="")
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
SILENCED_SYSTEM_CHECKS = ["security.W021"] if not PUBLIC_URL.startswith("https") else []

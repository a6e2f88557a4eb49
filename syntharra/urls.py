"""Every address of the product. Doors of an app live in its own ``urls``; pages that span apps in ``desk``."""

from django.urls import include, path

from desk.sign_in import sandbox_sign_in
from syntharra import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
    path("sign-in/<str:token>", sandbox_sign_in, name="sandbox_sign_in"),
    path("", include("integrations.urls")),
    path("", include("notifications.urls")),
    path("", include("calls.urls")),
    path("", include("disputes.urls")),
    path("", include("desk.urls")),
]

"""Every address of the product, and those the carrier knows."""

from django.urls import include, path

urlpatterns = [path("", include("calls.urls")), path("", include("syntharra.urls"))]

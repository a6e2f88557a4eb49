from django.urls import path

from disputes import mail_doors, pay_views, signed_acts, text_doors, views

urlpatterns = [
    path("webhooks/twilio/inbound/text", text_doors.inbound_text, name="twilio_text"),
    path("mail/<slug:service>", mail_doors.inbound_mail, name="inbound_mail"),
    path("mail/<slug:service>/events", mail_doors.mail_events, name="mail_events"),
    path("p/<str:token>", pay_views.pay, name="pay_page"),
    path("p/<str:token>/to/<uuid:pk>", pay_views.go, name="pay_go"),
    path("l/<str:token>", views.signed_page, name="signed_page"),
    path("l/<str:token>/files/<uuid:pk>", views.signed_file, name="signed_file"),
    path("l/<str:token>/act", signed_acts.signed_act, name="signed_act"),
]

"""The desk's addresses. A change is a noun with its own address, and a POST."""

from django.urls import path

from desk.views import activity, business, calls, connections, customers, disputes, invoices, money, sandbox, today

urlpatterns = [
    path("", today.today, name="today"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<path:number>/dispute/", invoices.freeze_invoice, name="freeze_invoice"),
    path("invoices/<path:number>/pause/", invoices.end_pause, name="end_pause"),
    path("invoices/<path:number>/", invoices.invoice, name="invoice"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<uuid:pk>/", customers.customer, name="customer"),
    path("calls/", calls.calls, name="calls"),
    path("calls/<uuid:pk>/", calls.call, name="call"),
    path("tasks/<uuid:pk>/", calls.task_done, name="task_done"),
    path("planned-calls/<uuid:pk>/approval/", calls.approve_call, name="approve_call"),
    path("planned-calls/<uuid:pk>/cancellation/", calls.call_off, name="call_off"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<str:number>/", disputes.dispute, name="dispute"),
    path("disputes/<str:number>/release/", disputes.release_dispute, name="release_dispute"),
    path("disputes/<str:number>/other-invoices/", disputes.other_invoices, name="other_invoices"),
    path("money/", money.money, name="money"),
    path("activity/", activity.activity, name="activity"),
    path("connections/", connections.connections, name="connections"),
    path("connections/new/", connections.connect, name="connect"),
    path("connections/<uuid:pk>/", connections.connection, name="connection"),
    path("connections/<uuid:pk>/disconnection/", connections.disconnection, name="disconnection"),
    path("calls-stopped/", business.stop_calls, name="stop_calls"),
    path("calls-stopped/end/", business.let_calls_go_on, name="let_calls_go_on"),
    path("calls-switch/", business.calls_switch, name="calls_switch"),
    path("businesses/new/", business.new_business, name="new_business"),
    path("businesses/current/", business.switch_business, name="switch_business"),
    path("consent/", business.consent, name="consent"),
    path("appearance/", business.appearance, name="appearance"),
    path("sandbox/", sandbox.sandbox, name="sandbox"),
    path("sandbox/clock/", sandbox.move_clock, name="move_clock"),
]

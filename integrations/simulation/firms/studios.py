"""The firms that sell to firms: an agency and a software company."""

from integrations.simulation.firms.firm import Firm, Service

AGENCY = Firm(
    services=(
        Service("RETAINER", "Monthly retainer, social and paid search", 180_000, 850_000, 10_000),
        Service("DESIGN", "Design (hours)", 11_500, 17_500, 500, ("4", "7.5", "12", "22.25")),
        Service("DEV", "Development (hours)", 13_500, 19_500, 500, ("6", "10", "18.5", "40")),
        Service("BRAND", "Brand identity, milestone 1 of 3", 350_000, 1_200_000, 25_000),
        Service("MEDIA", "Media spend, passed on", 75_000, 940_000, 137),
        Service("PHOTO", "Photo shoot, half day", 95_000, 220_000, 5_000),
        Service("HOST", "Hosting and care plan", 9_900, 39_900, 1_000),
    ),
    states=("CA", "OR", "WA", "NY", "CO", "TX"),
    companies=0.92,
    company_kinds=("Brewing Co.", "Outfitters", "Health", "Ventures", "Museum", "Realty", "Foods Inc.", "Robotics"),
    roles=("accounts payable", "marketing director", "founder", "office manager"),
    company_terms=(15, 30, 30, 45, 60),
    sites=0.2,
    site_names=("Spring campaign", "Website", "Rebrand 2026", "West region"),
    invoices_per_customer=10,
    recurring=0.45,
    methods=("ach", "transfer", "card", "check"),
    estimates="PRJ-",
    memos=("PO number required on remittance.", "Net terms as per MSA.", "Thanks for working with us!"),
    comments=("AP wants a new W-9 first.", "Founder unhappy with second round.", "Escalate to CFO after 45 days."),
    credit_reasons=("Media credit from platform", "Milestone postponed", "Hours over cap not billed"),
)

SAAS = Firm(
    services=(
        Service("TEAM", "Team plan, per seat and month", 1_200, 4_900, 100, ("5", "12", "25", "60", "140")),
        Service("BUSINESS", "Business plan, monthly", 29_900, 149_900, 5_000, taxable=True),
        Service("ANNUAL", "Enterprise plan, annual prepayment", 1_200_000, 4_800_000, 50_000),
        Service("OVERAGE", "API calls above plan (thousands)", 45, 190, 5, ("120", "480", "1250")),
        Service("ONBOARD", "Onboarding package", 150_000, 600_000, 25_000),
        Service("SUPPORT", "Priority support, monthly", 25_000, 120_000, 5_000, taxable=True),
    ),
    states=("CA", "WA", "NY", "MA", "TX", "CO", "IL"),
    companies=0.97,
    company_kinds=("Labs", "Software Inc.", "Analytics", "Clinics", "Logistics", "Schools", "Media", "Bank, N.A."),
    roles=("accounts payable", "IT admin", "procurement", "CTO"),
    company_terms=(0, 15, 30, 30, 45, 60),
    invoices_per_customer=12,
    recurring=0.8,
    lines=(1, 1, 1, 2),
    tax="0.0625",
    methods=("card", "card", "ach", "transfer"),
    memos=("Auto-renews unless cancelled.", "", "Remit to lockbox only."),
    comments=("Card expired, AP asked for ACH.", "Procurement needs a PO.", "Churn risk, talk to success first."),
    credit_reasons=("Service credit for outage", "Seats removed mid-term", "Annual discount applied late"),
)

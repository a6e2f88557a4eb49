"""The firms with letters after their names: a dental practice and a law firm."""

from integrations.simulation.firms.firm import Firm, Service

HOURS = ("0.2", "0.5", "1.1", "1.8", "2.4", "3.6", "6.5")

DENTAL_PRACTICE = Firm(
    services=(
        Service("CLEAN", "Cleaning, adult", 9_500, 14_500),
        Service("EXAM", "New patient exam", 8_000, 12_500),
        Service("XRAY", "Full mouth X-rays", 11_500, 17_500),
        Service("FILL-1", "White filling", 16_500, 24_500, quantities=("1", "1", "2", "3")),
        Service("CROWN", "Crown, porcelain", 115_000, 168_000, 2_500),
        Service("ROOT", "Root canal, molar", 98_000, 142_000, 2_500),
        Service("SCALE", "Deep cleaning, per quarter of the mouth", 22_500, 31_000, quantities=("2", "4")),
        Service("EXTRACT", "Wisdom tooth taken out", 27_500, 42_500, quantities=("1", "2")),
        Service("BRACES", "Braces, monthly payment", 16_500, 24_500),
        Service("MISSED", "Missed appointment", 5_000, 7_500),
    ),
    states=("IL", "IN", "OH", "NY", "NJ", "CA"),
    companies=0.05,
    company_kinds=("School District", "Staffing", "Family Trust"),
    roles=("benefits coordinator", "accounts payable"),
    home_roles=("parent", "guarantor", "spouse", "insurance contact"),
    consumer_terms=(0, 15, 30),
    invoices_per_customer=3,
    recurring=0.08,
    methods=("card", "card", "check", "cash", "ach"),
    memos=("Balance after insurance.", "Please call with any questions about your statement.", ""),
    comments=("Insurance denied, patient responsible.", "Payment plan promised by phone.", "Prefers texts."),
    credit_reasons=("Insurance paid more than estimated", "Crown remade at no charge", "Professional courtesy"),
)

LAW_FIRM = Firm(
    services=(
        Service("PARTNER", "Partner time (hours)", 42_500, 69_500, 2_500, HOURS),
        Service("ASSOC", "Associate time (hours)", 26_500, 38_500, 2_500, HOURS),
        Service("PARA", "Paralegal time (hours)", 12_500, 18_500, 500, HOURS),
        Service("FILING", "Court filing fee, advanced", 4_500, 43_500),
        Service("DEPO", "Deposition transcript", 48_000, 165_000, 2_500),
        Service("WILL", "Will and power of attorney, flat fee", 95_000, 240_000, 5_000),
        Service("FORM", "Formation of LLC, flat fee", 85_000, 150_000, 5_000),
        Service("COPY", "Copies and postage", 385, 8_995, 5),
    ),
    states=("NY", "NY", "NJ", "MA", "WA", "TX"),
    companies=0.55,
    company_kinds=(
        "Holdings LLC",
        "Construction Corp.",
        "Medical Group",
        "Logistics Inc.",
        "Partners LP",
        "Foundation",
    ),
    roles=("accounts payable", "general counsel", "controller", "owner"),
    home_roles=("executor", "spouse", "accountant"),
    consumer_terms=(15, 30),
    company_terms=(30, 30, 45),
    sites=0.4,
    site_names=("Lease dispute", "Matter 2231-004", "Trademark", "Estate", "Acquisition of Unit 9"),
    lines=(1, 2, 3, 4, 5),
    invoices_per_customer=8,
    methods=("check", "transfer", "ach", "card"),
    estimates="M-",
    memos=("For professional services rendered.", "Retainer to be replenished.", ""),
    comments=("Client disputes 1.8 h of associate time.", "Do not call at work.", "Trust account balance covers half."),
    credit_reasons=("Courtesy discount", "Time written down by partner", "Billed to the wrong matter"),
)

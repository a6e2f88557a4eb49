"""The firms that come to the house: a plumber and a landscaper."""

from integrations.simulation.firms.firm import Firm, Service

HOURS = ("1", "1.5", "2", "2.25", "3", "4.75")

PLUMBER = Firm(
    services=(
        Service("CALL", "Service call, weekday", 8_900, 14_900),
        Service("LABOR", "Labor, journeyman plumber (hours)", 9_500, 14_500, quantities=HOURS),
        Service("WH-50", "50-gal water heater, installed", 145_000, 239_000, 2_500, taxable=True),
        Service("DRAIN", "Main line cleared with 100 ft cable", 22_500, 48_500),
        Service("HYDRO", "Hydro-jetting, kitchen stack", 45_000, 89_500, 2_500),
        Service("FAUCET", "Faucet replaced, parts included", 18_995, 42_995, 1_000, taxable=True),
        Service("TOILET", "Wax ring and supply line, toilet reset", 16_500, 31_000, quantities=("1", "1", "2")),
        Service("EMERG", "After-hours emergency, first hour", 24_900, 39_900),
        Service("BACKFLOW", "Backflow preventer test and filing", 8_500, 16_500, quantities=("1", "2", "3", "6")),
        Service("REPIPE", "Repipe to PEX, per fixture", 38_000, 61_000, quantities=("3", "5", "8", "11"), taxable=True),
        Service("CAMERA", "Sewer camera inspection", 19_900, 34_900),
    ),
    states=("FL", "FL", "FL", "GA", "TX", "CA", "NY", "MA"),
    companies=0.35,
    company_kinds=("Property Management", "Apartments", "Builders LLC", "HOA", "Diner", "Realty Group", "Dental"),
    roles=("accounts payable", "site super", "property manager", "maintenance", "owner"),
    home_roles=("tenant", "landlord", "spouse"),
    sites=0.3,
    site_names=("Bldg A", "Unit 204", "1187 Cedar Ln", "Clubhouse", "Pool house", "Phase II"),
    invoices_per_customer=4,
    tax="0.07",
    estimates="EST-",
    memos=("Thank you for your business.", "Warranty: 1 year on labor.", "Please reference the invoice number."),
    comments=(
        "Tenant let us in, landlord pays.",
        "Says the heater still leaks. Manager called 2x, no answer.",
        "Owner's cousin - give 10% next time",
    ),
    credit_reasons=("Return visit, no charge", "Part was under warranty", "Price matched to estimate"),
)

LANDSCAPER = Firm(
    services=(
        Service("MAINT", "Monthly grounds maintenance", 18_500, 145_000, 500),
        Service("MOW", "Mow, edge and blow", 4_500, 12_500, quantities=("1", "2", "4")),
        Service(
            "MULCH", "Hardwood mulch, installed (cu yd)", 7_500, 11_000, quantities=("3", "6", "12.5"), taxable=True
        ),
        Service("IRRIG", "Irrigation repair (hours)", 8_500, 12_000, quantities=HOURS),
        Service("TREE", "Tree removal and stump grinding", 65_000, 285_000, 5_000),
        Service("SOD", "St. Augustine sod, laid (pallet)", 42_500, 61_000, quantities=("1", "2", "5"), taxable=True),
        Service("SNOW", "Snow plowing, per push", 9_500, 34_000, quantities=("1", "2", "3")),
        Service("DESIGN", "Planting plan", 45_000, 180_000, 5_000),
        Service("PAVER", "Paver patio (sq ft)", 1_450, 2_600, 25, ("120", "240", "312.5"), taxable=True),
    ),
    states=("GA", "NC", "TN", "FL", "OH", "NJ"),
    companies=0.45,
    company_kinds=("HOA", "Office Park", "Country Club", "Church", "Property Management", "Storage", "Apartments"),
    roles=("accounts payable", "property manager", "board treasurer", "site super"),
    home_roles=("tenant", "neighbor with the gate code", "spouse"),
    sites=0.35,
    site_names=("Front entrance", "Lot 7", "East campus", "Retention pond", "Phase III"),
    lines=(1, 1, 1, 2, 3),
    invoices_per_customer=9,
    recurring=0.5,
    tax="0.065",
    estimates="Q-",
    memos=("Thank you!", "Work weather permitting.", "Please leave the gate unlocked on Thursdays."),
    comments=("Board meets 2nd Tuesday, pays after.", "Says they mowed over the sprinkler heads.", "Dog in yard!"),
    credit_reasons=("Visit skipped for rain", "Dead shrubs replaced", "Billed for the wrong lot"),
)

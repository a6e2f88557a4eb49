"""What people see: allowing a platform into an account, and the page to pay on."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from integrations.stripe.simulation.errors import Refusal
from integrations.stripe.simulation.world import BANK, DECLINED, DISPUTED, GOOD, Json, StripeWorld

_HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{title}</title><style>body{{font:16px/1.5 system-ui;max-width:26rem;margin:2rem auto;padding:0 1rem}}"
    "button,input{{font:inherit;padding:.6rem;margin:.3rem 0;width:100%;box-sizing:border-box}}label{{display:block}}"
    "input[type=radio]{{width:auto}}.n{{color:#555}}.e{{color:#a00}}</style></head><body><main>"
    '<p class="n">Simulated card processor. Nothing here is real.</p>'
)


class Pages:
    """``pay`` links are known only to whoever was sent there."""

    def __init__(self, world: StripeWorld) -> None:
        self.world = world

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if asked.get("client_id") != self.world.config.client_id:
            return _page("Error", "<h1>No application matches the supplied client identifier</h1>", 400)
        if asked.get("redirect_uri") not in self.world.config.redirect_uris:
            return _page("Error", "<h1>Invalid redirect URI</h1>", 400)
        if asked.get("response_type") != "code" or asked.get("scope") not in ("read_write", "read_only"):
            return _page("Error", "<h1>response_type and scope are required</h1>", 400)
        if request.method == "GET":
            return _page("Connect", self._consent())
        form = await _form(request)
        back = {"state": asked.get("state", "")}
        account = str(form.get("account", ""))
        known = {one.id for one in self.world.config.accounts}
        if form.get("decision") != "connect" or account not in known:
            back |= {"error": "access_denied", "error_description": "The user denied your request"}
        else:
            code = self.world.new_id("ac")
            self.world.state["codes"][code] = {"account": account, "at": self.world.machine()}
            back |= {"scope": asked["scope"], "code": code}
        self.world.keep()
        return RedirectResponse(_with(asked["redirect_uri"], back), 302)

    def _consent(self) -> str:
        rows = "".join(
            f'<label><input type="radio" name="account" value="{one.id}"{" checked" if not index else ""}> {escape(one.name)}'
            f"{'' if one.charges_enabled else ' (cannot take payments yet)'}</label>"
            for index, one in enumerate(self.world.config.accounts)
        )
        return (
            "<h1>Connect your account?</h1><p>Payments go to your account. The platform may ask for them to be taken.</p>"
            f'<form method="post">{rows}<button name="decision" value="connect">Connect my account</button>'
            '<button name="decision" value="deny">Cancel</button></form>'
        )

    async def token(self, request: Request) -> Response:
        form = await _form(request)
        bearer = request.headers.get("authorization", "").partition(" ")[2]
        if self.world.config.secret_key not in (form.get("client_secret"), bearer):
            return _oauth_error(401, "invalid_client", "No authentication was provided.")
        if form.get("grant_type") != "authorization_code":
            return _oauth_error(400, "unsupported_grant_type", "This grant type is not supported.")
        code = self.world.state["codes"].pop(str(form.get("code", "")), None)
        if code is None or code["at"] + 300 < self.world.machine():
            return _oauth_error(400, "invalid_grant", "Authorization code does not exist or has been used.")
        account = code["account"]
        if account not in self.world.state["connected"]:
            self.world.state["connected"].append(account)
        self.world.keep()
        return JSONResponse(
            {"token_type": "bearer", "scope": "read_write", "livemode": False, "stripe_user_id": account,
             "access_token": "sk_test_of_the_account", "refresh_token": "rt_sandbox", "stripe_publishable_key": "pk_test_x"}
        )  # fmt: skip

    async def deauthorize(self, request: Request) -> Response:
        form = await _form(request)
        account = str(form.get("stripe_user_id", ""))
        if form.get("client_id") != self.world.config.client_id or account not in self.world.state["connected"]:
            return _oauth_error(401, "invalid_client", "This application is not connected to that account.")
        self.world.state["connected"].remove(account)
        self.world.keep()
        return JSONResponse({"stripe_user_id": account})

    async def pay(self, request: Request) -> Response:
        session = self.world.state["sessions"].get(request.path_params["name"])
        self.world.let_run_out()
        if session is None or session["status"] == "expired":
            return _page("Expired", "<h1>This page has expired</h1><p>Nobody can pay here any more.</p>", 410)
        if session["status"] == "complete":
            return RedirectResponse(_success(session), 303)
        said = ""
        if request.method == "POST":
            number = str((await _form(request)).get("number", "")).replace(" ", "")
            try:
                said = self.world.pay(session, number)
            except Refusal as refusal:
                said = str(refusal)
            self.world.keep()
            if not said:
                return RedirectResponse(_success(session), 303)
        return _page("Pay", self._checkout(session, said), 402 if said else 200)

    def _checkout(self, session: Json, said: str) -> str:
        lines = "".join(f"<li>{escape(line['name'])}: {line['amount'] / 100:,.2f}</li>" for line in session["_lines"])
        name = self.world.account(session["_account"])["business_profile"]["name"]
        cards = (
            (GOOD, "pays"),
            (DECLINED, "is declined"),
            (DISPUTED, "pays, and is charged back"),
            (BANK, "a bank: takes days"),
        )
        rows = "".join(
            f'<label><input type="radio" name="number" value="{number}"{" checked" if number == GOOD else ""}>'
            f" {number} {words}</label>"
            for number, words in cards
        )
        back = session["cancel_url"]
        return (
            f"<h1>Pay {escape(name)}</h1><p><strong>{session['amount_total'] / 100:,.2f} {session['currency'].upper()}"
            f"</strong></p><ul>{lines}</ul>"
            + (f'<p class="e" role="alert">{escape(said)}</p>' if said else "")
            + f'<form method="post">{rows}<button>Pay</button></form>'
            + (f'<p><a href="{escape(back)}">Back</a></p>' if back else "")
        )


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", errors="replace"), keep_blank_values=True))


def _success(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(f"{_HEAD.format(title=title)}{body}</main></body></html>", status)


def _oauth_error(status: int, code: str, words: str) -> JSONResponse:
    return JSONResponse({"error": code, "error_description": words}, status)


def _with(address: str, more: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = "&".join(part for part in (parts.query, urlencode(more)) if part)
    return urlunsplit(parts._replace(query=query))

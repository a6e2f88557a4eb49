"""A simulated customer who said he would pay by the link: waits for our letter, opens the page in it, and pays there.

On the books' own page, or by card where the firm takes cards. A person answers the one harmless question by his ZIP code.
"""

import asyncio
import re
from html import unescape

import httpx2
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.quickbooks import simulator as quickbooks
from notifications import mailbox as post
from syntharra import logs

log = logs.get(__name__)
OUR_PAGE = re.compile(r"https?://\S+/p/[\w-]+")
PAY_LINK = re.compile(r"https?://[^\s\"]+/pay/[\w-]+/[\w-]+")
CARD_PAGE = re.compile(r"https?://[^\s\"]+/c/pay/[\w-]+")
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
PAY_FORM = re.compile(
    r'<form method="post" class="form"><input type="hidden" name="act" value="pay">.*?</form>', re.DOTALL
)
WAITS_FOR_LETTER = 180.0
REALMS = (quickbooks.AVAS_PLUMBING, quickbooks.RIVAL_ROOTER)
GOOD_CARD = "4242424242424242"


class Payer:
    """Told by the simulated carrier that somebody wants to pay; he does so when the letter has come."""

    def __init__(self, origin: str, mailbox: post.Mailbox) -> None:
        self.origin = origin
        self.mailbox = mailbox
        self.paying: set[asyncio.Task[None]] = set()

    async def told(self, request: Request) -> Response:
        number = str((await request.json())["to"])
        after = self.mailbox.count
        # The link may have been mailed while the customer was still on the line.
        task = asyncio.create_task(self._pay(number, max(0, after - 25)))
        self.paying.add(task)
        task.add_done_callback(self.paying.discard)
        return JSONResponse({"waiting_for_the_letter": True}, status_code=202)

    async def _pay(self, number: str, after: int) -> None:
        async with httpx2.AsyncClient(timeout=15, trust_env=False, follow_redirects=True) as client:
            people = await self._people(client, number)
            deadline = asyncio.get_running_loop().time() + WAITS_FOR_LETTER
            while asyncio.get_running_loop().time() < deadline:
                for letter in list(self.mailbox.letters):
                    mine = people.keys() & set(letter["to"])
                    if letter["id"] > after and mine and (page := OUR_PAGE.search(letter["text"])):
                        await self._open(client, page[0], people[mine.pop()])
                        return
                await asyncio.sleep(0.2)
        log.warning("simulated_customer_got_no_link")

    async def _open(self, client: httpx2.AsyncClient, page: str, zip_code: str) -> None:
        """The page of our letter, and every button on it that pays."""
        shown = (await client.get(page)).text
        if 'name="fact"' in shown:
            shown = (await client.post(page, data={"fact": zip_code})).text
        links = PAY_LINK.findall(unescape(shown))
        for link in links:
            await client.post(link)
        if not links and (form := PAY_FORM.search(shown)):
            given = {name: unescape(value) for name, value in HIDDEN.findall(form[0])}
            invoices = re.findall(r'name="invoice" value="([^"]+)"', form[0])
            way = (await client.post(page, data={**given, "invoice": invoices, "how": "all"})).text
            links = CARD_PAGE.findall(unescape(way))[:1]
            for link in links:
                await client.post(link, data={"number": GOOD_CARD})
        log.info("simulated_customer_paid" if links else "simulated_customer_found_no_button")

    async def _people(self, client: httpx2.AsyncClient, number: str) -> dict[str, str]:
        """Mail address and ZIP code of whoever has this number in the simulated books."""
        found: dict[str, str] = {}
        for realm in REALMS:
            books = (await client.get(f"{self.origin}/quickbooks/_sim/books/{realm}")).json()
            for customer in books["objects"]["Customer"]:
                numbers = (customer.get(kind) or {} for kind in ("PrimaryPhone", "Mobile", "AlternatePhone"))
                digits = [re.sub(r"\D", "", entry.get("FreeFormNumber", ""))[-10:] for entry in numbers]
                address = (customer.get("PrimaryEmailAddr") or {}).get("Address", "")
                if address and number[-10:] in digits:
                    found[address] = str((customer.get("BillAddr") or {}).get("PostalCode", ""))
        return found

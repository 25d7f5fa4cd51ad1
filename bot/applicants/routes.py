"""The pages of /sok: see a call, begin or go on, save, be told what is missing, send, withdraw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.allocation import checks, written
from bot.allocation.checks import Reason
from bot.allocation.explain import rule_told, tie_order
from bot.applicants import form, outcome
from bot.applicants.asked import published
from bot.applicants.outcome import Outcome
from bot.applicants.reception import Reception, pairs
from bot.applicants.words import Words
from bot.clock import moment
from bot.funding import applying, files
from bot.funding.files import WrongFile
from bot.store import applications, calls
from bot.store.applications import CODE_LENGTH, Kept
from bot.store.calls import Held
from bot.store.engine import reading
from dialogs.text import N_, Text

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
LONGEST_CODE = 64
CHANGED = N_(
    "Noen andre endret søknaden samtidig. Her står det du skrev. Det er ikke lagret. "
    "Lagrer du nå, gjelder det du skrev, og ikke det de andre skrev."
)
NOT_KEPT = N_("Noen andre endret søknaden samtidig. Her står det du skrev. Det er ikke lagret.")
NOT_WITHDRAWN = N_(
    "Noen andre endret søknaden samtidig. Den er ikke trukket. Her står den slik den er nå. "
    "Vil dere fortsatt trekke den, trykker dere en gang til."
)
ONLY_THE_LEAD = N_("Bare den som leder søknaden, kan sende den eller trekke den.")
CONFIRMED = N_("Dere har bekreftet at dere er med.")
SHUT = N_("Utlysningen tar ikke imot søknader nå.")
PARTS: dict[str, Text] = {
    "about": N_("Om søknaden"),
    "partners": N_("Hvem som søker"),
    "measures": N_("Tiltak"),
    "budget": N_("Budsjett"),
    "plan": N_("Planen"),
}


@dataclass(frozen=True)
class Pointed:
    """A reason with a link to what it is about; `id` is where it stands, for the field to name."""

    reason: Reason
    label: Text
    href: str
    id: str


@dataclass(frozen=True)
class Unkept:
    """A form on a page whose words are kept nowhere, and where it is sent."""

    form: str
    to: str


@dataclass(frozen=True)
class Desk:
    """One request about one call."""

    reception: Reception
    request: Request
    held: Held
    language: str

    @property
    def path(self) -> str:
        """Where the pages of this call are."""
        return f"/sok/{self.held.call.key}"

    @property
    def now(self) -> int:
        """The time, in ms."""
        return self.reception.world.now()

    @property
    def code(self) -> str:
        """The code of the application that is open, as it is shown."""
        return applications.shown(applications.plain(self.reception.code(self.request) or ""))

    @property
    def words(self) -> Words:
        """What everything in an application is called."""
        return Words(self.held, self.reception.world.places)

    async def opened(self) -> Kept | None:
        """The application that this browser has open here."""
        return await self.reception.opened(self.request, self.held.call.key)

    def reasons(self, kept: Kept) -> tuple[Reason, ...]:
        """All that is to be said about a draft as it stands."""
        return applying.look(self.held, kept.draft, self.reception.world.places).reasons

    def show(
        self, name: str, path: str = "", *, status: int = 200, unkept: Unkept | None = None, **values: object
    ) -> Response:
        """A page about the call, and where it is for who loads it anew or in another language."""
        return self.reception.pages.show(
            name,
            self.language,
            status=status,
            call=self.held.call,
            path_of_call=self.path,
            here=f"{self.path}{path}",
            unkept=unkept,
            open=self.held.is_open(self.now),
            form_token=self.reception.token(self.request),
            seed_hash=self.held.seed_hash,
            part_names=PARTS,
            kroner=checks.kroner,
            moment=moment,
            **values,
        )

    async def start(
        self, kept: Kept | None, trouble: Text | None = None, status: int = 200, tried: str | None = None
    ) -> Response:
        """The call's first page: what people ask for stands before the rules.

        `tried` is a code that opens nothing, as it was typed.
        """
        async with reading(self.reception.world.engine) as db:
            asked = await published(db, self.held)
        return self.show(
            "sok_utlysning.html",
            status=status,
            kept=kept,
            trouble=trouble,
            asked=asked,
            rule=rule_told(self.held.call.rule),
            tie_order=tie_order(self.held.call.ties),
            tried=tried,
            outcome=await self.outcome(kept),
        )

    async def outcome(self, kept: Kept | None) -> Outcome | None:
        """What came of the application that is open; None while nothing is decided."""
        if kept is None:
            return None
        async with reading(self.reception.world.engine) as db:
            return await outcome.read(db, self.held, kept, self.reception.world.places)

    async def closed(
        self, kept: Kept, status: int, trouble: Text | None, theirs: Sequence[tuple[str, Any]]
    ) -> Response:
        """What stands, to be read: what was sent, and what was written beside it."""
        sent = kept.sent if kept.counts else None
        written = form.fields(kept.draft) if sent is None else form.differing(kept.draft, sent)
        return self.show(
            "sok_lest.html",
            "/soknad",
            status=status,
            kept=kept,
            code=self.code,
            shut=applying.shut(self.held, self.now),
            outcome=await self.outcome(kept),
            trouble=trouble,
            sent=self.words.said(form.fields(sent or {})),
            written=self.words.said(written),
            theirs=self.words.said(theirs),
        )

    async def form(
        self,
        kept: Kept,
        found: tuple[Reason, ...] = (),
        *,
        status: int = 200,
        trouble: Text | None = None,
        blank: str | None = None,
        theirs: Sequence[tuple[str, Any]] = (),
        done: Text | None = None,
    ) -> Response:
        """The form as it stands, with what is missing above it, and a blank row in one of its lists.

        When the call takes nothing any more, what stands is there to be read.
        """
        if not self.held.is_open(self.now):
            return await self.closed(kept, status, trouble, theirs)
        draft = form.shown(kept.draft, blank)
        pointed = [
            Pointed(each, PARTS[each.part], f"#{self._anchor(each, kept, draft)}", f"why-{number}")
            for number, each in enumerate(told_once(found), 1)
        ]
        return self.show(
            "sok_skjema.html",
            "/soknad",
            unkept=Unkept("apply", f"{self.path}/soknad") if trouble is CHANGED else None,
            status=status,
            kept=kept,
            draft=draft,
            code=self.code,
            partner_codes=self._partner_codes(kept, draft),
            me=self._partner(kept, draft),
            unsent=trouble is not CHANGED and kept.counts and form.differs(kept.draft, kept.sent or {}),
            found=pointed,
            invalid=invalid(pointed),
            fields=written.FIELDS,
            words=self.words,
            aside=kept.draft.get(form.ASIDE, {}),
            trouble=trouble,
            done=done,
            theirs=self.words.said(theirs),
        )

    def done(self, kept: Kept, found: tuple[Reason, ...]) -> Text | None:
        """What the button before came to, where all is well."""
        asked = self.request.query_params
        if "se" in asked and not checks.refused(found):
            return N_("Ingenting mangler.") if kept.partner else N_("Ingenting mangler. Dere kan sende.")
        if "med" in asked:
            return CONFIRMED
        at = moment(kept.changed_at).astimezone(self.held.call.deadline.tzinfo)
        return N_("Lagret kl. {at}.", at=f"{at:%H.%M}") if "lagret" in asked else None

    async def both(self, kept: Kept, mine: Mapping[str, Any]) -> Response:
        """Somebody else was faster: the form with what was written here, and what differs in theirs."""
        mine = form.settled(mine, kept.draft, self.reception.world.new_id, kept.partner)
        theirs = form.differing(kept.draft, mine)
        trouble = CHANGED if self.held.is_open(self.now) else NOT_KEPT
        return await self.form(replace(kept, draft=mine), status=409, trouble=trouble, theirs=theirs)

    def _anchor(self, reason: Reason, kept: Kept, draft: Mapping[str, Any]) -> str:
        """The field that a reason is about where it can be written in, else its part of the form."""
        theirs = reason.part == "partners" and kept.partner is not None
        there = not theirs and form.has(draft, reason.field, self.held.call)
        return reason.field if there else reason.part

    def _partner_codes(self, kept: Kept, draft: Mapping[str, Any]) -> list[str]:
        """The code of each partner, for who leads to hand on; none to who leads, or who has no name yet."""
        made = partial(applications.partner_code, self.reception.world.keys, kept.id)
        return [
            applications.shown(made(form.key_of(each))) if place and each["name"] and not kept.partner else ""
            for place, each in enumerate(draft["partners"])
        ]

    def _partner(self, kept: Kept, draft: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The partner whose code opened the draft; None for who leads it."""
        mine = (each for each in draft["partners"] if kept.partner and form.key_of(each) == kept.partner)
        return next(mine, None)

    def go(self, path: str, anchor: str = "", **asked: str) -> Response:
        """Lead on, so that a reload sends nothing again."""
        query = urlencode({**asked, "lang": self.language})
        return RedirectResponse(f"{self.path}{path}?{query}{anchor}", 303)


def told_once(found: Iterable[Reason]) -> list[Reason]:
    """Reasons without those that say that something is missing which is there and can not be read."""
    found = list(found)
    unread = {each.field for each in found if each.rule == "unreadable"}
    return [each for each in found if each.rule == "unreadable" or each.field not in unread]


def invalid(found: Iterable[Pointed]) -> dict[str, str]:
    """The fields that can not stay as they are, each with where the first reason of it stands."""
    return {each.href[1:]: each.id for each in reversed([*found]) if each.reason.refuses}


async def desk_of(request: Request, key: str) -> Desk:
    """The desk of the call that an address names."""
    reception: Reception = request.app.state.reception
    return Desk(reception, request, await reception.call(key), reception.language(request))


async def sent_to(request: Request) -> FormData:
    """What a form sent: every change passes here."""
    reception: Reception = request.app.state.reception
    return await reception.form(request)


async def kept_at(desk: At) -> Kept:
    """The application that this browser has open."""
    kept = await desk.opened()
    if kept is None:
        raise HTTPException(404)
    return kept


At = Annotated[Desk, Depends(desk_of)]
Sent = Annotated[FormData, Depends(sent_to)]
Open = Annotated[Kept, Depends(kept_at)]
routes = APIRouter(prefix="/sok")


@routes.get("")
async def every(request: Request) -> Response:
    """Every call that is open now."""
    reception: Reception = request.app.state.reception
    now = reception.world.now()
    async with reading(reception.world.engine) as db:
        held = [each for each in await calls.every(db) if each.is_open(now)]
    language = reception.language(request)
    return reception.pages.show("sok_liste.html", language, held=held, here="/sok", unkept=None)


@routes.get("/{key}")
async def call(desk: At) -> Response:
    """The first page of a call."""
    return await desk.start(await desk.opened())


@routes.get("/{key}/begynn")
@routes.get("/{key}/apne")
@routes.get("/{key}/trekk")
@routes.get("/{key}/lukk")
async def answered(desk: At) -> Response:
    """The address of an answer, loaded anew."""
    return desk.go("")


@routes.post("/{key}/begynn")
async def begin(desk: At, sent: Sent) -> Response:
    """Begin a draft; its code is held by this browser, and shown to be shared."""
    reception, world = desk.reception, desk.reception.world
    reception.slow_down(desk.request, reception.begun)
    if not desk.held.is_open(desk.now):
        return await desk.start(None, SHUT, 409)
    code = reception.new_code(CODE_LENGTH)
    async with world.engine.begin() as db:
        await applications.begin(db, world.keys, world.new_id(), desk.held.call.key, code, {}, world.now())
    response = desk.go("/soknad")
    reception.hold(desk.request, response, code)
    return response


@routes.post("/{key}/apne")
async def resume(desk: At, sent: Sent) -> Response:
    """Open a draft by its code."""
    typed = str(sent.get("code") or "")[:LONGEST_CODE]
    code = applications.plain(typed)
    if await desk.reception.tried(desk.request, desk.held.call.key, code) is None:
        return await desk.start(None, status=404, tried=typed)
    response = desk.go("/soknad")
    desk.reception.hold(desk.request, response, code)
    return response


@routes.get("/{key}/soknad")
async def filling_in(desk: At) -> Response:
    """The form."""
    kept = await desk.opened()
    if kept is None:
        return desk.go("")
    asked = desk.request.query_params
    found = desk.reasons(kept) if "se" in asked else ()
    return await desk.form(kept, found, blank=asked.get("ny"), done=desk.done(kept, found))


@routes.post("/{key}/soknad")
async def saved(desk: At, sent: Sent) -> Response:
    """A button of the form; who was taken away while they wrote gets their words back to keep."""
    kept = await desk.opened()
    if kept is None:
        words = desk.words.said(form.fields(form.draft_of(pairs(sent))))
        return desk.show("sok_uten.html", status=404, written=words)
    if sent.get("version") != str(kept.version) or sent.get("do") == "show":
        return await desk.both(kept, form.draft_of(pairs(sent)))
    return await _done(desk, kept, sent)


@routes.get("/{key}/budsjett.csv")
async def sheet(desk: At) -> Response:
    """A budget to fill in: the columns, and a line for each kind of cost that money may go to."""
    say = partial(desk.reception.pages.say, language=desk.language)
    labels = [say(cost.label) for cost in desk.held.call.costs if cost.allowed]
    text = files.sheet([say(each) for each in files.BUDGET_HEADS], labels)
    told = {"Content-Disposition": 'attachment; filename="budsjett.csv"'}
    return Response(text.encode("utf-8-sig"), media_type="text/csv", headers=told)


@routes.post("/{key}/lagre")
async def autosaved(desk: At, sent: Sent, kept: Open) -> Response:
    """What the page keeps by itself while somebody writes."""
    if sent.get("version") != str(kept.version):
        return JSONResponse({"version": kept.version}, 409)
    aside = {form.ASIDE: kept.draft[form.ASIDE]} if form.ASIDE in kept.draft else {}
    after = await _keep(desk, kept, form.draft_of(pairs(sent)) | aside)
    return JSONResponse({"version": (after or kept).version}, 200 if after else 409)


@routes.get("/{key}/kvittering")
async def receipt(desk: At) -> Response:
    """What was sent, and when."""
    kept = await desk.opened()
    if kept is None or kept.sent is None:
        return desk.go("")
    looked = applying.look(desk.held, kept.sent, desk.reception.world.places)
    form_page = f"{desk.path}/soknad?lang={desk.language}"
    warning = [
        Pointed(each, PARTS[each.part], f"{form_page}#{each.part}", each.rule)
        for each in looked.reasons
        if not each.refuses
    ]
    return desk.show(
        "sok_kvittering.html",
        "/kvittering",
        kept=kept,
        code=desk.code,
        looked=looked,
        warning=warning,
        unsent=desk.held.is_open(desk.now) and kept.counts and form.differs(kept.draft, kept.sent),
        outcome=await desk.outcome(kept),
    )


@routes.post("/{key}/trekk")
async def withdraw(desk: At, sent: Sent, kept: Open) -> Response:
    """Take back what was sent; the draft stays."""
    if kept.partner is not None:
        return await desk.form(kept, status=403, trouble=ONLY_THE_LEAD)
    if not desk.held.is_open(desk.now):
        return await desk.form(kept, status=409)
    async with desk.reception.world.engine.begin() as db:
        done = sent.get("version") == str(kept.version) and await applications.withdraw(db, kept, desk.now)
    if not done:
        return await desk.form(await kept_at(desk), status=409, trouble=NOT_WITHDRAWN)
    return desk.go("/kvittering")


@routes.post("/{key}/lukk")
async def leave(desk: At, sent: Sent) -> Response:
    """Let this browser forget the code."""
    response = desk.go("")
    desk.reception.drop(desk.request, response)
    return response


# --- what a button does ---------------------------------------------------------------------------


async def _keep(desk: Desk, kept: Kept, draft: Mapping[str, Any], confirms: bool = False) -> Kept | None:
    """Keep a draft; None where somebody else was faster.

    A word that fits what was sent counts there at once, for as long as the call is open.
    """
    world = desk.reception.world
    settled = form.settled(draft, kept.draft, world.new_id, kept.partner, confirms)
    sent = None if kept.sent is None else form.heard(kept.sent, settled)
    async with world.engine.begin() as db:
        is_open = (await calls.named(db, kept.call)).is_open(world.now())
        counts = sent if is_open and sent != kept.sent else None
        saved = await applications.save(db, world.keys, kept, settled, world.now(), counts)
    after = replace(kept, draft=settled, version=kept.version + 1, sent=counts or kept.sent)
    return after if saved else None


async def _done(desk: Desk, kept: Kept, sent: FormData) -> Response:
    """What a button of the form does, after all that was written is kept."""
    act, name, at = _asked(str(sent.get("do") or "save"))
    draft = _after(act, name, at, kept, pairs(sent))
    unread = await _with_budget(desk, draft, sent.get("budget_file"))
    after = await _keep(desk, kept, draft, confirms=act == "confirm")
    if after is None:
        return await desk.both(await kept_at(desk), draft)
    if unread is not None:
        return await desk.form(after, status=422, trouble=unread)
    if act == "send" and kept.partner is not None:
        return await desk.form(after, status=403, trouble=ONLY_THE_LEAD)
    if act == "send":
        return await _sent(desk, after)
    anchor = f"#{name}" if name in PARTS else "#plan" if name else ""
    if act == "add" and name:
        return desk.go("/soknad", anchor, ny=name)
    told = {"check": "se", "confirm": "med", "save": "lagret"}.get(act)
    return desk.go("/soknad", "" if told else anchor, **({told: "ja"} if told else {}))


def _after(act: str, name: str, at: int, kept: Kept, fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The draft that a form holds, after what a button takes away or brings back."""
    if act == "remove" and name:
        return form.remove(fields, name, at)
    draft = form.draft_of(fields)
    if act == "restore" and kept.sent is not None:
        return form.restore(kept.sent, draft)
    return form.undo(draft, kept.draft) if act == "undo" else draft


def _asked(button: str) -> tuple[str, str, int]:
    """What a button does, in which list, and to which row of it: "remove measures 0"."""
    act, name, place = [*button.split(" "), "", ""][:3]
    return act, name if name in form.LISTS else "", int(place) if place.isdecimal() and len(place) < 4 else -1


async def _with_budget(desk: Desk, draft: dict[str, Any], file: object) -> Text | None:
    """Add the lines of a budget in a file; why it can not be read."""
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    try:
        sheet = await file.read(files.MOST_BYTES + 1)
        draft["budget"] = [*draft["budget"], *files.budget(sheet, desk.held.call.costs)]
    except WrongFile as error:
        return error.why
    return None


async def _sent(desk: Desk, kept: Kept) -> Response:
    world = desk.reception.world
    async with world.engine.begin() as db:
        found = await applying.send(db, world.keys, kept, world.places, world.now())
    if checks.refused(found):
        return await desk.form(kept, found, status=422)
    return desk.go("/kvittering")

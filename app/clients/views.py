"""Pages of the person register: the list, the search, the details, and what is opened one act at a time."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, current_app, request, session, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.accounts import queries as accounts
from app.clients import forms, queries, search, services
from app.clients.domain import NIL_TEAM, ClientListFilter, ClientName, ClientView
from app.core.paging import Page
from app.protection import queries as handlers_of_contact
from app.protection import services as protection
from app.protection.domain import HandlerView
from app.reference.loader import reference
from app.web.forms import PolkuForm, submit
from app.web.guards import requires
from app.web.page import fragment, page, see_other, wants_fragment
from app.web.request import actor, moment, today, uow, visit
from app.web.texts import _

blueprint = Blueprint("clients", __name__)
SEARCHES: Final = "searches"  # where the session keeps them


@blueprint.get("/asiakkaat")
@requires(Permission.CLIENT_SEARCH)
def index() -> ResponseReturnValue:
    """List the clients the actor may see."""
    asked = request.args
    wanted = ClientListFilter(asked.get("nakyma") == "omat", asked.get("kunta", ""), asked.get("kieli", ""))
    found = services.list_clients(uow(), wanted, actor=actor(), now=moment(), cursor=asked.get("sivu"))
    return page("clients/index.html", found=found, wanted=wanted, lists=reference(), pages=_pages(found))


def _pages(found: Page[ClientName]) -> dict[str, str | None]:
    kept: dict[str, Any] = {name: request.args[name] for name in ("nakyma", "kunta", "kieli") if request.args.get(name)}

    def address(cursor: str | None) -> str | None:
        return url_for("clients.index", sivu=cursor, **kept) if cursor else None

    return {"previous": address(found.previous_cursor), "next": address(found.next_cursor)}


@blueprint.route("/haku", methods=["GET", "POST"], endpoint="search")
@requires(Permission.CLIENT_SEARCH)
def look_up() -> ResponseReturnValue:
    """Take a search in; what was searched for stays out of the address."""
    form = forms.SearchForm()

    def act() -> str:
        words, kept = form.q.data or "", session.get(SEARCHES, ())
        token, session[SEARCHES] = search.keep_search(uow(), words, kept=kept, actor=actor(), now=moment())
        return url_for("clients.found", token=token, avaa=request.form.get("avaa"))

    # A search sent twice is two searches: there is nothing to keep from being done again.
    return submit(form, act, is_once=False) or page("clients/search.html", form=form)


@blueprint.get("/haku/<uuid:token>")
@requires(Permission.CLIENT_SEARCH)
def found(token: UUID) -> ResponseReturnValue:
    """Show whom a search found; a sure answer is opened at once, and `avaa` of the top bar opens a single one too.

    The search that comes before a registration lists a single one, who may be somebody else with a name alike.
    """
    outcome = search.run_search(uow(), token, kept=session.get(SEARCHES, ()), actor=actor(), now=moment())
    opens = outcome.opens or (outcome.only_hit if "avaa" in request.args else None)
    if opens:
        return see_other(url_for("workbench.client", client_id=opens))
    return page("clients/found.html", outcome=outcome, lists=reference())


@blueprint.route("/asiakkaat/<uuid:client_id>/tiedot", methods=["GET", "POST"])
@requires(Permission.CLIENT_EDIT)
def edit(client_id: UUID) -> ResponseReturnValue:
    """Change what is written of a person."""
    queries.ensure_for_client(uow(), actor(), Permission.CLIENT_EDIT, client_id, now=moment())
    client = _opened(client_id, "client_details")
    form = forms.DetailsForm.of(client, today())
    return submit(form, lambda: _change(client, form), said=_("Details saved")) or _show_details(client_id, form)


def _opened(client_id: UUID, name: str) -> ClientView:
    settings = current_app.extensions["polku"].settings
    services.count_view(uow(), actor(), moment(), settings.view_soft_limit, settings.view_hard_limit)
    return services.open_client(uow(), client_id, page=name, actor=actor(), now=moment())


def _change(client: ClientView, form: forms.DetailsForm) -> str:
    services.change_client(
        uow(),
        client.id,
        form.details(),
        expected_version=form.seen,
        reason=form.reason.data or "",
        actor=actor(),
        now=moment(),
    )
    return url_for("workbench.client", client_id=client.id)


def _show_details(client_id: UUID, form: forms.DetailsForm) -> ResponseReturnValue:
    client = queries.get_client_for(uow(), actor(), client_id, now=moment())
    is_overtaken = visit().status == 409
    if is_overtaken:
        # both versions are on the page now: a second saving is made knowingly
        form.open_on(client.version)
    return page(
        "clients/edit.html",
        form=form,
        client=client,
        is_overtaken=is_overtaken,
        is_handler=client.is_protected and handlers_of_contact.is_handler(uow(), actor(), client_id),
        lists=reference(),
    )


@blueprint.post("/asiakkaat/<uuid:client_id>/henkilotunnus")
@requires(Permission.CLIENT_REVEAL)
def reveal_code(client_id: UUID) -> ResponseReturnValue:
    """Show the identity code once."""
    code = services.reveal_identity_code(uow(), client_id, actor=actor(), now=moment())
    if wants_fragment():
        return fragment("clients/_code.html", code=code)
    client = queries.get_client_for(uow(), actor(), client_id, now=moment())
    return page("clients/reveal_code.html", client=client, code=code)


@blueprint.post("/asiakkaat/<uuid:client_id>/yhteystiedot")
@requires(Permission.CLIENT_VIEW)
def reveal_contact(client_id: UUID) -> ResponseReturnValue:
    """Show the sealed contact data once, to a named handler."""
    contact = protection.reveal_contact(uow(), client_id, actor=actor(), now=moment())
    if wants_fragment():
        return fragment("clients/_contact.html", contact=contact, lists=reference())
    client = queries.get_client_for(uow(), actor(), client_id, now=moment())
    return page("clients/reveal_contact.html", client=client, contact=contact, lists=reference())


@blueprint.route("/asiakkaat/<uuid:client_id>/kasittelijat", methods=["GET", "POST"])
@requires(Permission.CLIENT_VIEW)
def handlers(client_id: UUID) -> ResponseReturnValue:
    """Show who may open the sealed contact data; the team lead names others."""
    client = _opened(client_id, "client_handlers")
    named = handlers_of_contact.handlers_of(uow(), client_id)
    form = forms.HandlerForm.offering(_candidates(client_id, named))
    done = submit(form, lambda: _name(client_id, form), said=_("Handler named"))
    return done or page("clients/handlers.html", client=client, form=form, **_handler_words(client_id, named))


@blueprint.post("/asiakkaat/<uuid:client_id>/kasittelijat/<uuid:user_id>/paata")
@requires(Permission.HANDLER_NAME)
def end_handler(client_id: UUID, user_id: UUID) -> ResponseReturnValue:
    """End the right that a lead gave."""
    address = url_for("clients.handlers", client_id=client_id)

    def act() -> str:
        services.end_handler(uow(), client_id, user_id, actor=actor(), now=moment())
        return address

    return submit(PolkuForm(), act, said=_("The right has ended")) or see_other(address)


def _name(client_id: UUID, form: forms.HandlerForm) -> str:
    user_id = UUID(form.user.data)
    services.name_handler(uow(), client_id, user_id, reason=form.reason.data or "", actor=actor(), now=moment())
    return url_for("clients.handlers", client_id=client_id)


def _candidates(client_id: UUID, named: list[HandlerView]) -> list[tuple[str, str]]:
    """The workers of the client's teams who are no handlers yet."""
    teams = queries.filing_teams(uow(), client_id) - {NIL_TEAM}
    taken = {handler.user_id for handler in named}
    workers = accounts.workers_of_teams(uow(), teams, moment())
    return [(str(user.id), user.full_name) for user in workers if user.id not in taken]


def _handler_words(client_id: UUID, named: list[HandlerView]) -> dict[str, Any]:
    people = {handler.user_id for handler in named} | {handler.granted_by for handler in named if handler.granted_by}
    may_name = queries.may(uow(), actor(), Permission.HANDLER_NAME, client_id, now=moment())
    return {
        "handlers": named,
        "names": accounts.full_names(uow(), people),
        "may_name": may_name,
        "is_handler": any(handler.user_id == actor().id for handler in named),
    }

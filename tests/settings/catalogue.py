"""Four small connectors to read accord files against."""

from typing import NoReturn

from accord.connector_kit.connector import Connector, Need, Setting
from accord.domain.accord import Role
from accord.domain.action import Allocate, CancelOrder, Ship
from accord.domain.tracks import Track
from accord.domain.vocabulary import vocabulary

SECRETS = {
    "ACCORD_SHOP_API_TOKEN": "shop-token-7f3a",
    "ACCORD_BOOKS_PRIVATE_KEY": "books-key-99d1",
    "ACCORD_WAREHOUSE_API_KEY": "warehouse-key-51c0",
    "ACCORD_DEPOT_API_KEY": "depot-key-2b2b",
}


def not_connected(*_: object) -> NoReturn:
    """Stand for everything beyond the declaration: reading an accord connects to nothing."""
    raise AssertionError


def _connector(
    name: str,
    role: Role,
    *,
    owns: set[Track],
    mirrors: set[Track],
    settings: tuple[Setting, ...] = (),
    words: list[dict[str, object]] | None = None,
) -> Connector:
    return Connector(
        name=name,
        title=name.title(),
        role=role,
        vocabulary=vocabulary({"version": 1, "rows": words or []}),
        owns=frozenset(owns),
        mirrors=frozenset(mirrors),
        can=frozenset({Ship, CancelOrder, Allocate}),
        settings=settings,
        parse=not_connected,
        connect=not_connected,
        simulate=not_connected,
    )


SHOPIFY = _connector(
    "shopify",
    Role.STOREFRONT,
    owns=set(Track),
    mirrors=set(Track) - {Track.PAYMENT},
    settings=(
        Setting(name="shop", help="The shop's own address, as in example.myshopify.com."),
        Setting(name="api_token", help="The token of the app.", need=Need.SECRET),
    ),
    words=[{"kind": "order", "word": "open", "means": {"order": "open"}}],
)
NETSUITE = _connector(
    "netsuite",
    Role.ERP,
    owns=set(Track) - {Track.DELIVERY},
    mirrors={Track.ORDER, Track.FULFILLMENT, Track.RETURN},
    settings=(
        Setting(name="account", help="The account id."),
        Setting(
            name="billing_in_advance",
            help="Whether orders are billed before they ship.",
            default=False,
            choices=(True, False),
        ),
        Setting(name="edition", help="The edition.", default="us", choices=("us", "uk")),
        Setting(name="private_key", help="The key in PEM form.", need=Need.SECRET),
    ),
    words=[
        {"kind": "SalesOrd", "word": "A", "means": {"order": "on_hold"}},
        {
            "kind": "SalesOrd",
            "word": "G",
            "means": {"order": "completed"},
            "when": {"billing_in_advance": True},
        },
        {
            "kind": "SalesOrd",
            "word": "G",
            "means": {"order": "completed", "progress": "complete"},
            "when": {"billing_in_advance": False},
        },
    ],
)
SHIPSTATION = _connector(
    "shipstation",
    Role.WAREHOUSE,
    owns={Track.FULFILLMENT, Track.DELIVERY},
    mirrors={Track.ORDER},
    settings=(Setting(name="api_key", help="The key.", need=Need.SECRET),),
)
UPS = _connector("ups", Role.CARRIER, owns={Track.DELIVERY}, mirrors=set())

CATALOGUE = {c.name: c for c in (SHOPIFY, NETSUITE, SHIPSTATION, UPS)}

"""A message as the channels get it."""

from accord.domain.notice_text import Content, ToldParcel, ToldStage
from accord.engine.notice_channel import Contact, Outgoing
from tests.domain.stack import NOON

ADDRESS = "maria.lopez@customer.example"


def message(text: str = "It is on its way.", mail: str = ADDRESS, key: str = "msg_1") -> Outgoing:
    parcel = ToldParcel({"A-100": 2}, ("1Z999",))
    content = Content(
        order="1001",
        at=NOON,
        subject="Your order 1001",
        text=text,
        milestones=(ToldStage("fulfilled", "It left.", (parcel,)),),
    )
    return Outgoing(key=key, content=content, at=NOON, contact=Contact(mail))

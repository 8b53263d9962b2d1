"""Runs as a process of its own: an Outlook `.msg` on its input, its texts and attachments on its output, as JSON."""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

from oxmsg import Message

from arwork.intake.remittance.bounds import bound

_MOST = 100 * 1024**2
_SOURCE = "__substg1.0_"


def main() -> None:
    """Read the message and print what it holds, or why it is refused."""
    bound()
    data = sys.stdin.buffer.read()
    sys.stdout.write(json.dumps(answer(data)))


def answer(data: bytes) -> dict[str, Any]:
    """Give the message as plain values, or the reason of a refusal."""
    try:
        message = Message.load(data)
    except Exception:  # the parser raises whatever a damaged file makes it raise
        return {"refused": "this is an old Excel or Word file, or a damaged Outlook message"}
    try:
        return _told(message)
    except Exception:  # the parser raises whatever a damaged file makes it raise
        return {"refused": "the Outlook message is damaged, or this is an old Excel or Word file"}


def _told(message: Message) -> dict[str, Any]:
    html = message.html_body or ""
    attached, left_out, size = [], [], 0
    for attachment in message.attachments:
        name, content = attachment.file_name or "attachment", attachment.file_bytes
        if content is None:
            left_out.append(name)
            continue
        size += len(content)
        if size > _MOST:
            return {"refused": f"the Outlook message holds more than {_MOST // 1024**2} MB of attachments"}
        attached.append({"name": name, "data": base64.b64encode(content).decode()})
    sent = message.sent_date
    return {
        "subject": message.subject, "sender": message.sender or "", "date": sent.date().isoformat() if sent else "",
        "text": message.body or "", "html": base64.b64encode(html.encode("utf-8", "replace")).decode() if html else "",
        "attached": attached, "left_out": left_out,
    }  # fmt: skip


if __name__ == "__main__":
    main()

"""Decisions that a person's own key proves: what a signature covers, who holds which key, and which events lack what they need.

A person whose key the journal knows acts only with it, so that a name typed on a shared account proves nothing and does nothing. The
events of one call share one signature, so that a thousand decisions need the key once.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from arwork.journal.events import Event, canonical

if TYPE_CHECKING:
    from arwork.journal.people import Member

PROOF = "proof"
"""Field of a body: `key` (fingerprint), `covers` (digests of the decisions of the call) and `signature`; later events of a call name the
digest of that signature in `signature_sha256` instead."""
Prove: TypeAlias = Callable[[bytes], str]
"""Signs bytes with the key of whoever acts, and returns the armoured signature."""
_PUBLIC = re.compile(r"((?:sk-)?(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa)(?:@openssh\.com)?) ([A-Za-z0-9+/]{40,4000}={0,2})")


def public_key(line: str) -> str:
    """Cut a public key line to its kind and key, without the comment; blank when it is none."""
    found = _PUBLIC.match(line.strip())
    if not found:
        return ""
    size = len(found[2])
    return f"{found[1]} {found[2]}" if size % 4 == 0 and found[2] == line.strip().split()[1] else ""


def fingerprint(public: str) -> str:
    """Return the fingerprint of a public key as `ssh-keygen -l` prints it: SHA256:..."""
    blob = base64.b64decode(public.split()[1])
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def digest(at: str, by: str, action: str, body: Mapping[str, Any], reason: str) -> str:
    """Return the digest of one decision as a signature covers it: everything but its proof and its place in the chain."""
    bare = {name: value for name, value in body.items() if name != PROOF}
    text = canonical({"at": at, "by": by, "action": action, "body": bare, "reason": reason})
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def signed_text(covers: Sequence[str]) -> bytes:
    """Write what a key signs for the decisions of one call."""
    return ("arwork decisions\n" + "".join(f"{line}\n" for line in covers)).encode("ascii")


def proven(
    drafts: Sequence[tuple[str, Mapping[str, Any], str]], *, at: str, by: str, key: str, prove: Prove
) -> list[tuple[str, Mapping[str, Any], str]]:
    """Put the proof by a key (its fingerprint) into drafts (action, body, reason) of one call."""
    covers = [digest(at, by, action, body, reason) for action, body, reason in drafts]
    signature = prove(signed_text(covers))
    whole = {"key": key, "covers": covers, "signature": signature}
    short = {"key": key, "signature_sha256": hashlib.sha256(signature.encode("ascii")).hexdigest()}
    return [(action, {**body, PROOF: short if place else whole}, reason) for place, (action, body, reason) in enumerate(drafts)]


def lacks_key(member: Member | None, body: Mapping[str, Any]) -> str:
    """Say what is wrong with the key of an act: none where the person has one, or one that is not theirs; blank when right."""
    used = str((body.get(PROOF) or {}).get("key", ""))
    held = {fingerprint(key) for key in member.keys} if member else set()
    if held and not used:
        return f"{member.name if member else ''} acts by key, and this act was made without one"
    if used and used not in held:
        return f"the key {used} is not one of {member.name if member else 'a person of this journal'}"
    return ""


def unproven(events: Sequence[Event], check: Callable[[bytes, str, Event], None]) -> Event | None:
    """Return the first event whose proof does not cover it, or None; `check` (text, signature, event) raises for a wrong signature.

    Every signature is checked once, however many events share it.
    """
    seen: dict[str, frozenset[str]] = {}
    for event in events:
        proof = event.body.get(PROOF)
        if proof is None:
            continue
        if "signature" in proof:
            check(signed_text(proof["covers"]), proof["signature"], event)
            name = hashlib.sha256(proof["signature"].encode("ascii")).hexdigest()
            seen[name] = frozenset(f"{proof['key']} {line}" for line in proof["covers"])
        else:
            name = str(proof.get("signature_sha256"))
        mine = digest(event.at, event.by, event.action, event.body, event.reason)
        if f"{proof.get('key')} {mine}" not in seen.get(name, ()):
            return event
    return None

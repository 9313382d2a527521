//! What follows the end of a grant, whatever ended it.

use super::Inner;
use crate::audit::{AuditEvent, AuditId, Ended};
use crate::ledger::Grant;

/// Tells that `grant` has ended, and gives the provider's tokens back.
pub(super) fn ended(inner: &Inner, grant: &Grant, reason: Ended) {
    tell(inner, grant, reason);
    if let Some(tokens) = grant.facts().upstream.clone() {
        inner.upstream.give_back(tokens);
    }
}

/// Tells alone: where the provider has nothing left that could be given back.
pub(super) fn tell(inner: &Inner, grant: &Grant, reason: Ended) {
    inner.parts.tell(AuditEvent::GrantEnded {
        client: AuditId::of(&grant.binding().client_id),
        subject: AuditId::of(&grant.facts().subject),
        grant: AuditId::of(&grant.id().to_text()),
        reason,
    });
}

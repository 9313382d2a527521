//! What holds in every schedule, one file a life cycle.
//!
//! Each scenario says what may be answered and what must be true afterwards, on both nodes.

mod code;
mod login;
mod looks;
mod refresh;
mod upstream;

use super::explorer::{Answer, DEATHS, FAILURES, NODES, Pause, Run, Scope, explore};
use super::*;

impl Run {
    /// The grant is dead on every node that lives, and so is each of its refresh tokens.
    async fn is_over(&self, grant: &Grant, tokens: &[Secret]) {
        for ledger in self.alive() {
            assert!(ledger.grant(grant.id()).await.unwrap().is_none());
            for token in tokens {
                assert!(matches!(
                    rotate(&ledger, token).await,
                    Ok(Refresh::Invalid { .. })
                ));
            }
        }
    }
}

async fn rotate(ledger: &Ledger, token: &Secret) -> Result<Refresh<()>, Error> {
    ledger.rotate(token.expose(), |_| Ok(())).await
}

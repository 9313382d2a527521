//! The rights behind a call under way.
//!
//! A call is judged when it begins, and ends when its token is taken back: by a logout, with the
//! login, or by an operator. The token is looked at every [`LOOK`] while the call runs, and before
//! anything is told that comes [`FRESH`] after the last look. A token that ends by its time does not
//! end a call, and neither does one that cannot be looked at for the moment.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;

use super::edge::Edge;
use super::rights::{Rights, Standing};
use crate::auth::AuthSession;

/// How often the token is looked at: as often as nodes look what the others wrote.
const LOOK: Duration = Duration::from_secs(5);
/// How long a look counts for what is told: a call may tell a thousand times in a second.
pub(crate) const FRESH: Duration = Duration::from_secs(1);

/// Those of the caller; nothing is to be looked at for who has no token.
#[derive(Default)]
pub(crate) struct CallRights(Option<Held>);

struct Held {
    rights: Rights,
    looked: Instant,
}

impl CallRights {
    /// Those of the request with these headers, which was found to be `user`'s at `looked`.
    pub(crate) fn new(
        edge: &Arc<Edge>,
        headers: &HeaderMap,
        user: Option<&AuthSession>,
        looked: Instant,
    ) -> Self {
        let held = user.map(|user| Held {
            rights: Rights::new(edge, headers, Some(user)),
            looked,
        });
        Self(held)
    }

    /// Done when the token is taken back. Dropped and called again, it goes on.
    pub(crate) async fn revoked(&mut self) {
        while let Some(held) = &self.0 {
            tokio::time::sleep_until(held.looked + LOOK).await;
            if self.are_revoked().await {
                return;
            }
        }
        std::future::pending::<()>().await;
    }

    /// Whether the token was taken back, by a look that is fresh.
    pub(crate) async fn are_revoked(&mut self) -> bool {
        let Some(held) = self
            .0
            .as_mut()
            .filter(|held| held.looked.elapsed() >= FRESH)
        else {
            return false;
        };
        let standing = held.rights.check().await;
        held.looked = Instant::now();
        let is_past = held.rights.are_past();
        if is_past {
            self.0 = None;
        }
        standing == Standing::Ended && !is_past
    }
}

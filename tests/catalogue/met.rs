//! Metadata and discovery.

use crate::case::cases;
use crate::setup::Setup;

cases! {
    "MET-03" Once what_is_done,
}

async fn what_is_done(setup: Setup) {
    let s = setup.start().await;
    let answer = s.get("/.well-known/oauth-authorization-server").await;
    assert_eq!(answer.status, 200);
}

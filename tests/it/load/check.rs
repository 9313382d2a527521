//! Holds a server to what it has acknowledged (I1–I6 of the law of storage).
//!
//! - Every acknowledged registration is known.
//! - A code that was never presented is good, once; one whose redemption was left open is good
//!   once or spent; one that was answered with tokens is never answered so again.
//! - An acknowledged refresh token is good, and its parent, inside the window, leads to it.
//! - An acknowledged revocation holds.
//! - No secret lies in the files.

use std::path::Path;
use std::time::Duration;

use tests::canary::Canaries;
use tests::client::Tokens;
use tests::http::Answer;
use tests::tally::Tally;

use super::{Acknowledged, Code, Family, Load};

/// How long a store that is back may take to be used again.
const RECOVERY: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(100);
/// What is kept of a kind, to be looked at again after later rounds.
const KEPT: usize = 5;

/// Checks all of it, the files only if it is told where they are; what should stay true for longer
/// is left in `known` for the next time.
pub(crate) async fn check(load: &Load, known: &mut Acknowledged, directory: Option<&Path>) {
    for id in &known.clients {
        let url = load.client.begin_with(&[("client_id", id)]).url;
        let headers = [("accept", "text/html")];
        let page = again(|| load.http.try_send("GET", url.as_str(), &headers, "")).await;
        hold(load, page.status == 200, || {
            format!("client {id} is forgotten: {page:?}")
        });
    }
    for code in std::mem::take(&mut known.codes) {
        check_code(load, known, code).await;
    }
    for family in &mut known.families {
        check_family(load, family).await;
    }
    for family in &known.revoked {
        check_dead(load, family).await;
    }
    let replayed: Vec<_> = known.spent.drain(..).rev().take(KEPT).collect();
    for code in replayed {
        let answer = again(|| load.redeem(&code)).await;
        let refused = answer.outcome() == (400, Some("invalid_grant".into()));
        hold(load, refused, || {
            format!("a code was spent twice: {answer:?}")
        });
    }
    if let Some(directory) = directory {
        let secrets = known.secrets.iter().filter(|secret| !secret.is_empty());
        let found = Canaries::of(secrets).below(directory);
        hold(load, found.is_none(), || {
            format!("a secret in a file: {found:?}")
        });
        known.secrets.clear();
    }
    known.clients.truncate(KEPT);
    known.revoked.truncate(KEPT);
    // Replaying the codes above may have ended those that came of them.
    known.families.clear();
}

async fn check_code(load: &Load, known: &mut Acknowledged, code: Code) {
    let answer = again(|| load.redeem(&code)).await;
    let spent = answer.outcome() == (400, Some("invalid_grant".into()));
    if code.open && spent {
        load.tally().count("open code: spent");
        return;
    }
    hold(load, answer.status == 200, || {
        format!("a code was lost: {code:?} {answer:?}")
    });
    if answer.status == 200 {
        load.tally().count(if code.open {
            "open code: good"
        } else {
            "kept code: good"
        });
        let twice = again(|| load.redeem(&code)).await;
        let refused = twice.outcome() == (400, Some("invalid_grant".into()));
        hold(load, refused, || {
            format!("a code was spent twice: {twice:?}")
        });
        known.revoked.push(Family::of(load.tokens(&answer)));
    }
}

async fn check_family(load: &Load, family: &mut Family) {
    if let Some(parent) = &family.parent {
        let answer = again(|| load.refresh(parent)).await;
        let same = answer.status == 200 && Tokens::read(&answer).refresh == family.latest;
        hold(load, same, || {
            format!("a parent leads elsewhere: {family:?} {answer:?}")
        });
    }
    let answer = again(|| load.call(&family.access)).await;
    hold(load, answer.status == 200, || {
        format!("an access token was lost: {answer:?}")
    });
    let answer = again(|| load.refresh(&family.latest)).await;
    hold(load, answer.status == 200, || {
        format!("a refresh token was lost: {family:?} {answer:?}")
    });
    if answer.status == 200 {
        load.tally().count(if family.open {
            "open refresh: good"
        } else {
            "family: good"
        });
        family.rotated(load.tokens(&answer));
        let answer = again(|| load.call(&family.access)).await;
        hold(load, answer.status == 200, || {
            format!("a dead end: {answer:?}")
        });
    }
}

async fn check_dead(load: &Load, family: &Family) {
    let answer = again(|| load.refresh(&family.latest)).await;
    let dead = answer.outcome() == (400, Some("invalid_grant".into()));
    hold(load, dead, || {
        format!("a revocation was forgotten: {answer:?}")
    });
    let answer = again(|| load.call(&family.access)).await;
    hold(load, answer.status == 401, || {
        format!("a revocation was forgotten: {answer:?}")
    });
    load.tally().count("revocation: holds");
}

fn hold(load: &Load, kept: bool, broken: impl FnOnce() -> String) {
    let mut tally: std::sync::MutexGuard<'_, Tally> = load.tally();
    tally.hold(kept, broken);
}

/// As a client does that is told to come back: until it is served, or for too long.
async fn again<F>(request: impl Fn() -> F) -> Answer
where
    F: Future<Output = reqwest::Result<Answer>>,
{
    let deadline = tokio::time::Instant::now() + RECOVERY;
    loop {
        let answer = request().await;
        let in_time = tokio::time::Instant::now() < deadline;
        match answer {
            Ok(answer) if answer.status != 503 || !in_time => return answer,
            Err(error) if !in_time => panic!("no answer: {error:?}"),
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
}

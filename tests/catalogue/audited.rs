//! One event for each decision: when, on whose request, about whom, and how it went.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use fastmcp::audit::{AuditEntry, AuditEvent, AuditId, Ended};
use fastmcp::keys::Keys;
use tests::client::Tokens;

use crate::case::cases;
use crate::desk::Touched;
use crate::outcome::{E, Status};
use crate::setup::{BASE, Setup, configured};

cases! {
    "LOG-06" Each decisions,
}

type Heard = Arc<Mutex<Vec<AuditEntry>>>;

fn listener(heard: &Heard) -> impl Fn(&AuditEntry) + Send + Sync + 'static {
    let heard = Arc::clone(heard);
    move |entry| heard.lock().unwrap().push(entry.clone())
}

/// What was heard since the last time.
fn take(heard: &Heard) -> Vec<AuditEntry> {
    std::mem::take(&mut *heard.lock().unwrap())
}

fn names(entries: &[AuditEntry]) -> Vec<&'static str> {
    entries.iter().map(|entry| entry.event.name()).collect()
}

async fn decisions(setup: Setup) {
    let heard = Heard::default();
    let s = setup
        .start_with(|server| server.on_audit(listener(&heard)))
        .await;
    let now = s.clocks[0].now();
    let mut all = Vec::new();
    let mut expect = |case: &str, expected: &[&str]| {
        let entries = take(&heard);
        assert_eq!(names(&entries), expected, "{case}");
        for entry in &entries {
            let local = entry.address.is_some_and(|it: IpAddr| it.is_loopback());
            assert!(local, "{case}, on whose request: {entry:?}");
            assert!(entry.time >= now, "{case}, when: {entry:?}");
        }
        all.extend(entries.clone());
        entries
    };
    let c = s.c().await;
    let client = AuditId::of(&c.id);
    let entries = expect("registering", &["registered"]);
    assert_eq!(entries[0].event, AuditEvent::Registered { client });
    assert_eq!(entries[0].time, now);
    let attempt = c.az(&[]);
    let browser = s.browser();
    let page = browser.get(attempt.url.as_str()).await;
    browser.press(&page, Some("deny"), |_| {}).await;
    expect("saying no", &["consent_shown", "denied"]);
    let (attempt, code) = c.code().await;
    expect("saying yes", &["consent_shown", "approved", "code_issued"]);
    let first = Tokens::read(&c.redeem(&attempt, &code).await);
    let entries = expect("a code", &["code_redeemed"]);
    let AuditEvent::CodeRedeemed { grant, subject, .. } = entries[0].event else {
        panic!("{entries:?}");
    };
    let second = crate::refresh::renewed(&c, &first).await;
    let third = crate::refresh::renewed(&c, &second).await;
    let entries = expect("refreshing", &["refreshed", "refreshed"]);
    let rotated = AuditEvent::RefreshRotated {
        client,
        subject,
        grant,
    };
    assert_eq!(entries[1].event, rotated);
    s.wait(3600);
    E(400, "invalid_grant").of("reuse", &c.refresh(&first.refresh).await);
    let entries = expect("reuse", &["refresh_reuse", "revoked"]);
    let ended = |reason| AuditEvent::GrantEnded {
        client,
        subject,
        grant,
        reason,
    };
    assert_eq!(entries[1].event, ended(Ended::RefreshReused));
    assert_eq!(entries[0].time, now + 3600);
    E(400, "invalid_grant").of("ended", &c.refresh(&third.refresh).await);
    expect("what ended", &["token_refused"]);
    let (attempt, code) = c.code().await;
    Status(200).of("a login", &c.redeem(&attempt, &code).await);
    take(&heard);
    E(400, "invalid_grant").of("replay", &c.redeem(&attempt, &code).await);
    expect("replay", &["code_replay", "revoked"]);
    let tokens = c.login().await;
    take(&heard);
    Status(200).of("revoking", &c.revoke(&tokens.refresh).await);
    let entries = expect("revoking", &["revoked"]);
    assert_eq!(entries[0].event.reason(), "by_client");
    // A record that was changed.
    let before = s.home.store.records().await;
    let tokens = c.login().await;
    take(&heard);
    let now = s.home.store.records().await;
    let is_grant = |key: &fastmcp::store::Key| key.kind() == "grant";
    let is_new = |key: &fastmcp::store::Key| before.iter().all(|(known, _)| known != key);
    let grant = now.iter().find(|(key, _)| is_grant(key) && is_new(key));
    let (key, record) = grant.expect("a grant");
    let mut value = record.value.clone();
    value[record.value.len() / 2] ^= 1;
    s.home.store.forge(key, value).await;
    E(400, "invalid_grant").of("damage", &c.refresh(&tokens.refresh).await);
    // Once, though the request reads it for its standing and to rotate it.
    expect("damage", &["storage_integrity", "token_refused"]);
    E(400, "invalid_grant").of("damage", &c.refresh(&tokens.refresh).await);
    expect("damage again", &["storage_integrity", "token_refused"]);
    s.home.store.forge(key, record.value.clone()).await;
    let text = format!("{all:?}");
    for secret in [&first.access, &first.refresh, &code, &c.id, &third.refresh] {
        assert!(!text.contains(secret.as_str()), "a secret in {text}");
    }
    take(&heard);
    // Another key over these data: at start, so on nobody's request.
    let other = configured(&setup.idp, &Touched::default(), BASE)
        .keys(Keys::ephemeral(&fastmcp::parts::Random::system()))
        .store(s.home.store.clone())
        .on_audit(listener(&heard));
    let refused = other.router().await;
    assert!(refused.is_err(), "it starts with another key");
    let entries = take(&heard);
    assert_eq!(names(&entries), ["key_mismatch"]);
    assert_eq!(entries[0].address, None);
    assert!(entries[0].event.is_alarming());
}

//! What the log tells of a login, at the most talkative level: every decision, and no secret.

use std::io;
use std::sync::{Arc, Mutex};

use sha2::{Digest as _, Sha256};

use crate::support::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one log of one process, from the first decision to the last"
)]
async fn every_decision_is_told_and_no_secret_is() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // For the whole process: a subscriber of one thread misses what another thread registered
    // first. Other tests write into the same log, so events are looked for by the client's id.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let page = browser.open(&authorize_url(&client, &[])).await;
    let approved = browser.decide(&page, "approve").await;
    let state = approved.param("state").unwrap();
    let code = browser.come_back(&state).await.param("code").unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", &client),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    let tokens = server.token(&form).await.json();
    let revoked = browser.login(&authorize_url(&client, &[])).await;
    let redemption = form.map(|(name, value)| match name {
        "code" => (name, revoked.as_str()),
        _ => (name, value),
    });
    let revoked = server.token(&redemption).await.json();
    let revoked = revoked["refresh_token"].as_str().unwrap();
    for _ in 0..2 {
        let form = [("client_id", client.as_str()), ("token", revoked)];
        server.post_as("/oauth/revoke", None, &form).await;
    }
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", &client),
        ("refresh_token", refresh_token),
    ];
    server.wait(3601);
    server.token(&form).await;
    server.upstream.answers(500, "text/plain", "canary");
    server.wait(3601);
    server.token(&form).await;
    browser
        .get(&callback_url(&[("code", "late"), ("state", &state)]))
        .await;

    let foreign = oidc_server().await;
    foreign.upstream.publish(false);
    let known = foreign.client().await;
    let stranger = Browser::new(&foreign);
    let asked = stranger.open(&authorize_url(&known, &[])).await;
    stranger.decide(&asked, "approve").await.is_page(503);

    let nobody = "https:nobodys-id";
    stranger.get(&authorize_url(nobody, &[])).await.is_page(400);

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let id_of = |client: &str| {
        let id = Sha256::digest(client.as_bytes());
        format!("{:02x}{:02x}{:02x}{:02x}", id[0], id[1], id[2], id[3])
    };
    let refused = text.lines().find(|line| line.contains(&id_of(nobody)));
    let refused = refused.unwrap_or_default();
    for part in ["published_client_refused", "reason=\"url\""] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    let id = id_of(&client);
    let told = |event: &str| {
        let mut lines = text.lines();
        lines.any(|line| line.contains(&format!("event=\"{event}\"")) && line.contains(&id))
    };
    for event in [
        "registered",
        "consent_shown",
        "approved",
        "code_issued",
        "code_redeemed",
        "refreshed",
        "revoked",
        "revocation_ignored",
    ] {
        assert!(told(event), "{event} of {id}");
    }
    assert!(text.contains("its `issuer` is another one"));
    let cookie = browser.cookies.lock().unwrap()[0].1.clone();
    let access_token = tokens["access_token"].as_str().unwrap();
    for (name, secret) in [
        ("client id", client.as_str()),
        ("id that is a URL", nobody),
        ("state", &state),
        ("code", &code),
        ("verifier", VERIFIER),
        ("access token", access_token),
        ("refresh token", refresh_token),
        ("revoked token", revoked),
        ("cookie", &cookie),
        ("sealed form", &page.form),
        ("form token", &page.csrf),
        ("client's state", "st a/te"),
        ("upstream token", "upstream-access"),
        ("upstream refresh token", "upstream-refresh"),
        ("upstream code", "upstream-code"),
        ("upstream secret", "upstream-secret"),
        ("upstream text", "canary"),
    ] {
        assert!(!text.contains(secret), "the {name} is in the log");
    }
}

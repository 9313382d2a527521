//! What clients say about themselves: a registration, or a document that they publish.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::super::client_metadata;
use super::super::options::ProxyOptions;
use super::super::published::described;
use super::super::settings::Settings;
use crate::ledger::{ClientAuth, ClientKeys, NewClient};
use crate::provider;
use crate::secret::Secret;
use crate::spec::{ClientIdUrl, RedirectUri};
use crate::token::json::parse_object;

/// Where codes may go.
const PATTERNS: [&str; 4] = [
    "http://127.0.0.1:*",
    "https://c.test/*",
    "https://localhost/*",
    "cursor://x/*",
];

fn settings() -> &'static Settings {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    SETTINGS.get_or_init(|| {
        let options = ProxyOptions {
            base_url: "https://s.test".to_owned(),
            upstream_client_id: "id".to_owned(),
            upstream_client_secret: Some(Secret::from("a secret of the provider's")),
            scopes: Some(["read", "write"].map(str::to_owned).to_vec()),
            allowed_redirect_uri_patterns: Some(PATTERNS.map(str::to_owned).to_vec()),
            ..ProxyOptions::default()
        };
        let Ok((settings, _)) = Settings::check(options, &provider::google()) else {
            unreachable!("these options are good");
        };
        settings
    })
}

/// The body of a registration (RFC 7591).
pub fn registration(data: &[u8]) {
    let Some(object) = parse_object(data) else {
        return;
    };
    let Ok(registration) = client_metadata::check(&object, settings()) else {
        return;
    };
    let client = &registration.client;
    keeps_the_rules(&object, client);
    for uri in &client.redirect_uris {
        let is_site = uri.scheme() == "https" && uri.host() != Some("localhost");
        assert!(is_site || registration.is_native, "{uri}");
    }
}

/// What a client publishes, behind a line with its id.
pub fn document(data: &[u8]) {
    let mut halves = data.splitn(2, |b| *b == b'\n');
    let id = halves
        .next()
        .and_then(|line| std::str::from_utf8(line).ok());
    let body = halves.next().unwrap_or_default();
    let Some(url) = id.and_then(ClientIdUrl::parse) else {
        return;
    };
    let Some(client) = described(body, &url, settings()) else {
        return;
    };
    let Some(object) = parse_object(body) else {
        panic!("no object, and a client");
    };
    assert_eq!(object["client_id"], url.as_str());
    assert!(!object.keys().any(|name| name.starts_with("client_secret")));
    assert!(client.name.is_some());
    let methods = [ClientAuth::None, ClientAuth::PrivateKeyJwt];
    assert!(methods.contains(&client.auth));
    let web = |uri: &RedirectUri| matches!(uri.scheme(), "https" | "http");
    assert!(client.redirect_uris.iter().all(web));
    keeps_the_rules(&object, &client);
}

/// What holds of every client, however it came to be one.
fn keeps_the_rules(object: &Map<String, Value>, client: &NewClient) {
    let settings = settings();
    let uris = &client.redirect_uris;
    assert!((1..=10).contains(&uris.len()));
    for uri in uris {
        assert!(settings.patterns.allows(uri), "{uri}");
        let said = object["redirect_uris"].as_array();
        assert!(said.is_some_and(|said| said.contains(&Value::from(uri.as_str()))));
    }
    if let Some(name) = &client.name {
        let is_seen = |c: char| !c.is_control() && !c.is_whitespace();
        assert!(name.chars().count() <= 128 && name.chars().any(is_seen));
        assert!(!name.contains(['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\n']));
    }
    if let Some(scopes) = &client.scopes {
        assert!(!scopes.is_empty() && scopes.is_subset(settings.supported()));
    }
    if let Some(uri) = &client.uri {
        assert!(url::Url::parse(uri).is_ok_and(|url| url.scheme().starts_with("http")));
    }
    let by_key = client.auth == ClientAuth::PrivateKeyJwt;
    assert_eq!(by_key, client.keys.is_some());
    if let Some(ClientKeys::Jwks(jwks)) = &client.keys {
        let text = jwks.to_string();
        assert!(text.len() <= 8 * 1024);
        let keys = jwks["keys"].as_array();
        assert!(keys.is_some_and(|keys| keys.iter().all(|key| key.get("d").is_none())));
    }
}

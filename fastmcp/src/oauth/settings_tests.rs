//! Defaults, and problems by name.

use super::*;
use crate::provider;
use crate::secret::Secret;

fn options() -> ProxyOptions {
    ProxyOptions {
        base_url: "https://s.test".to_owned(),
        upstream_client_id: "id".to_owned(),
        upstream_client_secret: Some(Secret::from("secret")),
        ..ProxyOptions::default()
    }
}

fn faulty(options: ProxyOptions) -> Vec<&'static str> {
    let problems = Settings::check(options, &provider::google()).err();
    problems
        .unwrap()
        .iter()
        .map(|problem| problem.setting)
        .collect()
}

#[test]
fn defaults_are_the_documented_ones() {
    let (settings, upstream) = Settings::check(options(), &provider::google()).unwrap();
    assert_eq!(settings.resource.as_str(), "https://s.test/mcp");
    assert_eq!(upstream.redirect_uri, "https://s.test/oauth/callback");
    assert_eq!(settings.lifetimes.transaction.as_secs(), 600);
    assert_eq!(settings.lifetimes.authorization_code.as_secs(), 300);
    assert_eq!(settings.lifetimes.refresh_token.as_secs(), 2_592_000);
    assert_eq!(settings.lifetimes.refresh_grace.as_secs(), 120);
    assert_eq!(settings.access_life(None).as_secs(), 3600);
    assert_eq!(
        settings
            .access_life(Some(Duration::from_secs(90)))
            .as_secs(),
        90
    );
    assert_eq!(upstream.timeout.as_secs(), 10);
}

#[test]
fn all_problems_come_at_once_and_by_name() {
    let bad = ProxyOptions {
        base_url: "http://s.test".to_owned(),
        upstream_client_secret: None,
        allowed_redirect_uri_patterns: Some(vec!["https://*".to_owned()]),
        redirect_path: "/oauth/token".to_owned(),
        declared_scopes: vec!["a b".to_owned()],
        authorization_code_ttl: Duration::from_secs(601),
        ..options()
    };
    let names = faulty(bad);
    for name in [
        "base_url",
        "upstream_client_secret",
        "allowed_redirect_uri_patterns",
        "redirect_path",
        "declared_scopes",
        "authorization_code_ttl",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert_eq!(names.len(), 6);
}

#[test]
fn an_issuer_is_asked_for_an_id_token_and_says_the_rest_itself() {
    let oidc = || provider::oidc("https://id.example");
    let (settings, _) = Settings::check(options(), &oidc()).unwrap();
    let lease = settings.lifetimes.upstream_refresh.as_secs();
    assert_eq!(lease, 25, "time for two requests");
    let scopes = Some(vec!["email".to_owned()]);
    let without = ProxyOptions {
        scopes,
        ..options()
    };
    let beside = oidc().token_endpoint("https://id.example/t");
    let problems = Settings::check(without, &beside).err().unwrap();
    let text: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(text.len(), 2, "{text:#?}");
    assert!(text[0].starts_with("`token_endpoint`: `oidc` has its own `token_endpoint` [FM0205]"));
    assert!(text[1].starts_with("`scopes`: `scopes` without `openid`"));
}

#[test]
fn dev_stays_at_home() {
    let public = ProxyOptions {
        base_url: "https://s.test".to_owned(),
        ..ProxyOptions::default()
    };
    let problems = Settings::check(public, &provider::dev()).err().unwrap();
    assert_eq!(
        (problems[0].setting, problems[0].code),
        ("base_url", "FM0207")
    );
    let local = ProxyOptions {
        base_url: "http://localhost:8000".to_owned(),
        ..ProxyOptions::default()
    };
    assert!(Settings::check(local, &provider::dev()).is_ok());
}

#[test]
fn offline_access_is_honoured_and_not_offered() {
    let declared = ProxyOptions {
        declared_scopes: vec!["notes:write".to_owned()],
        scopes: Some(vec!["openid".to_owned(), "offline_access".to_owned()]),
        ..options()
    };
    let (settings, _) = Settings::check(declared, &provider::google()).unwrap();
    assert_eq!(settings.offered().to_string(), "notes:write openid");
    assert!(settings.supported().contains("offline_access"));
}

#[test]
fn roles_beyond_the_declared_ones_are_dropped() {
    let declared = ProxyOptions {
        roles: vec!["admin".to_owned()],
        roles_from: Some(std::sync::Arc::new(|_| {
            vec!["admin".to_owned(), "root".to_owned()]
        })),
        ..options()
    };
    let (settings, _) = Settings::check(declared, &provider::google()).unwrap();
    let roles = settings.roles(&Identity::new("u"));
    assert_eq!(roles, BTreeSet::from(["admin".to_owned()]));
}

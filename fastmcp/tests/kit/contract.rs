//! What every provider is held to, over HTTP, at a fake of it: each case for each provider, at one
//! server a provider. A case that a provider cannot have (an ID token of plain OAuth 2.0) is passed
//! over by what its value says.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use fastmcp::oauth::TokenVerifier;
use fastmcp::parts::Parts;
use fastmcp::provider::{self, Admission, ClientAuthentication, Provider};
use fastmcp::testing::{Call, Caller, IdToken, Login, RefreshTokens, TestServer};
use fastmcp::token::JwksVerifier;
use serde_json::json;

use crate::notes;
use crate::presets::{TENANT, all};

/// Where personal Microsoft accounts live.
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// A provider, and a server beside a fake of it.
struct At {
    provider: Provider,
    server: TestServer,
}

impl At {
    async fn start(provider: Provider) -> Self {
        let server = TestServer::start(notes().into_server().provider(provider.clone()));
        let server = server.await;
        Self { provider, server }
    }

    fn name(&self) -> &str {
        &self.provider.name
    }

    async fn log_in(&self) -> Login {
        let login = self.server.log_in(ada()).await;
        login.unwrap_or_else(|refused| panic!("{}: {refused}", self.name()))
    }

    async fn refused(&self) -> Option<String> {
        let refused = self.server.log_in(ada()).await.unwrap_err();
        refused.error().map(str::to_owned)
    }

    /// The login after its access token is over and refreshed.
    async fn refreshed(&self, login: &Login) {
        self.server.clock().by(3601);
        let refreshed = login.refresh().await;
        refreshed.unwrap_or_else(|refused| panic!("{}: {refused}", self.name()));
    }

    /// Whether the login is over when it is refreshed.
    async fn is_over(&self, login: &Login) -> bool {
        self.server.clock().by(3601);
        let refused = login.refresh().await;
        refused.is_err_and(|refused| refused.error() == Some("invalid_grant"))
    }

    /// The only call of this endpoint.
    fn call(&self, endpoint: &str) -> Call {
        let mut calls = self.server.provider().calls().into_iter();
        let found = calls.find(|call| call.endpoint == endpoint).unwrap();
        assert!(calls.all(|call| call.endpoint != endpoint), "{endpoint}");
        found
    }
}

fn ada() -> Caller {
    Caller::new("7").email("ada@example.com")
}

async fn subject(login: &Login) -> String {
    let answer = login.connection().call("name", json!({})).await;
    answer.unwrap().text()
}

/// Some of the providers, at servers of their own, one after another in each of several tests, which
/// run beside one another.
async fn hold(part: usize) {
    let remote = all().into_iter().filter(|it| !it.is_development());
    for provider in remote.skip(part).step_by(PARTS) {
        let at = At::start(provider).await;
        let fake = at.server.provider();
        is_asked_as_it_wants_to_be(&at).await;
        fake.forget();
        an_id_token_that_is_not_for_us_is_no_login(&at).await;
        fake.forget();
        a_scope_that_was_not_granted_is_none(&at).await;
        fake.forget();
        without_an_expiry_a_login_lasts(&at).await;
        fake.forget();
        refresh_tokens_may_stay_rotate_or_be_missing(&at).await;
        fake.forget();
        a_denial_is_told_as_one(&at).await;
    }
}

const PARTS: usize = 3;

#[tokio::test]
async fn every_third_provider_keeps_the_contract() {
    hold(0).await;
}

#[tokio::test]
async fn so_does_the_one_after_it() {
    hold(1).await;
}

#[tokio::test]
async fn and_the_one_after_that() {
    hold(2).await;
}

async fn is_asked_as_it_wants_to_be(at: &At) {
    let (provider, name) = (&at.provider, at.name());
    at.log_in().await;
    let asked = at.call("authorize");
    let scopes = asked.parameter("scope").unwrap_or_default();
    let scopes: BTreeSet<_> = scopes.split_whitespace().collect();
    let wanted: BTreeSet<_> = provider.scopes.iter().map(String::as_str).collect();
    assert!(wanted.is_subset(&scopes), "{name}: {scopes:?}");
    for (parameter, value) in &provider.extra_authorization_params {
        assert_eq!(asked.parameter(parameter), Some(&**value), "{name}");
    }
    let has_nonce = asked.parameter("nonce").is_some();
    assert_eq!(has_nonce, provider.verifies_id_tokens(), "{name}");
    let exchange = at.call("token");
    let in_header = exchange.authorization.is_some();
    let in_body = exchange.parameter("client_secret").is_some();
    let is_basic = provider.token_endpoint_auth_method == ClientAuthentication::Basic;
    assert_eq!((in_header, in_body), (is_basic, !is_basic), "{name}");
    assert!(exchange.parameter("code_verifier").is_some(), "{name}");
}

async fn an_id_token_that_is_not_for_us_is_no_login(at: &At) {
    let (provider, fake) = (&at.provider, at.server.provider());
    let faults = [
        IdToken::WrongAudience,
        IdToken::WrongIssuer,
        IdToken::WrongNonce,
        IdToken::ForeignKey,
        IdToken::Unsigned,
        IdToken::Expired,
    ];
    let owed = provider.is_discovered().then_some(IdToken::None);
    let faults = faults.into_iter().filter(|_| provider.verifies_id_tokens());
    for fault in faults.chain(owed) {
        fake.change(|knobs| knobs.id_token = fault);
        let error = at.refused().await;
        assert_eq!(
            error.as_deref(),
            Some("server_error"),
            "{} {fault:?}",
            at.name()
        );
    }
    fake.change(|knobs| knobs.id_token = IdToken::Good);
    at.log_in().await;
}

async fn a_scope_that_was_not_granted_is_none(at: &At) {
    let (provider, name) = (&at.provider, at.name());
    let mut scopes = provider.scopes.clone();
    scopes.retain(|scope| scope != "offline_access");
    let Some(missing) = scopes.pop() else {
        return;
    };
    let whole = at.log_in().await;
    assert!(whole.scopes().contains(&missing), "{name}");
    let separator = if provider.scopes_with_commas {
        ","
    } else {
        " "
    };
    scopes.push("other".to_owned());
    let granted = scopes.join(separator);
    at.server
        .provider()
        .change(|knobs| knobs.scope = Some(granted));
    let less = at.log_in().await;
    assert!(!less.scopes().contains(&missing), "{name}: {missing}");
    assert!(less.scopes().contains(&"notes:write".to_owned()), "{name}");
    assert_eq!(subject(&less).await, subject(&whole).await, "{name}");
}

/// With an opaque access token that has no end, and no refresh token.
async fn without_an_expiry_a_login_lasts(at: &At) {
    let (provider, name) = (&at.provider, at.name());
    let fake = at.server.provider();
    fake.change(|knobs| {
        knobs.expires_in = json!(null);
        knobs.refresh_tokens = RefreshTokens::None;
    });
    let login = at.log_in().await;
    assert_eq!(login.expires_in(), 3600, "{name}");
    for _ in 0..3 {
        at.refreshed(&login).await;
    }
    assert!(!subject(&login).await.is_empty(), "{name}");
    assert_eq!(fake.counts().get("refresh"), None, "{name}");
    // Whoever tells by userinfo at each login tells when the account is gone.
    let looks = provider.userinfo == provider::Userinfo::Always;
    if looks && (provider.is_discovered() || provider.userinfo_endpoint.is_some()) {
        fake.end_logins();
        assert!(at.is_over(&login).await, "{name}");
    }
}

async fn refresh_tokens_may_stay_rotate_or_be_missing(at: &At) {
    let (name, fake) = (at.name(), at.server.provider());
    for kind in [RefreshTokens::Stable, RefreshTokens::Rotating] {
        fake.forget();
        fake.change(|knobs| knobs.refresh_tokens = kind);
        let login = at.log_in().await;
        let who = subject(&login).await;
        for round in 1..=3 {
            at.refreshed(&login).await;
            assert_eq!(fake.counts()["refresh"], round, "{name} {kind:?}");
        }
        assert_eq!(subject(&login).await, who, "{name}");
        fake.end_logins();
        assert!(at.is_over(&login).await, "{name} {kind:?}");
    }
    fake.change(|knobs| knobs.refresh_tokens = RefreshTokens::None);
    let login = at.log_in().await;
    assert!(at.is_over(&login).await, "{name}");
}

async fn a_denial_is_told_as_one(at: &At) {
    let (name, fake) = (at.name(), at.server.provider());
    fake.change(|knobs| knobs.deny = Some("access_denied".to_owned()));
    assert_eq!(
        at.refused().await.as_deref(),
        Some("access_denied"),
        "{name}"
    );
    assert_eq!(fake.counts().get("token"), None, "{name}");
}

#[tokio::test]
async fn a_tenant_is_that_of_the_token_and_of_the_settings() {
    let other = "11111111-86f1-41af-91ab-2d7cd011db47";
    let of = |tenant: &str| ada().claim("tid", tenant);
    for (tenant, caller, error) in [
        ("common", of(TENANT), None),
        ("common", of(other), None),
        ("common", of(PERSONAL), None),
        ("organizations", of(other), None),
        ("organizations", of(PERSONAL), Some("access_denied")),
        (TENANT, of(TENANT), None),
        (TENANT, of(other), Some("access_denied")),
        ("common", of("{tenantid}"), Some("server_error")),
        ("common", of(""), Some("server_error")),
    ] {
        let server = At::start(provider::azure(tenant)).await.server;
        let login = server.log_in(caller.clone()).await;
        let refused = login.as_ref().err().map(|refused| refused.error());
        assert_eq!(refused, error.map(Some), "{tenant} {caller:?}");
    }
    // An issuer that speaks for another tenant than its token does.
    for tenant in ["common", "organizations", TENANT] {
        let server = At::start(provider::azure(tenant)).await.server;
        let url = server.provider().url().to_owned();
        let foreign = format!("{url}/{other}/v2.0");
        server
            .provider()
            .change(|knobs| knobs.issuer = Some(foreign));
        let refused = server.log_in(of(TENANT)).await.unwrap_err();
        assert_eq!(refused.error(), Some("server_error"), "{tenant}");
    }
}

#[tokio::test]
async fn an_opaque_access_token_is_none_where_it_is_to_be_verified() {
    for provider in [provider::google(), provider::auth0("acme.eu.auth0.com")] {
        let name = provider.name.clone();
        let parts = Parts::system(Duration::from_secs(1)).unwrap();
        let verifier = TokenVerifier {
            keys: Arc::new(JwksVerifier::new("http://127.0.0.1:9/keys", parts)),
            issuer: None,
            audience: Some("notes".to_owned()),
        };
        let strict = notes().into_server().provider(provider);
        let server = TestServer::start(strict.token_verifier(verifier)).await;
        let refused = server.log_in(ada()).await.unwrap_err();
        assert_eq!(refused.error(), Some("server_error"), "{name}");
    }
}

#[tokio::test]
async fn groups_are_where_the_provider_has_them() {
    for provider in [
        provider::azure("common"),
        provider::okta("acme.okta.com", "org"),
        provider::cognito("eu-west-1_AbCdEfGhI"),
    ] {
        let name = provider.name.clone();
        let server = notes().into_server().provider(provider);
        let server = TestServer::start(server.admits(Admission::group("staff"))).await;
        let staff = ada().claim("groups", json!(["staff", "ops"]));
        let login = server.log_in(staff).await;
        login.unwrap_or_else(|refused| panic!("{name}: {refused}"));
        let other = ada().claim("groups", json!(["guests"]));
        let refused = server.log_in(other).await.unwrap_err();
        assert_eq!(refused.error(), Some("access_denied"), "{name}");
    }
}

#[tokio::test]
async fn memberships_are_asked_of_the_fake() {
    for provider in [
        provider::github(),
        provider::github_enterprise("git.example.com"),
    ] {
        let server = notes().into_server().provider(provider);
        let server = TestServer::start(server.admits(Admission::organization("acme"))).await;
        let refused = server.log_in(ada()).await.unwrap_err();
        assert_eq!(refused.error(), Some("access_denied"));
        let active = [("acme".to_owned(), "active".to_owned())];
        server
            .provider()
            .change(|knobs| knobs.memberships = active.into());
        server.log_in(ada()).await.unwrap();
    }
}

//! Who may log in: the tenant that was configured, the domain that the rule names, the members of
//! an organisation, and nobody else.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastmcp::audit::AuditEntry;
use fastmcp::provider::{self, Admission, Provider};
use serde_json::{Value, json};
use tests::http::parameter;
use tests::idp::{Idp, Knobs};

use crate::case::cases;
use crate::cbk_exchange::fails;
use crate::party::Party;
use crate::setup::{S, Setup};

cases! {
    "CBK-18" Each strangers_to_the_rule,
}

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const ANOTHER: &str = "11111111-86f1-41af-91ab-2d7cd011db47";
const OBJECT: &str = "00000000-0000-0000-66f3-3332eca7ea81";

/// `provider` at the addresses of the stub.
fn at(idp: &Idp, provider: Provider) -> Provider {
    let url = idp.url();
    provider
        .authorization_endpoint(format!("{url}/authorize"))
        .token_endpoint(format!("{url}/token"))
        .userinfo_endpoint(format!("{url}/userinfo"))
        .revocation_endpoint(format!("{url}/revoke"))
}

pub(crate) fn entra(idp: &Idp) -> Provider {
    let jwks = format!("{}/jwks", idp.url());
    at(idp, provider::azure(TENANT)).jwks_uri(jwks)
}

fn google(idp: &Idp) -> Provider {
    let jwks = format!("{}/jwks", idp.url());
    at(idp, provider::google()).issuer(idp.url()).jwks_uri(jwks)
}

fn github(idp: &Idp) -> Provider {
    let mut provider = at(idp, provider::github())
        .emails_endpoint(format!("{}/emails", idp.url()))
        .membership_api(idp.url());
    provider.revocation = provider::Revocation::Rfc7009;
    provider
}

fn person(claims: Value) -> Knobs {
    Knobs {
        user: "ada".into(),
        claims: claims.as_object().cloned().unwrap_or_default(),
        ..Knobs::default()
    }
}

/// Somebody of this tenant, at a provider that signs for every tenant with the same keys.
fn of_tenant(tenant: &str) -> Knobs {
    Knobs {
        issuer: Some(format!("https://login.microsoftonline.com/{tenant}/v2.0")),
        ..person(json!({ "tid": tenant, "oid": OBJECT, "tenant_ctry": "canary" }))
    }
}

/// Somebody of the right tenant, with these roles there.
pub(crate) fn with_roles(roles: Value) -> Knobs {
    let mut knobs = of_tenant(TENANT);
    knobs.claims.insert("roles".into(), roles);
    knobs
}

fn member_of(organization: &str, state: &str) -> Knobs {
    Knobs {
        memberships: [(organization.to_owned(), state.to_owned())].into(),
        ..person(json!({ "id": 583_231, "login": "ada" }))
    }
}

type Heard = Arc<Mutex<Vec<(&'static str, &'static str)>>>;

fn listener(heard: &Heard) -> impl Fn(&AuditEntry) + Send + Sync + 'static {
    let heard = Arc::clone(heard);
    move |entry| {
        let event = (entry.event.name(), entry.event.reason());
        heard.lock().unwrap().push(event);
    }
}

/// A login that the rule refuses: said to the client in plain words, in the audit log, and nothing
/// is kept here or at the provider.
async fn turned_away(s: &S, c: &Party, heard: &Heard, case: &str, knobs: Knobs) {
    let before = s.idp.count("revoke").await;
    heard.lock().unwrap().clear();
    let called = fails(s, c, case, knobs, "access_denied").await;
    let words = parameter(&called, "error_description").unwrap();
    for secret in [TENANT, ANOTHER, "example", "acme", "canary", "ada"] {
        assert!(!words.contains(secret), "{case}: {words}");
    }
    let refused = ("login_refused", "not_admitted");
    let told = heard.lock().unwrap().clone();
    assert_eq!(told.last(), Some(&refused), "{case}: {told:?}");
    given_back(s, before + 1, case).await;
}

/// In the background, as well as the provider takes it.
pub(crate) async fn given_back(s: &S, count: u64, case: &str) {
    for _ in 0..100 {
        if s.idp.count("revoke").await >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{case}: the provider has its tokens not back");
}

async fn strangers_to_the_rule(setup: Setup) {
    let idp = Arc::clone(&setup.idp);
    let heard = Heard::default();
    let s = setup
        .start_with(|server| server.provider(entra(&idp)).on_audit(listener(&heard)))
        .await;
    let c = s.c().await;
    turned_away(&s, &c, &heard, "another tenant", of_tenant(ANOTHER)).await;
    // Its own word for its tenant, in the name of the right one, is a forgery.
    let liar = Knobs {
        issuer: of_tenant(ANOTHER).issuer,
        ..of_tenant(TENANT)
    };
    fails(&s, &c, "a tenant's claim", liar, "server_error").await;
    s.turn(of_tenant(TENANT)).await;
    c.login().await;
    // The baseline signs in as nobody in particular.
    setup.forget(&s);

    let rule = || Admission::hosted_domain("example.com");
    let s = setup
        .start_with(|server| {
            let server = server.provider(google(&idp)).admits(rule());
            server.on_audit(listener(&heard))
        })
        .await;
    let c = s.c().await;
    for hd in [json!("example.org"), json!("notexample.com"), Value::Null] {
        let case = format!("hd {hd}");
        let knobs = person(json!({ "hd": hd, "email": "ada@example.com" }));
        turned_away(&s, &c, &heard, &case, knobs).await;
    }
    let asked = s.calls("authorize").await;
    let hint = asked.last().unwrap().parameter("hd").map(str::to_owned);
    assert_eq!(hint.as_deref(), Some("example.com"), "what is asked for");
    s.turn(person(json!({ "hd": "example.com" }))).await;
    c.login().await;
    setup.forget(&s);

    let rule = || Admission::organization("Acme").or(Admission::team("acme/ops"));
    let s = setup
        .start_with(|server| {
            let server = server.provider(github(&idp)).admits(rule());
            server.on_audit(listener(&heard))
        })
        .await;
    let c = s.c().await;
    for (organization, state) in [("evil", "active"), ("acme", "pending")] {
        let case = format!("{state} in {organization}");
        let knobs = member_of(organization, state);
        turned_away(&s, &c, &heard, &case, knobs).await;
    }
    let asked = s.calls("authorize").await;
    let scope = asked.last().unwrap().parameter("scope").unwrap();
    assert!(scope.split(' ').any(|it| it == "read:org"), "{scope}");
    for organization in ["acme", "acme/ops"] {
        s.turn(member_of(organization, "active")).await;
        c.login().await;
    }
    setup.forget(&s);
}

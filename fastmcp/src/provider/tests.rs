//! The presets as values, and what becomes an identity.

use serde_json::json;

use super::*;
use crate::parts::Random;
use crate::spec::Claims;

fn claims(value: serde_json::Value) -> Claims {
    serde_json::from_value(value).unwrap()
}

fn from_id_token(provider: &Provider, value: serde_json::Value) -> Result<Identity, IdentityFault> {
    let sources = Sources {
        id_token: Some(claims(value)),
        ..Sources::default()
    };
    Identity::read(provider, sources, &Random::system())
}

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const OBJECT: &str = "00000000-0000-0000-66f3-3332eca7ea81";

#[test]
fn google_asks_so_that_a_refresh_token_comes() {
    let extra = google().extra_authorization_params;
    for (name, value) in [("access_type", "offline"), ("prompt", "consent")] {
        assert!(extra.contains(&(name.to_owned(), value.to_owned())));
    }
}

#[test]
fn azure_binds_the_issuer_to_the_tenant() {
    let issuer = |tenant| azure(tenant).issuer.unwrap();
    let base = "https://login.microsoftonline.com";
    assert_eq!(issuer(TENANT), format!("{base}/{TENANT}/v2.0"));
    assert_eq!(
        issuer("consumers"),
        format!("{base}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0")
    );
    for open in ["common", "organizations", "contoso.onmicrosoft.com"] {
        assert_eq!(issuer(open), format!("{base}/{{tenantid}}/v2.0"));
    }
}

#[test]
fn endpoints_must_be_safe_and_every_fault_is_told() {
    let endpoint = |setting, fault| ProviderFault::Endpoint { setting, fault };
    let broken = custom("http://id.example/a", "id.example/t")
        .userinfo_endpoint("https://u:p@id.example/u")
        .revocation_endpoint("https://id.example/r#f")
        .scopes(["read write"]);
    assert_eq!(
        broken.validate().unwrap_err(),
        [
            endpoint("authorization_endpoint", EndpointFault::WithoutTls),
            endpoint("token_endpoint", EndpointFault::NotAUrl),
            endpoint("userinfo_endpoint", EndpointFault::WithCredentials),
            endpoint("revocation_endpoint", EndpointFault::WithFragment),
            ProviderFault::Scope("read write".to_owned()),
        ]
    );
    for loopback in [
        "http://127.0.0.1:9/a",
        "http://localhost:9/a",
        "http://[::1]:9/a",
    ] {
        assert_eq!(custom(loopback, loopback).validate(), Ok(()));
    }
    for foreign in [
        "http://localhost.example/a",
        "http://10.0.0.1/a",
        "ftp://127.0.0.1/a",
    ] {
        assert!(custom(foreign, foreign).validate().is_err(), "{foreign}");
    }
}

#[test]
fn half_of_what_id_tokens_need_is_told_unless_userinfo_answers() {
    let half = custom("https://a.example/a", "https://a.example/t").issuer("https://a.example");
    let missing = "jwks_uri";
    assert_eq!(
        half.validate().unwrap_err(),
        [ProviderFault::HalfOfIdTokens { missing }]
    );
    let half = half.userinfo_endpoint("https://a.example/u");
    assert_eq!(half.validate(), Ok(()));
}

#[test]
fn an_issuer_alone_is_a_whole_provider() {
    let provider = oidc("https://id.example:8443/realms/main/");
    assert_eq!(
        provider.issuer.as_deref(),
        Some("https://id.example:8443/realms/main/")
    );
    assert_eq!(provider.title, "id.example");
    assert_eq!(provider.subject, SubjectRule::Sub);
    assert!(provider.verifies_id_tokens() && provider.is_discovered());
    for loopback in ["http://127.0.0.1:9", "http://localhost:9/", "http://[::1]"] {
        assert_eq!(oidc(loopback).validate(), Ok(()), "{loopback}");
    }
    for (issuer, fault) in [
        ("", EndpointFault::NotAUrl),
        ("id.example", EndpointFault::NotAUrl),
        ("https://id.example/ ", EndpointFault::NotAUrl),
        ("https://id.example/{tenantid}/v2.0", EndpointFault::NotAUrl),
        ("http://id.example", EndpointFault::WithoutTls),
        ("https://u@id.example", EndpointFault::WithCredentials),
        ("https://id.example/#", EndpointFault::WithFragment),
        ("https://id.example/?", EndpointFault::WithQuery),
    ] {
        let setting = "issuer";
        let fault = ProviderFault::Endpoint { setting, fault };
        assert_eq!(oidc(issuer).validate(), Err(vec![fault]), "{issuer:?}");
    }
}

#[test]
fn an_endpoint_beside_the_issuer_is_told_by_name() {
    let endpoint = "https://id.example/x";
    let faults = oidc("https://id.example")
        .authorization_endpoint(endpoint)
        .token_endpoint(endpoint)
        .userinfo_endpoint(endpoint)
        .emails_endpoint(endpoint)
        .jwks_uri(endpoint)
        .revocation_endpoint(endpoint)
        .validate()
        .unwrap_err();
    let settings = [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "emails_endpoint",
        "jwks_uri",
        "revocation_endpoint",
    ];
    let told = settings.map(|setting| ProviderFault::EndpointBesideIssuer { setting });
    assert_eq!(faults, told);
    let text = told[1].to_string();
    assert!(text.starts_with("`token_endpoint` is set") && text.contains("`custom(…)`"));
}

#[test]
fn custom_comes_from_the_environment_whole() {
    let all = |name: &str| {
        Some(match name {
            "OAUTH_AUTHORIZATION_ENDPOINT" => "https://id.example/a".to_owned(),
            "OAUTH_TOKEN_ENDPOINT" => " https://id.example/t ".to_owned(),
            "OAUTH_SCOPES" => "openid  notes:write".to_owned(),
            "OAUTH_ISSUER" => "https://id.example".to_owned(),
            "OAUTH_JWKS_URI" => "https://id.example/keys".to_owned(),
            "OAUTH_USERINFO_ENDPOINT" => "https://id.example/u".to_owned(),
            "OAUTH_REVOCATION_ENDPOINT" => String::new(),
            _ => return None,
        })
    };
    let provider = custom_from_env(&all).unwrap();
    assert_eq!(provider.token_endpoint, "https://id.example/t");
    assert_eq!(provider.scopes, ["openid", "notes:write"]);
    assert!(provider.verifies_id_tokens());
    assert_eq!(provider.revocation_endpoint, None);
    assert_eq!(
        custom_from_env(&|_| None),
        Err(MissingVariable("OAUTH_AUTHORIZATION_ENDPOINT"))
    );
}

#[test]
fn the_subject_is_what_never_changes_hands() {
    let renamed = |login: &str| {
        let sources = Sources {
            userinfo: Some(claims(
                json!({ "id": 583_231, "login": login, "email": "a@b.c" }),
            )),
            ..Sources::default()
        };
        Identity::read(&github(), sources, &Random::system()).unwrap()
    };
    assert_eq!(renamed("octocat").subject, "583231");
    assert_eq!(renamed("taken").subject, "583231");
    let object = json!({ "sub": "pairwise", "tid": TENANT, "oid": OBJECT.to_uppercase() });
    let identity = from_id_token(&azure("common"), object).unwrap();
    assert_eq!(identity.subject, format!("{TENANT}.{OBJECT}"));
    assert_eq!(identity.tenant.as_deref(), Some(TENANT));
    for (provider, claims) in [
        (google(), json!({ "email": "a@b.c", "id": 1 })),
        (google(), json!({ "sub": "" })),
        (google(), json!({ "sub": "a\nb" })),
        (google(), json!({ "sub": "s".repeat(256) })),
        (
            github(),
            json!({ "sub": "x", "login": "octocat", "id": "1" }),
        ),
        (azure("common"), json!({ "sub": "x", "oid": OBJECT })),
        (azure("common"), json!({ "tid": "a", "oid": OBJECT })),
    ] {
        let fault = from_id_token(&provider, claims.clone()).unwrap_err();
        assert_eq!(fault, IdentityFault::NoSubject, "{claims}");
    }
}

#[test]
fn an_address_is_verified_only_by_the_providers_own_sign() {
    let google_says = |verified: serde_json::Value| {
        let value = json!({ "sub": "1", "email": "a@b.c", "email_verified": verified });
        from_id_token(&google(), value).unwrap().email_verified
    };
    assert!(google_says(json!(true)) && google_says(json!("true")));
    for no in [
        json!(false),
        json!("false"),
        json!(null),
        json!("yes"),
        json!([true]),
    ] {
        assert!(!google_says(no));
    }
    let entra = |sign: &str| {
        let value = json!({ "tid": TENANT, "oid": OBJECT, "email": "a@b.c", sign: true });
        let identity = from_id_token(&azure("common"), value).unwrap();
        identity.verified_email().map(str::to_owned)
    };
    assert_eq!(entra("email_verified"), None, "typed by an administrator");
    assert_eq!(entra("xms_edov").as_deref(), Some("a@b.c"));
}

#[test]
fn roles_come_from_trusted_claims_of_the_right_type() {
    let provider = custom("https://a.example/a", "https://a.example/t");
    let roles = |claims: serde_json::Value| -> Vec<String> {
        let identity = from_id_token(&provider, claims).unwrap();
        identity.roles().iter().cloned().collect()
    };
    assert_eq!(roles(json!({ "sub": "1", "role": "admin" })), ["admin"]);
    assert_eq!(
        roles(json!({ "sub": "1", "role": "a", "roles": ["b", "c"] })),
        ["a", "b", "c"]
    );
    assert_eq!(
        roles(json!({ "sub": "1", "roles": "user,admin" })),
        ["user,admin"]
    );
    for odd in [
        json!({ "admin": true }),
        json!(true),
        json!(1),
        json!(null),
        json!([["admin"]]),
    ] {
        assert!(roles(json!({ "sub": "1", "roles": odd })).is_empty());
    }
    let own_profile = json!({ "sub": "1", "roles": ["admin"], "role": "admin" });
    assert!(
        from_id_token(&google(), own_profile)
            .unwrap()
            .roles()
            .is_empty()
    );
}

#[test]
fn two_sources_about_two_people_are_nobody() {
    let provider = custom("https://a.example/a", "https://a.example/t");
    let read = |userinfo: serde_json::Value| {
        let sources = Sources {
            id_token: Some(claims(json!({ "sub": "1", "name": "Ada" }))),
            userinfo: Some(claims(userinfo)),
            access_token: Some(claims(json!({ "sub": "9", "name": "Eve", "dept": "x" }))),
            ..Sources::default()
        };
        Identity::read(&provider, sources, &Random::system())
    };
    let identity = read(json!({ "sub": "1", "name": "Other", "locale": "fr" })).unwrap();
    assert_eq!(identity.subject, "1");
    assert_eq!(identity.name.as_deref(), Some("Ada"));
    assert_eq!(identity.claims["locale"], "fr");
    assert_eq!(identity.claims["dept"], "x");
    for other in [json!({ "sub": "2" }), json!({}), json!({ "sub": 1 })] {
        assert_eq!(read(other), Err(IdentityFault::SubjectsDiffer));
    }
}

#[test]
fn an_address_is_verified_only_by_who_named_it() {
    let provider = custom("https://a.example/a", "https://a.example/t");
    let verified = |id_token: serde_json::Value, userinfo: serde_json::Value| {
        let sources = Sources {
            id_token: Some(claims(id_token)),
            userinfo: Some(claims(userinfo)),
            ..Sources::default()
        };
        let identity = Identity::read(&provider, sources, &Random::system()).unwrap();
        identity.verified_email().map(str::to_owned)
    };
    let ours = json!({ "sub": "1", "email": "a@a.example" });
    let vouched = json!({ "sub": "1", "email": "a@a.example", "email_verified": true });
    let other = json!({ "sub": "1", "email": "b@b.example", "email_verified": true });
    let nameless = json!({ "sub": "1", "email_verified": true });
    let both = Some("a@a.example".to_owned());
    assert_eq!(verified(ours.clone(), vouched.clone()), both);
    assert_eq!(verified(vouched, ours.clone()), both);
    assert_eq!(verified(ours.clone(), other), None);
    assert_eq!(verified(ours.clone(), nameless.clone()), None);
    assert_eq!(verified(nameless, ours), None);
}

#[test]
fn a_provider_that_tells_nothing_gives_a_new_subject_each_time() {
    let provider = custom("https://a.example/a", "https://a.example/t");
    let read = |provider| Identity::read(provider, Sources::default(), &Random::system());
    let (first, second) = (read(&provider).unwrap(), read(&provider).unwrap());
    assert_ne!(first.subject, second.subject);
    assert_eq!(read(&google()), Err(IdentityFault::NoSubject));
}

#[test]
fn a_hosted_domain_and_a_tenant_are_the_words_of_verified_tokens() {
    let said = claims(json!({ "sub": "1", "hd": "example.com", "tid": TENANT }));
    let by = |id_token: Option<Claims>, userinfo: Option<Claims>| {
        let sources = Sources {
            id_token,
            userinfo,
            ..Sources::default()
        };
        let identity = Identity::read(&google(), sources, &Random::system()).unwrap();
        (identity.hosted_domain.is_some(), identity.tenant.is_some())
    };
    assert_eq!(by(Some(said.clone()), None), (true, true));
    assert_eq!(by(None, Some(said.clone())), (false, false));
    let bare = claims(json!({ "sub": "1" }));
    assert_eq!(by(Some(bare), Some(said)), (false, false));
}

#[test]
fn groups_that_are_too_many_to_list_are_known_as_such() {
    let not_listed = |more: serde_json::Value| {
        let mut value = json!({ "tid": TENANT, "oid": OBJECT });
        let more = more.as_object().unwrap().clone();
        value.as_object_mut().unwrap().extend(more);
        from_id_token(&azure("common"), value)
            .unwrap()
            .groups_not_listed
    };
    let named = json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": {} });
    assert!(not_listed(named) && not_listed(json!({ "hasgroups": true })));
    assert!(!not_listed(json!({ "groups": ["a"], "hasgroups": true })));
    assert!(!not_listed(json!({})) && !not_listed(json!({ "_claim_names": { "x": "src1" } })));
}

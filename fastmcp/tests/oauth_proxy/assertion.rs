//! `private_key_jwt`: clients that prove themselves by a signature (RFC 7523).

use std::sync::Arc;

use fastmcp::oauth::ProxyOptions;
use fastmcp::store::MemoryStore;
use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::published::{URL, fixture};
use crate::publisher::{Act, document};
use crate::signer::{Signer, claims};
use crate::support::*;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const KEYS: &str = "https://app.client.test/jwks.json";

/// Registers a client with these members beside the usual ones.
async fn register(server: &Server, members: &Value) -> Answer {
    let mut body = json!({
        "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "private_key_jwt",
    });
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    server.register(&body).await
}

async fn registered(server: &Server, members: &Value) -> String {
    let answer = register(server, members).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["client_id"].as_str().unwrap().to_owned()
}

/// Asks for tokens with a code that is none: who has proven himself hears `invalid_grant`.
async fn prove(server: &Server, assertion: &str) -> (u16, String) {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "none"),
        ("code_verifier", VERIFIER),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
    ];
    server.token(&form).await.error()
}

fn proven() -> (u16, String) {
    (400, "invalid_grant".to_owned())
}

fn refused() -> (u16, String) {
    (401, "invalid_client".to_owned())
}

#[tokio::test]
async fn a_client_signs_with_each_algorithm_and_once() {
    let server = server().await;
    for alg in ["RS256", "PS256", "ES256", "EdDSA"] {
        let signer = Signer::new(alg, "k1");
        let client = registered(&server, &json!({ "jwks": signer.jwks() })).await;
        let assertion = signer.assertion(&client, "1");
        assert_eq!(prove(&server, &assertion).await, proven(), "{alg}");
        assert_eq!(prove(&server, &assertion).await, refused(), "{alg}, again");
        let other = Signer::new(alg, "k1").assertion(&client, "2");
        assert_eq!(prove(&server, &other).await, refused(), "{alg}, another's");
    }
}

#[tokio::test]
async fn an_assertion_used_on_one_node_is_used_on_all() {
    let (store, keys) = (Arc::new(MemoryStore::new()), fresh_keys());
    let one = server_over(store.clone(), &keys, |_| ()).await;
    let two = server_over(store, &keys, |_| ()).await;
    let signer = Signer::new("ES256", "k");
    let client = registered(&one, &json!({ "jwks": signer.jwks() })).await;
    let assertion = signer.assertion(&client, "1");
    let nodes = [&one, &two].into_iter().cycle().take(64);
    let answers = join_all(nodes.map(|node| prove(node, &assertion))).await;
    let proofs = answers.iter().filter(|answer| **answer == proven()).count();
    assert_eq!(proofs, 1, "{answers:?}");
    assert!(
        answers
            .iter()
            .all(|answer| *answer == proven() || *answer == refused())
    );
}

#[tokio::test]
async fn a_whole_login_goes_by_assertions() {
    let server = server().await;
    let signer = Signer::new("ES256", "k");
    let client = registered(&server, &json!({ "jwks": signer.jwks() })).await;
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let with = |assertion: String, form: Vec<(&'static str, String)>| {
        let own = [
            ("client_assertion_type", TYPE.to_owned()),
            ("client_assertion", assertion),
        ];
        form.into_iter().chain(own).collect::<Vec<_>>()
    };
    let post = async |path: &str, form: Vec<(&'static str, String)>| {
        let form: Vec<_> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        server.post_as(path, None, &form).await
    };
    let form = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code),
        ("code_verifier", VERIFIER.to_owned()),
        ("client_id", client.clone()),
    ];
    // Without proof the code is not spent.
    let bare = post("/oauth/token", form.clone()).await;
    assert_eq!(bare.error(), refused());
    let tokens = post("/oauth/token", with(signer.assertion(&client, "1"), form)).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    let refresh = tokens.json()["refresh_token"].as_str().unwrap().to_owned();
    let form = vec![
        ("grant_type", "refresh_token".to_owned()),
        ("refresh_token", refresh.clone()),
    ];
    let renewed = post("/oauth/token", with(signer.assertion(&client, "2"), form)).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    let form = vec![("token", refresh)];
    let revoked = post("/oauth/revoke", with(signer.assertion(&client, "3"), form)).await;
    assert_eq!(revoked.status, 200, "{}", revoked.body);
}

#[tokio::test]
async fn what_is_no_good_assertion_proves_nothing() {
    let server = server().await;
    let signer = Signer::new("ES256", "k");
    let client = registered(&server, &json!({ "jwks": signer.jwks() })).await;
    for (name, value) in [
        ("aud", json!("https://x.test")),
        ("aud", json!([BASE, "https://x.test"])),
        ("exp", json!(1_799_999_999_u64)),
        ("exp", json!(1_800_000_301_u64)),
        ("jti", Value::Null),
        ("sub", json!("other")),
        ("iat", json!(1_800_000_061_u64)),
    ] {
        let mut claims = claims(&client, "x");
        claims[name] = value.clone();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", "none"),
            ("code_verifier", VERIFIER),
            ("client_id", &client),
            ("client_assertion_type", TYPE),
            ("client_assertion", &signer.sign(&claims)),
        ];
        assert_eq!(
            server.token(&form).await.error(),
            refused(),
            "{name} {value}"
        );
    }
    let mut to_endpoint = claims(&client, "y");
    to_endpoint["aud"] = format!("{BASE}/oauth/token").into();
    assert_eq!(prove(&server, &signer.sign(&to_endpoint)).await, proven());
    // Another client's method is no way in, and neither is a mixture.
    let public = server.client().await;
    let assertion = signer.assertion(&public, "z");
    assert_eq!(prove(&server, &assertion).await, refused());
    for (name, value) in [
        ("client_secret", "s"),
        ("client_id", public.as_str()),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
        ),
    ] {
        let assertion = signer.assertion(&client, "mixed");
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", "none"),
            ("code_verifier", VERIFIER),
            ("client_assertion_type", TYPE),
            ("client_assertion", &assertion),
        ];
        form.retain(|(known, _)| *known != name);
        form.push((name, value));
        let (status, error) = server.token(&form).await.error();
        assert_eq!((status, error.as_str()), (400, "invalid_request"), "{name}");
    }
}

#[tokio::test]
async fn keys_are_registered_in_one_way_and_public() {
    let server = server().await;
    let jwks = Signer::new("ES256", "k").jwks();
    let answer = register(&server, &json!({ "jwks": jwks })).await.json();
    assert_eq!(answer["jwks"], jwks);
    assert!(answer.get("client_secret").is_none());
    let mut private = jwks.clone();
    private["keys"][0]["d"] = "secret".into();
    let many: Vec<_> = (0..11).map(|_| jwks["keys"][0].clone()).collect();
    for members in [
        json!({}),
        json!({ "jwks": private }),
        json!({ "jwks": {"keys": []} }),
        json!({ "jwks": {"keys": many} }),
        json!({ "jwks": {"keys": [{"kty": "oct", "kid": "k"}]} }),
        json!({ "jwks": "x" }),
        json!({ "jwks": jwks, "jwks_uri": KEYS }),
        json!({ "jwks_uri": "http://app.client.test/jwks.json" }),
        json!({ "jwks_uri": "https://10.0.0.1/jwks.json" }),
        json!({ "jwks_uri": "https://app.client.test:8443/jwks.json" }),
        json!({ "jwks": jwks, "token_endpoint_auth_signing_alg": "HS256" }),
    ] {
        let (status, error) = register(&server, &members).await.error();
        assert_eq!(
            (status, error.as_str()),
            (400, "invalid_client_metadata"),
            "{members}"
        );
    }
    let document = server
        .call(Method::GET, "/.well-known/oauth-authorization-server")
        .await;
    for part in ["token", "revocation"] {
        let methods = &document.json()[format!("{part}_endpoint_auth_methods_supported")];
        assert!(
            methods
                .as_array()
                .unwrap()
                .contains(&json!("private_key_jwt"))
        );
        let algorithms =
            &document.json()[format!("{part}_endpoint_auth_signing_alg_values_supported")];
        assert_eq!(*algorithms, json!(["RS256", "PS256", "ES256", "EdDSA"]));
    }
}

#[tokio::test]
async fn keys_at_an_address_are_fetched_guarded_and_rarely() {
    let (internet, server) = fixture(|_| ()).await;
    let (old, new) = (Signer::new("ES256", "old"), Signer::new("ES256", "new"));
    internet.publish(KEYS, &old.jwks());
    let client = registered(&server, &json!({ "jwks_uri": KEYS })).await;
    assert!(
        internet.dialled().is_empty(),
        "nothing is fetched at registration"
    );
    for jti in ["1", "2"] {
        let answer = prove(&server, &old.assertion(&client, jti)).await;
        assert_eq!(answer, proven());
    }
    assert_eq!(internet.heads().len(), 1, "one fetch for both");
    internet.publish(KEYS, &new.jwks());
    assert_eq!(
        prove(&server, &new.assertion(&client, "3")).await,
        refused()
    );
    assert_eq!(
        internet.heads().len(),
        1,
        "an unknown key is asked for once a minute"
    );
    server.wait(59);
    server.wait(1);
    let mut late = claims(&client, "4");
    late["exp"] = 1_800_000_120_u64.into();
    assert_eq!(prove(&server, &new.sign(&late)).await, proven());
    assert_eq!(internet.heads().len(), 2);
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_no_fault_of_the_client() {
    let (internet, server) = fixture(|_| ()).await;
    let signer = Signer::new("ES256", "k");
    let inside = "https://inside.client.test/jwks.json";
    internet.name("inside.client.test", &["10.0.0.1"]);
    for uri in [KEYS, inside] {
        let client = registered(&server, &json!({ "jwks_uri": uri })).await;
        let (status, error) = prove(&server, &signer.assertion(&client, "1")).await;
        assert_eq!(
            (status, error.as_str()),
            (503, "temporarily_unavailable"),
            "{uri}"
        );
    }
    let inner = "10.0.0.1".parse::<std::net::IpAddr>().unwrap();
    assert!(
        internet
            .dialled()
            .iter()
            .all(|dialled| dialled.ip() != inner)
    );
}

#[tokio::test]
async fn where_no_documents_are_read_no_keys_are_fetched() {
    let change = |options: &mut ProxyOptions| options.client_id_metadata.enabled = false;
    let (internet, server) = fixture(change).await;
    let (status, error) = register(&server, &json!({ "jwks_uri": KEYS }))
        .await
        .error();
    assert_eq!((status, error.as_str()), (400, "invalid_client_metadata"));
    assert!(internet.dialled().is_empty());
}

#[tokio::test]
async fn a_published_client_signs_with_what_it_publishes_now() {
    let (internet, server) = fixture(|_| ()).await;
    let (old, new) = (Signer::new("ES256", "old"), Signer::new("ES256", "new"));
    let publish = |signer: &Signer| {
        let mut document = document(URL);
        document["token_endpoint_auth_method"] = "private_key_jwt".into();
        document["jwks"] = signer.jwks();
        internet.publish(URL, &document);
    };
    publish(&old);
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(URL, &[])).await;
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", URL),
        ("code", code.as_str()),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(
        server.token(&form).await.error(),
        refused(),
        "without proof"
    );
    let assertion = old.assertion(URL, "1");
    form.extend([
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion.as_str()),
    ]);
    let tokens = server.token(&form).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    publish(&new);
    server.wait(60);
    let mut late = claims(URL, "2");
    late["exp"] = 1_800_000_120_u64.into();
    assert_eq!(prove(&server, &new.sign(&late)).await, proven());
    late["jti"] = "3".into();
    let stranger = Signer::new("ES256", "new");
    assert_eq!(prove(&server, &stranger.sign(&late)).await, refused());
    internet.act(
        URL,
        Act::Send(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n".to_vec()),
    );
}

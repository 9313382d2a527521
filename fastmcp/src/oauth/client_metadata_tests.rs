//! What a registration may say.

use serde_json::json;

use super::*;
use crate::oauth::options::ProxyOptions;
use crate::provider;
use crate::secret::Secret;

fn registered(body: Value) -> Result<Registration, Code> {
    let options = ProxyOptions {
        base_url: "https://s.test".to_owned(),
        upstream_client_id: "id".to_owned(),
        upstream_client_secret: Some(Secret::from("secret")),
        scopes: Some(vec!["read".to_owned(), "write".to_owned()]),
        allowed_redirect_uri_patterns: Some(
            [
                "http://127.0.0.1:*",
                "https://c.test/*",
                "https://localhost/*",
                "cursor://x/*",
            ]
            .map(str::to_owned)
            .to_vec(),
        ),
        ..ProxyOptions::default()
    };
    let (settings, _) = Settings::check(options, &provider::google()).unwrap();
    let Value::Object(object) = body else {
        panic!("not an object")
    };
    check(&object, &settings).map_err(|error| error.code())
}

fn with(name: &str, value: Value) -> Result<Registration, Code> {
    let mut body = json!({ "redirect_uris": ["http://127.0.0.1/cb"] });
    body[name] = value;
    registered(body)
}

#[test]
fn what_is_left_out_gets_its_default() {
    let client = registered(json!({ "redirect_uris": ["https://c.test/cb"] })).unwrap();
    assert_eq!(client.client.auth, ClientAuth::ClientSecretBasic);
    assert!(!client.client.auth_was_named && client.client.may_refresh && client.is_native);
    assert!(client.client.scopes.is_none());
}

#[test]
fn redirect_uris_are_a_short_list_of_welcome_uris() {
    for uris in [
        json!([]),
        json!("https://c.test/cb"),
        json!({}),
        json!([null]),
        json!([["x"]]),
        json!(vec!["https://c.test/cb"; 11]),
    ] {
        let code = with("redirect_uris", uris.clone()).err();
        assert_eq!(code, Some(Code::InvalidClientMetadata), "{uris}");
    }
    let both = json!(["https://c.test/cb", "https://evil.test/cb"]);
    let code = with("redirect_uris", both).err();
    assert_eq!(code, Some(Code::InvalidRedirectUri));
    assert_eq!(
        registered(json!({})).err(),
        Some(Code::InvalidClientMetadata)
    );
}

#[test]
fn a_web_application_lives_on_a_site() {
    for uri in [
        "http://127.0.0.1/cb",
        "https://localhost/cb",
        "cursor://x/cb",
    ] {
        let mut body = json!({ "redirect_uris": [uri] });
        assert!(registered(body.clone()).is_ok(), "{uri}");
        body["application_type"] = json!("native");
        assert!(registered(body.clone()).is_ok(), "{uri}");
        body["application_type"] = json!("web");
        assert_eq!(
            registered(body).err(),
            Some(Code::InvalidRedirectUri),
            "{uri}"
        );
    }
}

#[test]
fn members_that_cannot_be_right_are_named() {
    for (name, value) in [
        ("token_endpoint_auth_method", json!("client_secret_jwt")),
        ("token_endpoint_auth_method", json!("private_key_jwt")),
        ("token_endpoint_auth_method", json!(1)),
        ("application_type", json!("service")),
        ("grant_types", json!(["password"])),
        ("response_types", json!(["token"])),
        ("scope", json!("a\"b")),
        ("logo_uri", json!("javascript:alert(1)")),
        ("client_uri", json!("data:text/html,x")),
        ("policy_uri", json!("file:///etc/passwd")),
        ("tos_uri#de", json!("javascript:x")),
        ("client_name", json!("x".repeat(129))),
        ("client_name", json!("a\u{202e}b")),
        ("client_name", json!("a\u{0}b")),
        ("client_name", json!("a\nb")),
        ("client_name", json!("   ")),
    ] {
        let code = with(name, value.clone()).err();
        assert_eq!(code, Some(Code::InvalidClientMetadata), "{name}: {value}");
    }
}

#[test]
fn what_others_have_is_left_out_without_a_word() {
    let device = "urn:ietf:params:oauth:grant-type:device_code";
    let client = with("grant_types", json!(["authorization_code", device])).unwrap();
    assert!(!client.client.may_refresh);
    let client = with("scope", json!("read other")).unwrap();
    assert_eq!(client.client.scopes.unwrap().to_string(), "read");
    assert!(
        with("scope", json!("other"))
            .unwrap()
            .client
            .scopes
            .is_none()
    );
    let all = with("scope", json!("write read")).unwrap();
    assert!(
        all.client.scopes.is_none(),
        "all of today is no limit tomorrow"
    );
    assert!(with("software_statement", json!("x")).is_ok());
    let odd = with("client_name", json!("<b>\"'&")).unwrap();
    assert_eq!(odd.client.name.as_deref(), Some("<b>\"'&"));
}

#[test]
fn a_key_set_is_refused_for_each_reason_alone() {
    let key = json!({
        "kty": "EC", "crv": "P-256",
        "x": "mSepyEA5zwrjDcGMj6tt0Hz1g_s87rGLhWvzSWfu5yU",
        "y": "voH8crrzqyJUmrg357WzihjmhBN9Qo2ntugFLX5u6NM",
    });
    let mut long = key.clone();
    long["kid"] = json!("k".repeat(8 * 1024));
    let mut private = key.clone();
    private["d"] = json!("x");
    let symmetric = json!({"kty": "oct", "alg": "HS256"});
    for (keys, is_good) in [
        (vec![key.clone(); 10], true),
        (vec![key; 11], false),
        (vec![long], false),
        (vec![private], false),
        (vec![symmetric], false),
        (vec![], false),
    ] {
        let set = json!({ "keys": keys });
        assert_eq!(is_key_set(&set), is_good, "{set:.100}");
    }
}

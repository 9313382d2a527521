//! The test provider itself: a test that trusts it must know that it is strict.

use reqwest::header::HeaderValue;
use serde_json::{Map, Value, json};
use tests::base64url_sha256;
use tests::http::{Answer, FORM, Http, encode, parameter};
use tests::idp::{Fault, Idp, Knobs, RefreshTokens, upstream_client};
use url::Url;

const BACK: &str = "http://localhost:1/oauth/callback";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters";

async fn code(idp: &Idp) -> Url {
    let challenge = base64url_sha256(VERIFIER);
    let (client_id, _) = upstream_client();
    let query = encode(&[
        ("response_type", "code"),
        ("client_id", &client_id),
        ("redirect_uri", BACK),
        ("state", "s"),
        ("nonce", "n"),
        ("scope", "openid"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    let answer = Http::new()
        .get(&format!("{}/authorize?{query}", idp.url()))
        .await;
    answer.location().expect("a redirect")
}

async fn token(idp: &Idp, form: &[(&str, &str)]) -> Answer {
    let (client_id, client_secret) = upstream_client();
    let credentials = [
        ("client_id", &*client_id),
        ("client_secret", &*client_secret),
    ];
    let form = [form, &credentials].concat();
    Http::new()
        .post_form(&format!("{}/token", idp.url()), &form)
        .await
}

async fn redeem(idp: &Idp, verifier: &str) -> Answer {
    let code = parameter(&code(idp).await, "code").expect("a code");
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", BACK),
        ("code_verifier", verifier),
    ];
    token(idp, &form).await
}

#[tokio::test]
async fn pkce_and_client_secret_are_enforced() {
    let idp = Idp::start().await;
    let wrong = redeem(&idp, "another-verifier-of-forty-three-characters!").await;
    assert_eq!(wrong.outcome(), (400, Some("invalid_grant".into())));
    assert_eq!(redeem(&idp, VERIFIER).await.status, 200);

    let headers = [
        ("content-type", FORM),
        ("authorization", "Basic dXBzdHJlYW06bm8="),
    ];
    let url = format!("{}/token", idp.url());
    let body = "grant_type=authorization_code&code=x";
    let wrong = Http::new().send("POST", &url, &headers, body).await;
    assert_eq!(wrong.outcome(), (401, Some("invalid_client".into())));
    assert_eq!(idp.calls("token").await.len(), 3);
}

#[tokio::test]
async fn rotating_refresh_tokens_work_once_and_reuse_ends_the_login() {
    let idp = Idp::start().await;
    let rotating = RefreshTokens::Rotating;
    idp.turn(&Knobs {
        refresh_tokens: rotating,
        ..Knobs::default()
    })
    .await;
    let first = redeem(&idp, VERIFIER).await.json()["refresh_token"].clone();
    let refresh = async |old: &Value| {
        let old = old.as_str().expect("a refresh token");
        token(
            &idp,
            &[("grant_type", "refresh_token"), ("refresh_token", old)],
        )
        .await
    };
    let second = refresh(&first).await.json()["refresh_token"].clone();
    assert_ne!(first, second);
    assert_eq!(refresh(&first).await.status, 400);
    assert_eq!(refresh(&second).await.status, 400, "the login has ended");
}

#[tokio::test]
async fn knobs_change_answers_and_faults_run_out() {
    let idp = Idp::start().await;
    let fault = Fault {
        status: Some(503),
        times: Some(1),
        ..Fault::default()
    };
    let knobs = Knobs {
        form_encoded: true,
        token_members: Map::from_iter([("id_token".into(), Value::Null)]),
        expires_in: json!("3600"),
        faults: [("token".to_owned(), fault)].into(),
        ..Knobs::default()
    };
    idp.turn(&knobs).await;
    assert_eq!(redeem(&idp, VERIFIER).await.status, 503);
    let answer = redeem(&idp, VERIFIER).await;
    assert_eq!(
        answer.headers.get("content-type"),
        Some(&HeaderValue::from_static(FORM))
    );
    assert!(answer.body.contains("expires_in=3600"), "{answer:?}");
    assert!(!answer.body.contains("id_token"), "{answer:?}");
}

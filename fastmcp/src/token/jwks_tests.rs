use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::UNIX_EPOCH;

use serde_json::json;

use super::*;
use crate::keys::Keys;
use crate::parts::Clock;
use crate::secret::Secret;
use crate::token::JwtIssuer;

// Made for these tests alone.
const PEM: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQge392gENm8bu82COX
TN+poKbyq08RHBEzNcPjbyRK0sOhRANCAASZJ6nIQDnPCuMNwYyPq23QfPWD+zzu
sYuFa/NJZ+7nJb6B/HK686siVJq4N+e1s4oY5oQTfUKNp7boBS1+bujT
-----END PRIVATE KEY-----";
const OTHER_PEM: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkcn0n9Qk+BpqoMu2
dPiPSJWxWJGu1iUajlSsEdcHqt+hRANCAAS03chwy4RY9VWPbupEi0SxuepGqrEF
IDzrSGc/HyKKIPyHsLr3FhFcLUdAi+tCDPcvEwzTRIYT4Qn06h3fWy1S
-----END PRIVATE KEY-----";

const NOW: u64 = 1_800_000_000;

/// A provider whose key set can be changed, counted and switched off.
struct Provider {
    address: SocketAddr,
    document: Arc<Mutex<String>>,
    fetches: Arc<AtomicUsize>,
    up: Arc<AtomicBool>,
    now: Arc<AtomicU64>,
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            address: listener.local_addr().unwrap(),
            document: Arc::new(Mutex::new(set(&[PEM]))),
            fetches: Arc::default(),
            up: Arc::new(AtomicBool::new(true)),
            now: Arc::new(AtomicU64::new(NOW)),
        };
        let (document, fetches) = (provider.document.clone(), provider.fetches.clone());
        let up = provider.up.clone();
        let answer = move || async move {
            fetches.fetch_add(1, Ordering::SeqCst);
            if up.load(Ordering::SeqCst) {
                Ok(document.lock().unwrap().clone())
            } else {
                Err(axum::http::StatusCode::BAD_GATEWAY)
            }
        };
        let router = axum::Router::new().route("/jwks", axum::routing::get(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    fn verifier(&self) -> JwksVerifier {
        let mut parts = Parts::system(Duration::from_secs(5)).unwrap();
        let now = self.now.clone();
        parts.clock =
            Clock::new(move || UNIX_EPOCH + Duration::from_secs(now.load(Ordering::SeqCst)));
        JwksVerifier::new(format!("http://{}/jwks", self.address), parts)
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    fn publish(&self, document: String) {
        *self.document.lock().unwrap() = document;
    }

    fn turn_clock(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn public(pem: &str) -> Value {
    let parts = Parts::system(Duration::from_secs(1)).unwrap();
    let issuer = JwtIssuer::es256(&Secret::from(pem), "x", &parts).unwrap();
    issuer.jwks().unwrap()["keys"][0].clone()
}

fn set(pems: &[&str]) -> String {
    let keys: Vec<_> = pems.iter().map(|pem| public(pem)).collect();
    json!({ "keys": keys }).to_string()
}

fn sign(pem: &str, header: &Value, claims: &Value) -> String {
    use base64::Engine as _;
    let encode =
        |value: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD
        .decode(der)
        .unwrap();
    let key = jsonwebtoken::EncodingKey::from_ec_der(&der);
    let message = format!("{}.{}", encode(header), encode(claims));
    let algorithm = jsonwebtoken::Algorithm::ES256;
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
    format!("{message}.{signature}")
}

fn header(pem: &str) -> Value {
    json!({"alg": "ES256", "kid": public(pem)["kid"], "typ": "JWT"})
}

fn claims() -> Value {
    json!({"iss": "https://idp.test", "aud": "client", "sub": "alice", "nonce": "n",
           "iat": NOW, "exp": NOW + 100_000})
}

fn token(pem: &str) -> String {
    sign(pem, &header(pem), &claims())
}

const EXPECT: Expect<'_> = Expect {
    issuer: Some("https://idp.test"),
    audience: Some("client"),
    nonce: Some("n"),
};

#[tokio::test]
async fn keys_are_fetched_once_for_everybody() {
    let provider = Provider::start().await;
    let verifier = provider.verifier();
    let token = token(PEM);
    let all = (0..32).map(|_| verifier.verify(&token, &EXPECT));
    for result in futures_util::future::join_all(all).await {
        assert_eq!(result.unwrap()["sub"], "alice");
    }
    assert_eq!(provider.fetches(), 1);
    provider.turn_clock(FRESH + 1);
    verifier.verify(&token, &EXPECT).await.unwrap();
    assert_eq!(provider.fetches(), 2);
}

#[tokio::test]
async fn a_rotated_key_is_found_and_a_strange_one_costs_little() {
    let provider = Provider::start().await;
    let verifier = provider.verifier();
    verifier.verify(&token(PEM), &EXPECT).await.unwrap();
    let rotated = token(OTHER_PEM);
    for _ in 0..5 {
        assert_eq!(
            verifier.verify(&rotated, &EXPECT).await,
            Err(VerifyError::Invalid)
        );
    }
    assert_eq!(
        provider.fetches(),
        1,
        "the set was fetched less than a minute ago"
    );
    provider.publish(set(&[PEM, OTHER_PEM]));
    provider.turn_clock(REFETCH);
    verifier.verify(&rotated, &EXPECT).await.unwrap();
    for n in 0..20 {
        let strange = sign(
            PEM,
            &json!({"alg": "ES256", "kid": n.to_string()}),
            &claims(),
        );
        assert_eq!(
            verifier.verify(&strange, &EXPECT).await,
            Err(VerifyError::Invalid)
        );
    }
    assert_eq!(provider.fetches(), 2);
}

#[tokio::test]
async fn unavailable_is_not_invalid() {
    let provider = Provider::start().await;
    provider.up.store(false, Ordering::SeqCst);
    let verifier = provider.verifier();
    let token = token(PEM);
    for _ in 0..3 {
        assert_eq!(
            verifier.verify(&token, &EXPECT).await,
            Err(VerifyError::Unavailable)
        );
    }
    assert_eq!(provider.fetches(), 1);
    provider.up.store(true, Ordering::SeqCst);
    provider.turn_clock(RETRY);
    verifier.verify(&token, &EXPECT).await.unwrap();

    provider.up.store(false, Ordering::SeqCst);
    provider.turn_clock(FRESH);
    verifier
        .verify(&token, &EXPECT)
        .await
        .expect("an old set serves while there is no newer");
    let strange = self::token(OTHER_PEM);
    assert_eq!(
        verifier.verify(&strange, &EXPECT).await,
        Err(VerifyError::Unavailable)
    );
    provider.turn_clock(USABLE);
    assert_eq!(
        verifier.verify(&token, &EXPECT).await,
        Err(VerifyError::Unavailable)
    );
}

#[tokio::test]
async fn what_is_no_key_set_is_unavailable() {
    let large = json!({"keys": [], "padding": "x".repeat(MAX_DOCUMENT)}).to_string();
    for document in ["", "[]", "{\"keys\":1}", "<html>", &large] {
        let provider = Provider::start().await;
        provider.publish(document.to_owned());
        let verdict = provider.verifier().verify(&token(PEM), &EXPECT).await;
        assert_eq!(verdict, Err(VerifyError::Unavailable), "{document:.20}");
    }
}

#[tokio::test]
async fn useless_keys_are_left_out_one_by_one() {
    let provider = Provider::start().await;
    let mut encryption = public(OTHER_PEM);
    encryption["use"] = json!("enc");
    let keys = json!({"keys": [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}, {"kty": "new-kind"}, 7, encryption, public(PEM),
    ]});
    provider.publish(keys.to_string());
    let verifier = provider.verifier();
    verifier.verify(&token(PEM), &EXPECT).await.unwrap();
    let unnamed = sign(PEM, &json!({"alg": "ES256"}), &claims());
    verifier
        .verify(&unnamed, &EXPECT)
        .await
        .expect("a token without kid is tried on every key");
    assert_eq!(
        verifier.verify(&token(OTHER_PEM), &EXPECT).await,
        Err(VerifyError::Invalid)
    );
}

#[tokio::test]
async fn tokens_that_are_not_as_expected_are_invalid_without_a_fetch() {
    let provider = Provider::start().await;
    let verifier = provider.verifier();
    let changed = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        sign(PEM, &header(PEM), &claims)
    };
    let with = |name: &str, value: Value| {
        let mut header = header(PEM);
        header[name] = value;
        sign(PEM, &header, &claims())
    };
    let shared = Keys::from_master([1; 32]);
    let parts = Parts::system(Duration::from_secs(1)).unwrap();
    let own = JwtIssuer::hs256(&shared, "x", &parts);
    assert!(own.jwks().is_none());
    for token in [
        changed("iss", json!("https://idp.test/")),
        changed("aud", json!("other")),
        changed("aud", json!(["client", "other"])),
        changed("aud", json!(["client", 1])),
        changed("nonce", json!("m")),
        changed("exp", json!(NOW - 61)),
        changed("exp", json!("never")),
        changed("iat", json!(NOW + 61)),
        changed("nbf", json!(NOW + 61)),
        with("crit", json!(["x"])),
        with("b64", json!(false)),
        with("alg", json!("none")),
        with("alg", json!("HS256")),
        with("kid", json!("k".repeat(300))),
        with("kid", json!(1)),
        "x".repeat(MAX_TOKEN + 1),
        "a.b".to_owned(),
    ] {
        assert_eq!(
            verifier.verify(&token, &EXPECT).await,
            Err(VerifyError::Invalid),
            "{token:.60}"
        );
    }
    assert_eq!(provider.fetches(), 0);
    let several = sign(PEM, &header(PEM), &{
        let mut claims = claims();
        claims["aud"] = json!(["client", "other"]);
        claims["azp"] = json!("client");
        claims
    });
    verifier.verify(&several, &EXPECT).await.unwrap();
    let mut tampered = token(PEM);
    tampered.truncate(tampered.len() - 4);
    tampered.push_str("AAAA");
    assert_eq!(
        verifier.verify(&tampered, &EXPECT).await,
        Err(VerifyError::Invalid)
    );
    let wrong_alg = with("alg", json!("ES384"));
    assert_eq!(
        verifier.verify(&wrong_alg, &EXPECT).await,
        Err(VerifyError::Invalid)
    );
}

//! Clients that prove themselves by a signature (RFC 7523): once, and by keys that are fetched with
//! care.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _,
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::http::{Answer, Http};
use tests::{base64url, random_token};

use crate::case::{cases, rounds};
use crate::outcome::E;
use crate::party::{C_CB, Party};
use crate::publisher::Act;
use crate::setup::{BASE, S, Setup};

cases! {
    "TOK-29" Each assertions,
    "CIM-19" Once fetched_keys,
}

const ALGORITHM: &EcdsaSigningAlgorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const KEYS: &str = "https://app.client.test/jwks.json";

/// A client's key pair.
struct Signer {
    kid: String,
    pair: EcdsaKeyPair,
}

impl Signer {
    fn new() -> Self {
        let pair = EcdsaKeyPair::generate(ALGORITHM).expect("randomness");
        let kid = random_token();
        Self { kid, pair }
    }

    fn jwks(&self) -> Value {
        // An uncompressed point: a byte, and two coordinates.
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (base64url(x), base64url(y));
        let kid = &self.kid;
        json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y, "use": "sig"}]})
    }

    /// A good assertion of `client` at the time of `s`.
    fn assertion(&self, s: &S, client: &Party) -> String {
        let (id, expires) = (&client.id, s.clocks[0].now() + 60);
        let claims = json!({
            "iss": id, "sub": id, "aud": BASE, "exp": expires, "jti": random_token(),
        });
        let header = json!({"alg": "ES256", "kid": self.kid});
        let part = |value: Value| base64url(value.to_string().as_bytes());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes());
        format!("{message}.{}", base64url(signature.expect("one").as_ref()))
    }
}

/// A client that registers with these keys.
async fn client(s: &S, keys: Value) -> Party {
    let mut members = json!({
        "redirect_uris": [C_CB], "token_endpoint_auth_method": "private_key_jwt",
    });
    let (name, value) = match keys {
        Value::String(uri) => ("jwks_uri", json!(uri)),
        keys => ("jwks", keys),
    };
    members[name] = value;
    s.party(members).await
}

/// Asks for tokens with a refresh token that is none: who has proven himself hears that.
async fn prove(s: &S, node: &Http, assertion: &str) -> Answer {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "none"),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
    ];
    node.post_form(&s.at("/oauth/token"), &form).await
}

const PROVEN: (u16, &str) = (400, "invalid_grant");
const REFUSED: (u16, &str) = (401, "invalid_client");

fn is(answer: &Answer, (status, error): (u16, &str)) -> bool {
    answer.outcome() == (status, Some(error.into()))
}

async fn assertions(setup: Setup) {
    let s = setup.start().await;
    let signer = Signer::new();
    let k = client(&s, signer.jwks()).await;
    let nodes: Vec<_> = (0..s.ports.len()).map(|node| s.only(node)).collect();
    let once = signer.assertion(&s, &k);
    for round in 0..4 {
        let answer = prove(&s, &nodes[round % nodes.len()], &once).await;
        let expected = if round == 0 { PROVEN } else { REFUSED };
        assert!(is(&answer, expected), "round {round}: {answer:?}");
    }
    for _ in 0..rounds(5) {
        let assertion = signer.assertion(&s, &k);
        let all = (0..20).map(|racer| prove(&s, &nodes[racer % nodes.len()], &assertion));
        let answers = join_all(all).await;
        let proven = answers.iter().filter(|answer| is(answer, PROVEN)).count();
        assert_eq!(proven, 1, "of a race: {answers:?}");
        let refused = answers.iter().filter(|answer| is(answer, REFUSED)).count();
        assert_eq!(refused, 19, "of a race: {answers:?}");
    }
    // Other nodes over the same records, as after a restart.
    let late = signer.assertion(&s, &k);
    assert!(is(&prove(&s, &nodes[0], &late).await, PROVEN));
    let fresh = signer.assertion(&s, &k);
    setup.forget(&s);
    let s = setup.start_at(s.home.clone(), BASE, |server| server).await;
    for spent in [&once, &late] {
        let answer = prove(&s, &s.only(nodes.len() - 1), spent).await;
        E(401, "invalid_client").of("after a restart", &answer);
    }
    let answer = prove(&s, &s.only(0), &fresh).await;
    E(400, "invalid_grant").of("a fresh one", &answer);
}

async fn fetched_keys(setup: Setup) {
    let s = setup.start().await;
    let (node, signer) = (s.only(0), Signer::new());
    let (public, inner) = ("93.184.215.14", "10.0.0.1");
    s.publisher.name("inside.client.test", &[inner]);
    s.publisher.name("both.client.test", &[public, inner]);
    s.publisher.name("link.client.test", &["169.254.169.254"]);
    let moved = "HTTP/1.1 302 Found\r\nlocation: https://other.client.test/jwks.json\r\n\
        content-length: 0\r\n\r\n";
    let mut heads = 0;
    for host in ["inside", "both", "link", "moved"] {
        let uri = format!("https://{host}.client.test/{host}.json");
        s.publisher.publish(&uri, &signer.jwks());
        if host == "moved" {
            s.publisher.act(&uri, Act::Send(moved.into()));
            s.publisher
                .publish("https://other.client.test/jwks.json", &signer.jwks());
            heads = 1;
        }
        let k = client(&s, json!(uri)).await;
        let assertion = signer.assertion(&s, &k);
        let proof = prove(&s, &node, &assertion);
        s.expect(host, proof, E(503, "temporarily_unavailable"))
            .await;
        assert_eq!(s.publisher.heads().len(), heads, "{host}");
    }
    let dialled = s.publisher.dialled();
    assert!(dialled.len() <= 1, "{dialled:?}");
    // A key that is not in the set is asked for once a minute, by whomever.
    s.publisher.publish(KEYS, &signer.jwks());
    let k = client(&s, json!(KEYS)).await;
    let answer = prove(&s, &node, &signer.assertion(&s, &k)).await;
    assert!(is(&answer, PROVEN), "{answer:?}");
    let asked = s.publisher.heads().len();
    for minute in 0..3 {
        s.wait(60);
        let all = (0..rounds(30)).map(|_| async {
            let stranger = Signer::new();
            prove(&s, &node, &stranger.assertion(&s, &k)).await
        });
        for answer in join_all(all).await {
            assert!(is(&answer, REFUSED), "{answer:?}");
        }
        let fetches = s.publisher.heads().len() - asked;
        assert_eq!(fetches, minute + 1, "one a minute");
    }
    let next = Signer::new();
    s.publisher.publish(KEYS, &next.jwks());
    s.wait(60);
    let answer = prove(&s, &node, &next.assertion(&s, &k)).await;
    assert!(is(&answer, PROVEN), "a key that is new: {answer:?}");
    let answer = prove(&s, &node, &signer.assertion(&s, &k)).await;
    assert!(is(&answer, REFUSED), "a key that is gone: {answer:?}");
}

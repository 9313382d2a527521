//! What was minted is what is read, and nothing that differs from it is.

use std::sync::OnceLock;
use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use serde_json::Value;

use super::{AccessClaims, Claims, JwtIssuer};
use crate::keys::Keys;
use crate::parts::fuzz::edited;
use crate::parts::{Clock, Parts};
use crate::secret::Secret;
use crate::spec::Scopes;

const NOW: u64 = 1_800_000_000;
// Made for these tests alone.
const PEM: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQge392gENm8bu82COX
TN+poKbyq08RHBEzNcPjbyRK0sOhRANCAASZJ6nIQDnPCuMNwYyPq23QfPWD+zzu
sYuFa/NJZ+7nJb6B/HK686siVJq4N+e1s4oY5oQTfUKNp7boBS1+bujT
-----END PRIVATE KEY-----";

/// One that signs with a shared key, and one with a pair.
fn issuers() -> &'static [JwtIssuer; 2] {
    static ISSUERS: OnceLock<[JwtIssuer; 2]> = OnceLock::new();
    ISSUERS.get_or_init(|| {
        let mut parts = Parts::system(Duration::from_secs(1)).unwrap();
        parts.clock = Clock::new(|| UNIX_EPOCH + Duration::from_secs(NOW));
        let keys = Keys::from_master([3; 32]);
        let pem = Secret::from(PEM);
        [
            JwtIssuer::hs256(&keys, "https://s.test", &parts),
            JwtIssuer::es256(&pem, "https://s.test", &parts).unwrap(),
        ]
    })
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        ".{0,12}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        prop::collection::vec(".{0,6}", 0..4).prop_map(Value::from),
    ]
}

fn access() -> impl Strategy<Value = AccessClaims> {
    (
        [".{0,16}", ".{0,16}", ".{0,16}", "[A-Za-z0-9_-]{22}"],
        prop::collection::vec("[!#-\\[\\]-~]{1,12}", 0..5),
        (0..NOW + 61, NOW + 1..u64::MAX),
        prop::collection::btree_map(".{1,8}", value(), 0..5),
    )
        .prop_map(
            |([sub, client_id, jti, grant], scopes, (iat, exp), extra)| {
                let kept = |(name, _): &(String, Value)| !super::claims::is_protected(name);
                AccessClaims {
                    iss: "https://s.test".to_owned(),
                    aud: "https://s.test/mcp".to_owned(),
                    sub,
                    client_id,
                    scope: scopes.into_iter().collect::<Scopes>(),
                    jti,
                    iat,
                    exp,
                    grant,
                    extra: extra.into_iter().filter(kept).collect::<Claims>(),
                }
            },
        )
}

proptest! {
    #[test]
    fn a_token_says_what_was_put_into_it(access in access()) {
        for issuer in issuers() {
            let token = issuer.mint(&access).unwrap();
            let verified = issuer.verify(token.expose(), &access.aud);
            prop_assert_eq!(verified.as_ref(), Some(&access));
            let [one, other] = issuers().each_ref().map(|issuer| {
                issuer.verify(token.expose(), &access.aud).is_some()
            });
            prop_assert!(one != other, "each accepts its own alone");
        }
    }

    #[test]
    fn a_token_that_was_touched_says_nothing(
        access in access(),
        edits in prop::collection::vec(any::<u8>(), 4..16),
    ) {
        for issuer in issuers() {
            let token = issuer.mint(&access).unwrap();
            let touched = edited(token.expose().as_bytes(), &edits);
            let is_same = touched == token.expose().as_bytes();
            if let Ok(touched) = String::from_utf8(touched) {
                let verified = issuer.verify(&touched, &access.aud);
                prop_assert_eq!(verified.is_some(), is_same, "{}", touched);
            }
        }
    }

    #[test]
    fn a_token_is_good_until_its_end_and_for_its_audience(
        mut access in access(),
        ends in NOW - 2..NOW + 3,
        audience in "https://[a-z]{1,4}\\.test/mcp",
    ) {
        access.exp = ends;
        for issuer in issuers() {
            let token = issuer.mint(&access).unwrap();
            let verified = issuer.verify(token.expose(), &access.aud);
            prop_assert_eq!(verified.is_some(), ends > NOW);
            let elsewhere = issuer.verify(token.expose(), &audience);
            prop_assert!(elsewhere.is_none() || audience == access.aud);
        }
    }
}

//! `requestState`: sealed for one caller and one request, and good for ten minutes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::digest::digest;
use crate::auth::AuthSession;
use crate::keys::{Keys, Purpose, framed};
use crate::parts::{Random, UnixSeconds};

/// From one round to the next: as long as a login may take.
pub(super) const LIFE: UnixSeconds = 600;
/// The most that a state may hold: what it carries comes back with each round.
const MOST: usize = 256 * 1024;

/// What a conversation has come to.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) id: [u8; 32],
    pub(super) until: UnixSeconds,
    /// What was answered, by the keys of the questions.
    pub(super) answered: BTreeMap<String, Answer>,
    /// Digests of the questions that are open, by their keys.
    pub(super) open: BTreeMap<String, String>,
}

/// An answer and the digest of its question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) digest: String,
    pub(super) value: Value,
}

/// Which request a state belongs to, and whose it is.
pub(crate) struct Origin {
    bound: Vec<u8>,
    owner: [u8; 8],
}

impl Origin {
    /// A request to `server` of `method` for `target` (a name or an address) with these arguments
    /// (JSON).
    pub(super) fn new(
        server: &str,
        user: Option<&AuthSession>,
        method: &str,
        target: &str,
        arguments: Option<&str>,
    ) -> Self {
        let none = || Value::Object(serde_json::Map::new());
        let arguments = arguments.map_or_else(none, |text| {
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
        });
        let digest = digest(method, &arguments);
        let mut parts = vec![
            b"request state",
            server.as_bytes(),
            method.as_bytes(),
            target.as_bytes(),
            digest.as_bytes(),
        ];
        let user = user.map(|user| [user.subject().as_bytes(), user.client_id().as_bytes()]);
        parts.extend(user.iter().flatten());
        let owner = user.map_or([0; 8], |user| {
            let hash = Sha256::digest(framed(&user));
            std::array::from_fn(|index| hash[index])
        });
        Self {
            bound: framed(&parts),
            owner,
        }
    }

    /// The id of a new conversation; see [`Once`](super::Once).
    pub(super) fn new_id(&self, random: &Random) -> [u8; 32] {
        let mut id = random.bytes::<32>();
        id[..8].copy_from_slice(&self.owner);
        id
    }
}

impl State {
    /// The state as text; `None` if it holds too much.
    pub(super) fn seal(&self, origin: &Origin, keys: &Keys, random: &Random) -> Option<String> {
        let plain = serde_json::to_vec(self).ok()?;
        (plain.len() <= MOST).then(|| keys.seal(Purpose::Requests, &origin.bound, &plain, random))
    }

    /// What [`State::seal`] sealed for this origin, if it has not expired.
    pub(super) fn open(text: &str, origin: &Origin, keys: &Keys, now: UnixSeconds) -> Option<Self> {
        // Base64 of the plain text, a salt, a nonce and a tag.
        if text.len() > MOST / 3 * 4 + 100 {
            return None;
        }
        let plain = keys.open(Purpose::Requests, &origin.bound, text)?;
        let state: Self = serde_json::from_slice(&plain).ok()?;
        (now < state.until).then_some(state)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::Principal;

    fn user(subject: &str, client: &str) -> AuthSession {
        let principal = Principal {
            subject: subject.to_owned(),
            client_id: client.to_owned(),
            ..Principal::default()
        };
        AuthSession::new(principal, None)
    }

    #[test]
    fn a_state_opens_for_its_origin_until_it_expires() {
        let (random, keys) = (Random::system(), Keys::from_master([1; 32]));
        let ada = user("ada", "c");
        let origin = Origin::new("s", Some(&ada), "tools/call", "t", Some(r#"{"a":1,"b":2}"#));
        let answer = Answer {
            digest: "d".to_owned(),
            value: json!({ "action": "accept" }),
        };
        let state = State {
            id: [7; 32],
            until: 100,
            answered: [("k".to_owned(), answer)].into(),
            open: [("o".to_owned(), "e".to_owned())].into(),
        };
        let text = state.seal(&origin, &keys, &random).unwrap();
        let same = Origin::new(
            "s",
            Some(&user("ada", "c")),
            "tools/call",
            "t",
            Some(r#"{"b":2, "a":1}"#),
        );
        assert_eq!(State::open(&text, &same, &keys, 99), Some(state));
        assert_eq!(State::open(&text, &same, &keys, 100), None);
        let arguments = Some(r#"{"a":1,"b":2}"#);
        for other in [
            Origin::new("s", None, "tools/call", "t", arguments),
            Origin::new("r", Some(&ada), "tools/call", "t", arguments),
            Origin::new("s", Some(&user("bob", "c")), "tools/call", "t", arguments),
            Origin::new("s", Some(&user("ada", "d")), "tools/call", "t", arguments),
            Origin::new("s", Some(&ada), "prompts/get", "t", arguments),
            Origin::new("s", Some(&ada), "tools/call", "u", arguments),
            Origin::new("s", Some(&ada), "tools/call", "t", Some(r#"{"a":1,"b":3}"#)),
            Origin::new("s", Some(&ada), "tools/call", "t", None),
        ] {
            assert_eq!(State::open(&text, &other, &keys, 99), None);
        }
        let foreign = Keys::from_master([2; 32]);
        assert_eq!(State::open(&text, &same, &foreign, 99), None);
        let newer = foreign.with_previous(&keys);
        assert!(State::open(&text, &same, &newer, 99).is_some());
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(altered) = String::from_utf8(bytes) else {
                continue;
            };
            assert_eq!(State::open(&altered, &same, &keys, 99), None, "byte {at}");
        }
        assert_eq!(
            State::open(&format!("{text}-TAMPERED"), &same, &keys, 99),
            None
        );
    }

    #[test]
    fn a_state_that_would_hold_too_much_is_not_made() {
        let answer = Answer {
            digest: String::new(),
            value: Value::from("x".repeat(MOST)),
        };
        let state = State {
            answered: [("k".to_owned(), answer)].into(),
            ..State::default()
        };
        let origin = Origin::new("s", None, "tools/call", "t", None);
        assert_eq!(
            state.seal(&origin, &Keys::from_master([1; 32]), &Random::system()),
            None
        );
    }

    #[test]
    fn an_id_begins_with_its_owner() {
        let random = Random::system();
        let id = |user: Option<&AuthSession>, tool| {
            Origin::new("s", user, "tools/call", tool, None).new_id(&random)
        };
        let (ada, bob) = (user("ada", "c"), user("bob", "c"));
        let (one, two) = (id(Some(&ada), "t"), id(Some(&ada), "u"));
        assert_eq!(one[..8], two[..8]);
        assert_ne!(one[8..], two[8..]);
        assert_ne!(one[..8], id(Some(&bob), "t")[..8]);
        assert_ne!(one[..8], id(Some(&user("ada", "d")), "t")[..8]);
        assert_eq!(id(None, "t")[..8], [0; 8]);
    }
}

//! Which upstream claims travel along in our tokens.
//!
//! Claims of the provider are the user's and the provider's words, not ours: a name that the
//! protocol gives a meaning is never passed, whatever the configuration says; everything else is
//! filtered by name, shape and size.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Claims, jws};

/// Names that mean something in a token of ours, or in JavaScript. They never pass.
pub(crate) const PROTECTED: [&str; 29] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "scope",
    "scp",
    "client_id",
    "azp",
    "typ",
    "alg",
    "kid",
    "cnf",
    "act",
    "may_act",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "auth_time",
    "acr",
    "amr",
    "grant",
    "__proto__",
    "constructor",
    "prototype",
];

/// Longest token whose payload is read by [`unverified_claims`].
const MAX_TOKEN: usize = 64 * 1024;

/// Whether a claim of this name has a meaning that only this server may give it.
pub(super) fn is_protected(name: &str) -> bool {
    PROTECTED.contains(&name)
}

/// Which claims of the provider's tokens are passed through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passthrough {
    /// Pass claims of the upstream access token, where it is a JWT.
    pub from_access_token: bool,
    /// Pass claims of the upstream ID token. Where both have one, the ID token's counts.
    pub from_id_token: bool,
    /// Put before the name of every claim that passes.
    pub claim_prefix: Option<String>,
    /// If set, only these names pass.
    pub allowed_claims: Option<Vec<String>>,
    /// These names never pass.
    pub blocked_claims: Vec<String>,
    /// A claim whose JSON is longer, in bytes, does not pass.
    pub max_claim_value_size: usize,
    /// Pass objects and nested lists too. Lists of plain values, such as `roles`, always may.
    pub allow_complex_claims: bool,
}

impl Default for Passthrough {
    fn default() -> Self {
        Self {
            from_access_token: true,
            from_id_token: true,
            claim_prefix: None,
            allowed_claims: None,
            blocked_claims: Vec::new(),
            max_claim_value_size: 2000,
            allow_complex_claims: false,
        }
    }
}

impl Passthrough {
    /// No claim passes.
    pub fn off() -> Self {
        Self {
            from_access_token: false,
            from_id_token: false,
            ..Self::default()
        }
    }

    /// The claims that pass, under the names they pass by.
    pub fn apply(
        &self,
        access_token_claims: Option<&Claims>,
        id_token_claims: Option<&Claims>,
    ) -> Claims {
        let access_token = access_token_claims.filter(|_| self.from_access_token);
        let id_token = id_token_claims.filter(|_| self.from_id_token);
        // The ID token comes last, so that its word replaces the other's.
        [access_token, id_token]
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|(name, value)| Some((self.passes(name, value)?, value.clone())))
            .collect()
    }

    /// The name by which the claim passes, if it does.
    fn passes(&self, name: &str, value: &Value) -> Option<String> {
        let named = |list: &[String]| list.iter().any(|listed| listed == name);
        let welcome = !is_protected(name)
            && self.allowed_claims.as_deref().is_none_or(named)
            && !named(&self.blocked_claims)
            && (self.allow_complex_claims || is_plain(value))
            && !value.is_null();
        let outside = format!("{}{name}", self.claim_prefix.as_deref().unwrap_or_default());
        // Measured last, for it is the only check that takes time. A prefix may complete a
        // protected name.
        let fits = welcome
            && !is_protected(&outside)
            && serde_json::to_vec(value).is_ok_and(|json| json.len() <= self.max_claim_value_size);
        fits.then_some(outside)
    }
}

fn is_plain(value: &Value) -> bool {
    let scalar = |value: &Value| !value.is_object() && !value.is_array();
    match value {
        Value::Array(items) => items.iter().all(scalar),
        other => scalar(other),
    }
}

/// The roles that a `role` or `roles` claim names: a string is one role, a list of strings a set,
/// and every other shape none. Text is never searched, so `"user,admin"` is one odd role.
pub fn roles(claim: &Value) -> BTreeSet<String> {
    let roles: Option<BTreeSet<String>> = match claim {
        Value::String(role) => Some([role.clone()].into()),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    };
    let mut roles = roles.unwrap_or_default();
    roles.remove("");
    roles
}

/// The claims of a JWT whose signature nobody has checked: for passing through, never for a
/// decision. `None` if it is no JWT, which upstream access tokens often are.
pub fn unverified_claims(jwt: &str) -> Option<Claims> {
    jws::decode(jws::Compact::parse(jwt, MAX_TOKEN)?.payload)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        match value {
            Value::Object(claims) => claims,
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn protocol_claims_never_pass() {
        let mut hostile = Claims::new();
        for name in PROTECTED {
            hostile.insert(name.to_owned(), json!("x"));
        }
        let passthrough = Passthrough {
            allowed_claims: Some(PROTECTED.map(str::to_owned).to_vec()),
            ..Passthrough::default()
        };
        assert!(passthrough.apply(Some(&hostile), Some(&hostile)).is_empty());
        let prefix = Passthrough {
            claim_prefix: Some("s".to_owned()),
            ..Passthrough::default()
        };
        assert!(
            prefix
                .apply(None, Some(&claims(json!({"ub": "x"}))))
                .is_empty()
        );
    }

    #[test]
    fn shape_and_size_decide() {
        let upstream = claims(json!({
            "email": "a@b.test", "roles": ["a", "b"], "n": 1, "ok": true, "nothing": null,
            "object": {"a": 1}, "nested": [["a"]], "mixed": [{"a": 1}],
            "big": "x".repeat(2001), "groups": vec!["group"; 500],
        }));
        let names = |passthrough: &Passthrough| {
            passthrough
                .apply(None, Some(&upstream))
                .keys()
                .cloned()
                .collect::<BTreeSet<_>>()
        };
        let set = |names: &[&str]| -> BTreeSet<String> {
            names.iter().map(|name| (*name).to_owned()).collect()
        };
        assert_eq!(
            names(&Passthrough::default()),
            set(&["email", "n", "ok", "roles"])
        );
        let complex = Passthrough {
            allow_complex_claims: true,
            ..Passthrough::default()
        };
        assert_eq!(
            names(&complex),
            set(&["email", "mixed", "n", "nested", "object", "ok", "roles"])
        );
        let exact = Passthrough {
            max_claim_value_size: 2003,
            ..Passthrough::default()
        };
        assert!(names(&exact).contains("big"));
    }

    #[test]
    fn names_decide() {
        let id_token = claims(json!({"email": "id", "name": "N", "tenant": "T"}));
        let access_token = claims(json!({"email": "access", "plan": "gold"}));
        let passthrough = Passthrough {
            claim_prefix: Some("up_".to_owned()),
            allowed_claims: Some(["email", "plan", "name"].map(str::to_owned).to_vec()),
            blocked_claims: vec!["name".to_owned()],
            ..Passthrough::default()
        };
        let passed = passthrough.apply(Some(&access_token), Some(&id_token));
        assert_eq!(passed, claims(json!({"up_email": "id", "up_plan": "gold"})));
        assert!(
            Passthrough::off()
                .apply(Some(&access_token), Some(&id_token))
                .is_empty()
        );
    }

    #[test]
    fn roles_are_strings_and_nothing_else() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(roles(&json!("admin")), set(&["admin"]));
        assert_eq!(
            roles(&json!(["admin", "user", "user"])),
            set(&["admin", "user"])
        );
        assert_eq!(roles(&json!("user,admin")), set(&["user,admin"]));
        assert_eq!(roles(&json!("administrator")), set(&["administrator"]));
        for other in [
            json!({"admin": true}),
            json!(true),
            json!(1),
            json!(null),
            json!([["admin"]]),
        ] {
            assert!(roles(&other).is_empty(), "{other}");
        }
        assert!(roles(&json!(["admin", 1])).is_empty());
        assert!(roles(&json!("")).is_empty());
        let many: Vec<_> = (0..10_000).map(|n| format!("role-{n}")).collect();
        assert_eq!(roles(&json!(many)).len(), 10_000);
    }

    #[test]
    fn opaque_tokens_have_no_claims() {
        assert!(unverified_claims("gho_16C7e42F292c6912E7710c838347Ae178B4a").is_none());
        assert!(unverified_claims("a.b.c").is_none());
        assert!(unverified_claims(&format!("e30.e30.{}", "a".repeat(MAX_TOKEN))).is_none());
        assert_eq!(
            unverified_claims("e30.eyJhIjoxfQ.x"),
            Some(claims(json!({"a": 1})))
        );
    }
}

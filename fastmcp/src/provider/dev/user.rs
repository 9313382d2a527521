//! Users of the development provider.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::page::{Typed, User};
use crate::spec::Claims;

/// The users that the page offers.
pub(super) const EXAMPLES: [User; 3] = [
    User {
        id: "alice",
        name: "Alice",
        email: "alice@example.com",
    },
    User {
        id: "bob",
        name: "Bob",
        email: "bob@example.com",
    },
    User {
        id: "carol",
        name: "Carol",
        email: "carol@example.org",
    },
];

/// Longest name that can be typed, in bytes.
const NAME_LIMIT: usize = 64;
/// Longest e-mail address there is.
const EMAIL_LIMIT: usize = 254;

/// Somebody who signed in at the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DevUser {
    /// Subject: the typed name, or the example's id.
    pub(crate) subject: String,
    /// Name for display.
    pub(crate) name: String,
    /// E-mail address; whoever is at this computer may vouch for any.
    pub(crate) email: Option<String>,
    /// The ticked roles.
    pub(crate) roles: BTreeSet<String>,
}

impl DevUser {
    /// The user that the form describes, or what is wrong with it.
    pub(super) fn from_form(typed: &Typed, declared: &[String]) -> Result<Self, &'static str> {
        if !typed.roles.iter().all(|role| declared.contains(role)) {
            return Err("This server does not declare one of the ticked roles.");
        }
        let email = typed.email.trim();
        if !email.is_empty() && !is_email(email) {
            return Err("The e-mail address needs a name, an @ and a domain.");
        }
        let name = typed.name.trim();
        let (subject, name, known_email) = if name.is_empty() {
            let example = EXAMPLES
                .iter()
                .find(|example| example.id == typed.user)
                .ok_or("Choose a user or type a name.")?;
            (example.id, example.name, Some(example.email))
        } else if name.len() > NAME_LIMIT || name.chars().any(char::is_control) {
            return Err("The name is too long or holds characters that cannot be shown.");
        } else {
            (name, name, None)
        };
        let email = Some(email).filter(|email| !email.is_empty());
        Ok(Self {
            subject: subject.to_owned(),
            name: name.to_owned(),
            email: email.or(known_email).map(str::to_owned),
            roles: typed.roles.clone(),
        })
    }

    /// The claims that an ID token would carry.
    pub(crate) fn claims(&self) -> Claims {
        let mut claims = Claims::new();
        claims.insert("sub".to_owned(), self.subject.clone().into());
        claims.insert("name".to_owned(), self.name.clone().into());
        if let Some(email) = &self.email {
            claims.insert("email".to_owned(), email.clone().into());
            claims.insert("email_verified".to_owned(), true.into());
        }
        let roles = self.roles.iter().cloned().map(Value::from).collect();
        claims.insert("roles".to_owned(), Value::Array(roles));
        claims
    }
}

fn is_email(text: &str) -> bool {
    text.len() <= EMAIL_LIMIT
        && !text
            .chars()
            .any(|letter| letter.is_control() || letter.is_whitespace())
        && matches!(text.split_once('@'), Some((name, domain))
            if !name.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

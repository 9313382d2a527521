//! Where a task lies: under its id and its owner.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::auth::AuthSession;
use crate::keys::{framed, hex};

/// The longest id that is looked up; ours have 43 bytes.
const LONGEST: usize = 64;

/// The id of a record. Who is not its owner arrives at another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place(pub(super) [u8; 32]);

impl Place {
    /// That of the task with this id at `server`, if it is `user`'s (subject and client), or of
    /// nobody's task.
    pub(super) fn of(server: &str, user: Option<&AuthSession>, id: &str) -> Option<Self> {
        if id.len() > LONGEST {
            return None;
        }
        let mut parts = vec![b"task", server.as_bytes(), id.as_bytes()];
        let user = user.map(|user| [user.subject().as_bytes(), user.client_id().as_bytes()]);
        parts.extend(user.iter().flatten());
        Some(Self(Sha256::digest(framed(&parts)).into()))
    }

    /// What listeners in this process know it by. No resource has such an address.
    pub(super) fn news(self) -> Arc<str> {
        format!("task\n{}", hex(&self.0)).into()
    }
}

#[cfg(test)]
mod tests {
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
    fn a_task_lies_where_its_owner_looks_and_nobody_else() {
        let ada = user("ada", "c");
        let place = |server, user: Option<&AuthSession>, id| Place::of(server, user, id).unwrap();
        let own = place("s", Some(&ada), "id");
        assert_eq!(own, place("s", Some(&user("ada", "c")), "id"));
        for other in [
            place("r", Some(&ada), "id"),
            place("s", Some(&ada), "ie"),
            place("s", Some(&user("bob", "c")), "id"),
            place("s", Some(&user("ada", "d")), "id"),
            place("s", Some(&user("adac", "")), "id"),
            place("s", None, "id"),
            place("s", None, "idadac"),
        ] {
            assert_ne!(own, other);
        }
        assert_eq!(Place::of("s", None, &"x".repeat(LONGEST + 1)), None);
    }
}

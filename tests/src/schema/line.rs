//! Both directions of a pipe: a message is a line.

use serde_json::Value;

use super::judge;
use super::revision::{Session, agreed, named};

/// The one client of a pipe.
pub struct Line {
    session: Session,
    agreed: bool,
}

impl Default for Line {
    fn default() -> Self {
        let session = Session::new("2025-03-26");
        Self {
            session,
            agreed: false,
        }
    }
}

impl Line {
    /// Notes what is sent to the server. Until a handshake has agreed on a revision, and where there
    /// is none, each request says for itself.
    pub fn sent(&mut self, message: &Value) {
        self.session.note(message);
        if let Some(named) = named(message, None).filter(|_| !self.agreed) {
            self.session.revision = named;
        }
    }

    /// The message in a line that the server wrote.
    ///
    /// # Panics
    /// When it is none, or the schema does not allow it.
    pub fn heard(&mut self, line: &str) -> Value {
        let message: Value = serde_json::from_str(line).unwrap_or_else(|error| {
            panic!("the server wrote what is no message: {error}\n{line}");
        });
        let answers = message.get("method").is_none();
        let id = message.get("id").filter(|_| answers);
        let asked = id.and_then(|id| self.session.asked(id));
        if asked.as_deref() == Some("initialize") {
            self.session.revision = agreed(&message);
            self.agreed = true;
        }
        judge::message(self.session.revision, asked.as_deref(), &message);
        message
    }
}

//! What was sent, so that what comes back can be judged by the schema.

use serde_json::Value;

/// What a response is to, for the schema.
#[derive(Clone)]
pub(crate) struct Sent(pub(crate) &'static str, pub(crate) Value);

impl Sent {
    /// A message, once it was judged.
    pub(crate) fn message(sent: Option<&Self>, text: &str) -> Value {
        let message = serde_json::from_str(text).unwrap();
        if let Some(Self(revision, request)) = sent {
            crate::schema::check_message(revision, request, &message);
        }
        message
    }
}

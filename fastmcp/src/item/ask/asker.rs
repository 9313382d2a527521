//! Who carries questions to the client.

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{AskError, Capabilities};

/// A question as it goes over the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The key that the tool chose.
    pub key: Option<String>,
    /// `elicitation/create`, `sampling/createMessage` or `roots/list`.
    pub method: &'static str,
    /// Its parameters, an object.
    pub params: Value,
}

/// Whether a value answers a question, and if not, why.
pub type Fits<'a> = dyn Fn(&Value) -> Result<(), String> + Send + Sync + 'a;

/// The way of one call to its client.
pub trait Asker: Send + Sync {
    /// What the client can be asked for.
    fn capabilities(&self) -> Capabilities;

    /// The client's result. Dropping the future takes the question back. What is returned was
    /// found to fit, or is an error.
    fn ask<'a>(&'a self, ask: Ask, fits: &'a Fits<'a>) -> BoxFuture<'a, Result<Value, AskError>>;
}

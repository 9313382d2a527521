//! Suggestions for a value while it is being typed.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;

use futures_util::future::BoxFuture;

use super::ToolError;
use crate::auth::AuthSession;

/// Who suggests values.
#[derive(Clone, Copy)]
pub enum Completer {
    /// These.
    Values(&'static [&'static str]),
    /// The values that the type of the parameter lists; none if it lists none.
    OfType(fn() -> Vec<String>),
    /// A function of the user's own.
    Function(Suggest),
}

/// What a function of the user's own suggests.
pub type Suggest = for<'a> fn(&'a Completing<'a>) -> BoxFuture<'a, Result<Vec<String>, ToolError>>;

impl fmt::Debug for Completer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Values(_) => "Values",
            Self::OfType(_) => "OfType",
            Self::Function(_) => "Function",
        })
    }
}

/// What is known while a value is being typed, for a function that suggests values.
///
/// The server itself keeps what fits what was typed so far, and sends 100 at most, so a function
/// may give everything it has, or use [`Completing::value`] to look for less.
///
/// ```
/// use fastmcp::item::Completing;
///
/// fn branches(typing: &Completing<'_>) -> Vec<String> {
///     match typing.argument("repository") {
///         Some("fastmcp") => vec!["main".to_owned(), "next".to_owned()],
///         _ => vec!["main".to_owned()],
///     }
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Completing<'a> {
    value: &'a str,
    arguments: &'a BTreeMap<String, String>,
    session: Option<&'a AuthSession>,
    app: &'a (dyn Any + Send + Sync),
}

impl<'a> Completing<'a> {
    /// What was typed so far, what was given for other arguments, who types, and the state of the
    /// server.
    pub fn new(
        value: &'a str,
        arguments: &'a BTreeMap<String, String>,
        session: Option<&'a AuthSession>,
        app: &'a (dyn Any + Send + Sync),
    ) -> Self {
        Self {
            value,
            arguments,
            session,
            app,
        }
    }

    /// What was typed so far; may be empty.
    #[must_use]
    pub fn value(&self) -> &'a str {
        self.value
    }

    /// The value of another argument, if it was given already and the client tells it.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&'a str> {
        self.arguments.get(name).map(String::as_str)
    }

    /// The signed-in caller, if there is one.
    #[must_use]
    pub fn session(&self) -> Option<&'a AuthSession> {
        self.session
    }

    /// The state of the server, if it is an `S`.
    #[must_use]
    pub fn state<S: Any>(&self) -> Option<&'a S> {
        self.app.downcast_ref()
    }
}

impl fmt::Debug for Completing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completing")
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

//! A schema that is written by hand (`input_schema = …`): a text, data, or a function that gives one
//! of them.
//!
//! As with `complete`: each form that fits has a method of its own, and where none fits, that of a
//! trait for a reference takes their place and answers that it does not.

use serde::Serialize;

use super::verdict::{Fits, Misfits};

/// What was given for a schema.
#[derive(Debug)]
pub struct ByHand<T>(pub T);

impl<T: AsRef<str>> ByHand<T> {
    /// Whether it can be read.
    pub fn verdict(self) -> Fits {
        Fits
    }

    /// The schema as text.
    pub fn text(self) -> String {
        self.0.as_ref().to_owned()
    }
}

/// What [`ByHand`] does with data, such as `json!({ … })`.
pub trait GivenAsData: Sized {
    /// See [`ByHand::verdict`].
    fn verdict(self) -> Fits {
        Fits
    }

    /// See [`ByHand::text`].
    fn text(self) -> String;
}

impl<T: Serialize> GivenAsData for ByHand<T> {
    fn text(self) -> String {
        written(&self.0)
    }
}

/// What [`ByHand`] does with a function.
pub trait GivenByFunction: Sized {
    /// See [`ByHand::verdict`].
    fn verdict(self) -> Fits {
        Fits
    }

    /// See [`ByHand::text`].
    fn text(self) -> String;
}

impl<F: Fn() -> R, R: Serialize> GivenByFunction for ByHand<F> {
    fn text(self) -> String {
        written(&(self.0)())
    }
}

/// Data as JSON; of a text, what is in it.
fn written(schema: &impl Serialize) -> String {
    let json = serde_json::to_string(schema).unwrap_or_default();
    serde_json::from_str::<String>(&json).unwrap_or(json)
}

/// What is none of these. It is never asked: the program did not compile.
pub trait GivenByNothing: Sized {
    /// See [`ByHand::verdict`].
    fn verdict(self) -> Misfits {
        Misfits
    }

    /// See [`ByHand::text`].
    fn text(self) -> String {
        std::process::abort()
    }
}

impl<T> GivenByNothing for &ByHand<T> {}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::verdict::holds;
    use super::{ByHand, GivenAsData as _, GivenByFunction as _, GivenByNothing as _};

    const TEXT: &str = r#"{"type":"object","maximum":1e3}"#;

    fn data() -> Value {
        json!({ "type": "object" })
    }

    fn text() -> &'static str {
        TEXT
    }

    #[test]
    fn every_form_is_read_its_own_way() {
        assert_eq!(ByHand(TEXT).text(), TEXT);
        assert_eq!(ByHand(TEXT.to_owned()).text(), TEXT);
        assert_eq!(ByHand(text).text(), TEXT);
        assert_eq!(ByHand(data).text(), r#"{"type":"object"}"#);
        assert_eq!(ByHand(data()).text(), r#"{"type":"object"}"#);
    }

    #[test]
    fn what_gives_no_schema_is_known() {
        assert!(holds(|| ByHand(TEXT).verdict()));
        assert!(holds(|| ByHand(data).verdict()));
        assert!(holds(|| ByHand(data()).verdict()));
        assert!(!holds(|| ByHand(str::len).verdict()));
        assert!(!holds(|| ByHand(std::thread::current).verdict()));
    }
}

//! A schema that its author wrote, and what the function takes beside it.

use serde_json::value::RawValue;

/// A schema that was written by hand: `#[tool(input_schema = …)]`.
#[derive(Clone, Copy, Debug)]
pub struct WrittenSchema {
    /// The schema as it was given.
    pub text: fn() -> String,
    /// What the function takes, which the schema is held to when a server starts.
    pub parameters: &'static [Parameter],
}

/// An owned parameter of a function whose schema was written by hand.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Name on the wire.
    pub name: &'static str,
    /// The header in which clients repeat it: `Mcp-Param-<header>`.
    pub header: Option<&'static str>,
    /// Whether there is no value for one that was not sent.
    pub must_be_sent: fn() -> bool,
}

impl WrittenSchema {
    /// The schema on one line, as an event stream and a pipe need it: order, names, texts and the
    /// spelling of numbers stay to the letter. `None` if it is not JSON.
    pub fn line(&self) -> Option<Box<RawValue>> {
        RawValue::from_string(on_one_line(&(self.text)())).ok()
    }
}

/// Without the white space between the tokens (RFC 8259 section 2).
fn on_one_line(json: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    let kept = json.chars().filter(|c| {
        if inside {
            inside = escaped || *c != '"';
            escaped = !escaped && *c == '\\';
            return true;
        }
        inside = *c == '"';
        !matches!(c, ' ' | '\t' | '\n' | '\r')
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_space_between_tokens_goes() {
        let written = r#"
            { "type" : "object",
              "a b": "c \" d\\", "e":	[ 1e3, 1.50, 18446744073709551616 ] }"#;
        let line = r#"{"type":"object","a b":"c \" d\\","e":[1e3,1.50,18446744073709551616]}"#;
        assert_eq!(on_one_line(written), line);
    }

    #[test]
    fn what_is_not_json_is_no_line() {
        let written = |text| WrittenSchema {
            text,
            parameters: &[],
        };
        assert!(written(|| "{ \"a\": }".to_owned()).line().is_none());
        assert!(written(|| "{}".to_owned()).line().is_some());
    }
}

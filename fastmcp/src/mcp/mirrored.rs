//! Arguments that clients repeat in headers, so that intermediaries can route by them
//! (2026-07-28, transports/streamable-http section 6.3): each `Mcp-Param-<header>` must say what
//! the body says, or one of the two readers was fooled. A tool names them by
//! `#[arg(header = "…")]`.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName};
use serde_json::Value;
use serde_json::value::RawValue;

use super::answer::RpcError;
use super::modern::{decode, single};

/// Checks the headers of a call against its arguments, both named by `mirrored`: argument, header.
pub(super) fn check(
    headers: &HeaderMap,
    mirrored: &[(&str, &str)],
    arguments: Option<&str>,
) -> Result<(), RpcError> {
    if mirrored.is_empty() {
        return Ok(());
    }
    let sent: BTreeMap<String, &RawValue> = match arguments.map(serde_json::from_str) {
        None => BTreeMap::new(),
        Some(Ok(sent)) => sent,
        // What the arguments are is for their decoding to say.
        Some(Err(_)) => return Ok(()),
    };
    for (argument, header) in mirrored {
        let Ok(name) = HeaderName::try_from(format!("mcp-param-{header}")) else {
            continue;
        };
        let header = single(headers, &name)?;
        let value = sent.get(*argument).filter(|raw| raw.get() != "null");
        match (value, header) {
            (None, None) => {}
            (Some(raw), Some(header)) if says(header, raw)? => {}
            (Some(_), None) => {
                return Err(RpcError::header_mismatch("an Mcp-Param header is missing"));
            }
            _ => {
                return Err(RpcError::header_mismatch(
                    "an Mcp-Param header and the argument in the body differ",
                ));
            }
        }
    }
    Ok(())
}

/// Whether the header says what the argument is: texts to the letter, numbers as numbers.
fn says(header: &str, raw: &RawValue) -> Result<bool, RpcError> {
    let Ok(value) = serde_json::from_str::<Value>(raw.get()) else {
        return Ok(false);
    };
    let header = decode(header)?;
    Ok(match value {
        Value::String(text) => header == text,
        Value::Bool(value) => header == if value { "true" } else { "false" },
        Value::Number(number) => {
            let same = || header.parse::<f64>().ok() == number.as_f64();
            header == number.to_string() || (is_exact(&number) && same())
        }
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    })
}

/// Whether the number is one that two spellings can be compared by, without losing digits.
fn is_exact(number: &serde_json::Number) -> bool {
    const EXACT: u64 = 1 << 53;
    let whole = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
    whole.is_none_or(|whole| whole <= EXACT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agrees(arguments: &str, header: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert("mcp-param-region", header.parse().unwrap());
        }
        check(&headers, &[("region", "Region")], Some(arguments)).is_ok()
    }

    #[test]
    fn header_and_argument_must_agree() {
        for (arguments, header, fine) in [
            (r#"{"region":"eu"}"#, Some("eu"), true),
            (r#"{"region":"eu"}"#, Some("EU"), false),
            (r#"{"region":"eu"}"#, None, false),
            (
                r#"{"region":"größe"}"#,
                Some("=?base64?Z3LDtsOfZQ==?="),
                true,
            ),
            (r#"{"region":"eu"}"#, Some("=?base64?####?="), false),
            (r#"{"region":null}"#, None, true),
            (r#"{"region":null}"#, Some("eu"), false),
            ("{}", None, true),
            ("{}", Some("eu"), false),
            (r#"{"region":42}"#, Some("42"), true),
            (r#"{"region":42}"#, Some("42.0"), true),
            (r#"{"region":42}"#, Some("43"), false),
            (
                r#"{"region":9007199254740993}"#,
                Some("9007199254740992"),
                false,
            ),
            (
                r#"{"region":9007199254740993}"#,
                Some("9007199254740993"),
                true,
            ),
            (r#"{"region":true}"#, Some("true"), true),
            (r#"{"region":true}"#, Some("1"), false),
            (r#"{"region":["eu"]}"#, Some("eu"), false),
        ] {
            assert_eq!(agrees(arguments, header), fine, "{arguments} {header:?}");
        }
    }

    #[test]
    fn a_header_that_stands_twice_is_refused() {
        let mut headers = HeaderMap::new();
        for value in ["eu", "us"] {
            headers.append("mcp-param-region", value.parse().unwrap());
        }
        let arguments = Some(r#"{"region":"eu"}"#);
        assert!(check(&headers, &[("region", "Region")], arguments).is_err());
        assert!(
            check(&headers, &[], arguments).is_ok(),
            "nobody asked for it"
        );
    }
}

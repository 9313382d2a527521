//! The address of a resource: a URI of RFC 3986, or a template of RFC 6570 for many.

use std::fmt::Write as _;

use syn::LitStr;

use super::template;
use crate::codes;
use crate::diagnose::Diagnostics;

/// The address and the variables in it, in their order; `None` after a mistake is reported.
pub(super) fn uri(written: LitStr, errors: &mut Diagnostics) -> Option<(LitStr, Vec<String>)> {
    let text = written.value();
    if let Some((fault, help)) = fault(&text) {
        errors.error(codes::NOT_A_URI, &written, fault, help);
        return None;
    }
    match template::variables(&text) {
        Ok(variables) => Some((written, variables)),
        Err((code, fault, help)) => {
            errors.error(code, &written, fault, help);
            None
        }
    }
}

/// What keeps the text from being a URI, and what to write; braces are the template's.
fn fault(text: &str) -> Option<(String, String)> {
    let scheme = text.split_once(':');
    let Some((_, rest)) = scheme.filter(|(scheme, _)| is_scheme(scheme)) else {
        let path = text.trim_start_matches([':', '/']);
        let path = if path.is_empty() || has_a_stranger(path) {
            "style"
        } else {
            path
        };
        return Some((
            format!("`{text}` is no URI: it does not begin with a scheme"),
            format!("write `uri = \"docs://{path}\"`; the scheme is yours to choose"),
        ));
    };
    if rest.trim_matches('/').is_empty() {
        return Some((
            format!("`{text}` is no URI: nothing follows its scheme"),
            format!(
                "write what is read, such as `uri = \"{}://style\"`",
                scheme_of(text)
            ),
        ));
    }
    if has_a_stranger(text) {
        return Some((
            format!(
                "`{text}` is no URI: `{}` cannot stand in one",
                stranger(text)
            ),
            format!("write `uri = \"{}\"`", encoded(text)),
        ));
    }
    None
}

/// RFC 3986 section 3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

fn scheme_of(text: &str) -> &str {
    text.split(':').next().unwrap_or_default()
}

fn has_a_stranger(text: &str) -> bool {
    places(text).next().is_some()
}

fn stranger(text: &str) -> char {
    let first = places(text).next();
    first
        .and_then(|at| text[at..].chars().next())
        .unwrap_or(' ')
}

/// Where characters stand that no URI has (RFC 3986 section 2); what is in braces is the
/// template's.
fn places(text: &str) -> impl Iterator<Item = usize> + '_ {
    let escapes = |at: usize| {
        let two = text.as_bytes().get(at + 1..at + 3);
        two.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    let mut in_braces = false;
    text.char_indices()
        .filter(move |(at, c)| {
            match c {
                '{' => in_braces = true,
                '}' => in_braces = false,
                _ if in_braces => {}
                '%' => return !escapes(*at),
                c => return !(c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=".contains(*c)),
            }
            false
        })
        .map(|(at, _)| at)
}

/// The text with each of them written as RFC 3986 section 2.1 has it.
fn encoded(text: &str) -> String {
    let odd: Vec<usize> = places(text).collect();
    let mut whole = String::new();
    for (at, c) in text.char_indices() {
        if odd.contains(&at) {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(whole, "%{byte:02X}");
            }
        } else {
            whole.push(c);
        }
    }
    whole
}

//! Forms: what we accept, everybody reads as we do.

use std::collections::BTreeSet;

use http::HeaderValue;

use super::super::form::{Form, is_type};

/// A form, or a query.
pub fn form(data: &[u8]) {
    let pairs = data.split(|b| *b == b'&').filter(|pair| !pair.is_empty());
    let is_short = pairs.count() <= 100;
    let lenient: Vec<_> = form_urlencoded::parse(data).into_owned().collect();
    match Form::parse(data) {
        Ok(form) => {
            assert!(is_short && is_well_formed(data));
            agree(&form, &lenient);
        }
        Err(_) => assert!(!is_short || !is_well_formed(data)),
    }
    if let Ok(value) = HeaderValue::from_bytes(data) {
        media_type(&value);
    }
}

/// Whether every `%` begins two hexadecimal digits, and names and values are UTF-8.
fn is_well_formed(data: &[u8]) -> bool {
    data.split(|b| matches!(b, b'&')).all(|pair| {
        let mut halves = pair.splitn(2, |b| *b == b'=');
        halves.all(|half| {
            let mut bytes = Vec::new();
            let mut pieces = half.split(|b| *b == b'%');
            bytes.extend(pieces.next().unwrap_or_default());
            let is_escaped = pieces.all(|piece| {
                let digits = piece.get(..2).and_then(|it| std::str::from_utf8(it).ok());
                let digits = digits.filter(|it| it.bytes().all(|b| b.is_ascii_hexdigit()));
                let byte = digits.and_then(|it| u8::from_str_radix(it, 16).ok());
                bytes.extend(byte);
                bytes.extend(piece.get(2..).unwrap_or_default());
                byte.is_some()
            });
            is_escaped && std::str::from_utf8(&bytes).is_ok()
        })
    })
}

fn agree(form: &Form, lenient: &[(String, String)]) {
    let names: BTreeSet<_> = lenient.iter().map(|(name, _)| name).collect();
    assert_eq!(form.doubles_any(), names.len() < lenient.len());
    for name in names {
        let values = lenient.iter().filter(|(known, _)| known == name);
        let mut values = values.map(|(_, value)| value.as_str());
        let first = values.next().filter(|value| !value.is_empty());
        assert_eq!(form.is_doubled(name), values.next().is_some(), "{name}");
        if !form.is_doubled(name) {
            assert_eq!(form.get(name), first, "{name}");
        }
    }
}

/// No parameter but the one charset that we read.
fn media_type(value: &HeaderValue) {
    const FORM: &str = "application/x-www-form-urlencoded";
    if !is_type(value, FORM) {
        return;
    }
    let text = value.to_str().map(str::to_ascii_lowercase);
    let Ok(text) = text else {
        panic!("{value:?}");
    };
    let bare: String = text.chars().filter(|c| !" \t\";".contains(*c)).collect();
    let rest = bare.replace("charset=utf-8", "");
    assert_eq!(rest, FORM, "{value:?}");
}

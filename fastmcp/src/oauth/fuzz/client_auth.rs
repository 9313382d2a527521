//! How a client proves itself: at most one proof, for one client.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::super::client_auth::{Proof, basic, read};
use super::super::form::Form;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The `Authorization` header, and a form behind the first line feed.
pub fn client_auth(data: &[u8]) {
    let mut halves = data.splitn(2, |b| *b == b'\n');
    let header = halves.next().unwrap_or_default();
    let body = halves.next().unwrap_or_default();
    let found = basic(header).map(|(id, secret)| (id, secret.expose().to_owned()));
    assert_eq!(found, by_hand(header));
    let Ok(form) = Form::parse(body) else {
        return;
    };
    let mut headers = HeaderMap::new();
    if let Ok(value) = header.try_into() {
        headers.insert(AUTHORIZATION, value);
    }
    presented(&headers, &form, found.as_ref());
}

fn presented(headers: &HeaderMap, form: &Form, found: Option<&(String, String)>) {
    let Ok(presented) = read(headers, form) else {
        return;
    };
    let named = form.get("client_id");
    assert!(named.is_none_or(|named| named == presented.id));
    let (secret, assertion) = (form.get("client_secret"), form.get("client_assertion"));
    let by_header = headers.contains_key(AUTHORIZATION);
    match presented.proof {
        Proof::Nothing => assert!(!by_header && secret.is_none() && assertion.is_none()),
        Proof::Header(given) => {
            let given = (presented.id, given.expose().to_owned());
            assert_eq!(found, Some(&given));
            assert!(secret.is_none() && assertion.is_none());
        }
        Proof::Body(given) => {
            assert!(!by_header && assertion.is_none());
            assert_eq!(secret, Some(given.expose()));
        }
        Proof::Assertion(given) => {
            assert!(!by_header && secret.is_none());
            assert_eq!(assertion, Some(&*given));
        }
    }
}

/// Basic credentials, read letter by letter.
fn by_hand(header: &[u8]) -> Option<(String, String)> {
    let (scheme, rest) = header.split_at_checked(6)?;
    if scheme.to_ascii_lowercase() != *b"basic " {
        return None;
    }
    let pair = base64(rest.trim_ascii())?;
    let mut halves = pair.splitn(2, |b| *b == b':');
    Some((form_text(halves.next()?)?, form_text(halves.next()?)?))
}

/// Base64 with its padding and no loose bits (RFC 4648 section 4).
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|b| **b == b'=').count();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bits = Vec::new();
    for letter in &text[..text.len() - padding] {
        let value = ALPHABET.iter().position(|known| known == letter)?;
        bits.extend((0..6).rev().map(|bit| value >> bit & 1 == 1));
    }
    let loose = bits.split_off(bits.len() / 8 * 8);
    let byte = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    (!loose.contains(&true)).then(|| bits.chunks(8).map(byte).collect())
}

/// One half, if the lenient parser reads it as we must.
fn form_text(half: &[u8]) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = half.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [char::from(*rest.next()?), char::from(*rest.next()?)];
                let digits = digits.map(|digit| digit.to_digit(16));
                u8::try_from(digits[0]? * 16 + digits[1]?).ok()?
            }
            byte => *byte,
        });
    }
    String::from_utf8(bytes).ok()
}

//! A URI against the pieces of a template; see `uri_template`.

use std::borrow::Cow;

use super::uri_template::Piece;

type Found<'t, 'u> = Vec<(&'t str, Cow<'u, str>)>;

/// The variables that make `uri`.
pub(super) fn variables<'t, 'u>(
    pieces: &'t [Piece],
    names: &'t [String],
    uri: &'u str,
) -> Option<Found<'t, 'u>> {
    let (path, query) = match uri.split_once('?') {
        Some((path, query)) if !names.is_empty() => (path, Some(query)),
        _ => (uri, None),
    };
    let mut found = Vec::new();
    let wide = pieces
        .iter()
        .position(|piece| matches!(piece, Piece::Variable { wide: true, .. }));
    match wide {
        None => from_left(pieces, path, true, &mut found).filter(|rest| rest.is_empty())?,
        Some(at) => {
            let rest = from_left(&pieces[..at], path, false, &mut found)?;
            let mut behind = Vec::new();
            let value = from_right(&pieces[at + 1..], rest, &mut behind)?;
            take(&pieces[at], value, &mut found)?;
            found.extend(behind.into_iter().rev());
            ""
        }
    };
    if let Some(query) = query {
        from_query(names, query, &mut found)?;
    }
    Some(found)
}

/// Reads the pieces from the left, each variable as short as it can be, and gives what is left.
/// `whole` says that nothing follows them.
fn from_left<'t, 'u>(
    pieces: &'t [Piece],
    text: &'u str,
    whole: bool,
    found: &mut Found<'t, 'u>,
) -> Option<&'u str> {
    let mut text = text;
    let mut pieces = pieces.iter();
    while let Some(piece) = pieces.next() {
        if let Piece::Literal(literal) = piece {
            text = text.strip_prefix(literal.as_str())?;
            continue;
        }
        let (value, rest) = match pieces.next() {
            Some(Piece::Literal(next)) if whole && pieces.as_slice().is_empty() => {
                (text.strip_suffix(next.as_str())?, "")
            }
            Some(Piece::Literal(next)) => {
                // A value has at least one character.
                let first = text.chars().next()?.len_utf8();
                let at = first + text[first..].find(next.as_str())?;
                (&text[..at], &text[at + next.len()..])
            }
            _ => (text, ""),
        };
        take(piece, value, found)?;
        text = rest;
    }
    Some(text)
}

/// Reads the pieces from the right, each variable as short as it can be, and gives what is left.
fn from_right<'t, 'u>(
    pieces: &'t [Piece],
    text: &'u str,
    found: &mut Found<'t, 'u>,
) -> Option<&'u str> {
    let mut text = text;
    let mut pieces = pieces.iter().rev();
    while let Some(piece) = pieces.next() {
        if let Piece::Literal(literal) = piece {
            text = text.strip_suffix(literal.as_str())?;
            continue;
        }
        let Some(Piece::Literal(before)) = pieces.next() else {
            return None;
        };
        let last = text.chars().next_back()?.len_utf8();
        let at = text[..text.len() - last].rfind(before.as_str())?;
        take(piece, &text[at + before.len()..], found)?;
        text = &text[..at];
    }
    Some(text)
}

/// `name=value&…`: each name of the template, once, and no other.
fn from_query<'t, 'u>(
    names: &'t [String],
    query: &'u str,
    found: &mut Found<'t, 'u>,
) -> Option<()> {
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = names.iter().find(|known| *known == name)?;
        if found.iter().any(|(known, _)| known == name) || value.contains('#') {
            return None;
        }
        found.push((name, decoded(value)?));
    }
    Some(())
}

/// Keeps the value of a variable, if it can be one.
fn take<'t, 'u>(piece: &'t Piece, value: &'u str, found: &mut Found<'t, 'u>) -> Option<()> {
    let Piece::Variable {
        name,
        wide,
        in_query,
    } = piece
    else {
        return None;
    };
    let reserved = |c: char| !wide && (matches!(c, '/' | '?' | '#') || (*in_query && c == '&'));
    if value.is_empty() || value.contains(reserved) {
        return None;
    }
    found.push((name, decoded(value)?));
    Some(())
}

/// The text without percent-encoding; `None` where that is broken or hides no UTF-8.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
            bytes.push(high << 4 | low);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

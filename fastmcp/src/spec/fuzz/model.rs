//! Redirect URIs and patterns read a second time, slowly and by other means.
//!
//! A URI is judged by the parts that the `url` crate finds in it instead of by our own splitting; a
//! pattern is walked over the text of the URI instead of being compared part by part.

use url::{Host, Url};

const FORBIDDEN: &str = "about blob chrome data file filesystem ftp intent javascript mailto \
                         vbscript view-source ws wss";
const ANSWERS: &str = "code state iss error error_description error_uri";
const UNRESERVED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
const ALSO_IN_PATHS: &str = "!$&'()*+,;=:@/";
const ALSO_IN_QUERIES: &str = "!$&'()*+,;=:@/?";

/// Whether `text` is a redirect URI.
pub(super) fn is_redirect_uri(text: &str) -> bool {
    let Some(url) = canonical(text) else {
        return false;
    };
    let is_welcome = !FORBIDDEN.split(' ').any(|scheme| scheme == url.scheme());
    is_welcome
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && url.port() != Some(0)
        && has_good_host(&url)
        && is_good_path(url.path())
        && url.query().is_none_or(is_good_query)
}

fn canonical(text: &str) -> Option<Url> {
    let is_plain = text.len() <= 2048 && text.chars().all(|c| ('!'..='~').contains(&c));
    let url = Url::parse(text).ok().filter(|_| is_plain)?;
    (url.as_str() == text).then_some(url)
}

fn has_good_host(url: &Url) -> bool {
    match (url.scheme(), url.host()) {
        ("http", Some(host)) => ["localhost", "127.0.0.1", "[::1]"].contains(&&*host.to_string()),
        ("https", Some(Host::Domain(name))) => is_name(name),
        ("https", Some(Host::Ipv4(_))) => true,
        ("https", Some(Host::Ipv6(address))) => address.is_loopback(),
        ("http" | "https", None) => false,
        (_, Some(host)) => consists_of(&host.to_string(), UNRESERVED),
        (_, None) => !url.has_authority(),
    }
}

fn is_name(name: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_label = |label: &str| {
        let edges = [label.chars().next(), label.chars().last()];
        (1..64).contains(&label.len()) && label.chars().all(is_inner) && !edges.contains(&Some('-'))
    };
    name.len() < 254 && name.split('.').all(is_label)
}

fn consists_of(text: &str, letters: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| letters.contains(c))
}

/// The text as characters, and whether each was escaped; `None` for a broken escape.
fn letters(text: &str) -> Option<Vec<(char, bool)>> {
    let mut found = Vec::new();
    let mut pieces = text.split('%');
    found.extend(pieces.next()?.chars().map(|c| (c, false)));
    for piece in pieces {
        let digits = piece
            .get(..2)
            .filter(|digits| !digits.contains(['+', '-']))?;
        let code = u8::from_str_radix(digits, 16).ok()?;
        found.push((char::from(code), true));
        found.extend(piece[2..].chars().map(|c| (c, false)));
    }
    Some(found)
}

fn is_good_path(path: &str) -> bool {
    let Some(letters) = letters(path) else {
        return false;
    };
    let may_be = |(c, is_escaped): &(char, bool)| match is_escaped {
        false => UNRESERVED.contains(*c) || ALSO_IN_PATHS.contains(*c),
        true => ('!'..='~').contains(c) && !UNRESERVED.contains(*c) && !"/\\%".contains(*c),
    };
    if path.is_empty() {
        return true;
    }
    let segments: Vec<_> = letters.split(|letter| *letter == ('/', false)).collect();
    let Some((first, segments)) = segments.split_first() else {
        return false;
    };
    let is_step = |segment: &&[(char, bool)]| {
        let name: String = segment
            .iter()
            .map(|(c, _)| *c)
            .take_while(|c| *c != ';')
            .collect();
        name == "." || name == ".."
    };
    let inner = segments.split_last().map_or(&[][..], |(_, inner)| inner);
    letters.iter().all(may_be)
        && first.is_empty()
        && !segments.iter().any(is_step)
        && !inner.iter().any(|segment| segment.is_empty())
}

fn is_good_query(query: &str) -> bool {
    let Some(letters) = letters(query) else {
        return false;
    };
    let may_be = |(c, is_escaped): &(char, bool)| match is_escaped {
        false => UNRESERVED.contains(*c) || ALSO_IN_QUERIES.contains(*c),
        true => (' '..='~').contains(c) && !UNRESERVED.contains(*c),
    };
    let mut pairs = letters.split(|letter| [('&', false), (';', false)].contains(letter));
    let answers = |pair: &[(char, bool)]| {
        let name: String = pair
            .iter()
            .take_while(|letter| **letter != ('=', false))
            .map(|letter| match letter {
                ('+', false) => ' ',
                (c, _) => *c,
            })
            .take_while(|c| *c != '[')
            .collect();
        let name = name.trim().to_lowercase();
        ANSWERS.split(' ').any(|answer| answer == name)
    };
    !query.is_empty() && letters.iter().all(may_be) && !pairs.any(answers)
}

/// What a pattern says of the text of a URI.
enum Piece<'a> {
    /// These very characters.
    Text(&'a str),
    /// A port, or none.
    AnyPort,
    /// Anything to the end.
    Rest,
}

/// Whether `pattern`, which was accepted, welcomes `uri`, which is canonical.
pub(super) fn welcomes(pattern: &str, uri: &str) -> bool {
    walk(&pieces(pattern), uri)
}

fn pieces(pattern: &str) -> Vec<Piece<'_>> {
    let after_scheme = pattern.find("://").map(|at| at + 3);
    let start = after_scheme.unwrap_or_default();
    let end = pattern[start..].find(['/', '?']);
    let end = match after_scheme {
        Some(_) => end.map_or(pattern.len(), |end| start + end),
        None => 0,
    };
    let (origin, path) = pattern.split_at(end);
    let default = match origin.split("://").next() {
        Some("http") => ":80",
        Some("https") => ":443",
        _ => "",
    };
    let mut pieces = Vec::new();
    match origin.strip_suffix(":*") {
        Some(origin) => pieces.extend([Piece::Text(origin), Piece::AnyPort]),
        None => pieces.push(Piece::Text(origin.strip_suffix(default).unwrap_or(origin))),
    }
    match path.strip_suffix('*') {
        Some(path) => pieces.extend([Piece::Text(path), Piece::Rest]),
        None if path.is_empty() => pieces.extend([Piece::Text("/"), Piece::Rest]),
        None => pieces.push(Piece::Text(path)),
    }
    pieces
}

fn walk(pieces: &[Piece<'_>], text: &str) -> bool {
    match pieces.split_first() {
        None => text.is_empty(),
        Some((Piece::Text(own), pieces)) => text
            .strip_prefix(own)
            .is_some_and(|text| walk(pieces, text)),
        Some((Piece::AnyPort, pieces)) => {
            let digits = |text: &str| {
                let more = text.trim_start_matches(|c: char| c.is_ascii_digit());
                (more.len() < text.len()).then(|| more.to_owned())
            };
            let behind = text.strip_prefix(':').and_then(digits);
            walk(pieces, text) || behind.is_some_and(|text| walk(pieces, &text))
        }
        // Where an empty segment cannot be, a second slash would begin a host.
        Some((Piece::Rest, _)) => !text.starts_with('/'),
    }
}

//! Redirect URIs put together of likely pieces, so that many are accepted and the rest nearly.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::{RedirectPatterns, RedirectUri};
use super::{redirect, words};

const SCHEMES: [&str; 6] = [
    "http",
    "https",
    "cursor",
    "com.example.app",
    "file",
    "HTTPS",
];
const HOSTS: [&str; 12] = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    "h.test",
    "a.h.test",
    "H.test",
    "h.test.",
    "u@h.test",
    "127.1",
    "xn--h-fia.test",
    "",
    "h-.test",
];
const PORTS: [&str; 9] = [
    "", ":80", ":443", ":8080", ":0", ":65536", ":080", ":", ":*",
];
const SEGMENTS: [&str; 14] = [
    "a", "app", ".", "..", "", "..;x", "%2e%2e", "%2f", "%23", "a%3Bb", "*", "v1.2", "@", "%",
];
const PAIRS: [&str; 10] = [
    "x=1",
    "x",
    "code=1",
    "c%6fde=1",
    "Code%5B%5D=1",
    "a;state=1",
    "a=%20b",
    "iss",
    "a=%zz",
    "*",
];

fn text() -> impl Strategy<Value = String> {
    (
        select(&SCHEMES[..]),
        select(&["://", ":/", ":"][..]),
        select(&HOSTS[..]),
        select(&PORTS[..]),
        prop::collection::vec(select(&SEGMENTS[..]), 0..4),
        prop::collection::vec(select(&PAIRS[..]), 0..3),
    )
        .prop_map(|(scheme, mark, host, port, segments, pairs)| {
            let path: String = segments.iter().flat_map(|segment| ["/", segment]).collect();
            let query = pairs.join("&");
            let mark_of_query = if pairs.is_empty() { "" } else { "?" };
            format!("{scheme}{mark}{host}{port}{path}{mark_of_query}{query}")
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_uri_is_judged_as_the_second_reading_judges_it(
        pattern in text(),
        uri in text(),
        other in text(),
    ) {
        redirect(format!("{pattern}\n{uri}\n{other}").as_bytes());
        // What is a pattern of itself, without a `*`, welcomes itself.
        redirect(format!("{uri}\n{uri}\n{uri}").as_bytes());
    }

    /// More patterns welcome what one of them does, and nothing else.
    #[test]
    fn patterns_add_up(first in text(), second in text(), uri in text()) {
        let (Ok(a), Ok(b)) = (
            RedirectPatterns::parse(&[&first]),
            RedirectPatterns::parse(&[&second]),
        ) else {
            return Ok(());
        };
        let both = RedirectPatterns::parse(&[&first, &second]);
        let both = both.expect("each of them is one");
        if let Ok(uri) = RedirectUri::parse(&uri) {
            prop_assert_eq!(both.allows(&uri), a.allows(&uri) || b.allows(&uri));
        }
    }

    #[test]
    fn what_is_like_a_word_is_judged_by_all(
        first in "[a-z]{0,6}(://)?[a-z.:@]{0,8}(/[a-z.%2e]{0,6}){0,3}[?#]?[a-z=]{0,4}",
        second in "[a-z: ./?]{0,24}",
    ) {
        words(format!("{first}\n{second}").as_bytes());
        words(format!("https://{first}\nhttps://{first}?{second}").as_bytes());
    }
}

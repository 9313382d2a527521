//! The protocol and its parsers.

use fastmcp::spec::{RedirectPatterns, RedirectUri};
use tests::http::{FORM, encode};

use crate::case::{cases, rounds};
use crate::outcome::{E, Status};
use crate::raw::status;
use crate::setup::Setup;

cases! {
    "PAR-01" Once smuggling,
    "PAR-02" Once paths,
    "PAR-03" Once other_protocols,
    "PAR-05" Once forms,
    "PAR-06" Each unknown_and_empty,
    "PAR-07" Once differences,
}

async fn smuggling(setup: Setup) {
    let s = setup.start().await;
    let body = encode(&[("grant_type", "refresh_token"), ("refresh_token", "x")]);
    let length = body.len();
    let smuggled = "GET /health HTTP/1.1\r\nhost: s.test\r\n\r\n";
    for (case, head) in [
        (
            "both",
            format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n"),
        ),
        (
            "two lengths",
            format!("content-length: {length}\r\ncontent-length: 0\r\n"),
        ),
        (
            "a list of lengths",
            format!("content-length: {length}, 0\r\n"),
        ),
        ("another coding", "transfer-encoding: xchunked\r\n".into()),
        (
            "chunked first",
            "transfer-encoding: chunked, identity\r\n".into(),
        ),
        (
            "a fold",
            format!("content-length: {length}\r\nx: y\r\n z\r\n"),
        ),
        (
            "a space before the colon",
            format!("content-length : {length}\r\n"),
        ),
        ("a plus", format!("content-length: +{length}\r\n")),
        ("a large chunk", "transfer-encoding: chunked\r\n".into()),
    ] {
        let chunk = "fffffffffffffffff\r\n";
        let rest = if case.contains("chunk") { chunk } else { &body };
        let request = format!(
            "POST /oauth/token HTTP/1.1\r\nhost: s.test\r\ncontent-type: {FORM}\r\n{head}\r\n{rest}{smuggled}"
        );
        let answer = s.raw(request.as_bytes()).await;
        assert_eq!(status(&answer), 400, "{case}: {answer}");
        // One refusal, and not the answer to what came behind it.
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{case}: {answer}");
        assert!(!answer.contains("\"ok\""), "{case}: {answer}");
    }
}

async fn paths(setup: Setup) {
    let s = setup.start().await;
    for path in [
        "/oauth//token",
        "/oauth/token/",
        "/oauth/%74oken",
        "/oauth/./token",
        "/x/../oauth/token",
        "/x/..%2foauth/token",
        "/oauth/token;x=1",
        "/OAUTH/token",
        "/oauth/token%00",
        "/oauth\\token",
        "//oauth/token",
        "/oauth/token%20",
        "/oauth/token.json",
    ] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: s.test\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        let answer = s.raw(request.as_bytes()).await;
        assert!(matches!(status(&answer), 404 | 400), "{path}: {answer}");
        assert!(
            !answer.contains("invalid_request"),
            "a second way to the endpoint: {path}: {answer}"
        );
    }
    for path in [
        "/mcp/",
        "/MCP",
        "/%6dcp",
        "//mcp",
        "/mcp;x",
        "/oauth/..;/mcp",
    ] {
        let answer = s.raw_head(path).await;
        assert!(matches!(status(&answer), 404 | 400), "{path}: {answer}");
    }
}

async fn other_protocols(setup: Setup) {
    let s = setup.start().await;
    for bytes in [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"[..],
        b"GET /health HTTP/2.0\r\nhost: s.test\r\n\r\n",
        b"GET /health HTTP/3\r\nhost: s.test\r\n\r\n",
        b"GET /health\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let answer = s.raw(bytes).await;
        assert!(!answer.contains("\"ok\""), "{answer}");
    }
    let mut many = String::from("GET /health HTTP/1.1\r\nhost: s.test\r\n");
    many.extend((0..10_000).map(|number| format!("x-{number}: y\r\n")));
    many.push_str("\r\n");
    let answer = s.raw(many.as_bytes()).await;
    assert!(matches!(status(&answer), 400 | 431), "{answer}");
    let upgrade =
        b"GET /health HTTP/1.1\r\nhost: s.test\r\nconnection: upgrade, http2-settings\r\n\
        upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n";
    assert_ne!(status(&s.raw(upgrade).await), 101);
}

async fn forms(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = c.login().await;
    let headers = [("content-type", FORM)];
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &tokens.refresh),
        ("client_id", &c.id),
    ];
    let good = encode(&form);
    let semicolons = good.replace('&', ";");
    let send = async |body: String| s.send("POST", "/oauth/token", &headers, body).await;
    s.expect(
        "semicolons are data",
        send(semicolons),
        E(400, "unsupported_grant_type"),
    )
    .await;
    let many = format!("{good}{}", "&x=1".repeat(1000));
    s.expect("1,000 parameters", send(many), E(400, "invalid_request"))
        .await;
    let many: Vec<_> = (0..101).map(|number| format!("x{number}=1")).collect();
    s.expect(
        "101",
        send(format!("{good}&{}", many.join("&"))),
        E(400, "invalid_request"),
    )
    .await;
    for broken in ["&a=%", "&a=%zz", "&%=1", "&a=%ff"] {
        s.expect(
            broken,
            send(format!("{good}{broken}")),
            E(400, "invalid_request"),
        )
        .await;
    }
    let narrow = format!("{good}&scope=openid+profile&=x&&&");
    let answer = send(narrow).await;
    Status(200).of("a plus is a space, an empty name nothing", &answer);
    let scope = answer.json()["scope"].as_str().unwrap().to_owned();
    assert_eq!(scope.split(' ').count(), 2, "{scope}");
    let plus = format!(
        "{}&scope=openid%2Bprofile",
        good.replace(
            &tokens.refresh,
            answer.json()["refresh_token"].as_str().unwrap()
        )
    );
    s.expect("%2B is a plus", send(plus), E(400, "invalid_scope"))
        .await;
}

async fn unknown_and_empty(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let attempt = c.az(&[("foo", "bar"), ("display", "popup")]);
    let url = format!(
        "{}&scope=&prompt=&request=&request_uri=&nonce=",
        attempt.url
    );
    let page = s.browser().get(&url).await;
    Status(200).of("unknown and empty", &page);
    let code = c.code_in(&s.browser(), &attempt).await;
    let more = [("foo", "bar")];
    let url_encoded = c.redeem_with(&attempt, &code, &more).await;
    Status(200).of("at the token endpoint", &url_encoded);
    let refresh = url_encoded.json()["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = c
        .refresh_with(&refresh, &[("scope", ""), ("resource", ""), ("x", "")])
        .await;
    Status(200).of("empty is absent", &answer);
}

/// A URI cut up as RFC 3986, appendix B says: scheme, authority, path.
fn cut(uri: &str) -> Option<(String, String, String)> {
    let (scheme, rest) = uri.split_once(':')?;
    let rest = rest.split('#').next()?.split('?').next()?;
    let after = rest.strip_prefix("//")?;
    let end = after.find('/').unwrap_or(after.len());
    Some((
        scheme.to_ascii_lowercase(),
        after[..end].to_owned(),
        after[end..].to_owned(),
    ))
}

async fn differences(setup: Setup) {
    let pieces = [
        "http",
        "https",
        ":",
        "/",
        "//",
        "///",
        "@",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "c.test",
        "evil.test",
        ".",
        "..",
        "%2e",
        "%2f",
        "\\",
        "?",
        "#",
        "&",
        "=",
        ":80",
        ":8080",
        ":0",
        "a",
        "A",
        " ",
        "\t",
        "%",
        "%00",
        ";",
        "cb",
        "/cb",
        "é",
        "xn--e1a",
    ];
    let loopback = RedirectPatterns::loopback_only();
    let own = RedirectPatterns::parse(&["https://c.test/*"]).expect("a pattern");
    let mut accepted = 0;
    let count = rounds(20_000);
    for round in 0..count {
        // Half of them begin well, or nearly none would be accepted.
        let starts = [
            "http://localhost",
            "http://127.0.0.1",
            "http://[::1]",
            "https://c.test",
            "",
        ];
        let mut uri = starts[round % starts.len()].to_owned();
        for _ in 0..chance(6) {
            uri.push_str(pieces[chance(pieces.len())]);
        }
        let Ok(parsed) = RedirectUri::parse(&uri) else {
            continue;
        };
        if !loopback.allows(&parsed) && !own.allows(&parsed) {
            continue;
        }
        accepted += 1;
        let url = url::Url::parse(&uri).unwrap_or_else(|error| panic!("{uri}: {error}"));
        let (scheme, authority, path) = cut(&uri).unwrap_or_else(|| panic!("{uri}"));
        assert_eq!(url.scheme(), scheme, "{uri}");
        let host = url.host_str().unwrap();
        assert!(
            ["localhost", "127.0.0.1", "[::1]", "c.test"].contains(&host),
            "{uri}"
        );
        let port = authority
            .strip_prefix(host)
            .unwrap_or_else(|| panic!("{uri}"));
        let number = port.strip_prefix(':').and_then(|port| port.parse().ok());
        assert_eq!(
            number.or(url.port_or_known_default()),
            url.port_or_known_default(),
            "{uri}"
        );
        assert!(
            url.username().is_empty() && url.password().is_none(),
            "{uri}"
        );
        let path = if path.is_empty() { "/" } else { &path };
        assert_eq!(url.path(), path, "{uri}");
    }
    assert!(
        accepted > count / 100,
        "{accepted} of {count} were accepted"
    );
    drop(setup);
}

fn chance(below: usize) -> usize {
    getrandom::u32().expect("the system has randomness") as usize % below
}

use super::*;

fn allows(patterns: &[&str], uri: &str) -> bool {
    let patterns = RedirectPatterns::parse(patterns).unwrap();
    RedirectUri::parse(uri).is_ok_and(|uri| patterns.allows(&uri))
}

#[test]
fn loopback_is_the_default_and_nothing_is_nothing() {
    let default = RedirectPatterns::default();
    for uri in [
        "http://localhost:1234/x/y?z=1",
        "http://127.0.0.1/",
        "http://[::1]:9/cb",
    ] {
        assert!(default.allows(&RedirectUri::parse(uri).unwrap()));
    }
    for uri in [
        "https://c.test/cb",
        "cursor://anysphere.cursor-mcp/oauth/cb",
    ] {
        assert!(!default.allows(&RedirectUri::parse(uri).unwrap()));
    }
    assert!(!allows(&[], "http://localhost/cb"));
}

#[test]
fn hosts_are_exact() {
    let patterns = ["https://yourdomain.com/*", "http://localhost:*"];
    assert!(allows(&patterns, "https://yourdomain.com/cb"));
    assert!(allows(&patterns, "http://localhost:80/cb") == allows(&[], "http://x/"));
    assert!(allows(&patterns, "http://localhost:8080/cb"));
    for uri in [
        "http://localhost:80@evil.test/cb",
        "https://yourdomain.com@evil.test/",
        "https://yourdomain.com.evil.test/cb",
        "https://a.yourdomain.com/cb",
        "https://yourdomain.com:8443/cb",
        "http://127.0.0.1:8080/cb",
    ] {
        assert!(!allows(&patterns, uri), "{uri}");
    }
}

#[test]
fn paths_match_by_segment() {
    let patterns = ["https://yourdomain.com/app/*"];
    assert!(allows(&patterns, "https://yourdomain.com/app/a/b"));
    assert!(allows(&patterns, "https://yourdomain.com/app/v1.2.3/cb"));
    for path in [
        "/app/../steal",
        "/app/%2e%2e/steal",
        "/app/..%2fsteal",
        "/app/%252e%252e/x",
        "/app\\..\\x",
        "/app/./x",
        "/app/x/..",
        "/application",
        "/App/x",
        "/app",
    ] {
        assert!(
            !allows(&patterns, &format!("https://yourdomain.com{path}")),
            "{path}"
        );
    }
    assert!(allows(&["https://h.test/cb"], "https://h.test/cb"));
    assert!(!allows(&["https://h.test/cb"], "https://h.test/cb?x=1"));
    assert!(!allows(&["https://h.test/cb"], "https://h.test/cb%23x"));
    assert!(allows(&["https://h.test/cb%23x"], "https://h.test/cb%23x"));
    assert!(allows(&["https://h.test:443/cb"], "https://h.test/cb"));
}

#[test]
fn custom_schemes_are_named() {
    let patterns = ["cursor://anysphere.cursor-mcp/*", "com.example.app:/cb"];
    assert!(allows(&patterns, "cursor://anysphere.cursor-mcp/oauth/cb"));
    assert!(allows(&patterns, "com.example.app:/cb"));
    assert!(!allows(&patterns, "cursor://other/oauth/cb"));
    assert!(!allows(&patterns, "vscode://anysphere.cursor-mcp/oauth/cb"));
    assert!(!allows(&patterns, "com.example.app://h/cb"));
}

#[test]
fn wide_and_senseless_patterns_stop_the_start() {
    for pattern in [
        "*",
        "https://*",
        "https://*/*",
        "http://*:*",
        "https://*.com/*",
        "https://a*b.com/",
        "//x",
        "https://h/a*b",
        "http://c.test/*",
        "https://h/*/cb",
        "https://h/**",
        "h*://x/",
        "https://h",
        "https://h/../x",
        "https://h/a#b",
        "https://u@h/*",
        "https://h:x/",
        "javascript:/*",
        "cursor://*",
        "cursor:*",
        "",
        "https://H/*",
        "https://h/cb?code=1",
    ] {
        let error = RedirectPatterns::parse(&["http://localhost:*", pattern]).unwrap_err();
        assert_eq!(error.pattern, pattern);
        assert!(error.to_string().contains(pattern));
    }
}

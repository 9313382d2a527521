use super::*;

fn refused(texts: &[&str]) {
    for text in texts {
        assert!(RedirectUri::parse(text).is_err(), "accepted {text:?}");
    }
}

fn uri(text: &str) -> RedirectUri {
    RedirectUri::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn accepts_what_clients_use() {
    for text in [
        "http://127.0.0.1/cb",
        "http://localhost:49152/callback",
        "http://[::1]:3000/",
        "https://claude.ai/api/mcp/auth_callback",
        "https://h.test:8443/a/v1.2.3/cb?tenant=a%20b&x=%2Fhome",
        "https://xn--bcher-kva.example/cb",
        "https://h.test/cb%23x",
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "vscode://GitHub.copilot/cb",
        "com.example.app:/oauth2redirect",
    ] {
        assert_eq!(uri(text).as_str(), text);
    }
}

#[test]
fn refuses_userinfo_and_authorities_that_mislead() {
    refused(&[
        "http://localhost:80@evil.test/cb",
        "http://localhost:x@evil.test/",
        "http://127.0.0.1:1@evil.test/cb",
        "https://yourdomain.com@evil.test/",
        "https://u:p@yourdomain.com/cb",
        "https://@yourdomain.com/cb",
        "cursor://u@anysphere.cursor-mcp/cb",
        "https:/h.test/cb",
        "https:h.test/cb",
        "https:///h.test/cb",
        "https://",
        "https:///cb",
        "//h.test/cb",
        "/cb",
        "null",
        "",
    ]);
}

#[test]
fn knows_three_spellings_of_loopback() {
    refused(&[
        "http://0x7f.1/cb",
        "http://0177.0.0.1/cb",
        "http://2130706433/cb",
        "http://127.1/cb",
        "http://127.0.0.1./cb",
        "http://LOCALHOST/cb",
        "http://localhost./cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://0.0.0.0/cb",
        "http://[::]/cb",
        "http://127.0.0.2/cb",
        "http://c.test/cb",
        "http://localhost.evil.test/cb",
        "https://0x7f.1/cb",
        "https://[::ffff:7f00:1]/cb",
    ]);
}

#[test]
fn refuses_paths_that_can_be_read_twice() {
    refused(&[
        "https://h.test/app/../steal",
        "https://h.test/app/%2e%2e/steal",
        "https://h.test/app/%2E%2E/steal",
        "https://h.test/app/..%2fsteal",
        "https://h.test/app/%252e%252e/x",
        "https://h.test/app\\..\\x",
        "https://h.test/app/%5c..%5cx",
        "https://h.test/app/./x",
        "https://h.test/app/x/..",
        "https://h.test/app//x",
        "https://h.test//evil.test/",
        "https://h.test/%61pp/x",
        "https://h.test/app/%ef%bc%8fx",
        "https://h.test/app/%00",
        "https://h.test/app/%zz",
        "https://h.test",
        "cursor://anysphere.cursor-mcp/../x",
        "com.example.app:cb",
    ]);
}

#[test]
fn refuses_fragments_controls_and_foreign_letters() {
    refused(&["https://h.test/cb#x", "https://h.test/cb#"]);
    for c in [
        '\r', '\n', '\t', '\0', ' ', '\u{2028}', '\u{3002}', '\u{ff48}', '\u{fc}', '\u{202e}',
    ] {
        refused(&[
            &format!("https://h{c}.test/cb"),
            &format!("https://h.test/cb{c}"),
            &format!("{c}https://h.test/cb"),
            &format!("ht{c}tps://h.test/cb"),
        ]);
    }
    refused(&[
        "https://h%2etest/cb",
        "https://%68.test/cb",
        "HTTPS://h.test/cb",
        "https://H.test/cb",
    ]);
}

#[test]
fn refuses_ports_with_a_second_spelling() {
    refused(&[
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:080/cb",
        "http://127.0.0.1:80/cb",
        "https://h.test:443/cb",
    ]);
}

#[test]
fn refuses_a_query_that_answers_for_us() {
    refused(&[
        "https://h.test/cb?code=1",
        "https://h.test/cb?c%6fde=1",
        "https://h.test/cb?x=1&state=2",
        "https://h.test/cb?x=1;state=2",
        "https://h.test/cb?iss=x",
        "https://h.test/cb?error=x",
        "https://h.test/cb?error_description=x",
        "https://h.test/cb?code%5B%5D=x",
        "https://h.test/cb?code",
        "https://h.test/cb?",
        "https://h.test/cb?a=\"b\"",
    ]);
}

#[test]
fn refuses_schemes_that_run_something() {
    refused(&[
        "javascript:/x",
        "data:/x",
        "file:///etc/passwd",
        "JavaScript://h/x",
        "blob:https://h/x",
    ]);
}

#[test]
fn length_is_bounded() {
    let base = "https://h.test/";
    uri(&format!("{base}{}", "a".repeat(2048 - base.len())));
    assert_eq!(
        RedirectUri::parse(&format!("{base}{}", "a".repeat(2049 - base.len()))),
        Err(RedirectUriError::TooLong)
    );
}

#[test]
fn only_loopback_ports_are_free() {
    let native = uri("http://127.0.0.1/cb");
    for port in [1, 8080, 65535] {
        assert!(native.permits(&uri(&format!("http://127.0.0.1:{port}/cb"))));
    }
    assert!(uri("http://localhost:3000/cb").permits(&uri("http://localhost:4000/cb")));
    for other in [
        "http://localhost:8080/cb",
        "http://[::1]:8080/cb",
        "https://127.0.0.1:8080/cb",
        "http://127.0.0.1:8080/CB",
        "http://127.0.0.1:8080/cb?x=1",
    ] {
        assert!(!native.permits(&uri(other)), "{other}");
    }
    let web = uri("https://c.test/cb");
    assert!(web.permits(&web));
    assert!(!web.permits(&uri("https://c.test:8443/cb")));
}

#[test]
fn parameters_are_added_and_own_bytes_kept() {
    assert_eq!(
        uri("https://h.test/cb?a=%2f")
            .with_params(&[("code", "x y+z&"), ("iss", "https://s.test")]),
        "https://h.test/cb?a=%2f&code=x%20y%2Bz%26&iss=https%3A%2F%2Fs.test"
    );
    assert_eq!(
        uri("com.app:/cb").with_params(&[("code", "1")]),
        "com.app:/cb?code=1"
    );
    assert_eq!(uri("com.app:/cb").with_params(&[]), "com.app:/cb");
}

#[test]
fn reading_back_checks_again() {
    let uri = uri("https://h.test/cb");
    let json = serde_json::to_string(&uri).unwrap();
    assert_eq!(serde_json::from_str::<RedirectUri>(&json).unwrap(), uri);
    assert!(serde_json::from_str::<RedirectUri>("\"https://h.test/../cb\"").is_err());
}

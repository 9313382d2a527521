//! Bad input at each endpoint: its exact status and error, nothing changed, and the good flow
//! still works afterwards.

mod authorize;
mod callback;
mod consent;
mod register;
mod resource;
mod token;

use tests::http::Answer;

/// Fails with the case's name unless the answer is that error, in the form that every OAuth error has.
fn assert_error(case: &str, answer: &Answer, status: u16, error: &str) {
    assert_eq!(
        answer.outcome(),
        (status, Some(error.into())),
        "{case}: {answer:?}"
    );
    let header = |name| answer.header(name).unwrap_or_default();
    assert!(
        header("content-type").starts_with("application/json"),
        "{case}: {answer:?}"
    );
    assert_eq!(header("cache-control"), "no-store", "{case}: {answer:?}");
    assert_eq!(
        header("x-content-type-options"),
        "nosniff",
        "{case}: {answer:?}"
    );
    for absent in ["location", "set-cookie"] {
        assert!(answer.header(absent).is_none(), "{case}: {answer:?}");
    }
}

/// Fails unless the answer is a problem page: no redirect, every header that protects a person.
fn assert_page(case: &str, answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{case}: {answer:?}");
    assert!(answer.header("location").is_none(), "{case}: {answer:?}");
    assert_page_headers(case, answer);
}

fn assert_page_headers(case: &str, answer: &Answer) {
    let header = |name| answer.header(name).unwrap_or_default().to_owned();
    assert!(
        header("content-type").starts_with("text/html"),
        "{case}: {answer:?}"
    );
    let policy = header("content-security-policy");
    for directive in [
        "default-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(directive), "{case}: {policy}");
    }
    assert!(!policy.contains("form-action"), "{case}: {policy}");
    assert_eq!(header("x-frame-options"), "DENY", "{case}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{case}");
    assert_eq!(header("referrer-policy"), "no-referrer", "{case}");
    assert!(header("cache-control").contains("no-store"), "{case}");
    assert!(
        answer.header("access-control-allow-origin").is_none(),
        "{case}"
    );
}

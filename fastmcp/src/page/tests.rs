//! What a person, a screen reader and a hostile client see of the pages.

use askama::Template as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use http_body_util::BodyExt as _;
use sha2::{Digest as _, Sha256};

use super::consent::ConsentPage;
use super::sign_in::SignInPage;
use super::*;

const HOSTILE: [&str; 8] = [
    r#""><script>alert(1)</script>"#,
    "<svg onload=alert(1)>",
    "{{7*7}}",
    "javascript:alert(1)",
    "</textarea></title></style><img src=x onerror=alert(1)>",
    "' autofocus onfocus='alert(1)",
    "<a href=\"https://evil.example\">Claude</a>",
    "&lt;b&gt;&#60;script&#62;",
];

fn scopes() -> Vec<(String, String)> {
    [
        (
            "openid",
            "know that you are the same person at your next visit",
        ),
        ("email", "see your e-mail address"),
        ("notes:write", ""),
    ]
    .map(|(name, meaning)| (name.to_owned(), meaning.to_owned()))
    .to_vec()
}

fn view(scopes: &[(String, String)]) -> ConsentView<'_> {
    ConsentView {
        server_name: "Team notes",
        client_name: Some("Claude"),
        client_id: "c-5b1f0a52",
        verified_host: None,
        redirect_host: "claude.example",
        redirect_uri: "https://claude.example/api/mcp/callback",
        scopes,
        resource: "https://notes.example.com/mcp",
        action_url: "/oauth/consent",
        form: "sealed-request",
        csrf: "form-token",
        loopback_only: false,
        signed_in_via: "Google",
    }
}

fn sign_in_html(value: &str) -> String {
    let users = [User {
        id: "alice",
        name: "Alice",
        email: "alice@example.com",
    }];
    let roles = [value.to_owned(), "editor".to_owned()];
    SignInPage::new(&SignInView {
        server_name: value,
        users: &users,
        roles: &roles,
        action_url: "/oauth/dev",
        form: value,
        mistake: Some(value),
        typed: &Typed {
            user: value.to_owned(),
            name: value.to_owned(),
            email: value.to_owned(),
            roles: [value.to_owned()].into(),
        },
    })
    .render()
    .unwrap()
}

/// The page without its style sheet, which would drown it.
fn bare(html: &str) -> String {
    html.replace(STYLE, "…")
}

fn consent_html(view: &ConsentView<'_>) -> String {
    ConsentPage::new(view).render().unwrap()
}

#[test]
fn consent_of_a_client_that_registered_itself() {
    let scopes = scopes();
    insta::assert_snapshot!(bare(&consent_html(&view(&scopes))));
}

#[test]
fn consent_of_a_published_client_on_this_computer() {
    let view = ConsentView {
        verified_host: Some("editor.example"),
        redirect_host: "127.0.0.1",
        redirect_uri: "http://127.0.0.1/callback",
        loopback_only: true,
        ..view(&[])
    };
    insta::assert_snapshot!(bare(&consent_html(&view)));
}

#[test]
fn consent_of_a_nameless_app_with_an_imitated_address() {
    let view = ConsentView {
        client_name: None,
        redirect_host: "xn--clude-9ta.example",
        redirect_uri: "https://xn--clude-9ta.example/cb",
        ..view(&[])
    };
    let html = consent_html(&view);
    assert!(html.contains("an app without a name"));
    assert!(html.contains("Look at the address twice"));
    assert!(html.contains("<strong>xn--clude-9ta.example</strong>"));
    assert!(html.contains("Not verified"));
}

#[test]
fn consent_says_when_access_goes_to_an_installed_app() {
    let view = ConsentView {
        redirect_host: "anysphere.cursor-mcp",
        redirect_uri: "cursor://anysphere.cursor-mcp/oauth/callback",
        ..view(&[])
    };
    let html = consent_html(&view);
    assert!(html.contains("an app on this device"));
    assert!(html.contains("cursor://anysphere.cursor-mcp/oauth/callback"));
}

#[test]
fn a_name_cannot_hide_or_turn_text_around() {
    let long = "n".repeat(500);
    for (name, shown) in [
        ("Cla\u{202e}ude\u{200b}", "“<bdi>Claude</bdi>”"),
        ("\u{200b}\u{2066} ", "an app without a name"),
        (long.as_str(), "n…</bdi>”"),
    ] {
        let view = ConsentView {
            client_name: Some(name),
            ..view(&[])
        };
        assert!(consent_html(&view).contains(shown), "{shown}");
    }
}

#[test]
fn sign_in_with_roles_and_a_mistake() {
    insta::assert_snapshot!(bare(&sign_in_html("admin")));
}

#[tokio::test]
async fn problem_page_with_its_reference() {
    let answer = problem_with_reference(
        StatusCode::BAD_REQUEST,
        "This request has ended",
        "The page was open for too long.",
        "Go back to the app and connect again.",
        Some("7f3a90c1"),
    );
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let html = String::from_utf8(body.to_vec()).unwrap();
    insta::assert_snapshot!(bare(&html));
}

#[test]
fn hostile_values_add_no_element_attribute_or_link() {
    let harmless = [("word".to_owned(), "word".to_owned())];
    let expected = skeleton(&consent_html(&hostile_view("word", &harmless)));
    let expected_sign_in = skeleton(&sign_in_html("word"));
    for value in HOSTILE {
        let scopes = [(value.to_owned(), value.to_owned())];
        let html = consent_html(&hostile_view(value, &scopes));
        assert_eq!(skeleton(&html), expected, "{value}");
        assert_eq!(skeleton(&sign_in_html(value)), expected_sign_in, "{value}");
    }
}

/// A view with `value` wherever a client has a say. The redirect URI keeps its scheme, since
/// another one rightly gives another page.
fn hostile_view<'a>(value: &'a str, scopes: &'a [(String, String)]) -> ConsentView<'a> {
    ConsentView {
        server_name: value,
        client_name: Some(value),
        client_id: value,
        verified_host: Some(value),
        redirect_host: value,
        redirect_uri: value,
        scopes,
        resource: value,
        form: value,
        csrf: value,
        signed_in_via: value,
        ..view(&[])
    }
}

/// Every tag with the names of its attributes, and the values of those that lead somewhere. Any
/// `<` counts as the start of a tag, so the test is stricter than a browser.
fn skeleton(html: &str) -> Vec<String> {
    let bare = bare(html);
    let tags = bare.split('<').skip(1);
    tags.map(|tag| {
        let (inside, _) = tag.split_once('>').expect("a tag ends");
        let mut pieces = inside.split('"');
        let mut shape = String::new();
        while let Some(outside) = pieces.next() {
            shape.push_str(outside);
            let value = pieces.next().unwrap_or_default();
            if ["href=", "src=", "action="]
                .iter()
                .any(|name| outside.ends_with(name))
            {
                shape.push_str(value);
            }
        }
        shape
    })
    .collect()
}

#[test]
fn every_page_carries_the_whole_set_of_headers() {
    let answers = [
        consent(&view(&[])),
        problem(StatusCode::FORBIDDEN, "No", "It was not allowed.", "Ask."),
        sign_in(&SignInView {
            server_name: "Team notes",
            users: &[],
            roles: &[],
            action_url: "/oauth/dev",
            form: "sealed",
            mistake: None,
            typed: &Typed::default(),
        }),
    ];
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-{hash}'"
    );
    for answer in answers {
        let header = |name: &str| answer.headers()[name].to_str().unwrap();
        assert_eq!(header("content-security-policy"), policy);
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(answer.headers().len(), 6);
    }
}

#[test]
fn pages_hold_no_script_and_load_nothing() {
    let scopes = scopes();
    for html in [consent_html(&view(&scopes)), sign_in_html("admin")] {
        for forbidden in [
            "<script", "src=", "href=", "<img", "<link", "url(", "@import",
        ] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"));
        assert_eq!(html.matches("<style>").count(), 1);
        assert!(
            html.contains(&format!("<style>{STYLE}</style>")),
            "as hashed"
        );
        assert_eq!(html.matches("<main").count(), 1);
        assert_eq!(html.matches("<h1>").count(), 1);
    }
}

//! A login through the router, for inputs that know what a client and a browser know.

use axum::body::Body;
use form_urlencoded::Serializer;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use http::{Method, Request};

use crate::BASE;
use crate::edge::{Answer, Target};

const REDIRECT: &str = "http://127.0.0.1/cb";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Tokens of a finished login, and a page of one that waits for its decision.
pub(crate) async fn words(target: &Target) -> Vec<(&'static str, String)> {
    let (cookie, page) = begin(target).await;
    let decided = post(
        target,
        "/oauth/consent",
        &cookie,
        &[
            ("form", &value(&page, "form")),
            ("csrf", &value(&page, "csrf")),
            ("action", "approve"),
        ],
    )
    .await;
    let sign_in = get(target, &location(&decided), &cookie).await;
    let sign_in = text(&sign_in);
    let signed_in = post(
        target,
        "/oauth/dev",
        &cookie,
        &[
            ("form", &value(&sign_in, "form")),
            ("name", "ada"),
            ("role", "admin"),
            ("action", "sign_in"),
        ],
    )
    .await;
    let returned = get(target, &location(&signed_in), &cookie).await;
    let called = url::Url::parse(&location(&returned)).expect("a URL");
    let code = called.query_pairs().find(|(name, _)| name == "code");
    let (_, code) = code.expect("a code");
    let redeemed = post(
        target,
        "/oauth/token",
        "",
        &[
            ("grant_type", "authorization_code"),
            ("client_id", "desk"),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("code", &code),
        ],
    )
    .await;
    let tokens: serde_json::Value = serde_json::from_slice(&redeemed.body).expect("tokens");
    let token = |name: &str| tokens[name].as_str().expect("a token").to_owned();
    let (waiting, page) = begin(target).await;
    vec![
        ("$TOKEN", token("access_token")),
        ("$REFRESH", token("refresh_token")),
        ("$COOKIE", waiting),
        ("$FORM", value(&page, "form")),
        ("$CSRF", value(&page, "csrf")),
        ("$VERIFIER", VERIFIER.to_owned()),
        ("$CHALLENGE", CHALLENGE.to_owned()),
    ]
}

/// The cookie and the consent page of a new login.
async fn begin(target: &Target) -> (String, String) {
    let query = Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", "desk")
        .append_pair("redirect_uri", REDIRECT)
        .append_pair("code_challenge", CHALLENGE)
        .append_pair("code_challenge_method", "S256")
        .append_pair("state", "state")
        .finish();
    let page = get(target, &format!("/oauth/authorize?{query}"), "").await;
    let cookie = page.headers[SET_COOKIE].to_str().expect("a cookie");
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    (cookie, text(&page))
}

async fn get(target: &Target, address: &str, cookie: &str) -> Answer {
    let path = address.strip_prefix(BASE).unwrap_or(address);
    let request = Request::builder().uri(path).header(COOKIE, cookie);
    target
        .send(request.body(Body::empty()).expect("a request"))
        .await
}

async fn post(target: &Target, path: &str, cookie: &str, form: &[(&str, &str)]) -> Answer {
    let body = Serializer::new(String::new()).extend_pairs(form).finish();
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(COOKIE, cookie)
        .header(ORIGIN, BASE)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    target
        .send(request.body(Body::from(body)).expect("a request"))
        .await
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

fn location(answer: &Answer) -> String {
    let location = answer.headers.get(LOCATION);
    let location = location.unwrap_or_else(|| panic!("{}: {}", answer.status, text(answer)));
    location.to_str().expect("a URL").to_owned()
}

/// The value of a hidden field.
fn value(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&field)
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

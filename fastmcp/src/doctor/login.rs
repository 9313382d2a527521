//! Registration, the consent page and the token endpoint, up to where a person would decide.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Method, StatusCode};
use serde_json::json;

use super::Report;
use super::metadata::Found;
use super::seen::{Looking, Seen};

const FOREIGN: &str = "https://doctor.invalid/callback";
const LOOPBACK: &str = "http://127.0.0.1:4321/callback";
/// The example of RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const FORM: &str = "application/x-www-form-urlencoded";

/// Looks at the steps of a login that need no person.
pub(super) async fn look(looking: &Looking<'_>, found: &Found, report: &mut Report) {
    token(looking, &found.token, report).await;
    let Some(register) = &found.register else {
        return;
    };
    if let Ok(answer) = registered(looking, register, FOREIGN).await {
        if answer.status == StatusCode::CREATED {
            report.warn(
                "redirect URIs",
                "a client of any address may register",
                "narrow `allowed_redirect_uri_patterns` to the addresses of your clients",
            );
        } else {
            report.good(
                "redirect URIs",
                format!("a foreign one is refused: {}", answer.status),
            );
        }
    }
    let client = match registered(looking, register, LOOPBACK).await {
        Ok(answer) if answer.status == StatusCode::CREATED => answer.json(),
        Ok(answer) => {
            report.warn(
                "registration",
                format!(
                    "a client on a user's own machine is refused: {}",
                    answer.status
                ),
                "add `http://localhost:*` and `http://127.0.0.1:*` to \
                 `allowed_redirect_uri_patterns` if editors and terminals shall sign in",
            );
            None
        }
        Err(problem) => {
            let help = "let the proxy in front pass `POST /oauth/register` on";
            report.bad("registration", problem, help);
            None
        }
    };
    let id = client
        .as_ref()
        .and_then(|client| client["client_id"].as_str());
    if let Some(id) = id {
        report.good(
            "registration",
            "a client on a user's own machine may register",
        );
        page(looking, &found.authorize, id, report).await;
    }
}

async fn registered(looking: &Looking<'_>, url: &str, redirect: &str) -> Result<Seen, String> {
    let client = json!({
        "client_name": "fastmcp doctor",
        "redirect_uris": [redirect],
        "token_endpoint_auth_method": "none",
    });
    let headers = [(CONTENT_TYPE, "application/json")];
    looking
        .send(Method::POST, url, (&headers, client.to_string()))
        .await
}

/// A code that nobody was given must be refused in the words of RFC 6749.
async fn token(looking: &Looking<'_>, url: &str, report: &mut Report) {
    let form = "grant_type=authorization_code&code=none&client_id=none&code_verifier=none";
    let headers = [(CONTENT_TYPE, FORM)];
    let (seen, kept) = match looking
        .send(Method::POST, url, (&headers, form.to_owned()))
        .await
    {
        Ok(answer) => {
            let error = answer
                .json()
                .and_then(|body| body["error"].as_str().map(str::to_owned));
            let stored = answer
                .header("cache-control")
                .is_none_or(|it| !it.contains("no-store"));
            let kept = answer.status.is_client_error() && error.is_some() && !stored;
            let error = error.unwrap_or_else(|| "no OAuth error".to_owned());
            (format!("{}, {error}", answer.status), kept)
        }
        Err(problem) => (problem, false),
    };
    report.hold(
        "token endpoint",
        kept,
        seen,
        "the proxy in front must pass `POST /oauth/token` on, and its answer with its status, body \
         and `Cache-Control` as they are",
    );
}

/// The page on which a person would decide.
async fn page(looking: &Looking<'_>, authorize: &str, client: &str, report: &mut Report) {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", client)
        .append_pair("redirect_uri", LOOPBACK)
        .append_pair("code_challenge", CHALLENGE)
        .append_pair("code_challenge_method", "S256")
        .append_pair("resource", looking.url)
        .append_pair("state", "doctor")
        .finish();
    let url = format!("{authorize}?{query}");
    let html = [(ACCEPT, "text/html")];
    let answer = match looking
        .send(Method::GET, &url, (&html, String::new()))
        .await
    {
        Ok(answer) => answer,
        Err(problem) => {
            let help = "let the proxy in front pass `/oauth/authorize` on";
            return report.bad("consent page", problem, help);
        }
    };
    if answer.status.is_redirection() {
        return report.warn(
            "consent page",
            "the user is sent on without being asked",
            "leave `consent_required` on: any client may register, and only the user can tell",
        );
    }
    report.hold(
        "consent page",
        answer.status == StatusCode::OK,
        answer.status.to_string(),
        "open the URL of a login in a browser: the page says what is wrong",
    );
    let policy = answer.header("content-security-policy").unwrap_or_default();
    report.hold(
        "frames",
        policy.contains("frame-ancestors 'none'"),
        "`Content-Security-Policy` of the consent page",
        "the proxy in front replaces the header: let it pass, or another site can frame the page",
    );
    if looking.base.is_loopback() {
        return;
    }
    let has_hsts = answer.header("strict-transport-security").is_some();
    if has_hsts {
        report.good("HTTPS", "`Strict-Transport-Security` is sent");
    } else {
        let help = "let the proxy in front send it, or pass it on";
        report.warn("HTTPS", "`Strict-Transport-Security` is missing", help);
    }
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    let is_bound = |it: &&http::HeaderValue| it.as_bytes().starts_with(b"__Host-");
    report.hold(
        "cookies",
        !cookies.is_empty() && cookies.iter().all(is_bound),
        format!("{} of the consent page", cookies.len()),
        "they begin with `__Host-` where `base_url` is https: the proxy in front must not rewrite \
         them, nor the base URL be http",
    );
}

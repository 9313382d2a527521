//! The two documents by which a client finds the login (RFC 9728, RFC 8414).

use http::Method;
use http::StatusCode;
use http::header::{HeaderName, ORIGIN};
use serde_json::Value;

use super::Report;
use super::challenge::Challenge;
use super::seen::{Looking, Seen};

const PROXY: &str = "let the proxy in front pass `/.well-known/…` on to the server, at the root of \
                     the host as well as below the path";

/// The endpoints that a client finds.
pub(super) struct Found {
    pub(super) authorize: String,
    pub(super) token: String,
    pub(super) register: Option<String>,
}

/// Follows both documents; nothing where there is no login to go on with.
pub(super) async fn look(
    looking: &Looking<'_>,
    challenge: &Challenge,
    report: &mut Report,
) -> Option<Found> {
    let issuer = resource(looking, challenge, report).await?;
    let document = server(looking, &issuer, report).await?;
    let text = |key: &str| document[key].as_str().map(str::to_owned);
    let (authorize, token) = (text("authorization_endpoint"), text("token_endpoint"));
    let (Some(authorize), Some(token)) = (authorize, token) else {
        report.bad(
            "endpoints",
            "the metadata names no `authorization_endpoint` or no `token_endpoint`",
            "another document is served in its place: see which program answers there",
        );
        return None;
    };
    let register = text("registration_endpoint");
    let urls = [Some(&authorize), Some(&token), register.as_ref()];
    let foreign: Vec<_> = urls
        .into_iter()
        .flatten()
        .filter(|url| !url.starts_with(looking.base.as_str()))
        .map(String::as_str)
        .collect();
    report.hold(
        "endpoints",
        foreign.is_empty(),
        if foreign.is_empty() {
            "all below the address that was given".to_owned()
        } else {
            format!("elsewhere: {}", foreign.join(", "))
        },
        "set `base_url` (`FASTMCP_BASE_URL`) to the address that clients use",
    );
    promises(&document, report);
    Some(Found {
        authorize,
        token,
        register,
    })
}

/// RFC 9728: the issuer that the resource names.
async fn resource(
    looking: &Looking<'_>,
    challenge: &Challenge,
    report: &mut Report,
) -> Option<String> {
    let subject = "resource metadata";
    let (origin, path) = (looking.base.origin(), looking.base.path());
    let places = [
        format!("{origin}/.well-known/oauth-protected-resource{path}/mcp"),
        format!("{origin}{path}/.well-known/oauth-protected-resource"),
    ];
    let named = challenge.resource_metadata.as_ref();
    if named.is_none() {
        report.warn(
            subject,
            "the challenge does not name it",
            "see `sign-in` above",
        );
    }
    let mut issuer = None;
    let others = places.iter().filter(|place| Some(*place) != named);
    for place in named.into_iter().chain(others) {
        let Some(document) = document(looking, place, subject, report).await else {
            continue;
        };
        let resource = document["resource"].as_str().unwrap_or_default();
        report.hold(
            subject,
            resource == looking.url,
            format!("{place} is about `{resource}`"),
            "clients refuse a document about another address than theirs: set `base_url` \
             (`FASTMCP_BASE_URL`) to the address that clients use",
        );
        let first = document["authorization_servers"][0].as_str();
        issuer = issuer.or_else(|| first.map(str::to_owned));
    }
    if issuer.is_none() {
        report.bad(subject, "it names no authorization server", PROXY);
    }
    issuer
}

/// RFC 8414: the document of the issuer, at every place where clients look.
async fn server(looking: &Looking<'_>, issuer: &str, report: &mut Report) -> Option<Value> {
    let subject = "server metadata";
    let (origin, path) = (looking.base.origin(), looking.base.path());
    let mut places = vec![
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{origin}/.well-known/openid-configuration{path}"),
    ];
    if !path.is_empty() {
        places.push(format!("{origin}{path}/.well-known/openid-configuration"));
    }
    let mut found = None;
    for place in &places {
        let Some(document) = document(looking, place, subject, report).await else {
            continue;
        };
        let named = document["issuer"].as_str().unwrap_or_default();
        report.hold(
            subject,
            named == issuer,
            format!("{place} has the issuer `{named}`"),
            "it must be to the byte what the resource metadata names (RFC 8414 section 3.3): set \
             `base_url`, and serve one server at one address",
        );
        found = found.or(Some(document));
    }
    found
}

/// A metadata document, with what every one of them must have.
async fn document(
    looking: &Looking<'_>,
    url: &str,
    subject: &'static str,
    report: &mut Report,
) -> Option<Value> {
    let asked: [(HeaderName, &str); 1] = [(ORIGIN, "https://doctor.invalid")];
    let answer: Seen = match looking
        .send(Method::GET, url, (&asked, String::new()))
        .await
    {
        Ok(answer) => answer,
        Err(problem) => {
            report.bad(subject, format!("{url}: {problem}"), PROXY);
            return None;
        }
    };
    let document = answer.json().filter(|_| answer.status == StatusCode::OK);
    if document.is_none() {
        report.bad(
            subject,
            format!("{url}: {}, no JSON object", answer.status),
            PROXY,
        );
    } else if answer.header("access-control-allow-origin") != Some("*") {
        report.warn(
            subject,
            format!("{url} cannot be read by a page"),
            "the proxy in front must pass `Access-Control-Allow-Origin` on: clients in browsers \
             need it",
        );
    }
    document
}

/// What clients refuse to do without.
fn promises(document: &Value, report: &mut Report) {
    let has = |key: &str, value: &str| {
        let list = document[key].as_array();
        list.is_some_and(|list| list.iter().any(|it| it == value))
    };
    report.hold(
        "PKCE",
        has("code_challenge_methods_supported", "S256"),
        "`code_challenge_methods_supported`",
        "clients refuse a server that does not name S256: another document is served in its place",
    );
    let dynamic = document["registration_endpoint"].is_string();
    let published = document["client_id_metadata_document_supported"] == true;
    let ways = match (dynamic, published) {
        (true, true) => "registration, and clients that are URLs",
        (true, false) => "registration",
        (false, true) => "clients that are URLs",
        (false, false) => "none",
    };
    if dynamic || published {
        report.good("new clients", ways);
    } else {
        report.warn(
            "new clients",
            ways,
            "only clients that are registered beforehand can sign in; switch on registration or \
             `client_id_metadata_documents` for others",
        );
    }
}

//! The consent page: who asks, for what, and where access will go.
//!
//! What the client says about itself is shown as its own claim; what the server knows (the
//! address of the redirect) is shown large. The page changes nothing by being shown.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::{initial, response};

/// Longest client name that is shown; the rest says nothing a person would read.
const NAME_LIMIT: usize = 80;

/// What the consent page shows and sends back.
#[derive(Clone, Debug)]
pub(crate) struct ConsentView<'a> {
    /// Name of this server.
    pub(crate) server_name: &'a str,
    /// Name that the client gave itself, if it gave one.
    pub(crate) client_name: Option<&'a str>,
    /// Id of the client.
    pub(crate) client_id: &'a str,
    /// Host from which the client's own description was fetched; `None` for a client that
    /// registered itself, which is then marked as not verified.
    pub(crate) verified_host: Option<&'a str>,
    /// Host of the redirect URI, in ASCII.
    pub(crate) redirect_host: &'a str,
    /// The whole redirect URI.
    pub(crate) redirect_uri: &'a str,
    /// Scopes with what each allows; an empty meaning shows the scope alone.
    pub(crate) scopes: &'a [(String, String)],
    /// The resource that access is for.
    pub(crate) resource: &'a str,
    /// Where the form goes.
    pub(crate) action_url: &'a str,
    /// The sealed request, carried by the form.
    pub(crate) form: &'a str,
    /// The form's token.
    pub(crate) csrf: &'a str,
    /// Whether every redirect URI of the client points at the person's own computer.
    pub(crate) loopback_only: bool,
    /// Name of the identity provider that comes next.
    pub(crate) signed_in_via: &'a str,
}

/// The consent page for `view`.
pub(crate) fn consent(view: &ConsentView<'_>) -> Response {
    response::page(StatusCode::OK, &ConsentPage::new(view))
}

#[derive(Template)]
#[template(path = "consent.html")]
pub(super) struct ConsentPage<'a> {
    server_name: &'a str,
    initial: String,
    client_name: Option<String>,
    client_id: &'a str,
    verified_host: Option<&'a str>,
    redirect_host: &'a str,
    redirect_uri: &'a str,
    destination: Destination,
    scopes: &'a [(String, String)],
    resource: &'a str,
    action_url: &'a str,
    form: &'a str,
    csrf: &'a str,
    loopback_only: bool,
    signed_in_via: &'a str,
}

impl<'a> ConsentPage<'a> {
    pub(super) fn new(view: &ConsentView<'a>) -> Self {
        Self {
            server_name: view.server_name,
            initial: initial(view.server_name),
            client_name: view
                .client_name
                .map(shorten)
                .filter(|name| !name.is_empty()),
            client_id: view.client_id,
            verified_host: view.verified_host,
            redirect_host: view.redirect_host,
            redirect_uri: view.redirect_uri,
            destination: Destination::of(view.redirect_uri, view.redirect_host),
            scopes: view.scopes,
            resource: view.resource,
            action_url: view.action_url,
            form: view.form,
            csrf: view.csrf,
            loopback_only: view.loopback_only,
            signed_in_via: view.signed_in_via,
        }
    }
}

/// What kind of place the redirect leads to.
#[derive(Clone, Copy, Debug)]
struct Destination {
    /// A scheme of an installed app (`cursor://…`) rather than a site.
    is_app: bool,
    /// The host is an internationalised name in its ASCII form.
    encoded: bool,
}

impl Destination {
    fn of(redirect_uri: &str, host: &str) -> Self {
        let is_web = ["https://", "http://"]
            .iter()
            .any(|scheme| redirect_uri.starts_with(scheme));
        Self {
            is_app: !is_web,
            encoded: host.split('.').any(|label| {
                label
                    .get(..4)
                    .is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
            }),
        }
    }
}

/// The name without what is invisible or turns the reading direction, cut to a readable length.
fn shorten(name: &str) -> String {
    let mut visible = name.chars().filter(|letter| !misleads(*letter));
    let mut short: String = visible.by_ref().take(NAME_LIMIT).collect();
    if visible.next().is_some() {
        short.push('…');
    }
    short.trim().to_owned()
}

/// Characters that change how the text around them is read without being seen themselves.
fn misleads(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{00ad}' | '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

//! What this server tells about itself: RFC 8414 and RFC 9728, at every form clients look for.
//!
//! Every URL is made from the configured base URL, never from a request, and the documents list
//! only what works. `issuer` is the base URL to the byte.
//!
//! | base URL | authorization server | protected resource |
//! |---|---|---|
//! | `https://h` | `/.well-known/oauth-authorization-server`, `/.well-known/openid-configuration` | `/.well-known/oauth-protected-resource`, `…/mcp` |
//! | `https://h/t` | the same with `/t` at the end (inserted), and below `/t` (appended) | the same with `/t` and `/t/mcp`, and below `/t` |

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use serde_json::{Value, json};

use super::cors;
use super::registration::Registration;
use super::settings::Settings;
use crate::token::ALGORITHMS;

const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";
const PROTECTED_RESOURCE: &str = "/.well-known/oauth-protected-resource";
const JWKS: &str = "/oauth/jwks";

/// The documents, made once.
#[derive(Clone)]
pub(super) struct Documents {
    pub(super) authorization_server: Arc<Value>,
    protected_resource: Arc<Value>,
    jwks: Option<Arc<Value>>,
    base_path: String,
    resource_path: String,
}

impl Documents {
    pub(super) fn new(settings: &Settings, jwks: Option<Value>) -> Self {
        let base_path = settings.base_url.path().to_owned();
        let origin = settings.base_url.origin().len();
        Self {
            authorization_server: Arc::new(authorization_server(settings, jwks.is_some())),
            protected_resource: Arc::new(protected_resource(settings)),
            jwks: jwks.map(Arc::new),
            base_path,
            resource_path: settings.resource.as_str()[origin..].to_owned(),
        }
    }

    /// Routes at the root of the origin.
    pub(super) fn at_origin(&self) -> Router {
        let base = &self.base_path;
        self.router([
            format!("{AUTHORIZATION_SERVER}{base}"),
            format!("{OPENID}{base}"),
            format!("{PROTECTED_RESOURCE}{base}"),
            format!("{PROTECTED_RESOURCE}{}", self.resource_path),
        ])
    }

    /// Routes below the base URL's path; without such a path the origin has them all.
    pub(super) fn below_base(&self) -> Router {
        let mut router = Router::new();
        if !self.base_path.is_empty() {
            let resource = self.resource_path.strip_prefix(&self.base_path);
            router = self.router([
                AUTHORIZATION_SERVER.to_owned(),
                OPENID.to_owned(),
                PROTECTED_RESOURCE.to_owned(),
                format!("{PROTECTED_RESOURCE}{}", resource.unwrap_or_default()),
            ]);
        }
        match &self.jwks {
            Some(jwks) => router.route(JWKS, document(jwks)),
            None => router,
        }
    }

    fn router(&self, [oauth, openid, resource, resource_with_path]: [String; 4]) -> Router {
        Router::new()
            .route(&oauth, document(&self.authorization_server))
            .route(&openid, document(&self.authorization_server))
            .route(&resource, document(&self.protected_resource))
            .route(&resource_with_path, document(&self.protected_resource))
    }
}

/// Where a challenge points: the path-inserted form for the MCP endpoint.
pub(super) fn resource_metadata_url(settings: &Settings) -> String {
    let origin = settings.base_url.origin();
    let path = &settings.resource.as_str()[origin.len()..];
    format!("{origin}{PROTECTED_RESOURCE}{path}")
}

fn document(value: &Value) -> axum::routing::MethodRouter {
    let body = Bytes::from(value.to_string());
    let show = move || {
        let body = body.clone();
        async move { answer(body) }
    };
    cors::open(get(show), "GET, OPTIONS")
}

fn answer(body: Bytes) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, body).into_response()
}

fn authorization_server(settings: &Settings, has_jwks: bool) -> Value {
    let base = &settings.base_url;
    let client_authentication = [
        "none",
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
    ];
    let mut document = json!({
        "issuer": base.as_str(),
        "authorization_endpoint": base.join("/oauth/authorize"),
        "token_endpoint": base.join("/oauth/token"),
        "scopes_supported": settings.offered().iter().collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": client_authentication,
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "revocation_endpoint": base.join("/oauth/revoke"),
        "revocation_endpoint_auth_methods_supported": client_authentication,
        "revocation_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": settings.published.is_some(),
    });
    if settings.registration != Registration::Off {
        document["registration_endpoint"] = base.join("/oauth/register").into();
    }
    if has_jwks {
        document["jwks_uri"] = base.join(JWKS).into();
    }
    document
}

fn protected_resource(settings: &Settings) -> Value {
    json!({
        "resource": settings.resource.as_str(),
        "resource_name": settings.server_name,
        "authorization_servers": [settings.base_url.as_str()],
        "scopes_supported": settings.offered().iter().collect::<Vec<_>>(),
        "bearer_methods_supported": ["header"],
    })
}

//! What can be read.

use fastmcp::prelude::*;

use crate::content::PIXEL;

/// A text that never changes.
#[resource(
    uri = "test://static-text",
    name = "static-text",
    mime_type = "text/plain"
)]
fn static_text() -> &'static str {
    "This is the content of the static text resource."
}

/// A picture.
#[resource(
    uri = "test://static-binary",
    name = "static-binary",
    mime_type = "image/png"
)]
fn static_binary() -> Vec<u8> {
    PIXEL.to_vec()
}

/// Data by number.
#[resource(
    uri = "test://template/{id}/data",
    name = "template",
    mime_type = "application/json"
)]
fn template(
    /// Which one.
    id: String,
) -> String {
    serde_json::json!({
        "id": id, "templateTest": true, "data": format!("Data for ID: {id}"),
    })
    .to_string()
}

/// A text that clients can watch.
#[resource(
    uri = "test://watched-resource",
    name = "watched-resource",
    mime_type = "text/plain"
)]
fn watched() -> &'static str {
    "Watched resource content"
}

//! Return values become the content of a resource.

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use super::{Json, ReadOutcome, ReadOutput, ResourceBody, ResourceContents, ToolError};

/// A value that becomes the content of a resource.
#[diagnostic::on_unimplemented(
    message = "a resource cannot return `{Self}`",
    label = "not the content of a resource",
    note = "return `String`, `Vec<u8>`, `Json<T>`, `ResourceContents`, or an `Option` or `Result` of one of these"
)]
pub trait IntoResource {
    /// The content.
    fn into_resource(self) -> ReadOutcome;
}

fn body(body: ResourceBody) -> ReadOutcome {
    ReadOutcome::Done(ReadOutput::Body {
        body,
        mime_type: None,
    })
}

fn blob(bytes: &[u8]) -> ReadOutcome {
    body(ResourceBody::blob(bytes))
}

impl IntoResource for String {
    fn into_resource(self) -> ReadOutcome {
        body(ResourceBody::Text(self))
    }
}

impl IntoResource for &str {
    fn into_resource(self) -> ReadOutcome {
        self.to_owned().into_resource()
    }
}

impl IntoResource for Cow<'_, str> {
    fn into_resource(self) -> ReadOutcome {
        self.into_owned().into_resource()
    }
}

impl IntoResource for Box<str> {
    fn into_resource(self) -> ReadOutcome {
        self.into_string().into_resource()
    }
}

impl IntoResource for Arc<str> {
    fn into_resource(self) -> ReadOutcome {
        (&*self).into_resource()
    }
}

impl IntoResource for Vec<u8> {
    fn into_resource(self) -> ReadOutcome {
        blob(&self)
    }
}

impl IntoResource for &[u8] {
    fn into_resource(self) -> ReadOutcome {
        blob(self)
    }
}

impl<const N: usize> IntoResource for &[u8; N] {
    fn into_resource(self) -> ReadOutcome {
        blob(self)
    }
}

impl IntoResource for Bytes {
    fn into_resource(self) -> ReadOutcome {
        blob(&self)
    }
}

impl IntoResource for ResourceBody {
    fn into_resource(self) -> ReadOutcome {
        body(self)
    }
}

impl IntoResource for ResourceContents {
    fn into_resource(self) -> ReadOutcome {
        vec![self].into_resource()
    }
}

impl IntoResource for Vec<ResourceContents> {
    fn into_resource(self) -> ReadOutcome {
        ReadOutcome::Done(ReadOutput::Contents(self))
    }
}

/// The value as JSON text.
impl<T: Serialize> IntoResource for Json<T> {
    fn into_resource(self) -> ReadOutcome {
        match serde_json::to_string(&self.0) {
            Ok(text) => ReadOutcome::Done(ReadOutput::Body {
                body: ResourceBody::Text(text),
                mime_type: Some(Cow::Borrowed("application/json")),
            }),
            Err(error) => ReadOutcome::Failed(error.into()),
        }
    }
}

/// `None`: there is no such resource.
impl<T: IntoResource> IntoResource for Option<T> {
    fn into_resource(self) -> ReadOutcome {
        self.map_or(ReadOutcome::NotFound, T::into_resource)
    }
}

/// An error whose text the caller sees: that is the function's choice of error type.
impl<T: IntoResource, E: Display> IntoResource for Result<T, E> {
    fn into_resource(self) -> ReadOutcome {
        match self {
            Ok(value) => value.into_resource(),
            Err(error) => ReadOutcome::Failed(ToolError::show(error)),
        }
    }
}

/// An error that is masked where it came through `?`.
impl<T: IntoResource> IntoResource for Result<T, ToolError> {
    fn into_resource(self) -> ReadOutcome {
        match self {
            Ok(value) => value.into_resource(),
            Err(error) => ReadOutcome::Failed(error),
        }
    }
}

//! What a tool can say: the content blocks of the MCP schema.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// One block of a tool's answer (`ContentBlock` in the MCP schema).
///
/// ```
/// use fastmcp::item::Content;
///
/// let blocks = vec![
///     Content::text("The chart for May:"),
///     Content::image([0x89, b'P', b'N', b'G'], "image/png"),
///     Content::resource_link("file:///charts/may.csv", "may.csv"),
/// ];
/// # assert_eq!(blocks.len(), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// An image.
    Image(Image),
    /// A sound.
    Audio(Audio),
    /// A resource, embedded.
    Resource(Resource),
    /// A resource, by address.
    ResourceLink(ResourceLink),
}

impl Content {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// An image of the given media type.
    pub fn image(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self::Image(Image {
            data: STANDARD.encode(bytes),
            mime_type: mime_type.into(),
        })
    }

    /// A sound of the given media type.
    pub fn audio(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self::Audio(Audio {
            data: STANDARD.encode(bytes),
            mime_type: mime_type.into(),
        })
    }

    /// A text resource, embedded.
    pub fn text_resource(
        uri: impl Into<String>,
        mime_type: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self::resource(uri, mime_type, ResourceBody::Text(text.into()))
    }

    /// A binary resource, embedded.
    pub fn blob_resource(
        uri: impl Into<String>,
        mime_type: impl Into<String>,
        bytes: impl AsRef<[u8]>,
    ) -> Self {
        Self::resource(uri, mime_type, ResourceBody::blob(bytes))
    }

    fn resource(uri: impl Into<String>, mime_type: impl Into<String>, body: ResourceBody) -> Self {
        Self::Resource(Resource {
            resource: ResourceContents {
                uri: uri.into(),
                mime_type: Some(mime_type.into()),
                body,
            },
        })
    }

    /// A resource that the client can fetch; [`ResourceLink`] has more to say about it.
    pub fn resource_link(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self::ResourceLink(ResourceLink::new(uri, name))
    }
}

impl Content {
    /// Hands every text of it to `change`.
    pub(crate) fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Text { text } => change(text),
            Self::Image(Image { data, mime_type }) | Self::Audio(Audio { data, mime_type }) => {
                change(data);
                change(mime_type);
            }
            Self::Resource(Resource { resource }) => resource.each_text(change),
            Self::ResourceLink(link) => {
                change(&mut link.uri);
                change(&mut link.name);
                let more = [&mut link.title, &mut link.description, &mut link.mime_type];
                more.into_iter().flatten().for_each(change);
            }
        }
    }
}

impl From<ResourceLink> for Content {
    fn from(link: ResourceLink) -> Self {
        Self::ResourceLink(link)
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text { text }
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

/// An image, base64 in `data`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// Base64.
    pub data: String,
    /// Media type.
    pub mime_type: String,
}

/// A sound, base64 in `data`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Audio {
    /// Base64.
    pub data: String,
    /// Media type.
    pub mime_type: String,
}

/// An embedded resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// Address, media type and content.
    pub resource: ResourceContents,
}

/// The content of an embedded resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceContents {
    /// Its address.
    pub uri: String,
    /// Media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Text, or base64.
    #[serde(flatten)]
    pub body: ResourceBody,
}

impl ResourceContents {
    /// A text at `uri`.
    pub fn text(uri: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            mime_type: None,
            body: ResourceBody::Text(text.into()),
        }
    }

    /// Bytes at `uri`.
    pub fn blob(uri: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        Self {
            uri: uri.into(),
            mime_type: None,
            body: ResourceBody::blob(bytes),
        }
    }

    /// Hands every text of it to `change`.
    pub(crate) fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        change(&mut self.uri);
        self.mime_type.iter_mut().for_each(&mut *change);
        let (ResourceBody::Text(text) | ResourceBody::Blob(text)) = &mut self.body;
        change(text);
    }

    /// Names the media type.
    #[must_use]
    pub fn with_mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }
}

/// Text, or base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ResourceBody {
    /// Text.
    Text(String),
    /// Base64.
    Blob(String),
}

impl ResourceBody {
    /// Bytes, to be sent as base64.
    pub fn blob(bytes: impl AsRef<[u8]>) -> Self {
        Self::Blob(STANDARD.encode(bytes))
    }
}

/// A link to a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceLink {
    /// Its address.
    pub uri: String,
    /// Its name.
    pub name: String,
    /// Title for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

impl ResourceLink {
    /// A link with nothing but address and name.
    pub fn new(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            name: name.into(),
            title: None,
            description: None,
            mime_type: None,
            size: None,
        }
    }
}

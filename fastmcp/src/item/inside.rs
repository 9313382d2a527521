//! What a mounted item says, in the words of those outside.
//!
//! A function knows the URIs of its neighbours as they were declared. Where it gives one to a client,
//! and a resource of the same mount answers to it, the client gets it with the prefix. Any other URI,
//! the web's or the server's own, stays as it is.

use super::{Content, Entry, Prefix, PromptMessage, ReadOutput, Registry};

/// A registry, from inside a mount.
#[derive(Clone, Copy)]
pub(crate) struct Inside<'a> {
    registry: &'a Registry,
    prefix: &'a Prefix,
}

impl Registry {
    /// The registry as the function of this entry sees it, if that is mounted.
    pub(crate) fn inside<E: Entry>(&self, entry: &'static E) -> Option<Inside<'_>> {
        let registry = self;
        let prefix = self.prefix(entry)?;
        Some(Inside { registry, prefix })
    }
}

impl Inside<'_> {
    /// The prefix of the mount.
    pub(crate) fn prefix(&self) -> &Prefix {
        self.prefix
    }

    /// What a tool said.
    pub(crate) fn content(&self, content: &mut [Content]) {
        for block in content {
            self.block(block);
        }
    }

    /// What a prompt said.
    pub(crate) fn messages(&self, messages: &mut [PromptMessage]) {
        for message in messages {
            self.block(&mut message.content);
        }
    }

    /// What a resource holds.
    pub(crate) fn output(&self, output: &mut ReadOutput) {
        if let ReadOutput::Contents(contents) = output {
            for contents in contents {
                self.uri(&mut contents.uri);
            }
        }
    }

    fn block(&self, block: &mut Content) {
        match block {
            Content::ResourceLink(link) => self.uri(&mut link.uri),
            Content::Resource(resource) => self.uri(&mut resource.resource.uri),
            Content::Text { .. } | Content::Image(_) | Content::Audio(_) => {}
        }
    }

    fn uri(&self, uri: &mut String) {
        let outside = self.prefix.outside(uri);
        if self.registry.has_resource(&outside) {
            *uri = outside;
        }
    }
}

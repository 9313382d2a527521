//! Server-sent events, one by one (HTML Standard, section 9.2).

use serde_json::Value;

use super::Error;
use super::line::Response;

/// The messages of a stream.
pub(super) struct Events {
    response: Response,
    unread: Vec<u8>,
    last_id: Option<String>,
}

impl Events {
    pub(super) fn of(response: Response) -> Self {
        Self {
            response,
            unread: Vec::new(),
            last_id: None,
        }
    }

    /// The id of the last event, if events have ids.
    pub(super) fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// The next message; `None` at the end. Events without data are passed over.
    pub(super) async fn next(&mut self) -> Result<Option<Value>, Error> {
        loop {
            while let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
                let event: Vec<u8> = self.unread.drain(..end + 2).collect();
                let event = String::from_utf8(event).map_err(Error::broken)?;
                let field = |name: &str| {
                    let mut lines = event.lines();
                    lines.find_map(|line| line.strip_prefix(name).map(str::trim_start))
                };
                if let Some(id) = field("id:") {
                    self.last_id = Some(id.to_owned());
                }
                if let Some(data) = field("data:").filter(|data| !data.is_empty()) {
                    return serde_json::from_str(data).map(Some).map_err(Error::broken);
                }
            }
            match self.response.chunk().await? {
                Some(chunk) => self.unread.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }
}

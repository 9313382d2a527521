//! What a running call can tell its client.

use std::sync::Arc;

/// Progress and log of one call, borrowed by a tool as `cx: &Context`.
#[derive(Clone, Debug, Default)]
pub struct Context {
    sink: Option<NoticeSink>,
}

/// Where notices of a call go.
#[derive(Clone)]
pub struct NoticeSink(Arc<dyn Fn(Notice) + Send + Sync>);

/// One notice of a running call.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// `notifications/progress`.
    Progress {
        /// How far the call is, from 0 to 1.
        progress: f64,
        /// What it is doing.
        message: String,
    },
}

impl Context {
    /// A context whose notices go to `sink`; without one they are dropped.
    pub fn new(sink: Option<NoticeSink>) -> Self {
        Self { sink }
    }

    /// Tells the client how far the call is (0 to 1) and what it is doing. Dropped where the
    /// client did not ask for progress.
    #[expect(
        clippy::unused_async,
        reason = "the promise of the signature: a full stream may wait"
    )]
    pub async fn progress(&self, progress: f64, message: impl Into<String>) {
        if let Some(sink) = &self.sink {
            sink.send(Notice::Progress {
                progress,
                message: message.into(),
            });
        }
    }
}

impl NoticeSink {
    /// A sink that hands each notice to `send`.
    pub fn new(send: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Self(Arc::new(send))
    }

    /// Hands over one notice.
    pub fn send(&self, notice: Notice) {
        (self.0)(notice);
    }
}

impl std::fmt::Debug for NoticeSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NoticeSink")
    }
}

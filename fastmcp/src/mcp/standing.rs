//! The standing stream of a session (GET), and what a client missed of any stream.
//!
//! A session has one standing stream; a second connection takes it over, so that each message goes
//! to one connection and one that hangs half dead does not keep its client out. While none is
//! there, news waits in the session's inbox, each once.

use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderName, StatusCode};
use tokio::sync::watch;

use super::answer;
use super::edge::Edge;
use super::event::{self, event};
use super::http::bad_request;
use super::modern::single;
use super::news::notification;
use super::quota::Permit;
use super::replay::Reading;
use super::rights::{Rights, Standing, stopped};
use super::session::{Owner, Session};
use super::streams;
use crate::auth::AuthSession;
use crate::item::Taken;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

impl Edge {
    /// Answers the GET of a session.
    pub(crate) fn listen(
        self: &Arc<Self>,
        (id, session): (&str, Arc<Session>),
        headers: &HeaderMap,
        user: Option<&AuthSession>,
    ) -> Response {
        let last = match single(headers, &LAST_EVENT_ID) {
            Ok(last) => last,
            Err(error) => return bad_request(&error),
        };
        let standing = session.streams().standing();
        let found = match last {
            None => Some((standing.read(standing.last()), true)),
            Some(last) => session.streams().resume(last),
        };
        let Some((reading, is_standing)) = found else {
            let message = "Last-Event-ID names no stream of this session";
            return answer::refuse(StatusCode::BAD_REQUEST, message);
        };
        if !is_standing {
            return streams::answer(reading, Arc::clone(self), session);
        }
        let take = || self.streams.take(Owner::of(user));
        let Some(permit) = session.streams().permit(take) else {
            let message = "too many open streams; close one first";
            return answer::refuse(StatusCode::TOO_MANY_REQUESTS, message);
        };
        let stream = Stream {
            rights: Rights::new(self, headers, user),
            edge: Arc::clone(self),
            id: id.to_owned(),
            session,
            reading,
            stopping: self.stopping.subscribe(),
            _permit: permit,
        };
        event::response(stream::unfold(stream, |mut stream| async {
            let bytes = stream.next().await?;
            Some((bytes, stream))
        }))
    }
}

/// One connection to the standing stream.
struct Stream {
    edge: Arc<Edge>,
    id: String,
    session: Arc<Session>,
    rights: Rights,
    reading: Reading,
    stopping: watch::Receiver<bool>,
    _permit: Arc<Permit>,
}

impl Stream {
    async fn next(&mut self) -> Option<Bytes> {
        let session = Arc::clone(&self.session);
        let silence = tokio::time::sleep(self.rights.good_for());
        tokio::pin!(silence);
        loop {
            tokio::select! {
                biased;
                () = session.ended() => return None,
                () = stopped(&mut self.stopping) => return None,
                bytes = self.reading.next() => return bytes,
                () = &mut silence => {
                    // An open stream is use of the session.
                    self.edge.sessions.find(&self.id, self.rights.user())?;
                    return match self.rights.check().await {
                        Standing::Ended => None,
                        Standing::Good | Standing::Unknown => Some(event::COMMENT),
                    };
                }
                taken = session.listener().next() => match self.rights.check().await {
                    Standing::Good => self.write(taken).await,
                    Standing::Ended => return None,
                    Standing::Unknown => {
                        drop(taken);
                        self.rights.wait(&mut self.stopping).await;
                    }
                },
            }
        }
    }

    async fn write(&self, taken: Taken) {
        if self.rights.may_hear(taken.news()).await {
            let event = event(notification(taken.news(), None));
            self.session.streams().standing().push_now(&event);
        }
        taken.told();
    }
}

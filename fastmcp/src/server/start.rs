//! From a server that was told everything to one that listens, and to its end.

use std::time::Duration;

use super::assemble::Assembled;
use super::connections::{Patience, USUAL_NUMBER};
use super::listen::{self, Ending};
use super::process::Process;
use super::tls::Tls;
use super::{Server, environment, self_check};
use crate::Result;
use crate::error::Problem;
use crate::parts::Parts;

/// A server whose socket is open.
pub(super) struct Started {
    assembled: Assembled,
    patience: Patience,
    drain_timeout: Duration,
    tls: Option<Tls>,
    /// The address that has to lead back here, and what it is looked at with.
    looked_at: Option<(String, Parts)>,
    listener: tokio::net::TcpListener,
    process: Process,
}

impl Server {
    /// Everything up to the first connection.
    pub(super) async fn start(mut self) -> Result<Started> {
        let process = Process::begin(self.chosen_name())?;
        let address = environment::bind_address(&self.choices);
        let mut problems = Vec::new();
        let mut kept = |problem| problems.push(problem);
        let port = environment::port_of(&address).map_err(&mut kept).ok();
        let drain_timeout = environment::drain_timeout(&self.choices);
        let drain_timeout = drain_timeout.map_err(&mut kept).ok();
        let tls = self.opened_tls().map_err(&mut kept).ok();
        let (Some(port), Some(drain_timeout), Some(tls)) = (port, drain_timeout, tls) else {
            let mut others = self.planned().err().unwrap_or_default();
            others.retain(|problem| !problems.contains(problem));
            problems.append(&mut others);
            return Err(problems.into());
        };
        let mut early = None;
        if environment::written_base_url(&self.choices).is_none() {
            let mut known = port;
            if port == 0 {
                // Only binding tells the port that the base URL needs, and nothing else depends on
                // it: for the checks that come before, any stands in.
                self.choices.base_url = Some(environment::local_base_url(1, &self.choices));
                self.planned()?;
                let listener = listen::bind(&address).await?;
                let bound = listener.local_addr();
                known = bound.map_err(|error| lost_address(&error))?.port();
                early = Some(listener);
            }
            self.choices.base_url = Some(environment::local_base_url(known, &self.choices));
        }
        let assembled = self.assembled().await?.clone();
        let listener = match early {
            Some(listener) => listener,
            None => listen::bind(&address).await?,
        };
        let bound = listener
            .local_addr()
            .map_err(|error| lost_address(&error))?;
        let url = self.url();
        tracing::info!(url, tools = assembled.tools, "listening on {bound}");
        if let Some(tell) = self.on_listening.take() {
            tell(&url);
        }
        assembled.open();
        let number = self.choices.max_connections.unwrap_or(USUAL_NUMBER);
        let is_public = !assembled.base_url.is_loopback();
        let looked_at = is_public && self.choices.self_check.unwrap_or(true);
        Ok(Started {
            looked_at: looked_at.then(|| (url, assembled.parts.clone())),
            assembled,
            patience: Patience::for_so_many(number),
            drain_timeout,
            tls,
            listener,
            process,
        })
    }

    /// TLS, if it was asked for; then clients must be told of it.
    fn opened_tls(&self) -> Result<Option<Tls>, Problem> {
        let Some(files) = environment::tls_files(&self.choices)? else {
            return Ok(None);
        };
        let written = environment::written_base_url(&self.choices);
        if written.is_some_and(|url| url.starts_with("http:")) {
            return Err(Problem::new(
                "FM0965",
                "the base URL begins with `http:`, but the server speaks TLS",
                "write `https:`, or leave TLS to the proxy in front",
            )
            .at(crate::settings::places("base_url")));
        }
        let clock = match &self.choices.parts {
            Some(parts) => parts.clock.clone(),
            None => crate::parts::Clock::system(),
        };
        Tls::open(files, clock).map(Some)
    }
}

impl Started {
    pub(super) async fn run(self) -> Result<()> {
        let (front, stopping) = (self.assembled.front(), self.assembled);
        let ended = stopping.clone();
        let stop = async move {
            listen::told_to_stop().await;
            tracing::info!("stopping: answering what is under way");
            stopping.drain();
        };
        let ending = Ending {
            stop,
            patience: self.drain_timeout,
            cut: || ended.end(),
            leave: listen::told_to_stop(),
        };
        let (watched, looked_at) = (self.tls.clone(), self.looked_at);
        let beside = async {
            let watch = async {
                if let Some(tls) = watched {
                    tls.watch().await;
                }
            };
            let look = async {
                if let Some((url, parts)) = looked_at {
                    self_check::look(&url, &parts).await;
                }
            };
            tokio::join!(watch, look);
            std::future::pending::<()>().await;
        };
        let served = listen::serve(self.listener, front, self.patience, self.tls, ending);
        tokio::select! {
            () = served => {}
            () = beside => {}
        }
        self.process.end().await;
        Ok(())
    }
}

fn lost_address(error: &std::io::Error) -> Problem {
    Problem::new(
        "FM0952",
        format!("the listening socket has no address: {error}"),
        "start the server again",
    )
}

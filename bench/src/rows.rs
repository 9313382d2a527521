//! The rows of the table: each a question, put to every contender in turns.

use std::fs;
use std::time::Duration;

use tokio::task::spawn_local;
use tokio::time::sleep;

use crate::Result;
use crate::contender::{Contender, Offer, Place, constant, foreign_token};
use crate::load::{Measured, Timing, put};
use crate::login::{Tokens, User};
use crate::message::{Era, Question};
use crate::process::Process;
use crate::wire::Connection;

/// How a row is measured.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Warm-up and seconds of one turn.
    pub timing: Timing,
    /// How many turns each contender has.
    pub turns: u32,
    /// How many connections ask at once.
    pub connections: usize,
}

/// What was measured of one contender.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Of whom.
    pub who: Contender,
    /// Its answers.
    pub measured: Measured,
    /// Its memory afterwards, in MiB.
    pub memory: f64,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was asked.
    pub title: String,
    /// Of each contender.
    pub cells: Vec<Cell>,
}

/// How a contender begins.
#[derive(Clone, Debug)]
pub struct Start {
    /// Who, and with what.
    pub title: String,
    /// From the start of the process to the first answer; the middle one of several.
    pub first_answer: Duration,
    /// Its memory a second later, in MiB.
    pub memory: f64,
}

/// A server that is asked, and one request for each connection.
struct Asked {
    who: Contender,
    process: Process,
    requests: Vec<Vec<u8>>,
}

/// One question in one era, put to everyone who is there and speaks it.
///
/// # Errors
/// A server does not start, or answers wrongly.
pub async fn calls(
    title: &str,
    (offer, question, era): (Offer, Question, Era),
    (load, place): (Load, &Place),
) -> Result<Row> {
    let mut asked = Vec::new();
    let mut token = String::new();
    for who in Contender::ALL {
        let is_asked = who != Contender::Constant || question != Question::Steps;
        if !(is_asked && who.is_there() && who.speaks(era)) {
            continue;
        }
        let process = who.start(offer, place).await?;
        let authority = process.authority();
        let mut requests = Vec::new();
        for _ in 0..load.connections {
            let mut headers = Vec::new();
            if offer == Offer::SignedIn {
                if who.has_login() {
                    let mut user = User::new(process.address(), &authority).await?;
                    token = user.login().await?.access;
                } else if who != Contender::Constant {
                    token = foreign_token()?;
                }
                headers.push(("authorization", format!("Bearer {token}")));
            }
            let headers: Vec<_> = headers.iter().map(|(a, b)| (*a, b.as_str())).collect();
            requests.push(question.request(&authority, era, &headers));
        }
        let mut connection = Connection::open(process.address()).await?;
        let status = connection.exchange(&requests[0]).await?;
        question
            .judge(status, connection.body())
            .map_err(|error| process.said(&error))?;
        if who == Contender::Ours {
            fs::write(constant(place.scratch.path()), connection.body())?;
        }
        asked.push(Asked {
            who,
            process,
            requests,
        });
    }
    let mut cells = Vec::new();
    for turn in 0..load.turns {
        for (at, asked) in asked.iter().enumerate() {
            let mut workers = Vec::new();
            for request in &asked.requests {
                let connection = Connection::open(asked.process.address()).await?;
                workers.push(caller(connection, request.clone(), question));
            }
            let measured = put(workers, load.timing, &asked.process).await?;
            note(&mut cells, (turn, at), asked.who, measured)?;
        }
    }
    for (cell, asked) in cells.iter_mut().zip(&asked) {
        cell.memory = asked.process.memory()?;
    }
    Ok(Row {
        title: title.to_owned(),
        cells,
    })
}

/// Asks the same on one connection. An answer that is the same to the letter as one that was
/// judged needs no second look.
fn caller(
    mut connection: Connection,
    request: Vec<u8>,
    question: Question,
) -> impl AsyncFnMut() -> Result<()> {
    let mut judged = Vec::new();
    async move || {
        let status = connection.exchange(&request).await?;
        if status != 200 || connection.body() != judged.as_slice() {
            question.judge(status, connection.body())?;
            judged.clear();
            judged.extend_from_slice(connection.body());
        }
        Ok(())
    }
}

/// Whole logins and refreshes over a disk store that holds `grants`, and calls by one of them.
///
/// # Errors
/// A server does not start, or a login fails.
pub async fn logins(
    grants: usize,
    who: &[Contender],
    (load, place): (Load, &Place),
) -> Result<Vec<Row>> {
    let mut processes = Vec::new();
    for who in who.iter().copied().filter(|who| who.is_there()) {
        let process = who.start(Offer::OnDisk, place).await?;
        fill(&process, grants).await?;
        processes.push((who, process));
    }
    let [mut whole, mut refreshes, mut calls] = [const { Vec::new() }; 3];
    for turn in 0..load.turns {
        for (at, (who, process)) in processes.iter().enumerate() {
            let users = users(process, load.connections).await?;
            let workers = users
                .into_iter()
                .map(|(mut user, _)| async move || user.whole_login().await.map(|_| ()));
            let measured = put(workers.collect(), load.timing, process).await?;
            note(&mut whole, (turn, at), *who, measured)?;
        }
        for (at, (who, process)) in processes.iter().enumerate() {
            let users = users(process, load.connections).await?;
            let workers = users.into_iter().map(|(mut user, mut tokens)| {
                async move || {
                    tokens = user.refresh(&tokens).await?;
                    Ok(())
                }
            });
            let measured = put(workers.collect(), load.timing, process).await?;
            note(&mut refreshes, (turn, at), *who, measured)?;
        }
        for (at, (who, process)) in processes.iter().enumerate() {
            let mut workers = Vec::new();
            for (_, tokens) in users(process, load.connections).await? {
                let bearer = format!("Bearer {}", tokens.access);
                let headers = [("authorization", bearer.as_str())];
                let request = Question::Echo.request(&process.authority(), Era::Legacy, &headers);
                let connection = Connection::open(process.address()).await?;
                workers.push(caller(connection, request, Question::Echo));
            }
            let measured = put(workers, load.timing, process).await?;
            note(&mut calls, (turn, at), *who, measured)?;
        }
    }
    let mut rows = Vec::new();
    for (what, mut cells) in [
        ("whole login", whole),
        ("refresh", refreshes),
        ("`tools/call`, signed in", calls),
    ] {
        for (cell, (_, process)) in cells.iter_mut().zip(&processes) {
            cell.memory = process.memory()?;
        }
        let title = format!("{what}, disk store, from {grants} grants on");
        rows.push(Row { title, cells });
    }
    Ok(rows)
}

/// Logs in until there are so many grants; one client a connection.
async fn fill(process: &Process, grants: usize) -> Result<()> {
    const AT_ONCE: usize = 64;
    let mut tasks = Vec::new();
    for number in 0..AT_ONCE.min(grants) {
        let mut user = User::new(process.address(), &process.authority()).await?;
        let own = (grants - number).div_ceil(AT_ONCE);
        tasks.push(spawn_local(async move {
            for _ in 0..own {
                user.login().await.map_err(|error| error.to_string())?;
            }
            Ok::<_, String>(())
        }));
    }
    for task in tasks {
        task.await?.map_err(|error| process.said(&error))?;
    }
    Ok(())
}

/// So many people who are logged in.
async fn users(process: &Process, count: usize) -> Result<Vec<(User, Tokens)>> {
    let mut users = Vec::new();
    for _ in 0..count {
        let mut user = User::new(process.address(), &process.authority()).await?;
        let tokens = user.login().await.map_err(|error| process.said(&error))?;
        users.push((user, tokens));
    }
    Ok(users)
}

fn note(
    cells: &mut Vec<Cell>,
    (turn, at): (u32, usize),
    who: Contender,
    measured: Measured,
) -> Result<()> {
    if turn == 0 {
        let memory = 0.0;
        cells.push(Cell {
            who,
            measured,
            memory,
        });
        return Ok(());
    }
    cells[at].measured.add(&measured)
}

/// How everyone begins: the first answer to a call, and the memory of a server at rest.
///
/// # Errors
/// A server does not start, or answers wrongly.
pub async fn starts(turns: usize, place: &Place) -> Result<Vec<Start>> {
    let mut starts = Vec::new();
    for (offer, what) in [(Offer::Open, ""), (Offer::OnDisk, ", login and disk store")] {
        for who in Contender::ALL {
            let fits = offer == Offer::Open || who.has_login();
            if !(fits && who.is_there()) {
                continue;
            }
            let (first_answer, memory) = start(who, offer, (turns, place)).await?;
            starts.push(Start {
                title: format!("{}{what}", who.name()),
                first_answer,
                memory,
            });
        }
    }
    Ok(starts)
}

async fn start(
    who: Contender,
    offer: Offer,
    (turns, place): (usize, &Place),
) -> Result<(Duration, f64)> {
    let mut times = Vec::new();
    let mut memory = 0.0;
    for _ in 0..turns {
        let process = who.start(offer, place).await?;
        let mut connection = Connection::open(process.address()).await?;
        let request = Question::Echo.request(&process.authority(), Era::Legacy, &[]);
        let status = connection.exchange(&request).await?;
        times.push(process.age());
        // Behind a login the challenge is the answer.
        if offer == Offer::Open {
            Question::Echo.judge(status, connection.body())?;
            if who == Contender::Ours {
                fs::write(constant(place.scratch.path()), connection.body())?;
            }
        } else if status != 401 {
            return Err(process
                .said(&format!("status {status}, not a challenge"))
                .into());
        }
        sleep(Duration::from_secs(1)).await;
        memory = process.memory()?;
    }
    times.sort();
    Ok((times[times.len() / 2], memory))
}

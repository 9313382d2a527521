//! Runs cases over the set-ups in a few lanes, prints a line for each and counts.
//!
//! After a case every server that it started must still be alive, with the baseline login, call
//! and refresh; and no code of the product may have panicked.

use std::collections::{BTreeMap, VecDeque};
use std::panic::PanicHookInfo;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tests::idp::Idp;

use crate::case::{Case, On};
use crate::log;
use crate::missing::{self, Reason};
use crate::setup::{Kept, S, Setup};
use crate::table::{self, Row};

/// So many cases run beside each other.
const LANES: usize = 3;
/// No case is longer, even on two busy cores.
const LIMIT: Duration = Duration::from_mins(2);
const EACH: [(Kept, usize); 4] = [
    (Kept::Memory, 1),
    (Kept::Memory, 2),
    (Kept::Disk, 1),
    (Kept::Disk, 2),
];
const TWO: [(Kept, usize); 2] = [(Kept::Memory, 2), (Kept::Disk, 2)];

#[derive(Clone, Copy)]
struct Job {
    case: Case,
    kept: Kept,
    nodes: usize,
}

/// What came of everything so far.
#[derive(Default)]
struct Sums {
    runs: usize,
    passed: usize,
    failed: Vec<String>,
    skipped: BTreeMap<String, Vec<&'static str>>,
}

type Shared<T> = Arc<Mutex<T>>;

/// Runs what was asked for: ids, or beginnings of ids; everything where nothing was.
pub(crate) async fn run(cases: Vec<Case>, asked: Vec<String>) -> ExitCode {
    std::panic::set_hook(Box::new(note_panic));
    let wanted =
        |id: &str| asked.is_empty() || asked.iter().any(|word| id.starts_with(word.as_str()));
    let sums = Shared::<Sums>::default();
    account(&cases, &wanted, &sums);
    let jobs = |alone: bool| {
        let of_kind = move |case: &&Case| (case.on == On::Alone) == alone && wanted(case.id);
        let jobs = cases.iter().filter(of_kind).flat_map(jobs_of);
        Arc::new(Mutex::new(jobs.collect::<VecDeque<_>>()))
    };
    let (together, alone) = (jobs(false), jobs(true));
    let lanes = (0..LANES).map(|_| tokio::spawn(lane(Arc::clone(&together), Arc::clone(&sums))));
    for lane in lanes.collect::<Vec<_>>() {
        lane.await.expect("a lane outlives its cases");
    }
    lane(alone, Arc::clone(&sums)).await;
    finish(&lock(&sums))
}

fn jobs_of(case: &Case) -> Vec<Job> {
    let each = match case.on {
        On::Each => &EACH[..],
        On::Two => &TWO[..],
        On::Once | On::Alone => &EACH[..1],
    };
    let job = |(kept, nodes): &(Kept, usize)| Job {
        case: *case,
        kept: *kept,
        nodes: *nodes,
    };
    each.iter().map(job).collect()
}

/// No id of the table is without a case or a reason, and nothing is beside the table.
fn account(cases: &[Case], wanted: &impl Fn(&str) -> bool, sums: &Shared<Sums>) {
    let mut sums = lock(sums);
    for Row { id, .. } in table::rows().iter().filter(|row| wanted(row.id)) {
        let count = cases.iter().filter(|case| case.id == *id).count();
        let reason = missing::reason(id);
        match (count, &reason) {
            (1, None | Some(Reason::Known(_) | Reason::Part(_) | Reason::Ruled(_))) => {}
            (0, Some(reason @ (Reason::Awaits(_) | Reason::Elsewhere(_)))) => {
                if let Reason::Elsewhere(places) = reason {
                    for place in *places {
                        if let Some(wrong) = missing::not_there(place) {
                            sums.failed.push(format!("{id}: {wrong}"));
                        }
                    }
                }
                println!("skip {id} {reason}");
                sums.skipped.entry(reason.kind()).or_default().push(id);
            }
            _ => sums.failed.push(format!(
                "{id} has {count} cases and the reason {reason:?}: it needs one or the other"
            )),
        }
    }
    let strange = cases.iter().filter(|case| table::row(case.id).is_none());
    let strange: Vec<_> = strange
        .map(|case| format!("{} is not in the table", case.id))
        .collect();
    sums.failed.extend(strange);
}

async fn lane(jobs: Shared<VecDeque<Job>>, sums: Shared<Sums>) {
    let mut idp = None;
    loop {
        let Some(job) = lock(&jobs).pop_front() else {
            return;
        };
        let idp = match &idp {
            Some(idp) => Arc::clone(idp),
            None => Arc::clone(idp.insert(Arc::new(Idp::start().await))),
        };
        idp.forget().await;
        let setup = Setup::new(job.kept, job.nodes, idp);
        let began = Instant::now();
        let outcome = once(job, setup.clone()).await;
        let took = began.elapsed().as_secs_f64();
        let row = table::row(job.case.id);
        let name = setup.name();
        let title = row.map_or("", |row| row.title);
        let severity = row.map_or('?', |row| row.severity);
        let known = missing::reason(job.case.id);
        let mut sums = lock(&sums);
        sums.runs += 1;
        let id = job.case.id;
        match (outcome, known) {
            (Ok(()), None | Some(Reason::Part(_) | Reason::Ruled(_))) => {
                sums.passed += 1;
                let but = known.map_or_else(String::new, |part| format!(" ({part})"));
                println!("ok   {id} {severity} {name} {took:.2} s: {title}{but}");
            }
            (Err(_), Some(Reason::Known(why))) => {
                sums.skipped
                    .entry("known to fail".into())
                    .or_default()
                    .push(id);
                println!("known {id} {severity} {name}: {why}");
            }
            (Ok(()), Some(_)) => {
                let text = format!("{id} {name}: it is said to fail, and it passes");
                println!("FAIL {text}");
                sums.failed.push(text);
            }
            (Err(why), _) => {
                println!("FAIL {id} {severity} {name} {took:.2} s: {title}\n     {why}");
                sums.failed.push(format!("{id} {name}: {why}"));
            }
        }
    }
}

/// A case, and what must hold after every one.
async fn once(job: Job, setup: Setup) -> Result<(), String> {
    let before = lock(&PANICS).len();
    let run = async {
        (job.case.run)(setup.clone()).await;
        for s in setup.started() {
            s.baseline().await;
        }
    };
    // By itself, so that a panic ends the case and not the lane.
    let run = std::panic::AssertUnwindSafe(run);
    let ended = tokio::time::timeout(LIMIT, futures_util::FutureExt::catch_unwind(run)).await;
    let started = setup.started();
    log::note_secrets(&setup.idp, &started).await;
    started.iter().for_each(S::stop);
    match ended {
        Err(_) => return Err(format!("it is not done after {LIMIT:?}")),
        Ok(Err(panic)) => return Err(words_of(panic.as_ref())),
        Ok(Ok(())) => {}
    }
    match lock(&PANICS).get(before) {
        Some(panic) => Err(format!("the product panicked: {panic}")),
        None => Ok(()),
    }
}

fn finish(sums: &Sums) -> ExitCode {
    let mut failed = sums.failed.clone();
    failed.sort();
    for text in &failed {
        println!("failed: {text}");
    }
    let skipped: usize = sums.skipped.values().map(Vec::len).sum();
    let why = sums.skipped.iter();
    let why: Vec<_> = why
        .map(|(why, ids)| format!("{} {why}", ids.len()))
        .collect();
    println!(
        "{} cases: {} passed, {} failed, {skipped} skipped ({})",
        sums.passed + failed.len() + skipped,
        sums.passed,
        failed.len(),
        why.join(", ")
    );
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What the product itself said when it panicked.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Cases fail by panicking and a tool of theirs panics on purpose: both lie in this package.
fn note_panic(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(std::panic::Location::file)
        .unwrap_or_default();
    let ours = ["tests/catalogue/", "tests/src/", "fastmcp/tests/"];
    if !ours.iter().any(|folder| place.contains(folder)) {
        lock(&PANICS).push(panic.to_string());
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
        .unwrap_or_else(|| "it panicked without a word".into())
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

//! What a client that comes back is told.

use futures_util::FutureExt as _;

use super::*;

fn data(text: &str) -> Bytes {
    Bytes::from(format!("data: {text}\n\n"))
}

/// Everything that can be read now.
fn all(reading: &mut Reading) -> Vec<String> {
    let mut read = Vec::new();
    while let Some(Some(bytes)) = reading.next().now_or_never() {
        read.push(String::from_utf8(bytes.to_vec()).unwrap());
    }
    read
}

fn is_over(reading: &mut Reading) -> bool {
    reading.next().now_or_never() == Some(None)
}

#[test]
fn who_comes_back_reads_on_from_the_event_it_has() {
    let log = Log::new(3, true);
    let mut first = log.read(0);
    log.push_now(&data("a"));
    log.push_now(&data("b"));
    let expected = [
        "id: 3-0\nretry: 1000\ndata:\n\n",
        "id: 3-1\ndata: a\n\n",
        "id: 3-2\ndata: b\n\n",
    ];
    assert_eq!(all(&mut first), expected);
    drop(first);
    log.push_now(&data("c"));
    log.finish();
    let mut second = log.read(1);
    assert_eq!(
        all(&mut second)[1..],
        ["id: 3-2\ndata: b\n\n", "id: 3-3\ndata: c\n\n"]
    );
    assert!(is_over(&mut second));
    assert!(log.fetched().now_or_never().is_some());
}

#[test]
fn a_stream_has_one_reader_the_last_one() {
    let log = Log::new(1, false);
    let (mut first, mut second) = (log.read(0), log.read(0));
    log.push_now(&data("a"));
    assert_eq!(all(&mut first), [":\n\n"]);
    assert!(is_over(&mut first));
    drop(first);
    assert_eq!(all(&mut second), [":\n\n", "id: 1-1\ndata: a\n\n"]);
}

#[test]
fn a_connection_that_is_closed_has_everything_so_far() {
    let log = Log::new(1, true);
    let mut first = log.read(0);
    log.push_now(&data("a"));
    log.close();
    assert_eq!(all(&mut first).len(), 2);
    assert!(is_over(&mut first));
    drop(first);
    let mut second = log.read(1);
    log.push_now(&data("b"));
    assert_eq!(all(&mut second)[1..], ["id: 1-2\ndata: b\n\n"]);
    // A client that could not come back is not closed upon.
    let log = Log::new(1, false);
    let mut old = log.read(0);
    log.close();
    log.push_now(&data("a"));
    assert_eq!(all(&mut old).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_holds_the_writer_back_and_an_absent_one_loses_the_oldest() {
    let log = Log::new(1, true);
    let mut reading = log.read(0);
    for _ in 0..KEPT {
        assert!(log.push(data("x")).now_or_never().is_some());
    }
    assert!(log.push(data("late")).now_or_never().is_none());
    assert_eq!(all(&mut reading).len(), 1 + KEPT);
    assert!(log.push(data("y")).now_or_never().is_some());
    drop(reading);
    for _ in 0..3 * KEPT {
        assert!(log.push(data("z")).now_or_never().is_some());
    }
    let read = all(&mut log.read(0));
    assert_eq!(read.len(), 1 + KEPT);
    assert!(read[1].contains("data: z"));
}

#[test]
fn large_events_are_kept_until_they_are_sent_and_not_for_long() {
    let log = Log::new(1, true);
    let mut reading = log.read(0);
    let large = data(&"x".repeat(KEPT_BYTES));
    log.push_now(&large);
    log.push_now(&large);
    assert_eq!(all(&mut reading).len(), 3);
    log.push_now(&data("end"));
    assert_eq!(log.state().kept.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn large_events_hold_the_writer_back_and_make_room_where_nobody_reads() {
    let log = Log::new(1, true);
    let mut reading = log.read(0);
    let large = || data(&"x".repeat(KEPT_BYTES / 2));
    for _ in 0..2 {
        assert!(log.push(large()).now_or_never().is_some());
    }
    assert!(log.push(data("late")).now_or_never().is_none());
    assert_eq!(all(&mut reading).len(), 3);
    assert!(log.push(large()).now_or_never().is_some());
    drop(reading);
    for _ in 0..KEPT {
        assert!(log.push(large()).now_or_never().is_some());
    }
    assert!(log.state().bytes() <= KEPT_BYTES);
    log.push_now(&data(&"y".repeat(2 * KEPT_BYTES)));
    let read = all(&mut log.read(0));
    assert_eq!(read.len(), 2);
    assert!(read[1].contains("data: y"));
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_takes_nothing_is_no_connection_until_it_does() {
    let log = Log::new(1, true);
    let mut reading = log.read(0);
    for _ in 0..KEPT {
        log.push_now(&data("x"));
    }
    let begun = tokio::time::Instant::now();
    for _ in 0..2 {
        let pushed = tokio::time::timeout(2 * SLOW, log.push(data("y"))).await;
        assert!(pushed.is_ok());
    }
    assert_eq!(begun.elapsed(), SLOW);
    log.abandoned(Duration::from_mins(1)).await;
    let read = all(&mut reading);
    assert!(read.last().is_some_and(|last| last.contains("data: y")));
    assert!(log.state().attached);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_abandoned_when_nobody_reads_for_long() {
    let log = Log::new(1, true);
    let limit = Duration::from_mins(1);
    let reading = log.read(0);
    let waited = tokio::time::timeout(10 * limit, log.abandoned(limit)).await;
    assert!(waited.is_err());
    drop(reading);
    log.abandoned(limit).await;
}

#[test]
fn an_id_is_two_numbers() {
    assert_eq!(parse_id("3-17"), Some((3, 17)));
    for wrong in [
        "",
        "3",
        "-",
        "3-",
        "-1",
        "+3-1",
        "3-1-1",
        "99999999999999999999-1",
    ] {
        assert_eq!(parse_id(wrong), None, "{wrong}");
    }
}

use super::*;

fn begun() -> Task {
    Task::new("t", None, 1000)
}

fn asks(key: &str) -> Step {
    let asked = [(key.to_owned(), json!({ "method": "roots/list" }))].into();
    Step::Alive(Happened {
        asked,
        ..Happened::default()
    })
}

fn answers(keys: &[&str]) -> Step {
    Step::Answer(
        keys.iter()
            .map(|key| ((*key).to_owned(), json!(1)))
            .collect(),
    )
}

fn ends() -> [(Step, &'static str); 4] {
    let result = RawValue::from_string("{}".to_owned()).unwrap();
    let error = json!({ "code": -32603, "message": "no" });
    [
        (Step::End(State::Completed(result)), "completed"),
        (Step::End(State::Failed(error)), "failed"),
        (Step::Cancel("stopped"), "cancelled"),
        (Step::Lapse, "failed"),
    ]
}

#[test]
fn a_question_waits_for_its_answer_and_is_answered_once() {
    let mut task = begun();
    assert_eq!(task.status(), "working");
    assert_eq!(task.step(&asks("a"), 1001), Moved::Seen);
    assert_eq!(task.step(&asks("b"), 1002), Moved::Seen);
    assert_eq!(task.status(), "input_required");
    assert_eq!(task.step(&answers(&["x"]), 1003), Moved::Not);
    assert_eq!(task.step(&answers(&["a", "x"]), 1003), Moved::Seen);
    assert_eq!(task.step(&answers(&["a"]), 1004), Moved::Not);
    assert_eq!(task.status(), "input_required");
    assert_eq!(task.open().keys().collect::<Vec<_>>(), ["b"]);
    assert_eq!(task.step(&answers(&["b"]), 1005), Moved::Seen);
    assert_eq!((task.status(), task.answers().len()), ("working", 2));
    let settled = Happened {
        settled: vec!["a".to_owned(), "b".to_owned()],
        ..Happened::default()
    };
    assert_eq!(task.step(&Step::Alive(settled), 1006), Moved::Within);
    assert!(task.answers().is_empty());
    assert_eq!((task.updated_at(), task.revision()), (1005, 4));
}

#[test]
fn what_is_over_stays_as_it_is() {
    for (end, status) in ends() {
        let mut task = begun();
        task.step(&asks("a"), 1001);
        assert_eq!(task.step(&end, 1001 + LEASE), Moved::Seen, "{end:?}");
        assert_eq!(task.status(), status);
        assert!(task.open().is_empty());
        let (kept, revision) = (task.expires_at(), task.revision());
        assert_eq!(kept, 1001 + LEASE + KEPT);
        let others = ends().map(|(end, _)| end);
        for step in others.into_iter().chain([asks("b"), answers(&["a"])]) {
            assert_eq!(task.step(&step, 9000), Moved::Not, "{end:?}, {step:?}");
        }
        let after = (task.status(), task.expires_at(), task.revision());
        assert_eq!(after, (status, kept, revision));
    }
}

#[test]
fn a_task_lapses_with_its_lease_and_not_before() {
    let mut task = begun();
    assert_eq!(task.step(&Step::Lapse, 1000 + LEASE - 1), Moved::Not);
    let alive = Step::Alive(Happened::default());
    assert_eq!(task.step(&alive, 1000 + LEASE - 1), Moved::Within);
    assert_eq!(task.step(&Step::Lapse, 1000 + LEASE), Moved::Not);
    assert_eq!(task.step(&Step::Lapse, 1000 + 2 * LEASE), Moved::Seen);
    assert_eq!(task.message(), Some(GONE));
}

#[test]
fn a_task_does_not_expire_while_it_runs() {
    let mut task = begun();
    for now in (1000..200_000).step_by(20) {
        task.step(&Step::Alive(Happened::default()), now);
        assert!(task.expires_at() > now + LEASE);
    }
    let long = Task::new("t", Some(Duration::from_hours(9)), 0);
    assert_eq!(long.expires_at(), 9 * 3600 + KEPT);
}

#[test]
fn a_task_is_read_as_it_was_written() {
    for (end, _) in ends() {
        let mut task = begun();
        task.step(&asks("a"), 1001);
        for _ in 0..2 {
            let text = serde_json::to_string(&task).unwrap();
            let read: Task = serde_json::from_slice(text.as_bytes()).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
            task = read;
            task.step(&end, 9000);
        }
    }
}

//! What goes on on one connection, as far as it decides how long the connection may stay.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Waker},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use crate::config::Limits;

/// Streams are given something to send at least this often, with room to spare.
const STREAM_PULSE: Duration = Duration::from_secs(40);

/// How long a connection may be in each of its states.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeouts {
    /// In the middle of a request's head.
    pub(super) head: Duration,
    /// Without a request.
    idle: Duration,
    /// With a request that makes no progress.
    stalled: Duration,
}

impl Timeouts {
    pub(super) fn of(limits: &Limits) -> Self {
        Self {
            head: limits.header_timeout,
            idle: limits.idle_connection,
            // A request may take as long to arrive as to be answered; what is left is a client that does
            // not read.
            stalled: limits.request_timeout * 2 + limits.idle_connection + STREAM_PULSE,
        }
    }

    /// For a connection that has been told to end.
    pub(super) fn to_end(self, idle: Duration) -> Self {
        Self { idle, ..self }
    }
}

/// Which of them is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    InHead,
    Idle,
    Stalled,
    /// Not the time: the connection is closed.
    Over,
}

/// Kept by those who see it: the bytes that are read, the requests, the bodies of the answers.
pub(super) struct Usage {
    since: Instant,
    speaks_http1: AtomicBool,
    running: AtomicUsize,
    /// When a request last began, went on or ended; in milliseconds after `since`.
    last: AtomicU64,
    /// When the head of a request began that has not ended; in milliseconds after `since`, and one more.
    head: AtomicU64,
    /// A part of a request was not read.
    is_unread: AtomicBool,
    /// The answer has no end of its own.
    streams: AtomicBool,
    /// The client has closed its sending side.
    is_half_closed: AtomicBool,
    /// The end has been held back once although no request runs.
    is_deferred: AtomicBool,
    waiting: Mutex<Waiting>,
    /// Nobody reads or writes any more.
    is_over: AtomicBool,
    timeouts: Timeouts,
    /// Until when whoever ends the connection sleeps, in milliseconds after `since`, and how to wake them earlier.
    asleep_until: AtomicU64,
    earlier: Notify,
}

/// Who waits for what comes after the end of what the client sends.
#[derive(Default)]
struct Waiting {
    to_read: Option<Waker>,
    for_body: Option<Waker>,
}

impl Usage {
    /// Of a connection that has just been opened.
    pub(super) fn new(timeouts: Timeouts) -> Self {
        Self {
            since: Instant::now(),
            speaks_http1: AtomicBool::new(false),
            running: AtomicUsize::new(0),
            last: AtomicU64::new(0),
            head: AtomicU64::new(0),
            is_unread: AtomicBool::new(false),
            streams: AtomicBool::new(false),
            is_half_closed: AtomicBool::new(false),
            is_deferred: AtomicBool::new(false),
            waiting: Mutex::default(),
            is_over: AtomicBool::new(false),
            timeouts,
            asleep_until: AtomicU64::new(0),
            earlier: Notify::new(),
        }
    }

    /// HTTP/1 is spoken, and the first bytes are there.
    pub(super) fn begin_http1(&self) {
        self.speaks_http1.store(true, Ordering::Relaxed);
        self.note_read();
    }

    /// Bytes came: outside a request, HTTP/1 knows only one reason.
    pub(super) fn note_read(&self) {
        if self.speaks_http1.load(Ordering::Relaxed)
            && self.head.load(Ordering::Relaxed) == 0
            && self.running.load(Ordering::Relaxed) == 0
        {
            self.head.store(self.now() + 1, Ordering::SeqCst);
            self.wake_before(self.timeouts.head);
        }
    }

    /// A request is there. To be followed by [`Usage::end`].
    pub(super) fn begin(&self) {
        self.running.fetch_add(1, Ordering::AcqRel);
        self.streams.store(false, Ordering::Relaxed);
        self.is_deferred.store(false, Ordering::Relaxed);
        self.head.store(0, Ordering::Relaxed);
        self.progress();
    }

    /// Its answer goes on.
    pub(super) fn progress(&self) {
        self.last.store(self.now(), Ordering::Relaxed);
    }

    /// Its body is not read to the end.
    pub(super) fn leave_unread(&self) {
        self.is_unread.store(true, Ordering::Relaxed);
    }

    /// Whether the client may still be sending what nobody reads: the rest of a body, or of a head that was refused.
    pub(super) fn is_unread(&self) -> bool {
        self.speaks_http1.load(Ordering::Relaxed)
            && (self.is_unread.load(Ordering::Relaxed) || self.head.load(Ordering::Relaxed) > 0)
    }

    /// Its answer goes on until somebody ends it.
    pub(super) fn stream(&self) {
        self.streams.store(true, Ordering::Release);
        if self.is_half_closed.load(Ordering::Acquire) {
            self.wake_reader();
        }
    }

    /// It is answered, or given up.
    pub(super) fn end(&self) {
        self.progress();
        self.is_deferred.store(false, Ordering::Relaxed);
        self.running.fetch_sub(1, Ordering::SeqCst);
        self.wake_before(self.timeouts.idle);
        if self.is_half_closed.load(Ordering::Acquire) {
            self.wake_reader();
        }
    }

    /// The connection is closed.
    pub(super) fn close(&self) {
        self.is_over.store(true, Ordering::Release);
        self.earlier.notify_one();
    }

    /// The client has closed its sending side; whether that is to be known only later.
    ///
    /// hyper takes it for a client that is gone, and gives up the request. It may as well wait for the answer
    /// (RFC 9112, section 9.6). The exception is an answer without end: nobody would notice that its
    /// client is gone.
    pub(super) fn holds_end(&self, context: &mut Context<'_>) -> bool {
        if !self.speaks_http1.load(Ordering::Relaxed) {
            return false;
        }
        let for_body = {
            let mut waiting = self.waiting();
            self.is_half_closed.store(true, Ordering::Release);
            waiting.to_read = Some(context.waker().clone());
            waiting.for_body.take()
        };
        if let Some(waker) = for_body {
            waker.wake();
        }
        if self.running.load(Ordering::Acquire) > 0 {
            return !self.streams.load(Ordering::Acquire);
        }
        // hyper looks for more before it begins with a request whose head it has just read: it is asked again
        // once it has.
        if self.is_deferred.swap(true, Ordering::Relaxed) {
            return false;
        }
        context.waker().wake_by_ref();
        true
    }

    /// Whether the rest of a body will never come. Otherwise, who asks is woken when that is so.
    pub(super) fn has_ended(&self, context: &mut Context<'_>) -> bool {
        if !self.speaks_http1.load(Ordering::Relaxed) {
            return false;
        }
        let mut waiting = self.waiting();
        if self.is_half_closed.load(Ordering::Acquire) {
            return true;
        }
        waiting.for_body = Some(context.waker().clone());
        false
    }

    /// When the connection is to end if nothing happens, and why.
    pub(super) fn due(&self, timeouts: &Timeouts) -> (Instant, State) {
        let after =
            |milliseconds, timeout| self.since + Duration::from_millis(milliseconds) + timeout;
        let last = self.last.load(Ordering::Relaxed);
        if self.is_over.load(Ordering::Acquire) {
            return (self.since, State::Over);
        }
        if self.running.load(Ordering::SeqCst) > 0 {
            return (after(last, timeouts.stalled), State::Stalled);
        }
        match self.head.load(Ordering::SeqCst) {
            0 => (after(last, timeouts.idle), State::Idle),
            head => (after(head - 1, timeouts.head), State::InHead),
        }
    }

    /// Waits until the connection is to end before `due`.
    pub(super) async fn due_before(&self, due: Instant, timeouts: &Timeouts) {
        let until = due.saturating_duration_since(self.since).as_millis();
        let until = u64::try_from(until).unwrap_or(u64::MAX);
        self.asleep_until.store(until, Ordering::SeqCst);
        // What came before that has woken nobody.
        if self.due(timeouts).0 >= due {
            self.earlier.notified().await;
        }
    }

    /// The connection may end this long from now.
    fn wake_before(&self, timeout: Duration) {
        let timeout = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        if self.now().saturating_add(timeout) < self.asleep_until.load(Ordering::SeqCst) {
            self.earlier.notify_one();
        }
    }

    fn wake_reader(&self) {
        let waker = self.waiting().to_read.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

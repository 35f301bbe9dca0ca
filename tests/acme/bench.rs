//! A docent that renews with an authority in which things can go wrong, at any time of the test's
//! choice.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use docent::{
    acme::{History, HistoryFile, Outcome, Patience, Renewal, RenewalError},
    config::{AcmeSettings, ChallengeType, Identifier, KeyType},
    state::{CertifiedPair, PairError, StateDir},
};

use crate::{
    pebble::{Behaviour, Pebble, dns},
    stub::Stub,
};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What has failed is asked about again at once; a busy machine gets its time to answer.
pub(crate) const IMPATIENT: Patience = Patience {
    connect: Duration::from_secs(5),
    answer: Duration::from_secs(20),
    validation: Duration::from_secs(20),
    issuance: Duration::from_secs(20),
    order: Duration::from_secs(60),
    repeat: Duration::from_millis(1),
};

pub(crate) struct Bench {
    pub(crate) pebble: Pebble,
    pub(crate) stub: Stub,
    pub(crate) names: Vec<Identifier>,
    pub(crate) settings: AcmeSettings,
    pub(crate) patience: Patience,
    /// In another place where nobody answers the authority.
    pub(crate) state: StateDir,
    /// How far ahead the clock is, in seconds.
    ahead: AtomicU64,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(Behaviour::default()).await
    }

    pub(crate) async fn with(behaviour: Behaviour) -> Self {
        let pebble = Pebble::start(behaviour).await;
        let stub = Stub::before(&pebble);
        Self {
            names: vec![dns("docs.example.com")],
            settings: AcmeSettings {
                authorities: vec![stub.authority.clone()],
                contact: None,
                key_type: KeyType::P256,
                challenges: vec![ChallengeType::Http01, ChallengeType::TlsAlpn01],
            },
            patience: IMPATIENT,
            state: pebble.state.clone(),
            ahead: AtomicU64::new(0),
            pebble,
            stub,
        }
    }

    pub(crate) fn now(&self) -> SystemTime {
        SystemTime::now() + Duration::from_secs(self.ahead.load(Ordering::Relaxed))
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.ahead.fetch_add(time.as_secs(), Ordering::Relaxed);
    }

    pub(crate) fn turn_back(&self, time: Duration) {
        self.ahead.fetch_sub(time.as_secs(), Ordering::Relaxed);
    }

    pub(crate) async fn try_run(&self, force: bool) -> Result<Outcome, RenewalError> {
        let clock = || self.now();
        self.renewal(&clock).run(force).await
    }

    pub(crate) fn renewal<'a>(
        &'a self,
        clock: &'a (dyn Fn() -> SystemTime + Send + Sync),
    ) -> Renewal<'a> {
        Renewal {
            state: &self.state,
            names: &self.names,
            settings: &self.settings,
            ports: self.pebble.ports(),
            patience: self.patience,
            clock,
        }
    }

    pub(crate) async fn run(&self) -> Outcome {
        self.try_run(false).await.unwrap()
    }

    /// Runs, and is to get a certificate: its serial number.
    pub(crate) async fn renewed(&self) -> String {
        match self.run().await {
            Outcome::Renewed { leaf, .. } => {
                assert_eq!(self.pair().unwrap().leaf, leaf);
                leaf.serial
            }
            other => panic!("{other:?}"),
        }
    }

    /// Runs, and is to fail: what is told, and what helps.
    pub(crate) async fn failed(&self) -> (String, String) {
        match self.run().await {
            Outcome::Failed { failures } => (failures.message, failures.help.unwrap_or_default()),
            other => panic!("{other:?}"),
        }
    }

    /// Waits for the next attempt, which fails too.
    pub(crate) async fn failed_again_later(&self) {
        self.pass(self.not_due().await + MINUTE);
        self.failed().await;
    }

    /// Runs, and is to ask for nothing: how long to wait.
    pub(crate) async fn not_due(&self) -> Duration {
        match self.run().await {
            Outcome::NotDue { until, .. } => until.duration_since(self.now()).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn pair(&self) -> Result<CertifiedPair, PairError> {
        self.state.certificates().load(&self.names[0])
    }

    pub(crate) fn history(&self) -> History {
        HistoryFile::new(&self.state, &self.names[0])
            .load(self.now())
            .unwrap()
    }
}

//! A progress bar for long work, where there is a terminal to draw it on.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    platform::{Environment, LogSink, log_sink},
    search::Progress,
};

/// Shows how far an index build is; draws nothing where stderr is not a terminal.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(environment: &Environment) -> Self {
        let target = match log_sink(environment) {
            LogSink::Journal => ProgressDrawTarget::hidden(),
            LogSink::Stderr => ProgressDrawTarget::stderr(),
        };
        Self(ProgressBar::with_draw_target(Some(0), target))
    }

    /// May be called from several threads.
    pub(super) fn show(&self, step: Progress) {
        let bar = &self.0;
        match step {
            Progress::Reading { done, of } => {
                if bar.length() != Some(of as u64) {
                    bar.set_length(of as u64);
                    bar.set_style(style(
                        "Reading {human_pos} of {human_len} files {wide_bar} {eta}",
                    ));
                }
                bar.set_position(done as u64);
            }
            Progress::Linking => bar.set_style(style("Following links between pages")),
        }
    }

    /// Takes the bar away: what follows is the result.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

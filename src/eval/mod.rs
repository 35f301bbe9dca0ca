//! Questions with known answers -> figures of how well the documents are found. Knows nothing of the command line, and nothing of
//! what an assistant is shown but its text.
mod comparison;
mod entry;
mod figures;
mod interval;
mod measure;
mod metrics;
mod own;
mod questions;
mod run;

pub use comparison::{Comparison, Verdict, compare};
pub use entry::has_words;
pub use figures::{Estimate, Figures, Group, Percentiles, figures};
pub use interval::Interval;
pub use measure::{Measured, Outcome, Shown, Unknown, measure};
pub use metrics::Metrics;
pub use own::{Own, own_questions};
pub use questions::{Question, Questions, QuestionsError, read_questions};
pub use run::{Run, RunError, read_run, write_run};

//! Sets of all sizes, of made up text: memory must not grow with them.

use std::{error::Error, fs, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    engine,
    prose::{Prose, between, spread},
    usage::{Usage, measure, room},
};

/// The most text of a set, in bytes.
const MOST: usize = 300 << 20;
/// The smallest and the largest page, in bytes.
const SMALLEST: usize = 100;
const LARGEST: usize = 2 << 20;

/// A set to make.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Set {
    pages: usize,
    /// The largest page, in bytes.
    largest: usize,
    seed: u64,
}

/// What indexing one has taken.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) pages: usize,
    pub(crate) bytes: u64,
    pub(crate) largest: usize,
    pub(crate) index: Usage,
    pub(crate) change: Usage,
    /// Bytes of the index.
    pub(crate) room: u64,
}

/// From 10 pages to the most, evenly on a logarithmic scale, of random sizes; the ends among them.
pub(crate) fn sets(most: usize) -> impl Iterator<Item = Set> {
    const COUNT: usize = 10;
    let mut random = fastrand::Rng::with_seed(2);
    (0..COUNT).map(move |number| {
        let pages = between(10, most, number as f64 / (COUNT - 1) as f64);
        let largest = match number {
            0 => LARGEST,
            _ => spread(&mut random, 1_000, LARGEST),
        };
        Set {
            pages,
            largest,
            seed: random.u64(..),
        }
    })
}

/// Makes a set, indexes it, and changes a page.
pub(crate) fn index(set: &Set, scratch: &Path) -> Result<Outcome, Box<dyn Error>> {
    let folder = tempfile::tempdir_in(scratch)?;
    let (docs, cache) = (folder.path().join("docs"), folder.path().join("cache"));
    let mut prose = Prose::new(set.seed);
    let mut bytes = 0;
    let mut pages = 0;
    while pages < set.pages && bytes < MOST {
        let size = spread(prose.random(), SMALLEST, set.largest);
        let to = docs.join((pages / 1000).to_string());
        if pages % 1000 == 0 {
            fs::create_dir_all(&to)?;
        }
        let text = prose.page(&format!("Page {pages}"), size);
        bytes += text.len();
        fs::write(to.join(format!("page-{pages}.md")), text)?;
        pages += 1;
    }
    let store = engine::store(&docs, &cache)?;
    let (indexed, index) = measure(|| engine::index(&store))?;
    let (served, report) = indexed?;
    if report.sets[0].pages != pages {
        return Err(format!("{} of {pages} pages", report.sets[0].pages).into());
    }
    let room = room(&cache)?;
    fs::write(docs.join("0/page-0.md"), "# Page 0\n\nAbout quinces.\n")?;
    let (changed, change) = measure(|| Ok::<_, Box<dyn Error>>(engine::look(&store)?.publish()?))?;
    let (changed, _) = changed?;
    drop(served);
    match engine::found(&changed, "quinces")? {
        1 => Ok(Outcome {
            pages,
            bytes: bytes as u64,
            largest: set.largest,
            index,
            change,
            room,
        }),
        found => Err(format!("{found} pages say what one says").into()),
    }
}

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
pub(crate) struct Indexed {
    pub(crate) pages: usize,
    pub(crate) bytes: u64,
    pub(crate) largest: usize,
    pub(crate) usage: Usage,
    /// Bytes of the index.
    pub(crate) room: u64,
}

/// That, and what a change of one page has taken then.
pub(crate) struct Outcome {
    pub(crate) indexed: Indexed,
    pub(crate) change: Usage,
}

/// From 10 pages to the most, evenly on a logarithmic scale, of random sizes; the ends among them.
pub(crate) fn sets(most: usize) -> impl Iterator<Item = Set> {
    const COUNT: usize = 10;
    let mut random = fastrand::Rng::with_seed(2);
    (0..COUNT).map(move |number| {
        let pages = between(10, most, number as f64 / (COUNT - 1) as f64);
        let mut largest = match number {
            0 => LARGEST,
            _ => spread(&mut random, 1_000, LARGEST),
        };
        // The mean of sizes of which each order of magnitude is as often as another.
        let mean =
            |largest: usize| (largest - SMALLEST) as f64 / (largest as f64 / SMALLEST as f64).ln();
        while mean(largest) * pages as f64 > MOST as f64 {
            largest = largest * 9 / 10;
        }
        Set {
            pages,
            largest,
            seed: random.u64(..),
        }
    })
}

/// Makes a set and indexes it.
pub(crate) fn index(set: &Set, folder: &Path) -> Result<Indexed, Box<dyn Error>> {
    let (docs, cache) = (folder.join("docs"), folder.join("cache"));
    let mut prose = Prose::new(set.seed);
    let mut bytes = 0;
    for page in 0..set.pages {
        let size = spread(prose.random(), SMALLEST, set.largest);
        let to = docs.join((page / 1000).to_string());
        fs::create_dir_all(&to)?;
        let text = prose.page(&format!("Page {page}"), size);
        bytes += text.len();
        fs::write(to.join(format!("page-{page}.md")), text)?;
    }
    let store = engine::store(&docs, &cache)?;
    let (indexed, usage) = measure(|| engine::index(&store))?;
    let (_, report) = indexed?;
    match report.sets[0].pages {
        pages if pages == set.pages => Ok(Indexed {
            pages,
            bytes: bytes as u64,
            largest: set.largest,
            usage,
            room: room(&cache)?,
        }),
        pages => Err(format!("{pages} of {} pages", set.pages).into()),
    }
}

/// Changes a page of a set that is indexed.
pub(crate) fn change(folder: &Path) -> Result<Usage, Box<dyn Error>> {
    let (docs, cache) = (folder.join("docs"), folder.join("cache"));
    let store = engine::store(&docs, &cache)?;
    let served = engine::served(&store)?;
    fs::write(docs.join("0/page-0.md"), "# Page 0\n\nAbout quinces.\n")?;
    let (changed, usage) = measure(|| Ok::<_, Box<dyn Error>>(engine::look(&store)?.publish()?))?;
    let (changed, _) = changed?;
    drop(served);
    match engine::found(&changed, "quinces")? {
        1 => Ok(usage),
        found => Err(format!("{found} pages say what one says").into()),
    }
}

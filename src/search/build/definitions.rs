//! Where names are defined, of several segments -> of one.

use crate::search::segment::{Definition, DefinitionWriter, Sealed, Segment, damaged};
use std::{cmp::Reverse, collections::BinaryHeap, io, iter::Peekable, path::Path};

/// Definitions between two pauses.
const SLICE: usize = 16 << 10;

/// A segment, and the numbers that its pages have now: `None` for one that is gone.
pub(super) type From<'a> = (&'a Segment, Box<dyn Fn(u32) -> Option<u32> + 'a>);

/// Puts together what several segments have, a name at a time.
pub(super) fn merge_definitions(
    sources: &[From<'_>],
    folder: &Path,
    pace: &(dyn Fn() + Sync),
) -> io::Result<Sealed> {
    let mut writer = DefinitionWriter::create(folder)?;
    let readers = sources
        .iter()
        .map(|(segment, _)| segment.definitions().peekable());
    let mut readers: Vec<Peekable<_>> = readers.collect();
    let mut heap: BinaryHeap<Reverse<(u32, usize)>> = BinaryHeap::new();
    for (source, reader) in readers.iter_mut().enumerate() {
        heap.extend(reader.peek().map(|(name, _)| Reverse((*name, source))));
    }
    let mut of_name: Vec<Definition> = Vec::new();
    let mut work = 0;
    while let Some(Reverse((name, _))) = heap.peek().copied() {
        of_name.clear();
        while let Some(Reverse((other, source))) = heap.peek().copied()
            && other == name
        {
            heap.pop();
            let (_, now) = &sources[source];
            let reader = &mut readers[source];
            while let Some((_, definition)) = reader.next_if(|(other, _)| *other == name) {
                let page = now(definition.page);
                of_name.extend(page.map(|page| Definition { page, ..definition }));
                work += 1;
            }
            if let Some((next, _)) = reader.peek() {
                if *next < name {
                    return Err(damaged("a table of names"));
                }
                heap.push(Reverse((*next, source)));
            }
        }
        of_name.sort_unstable();
        for definition in &of_name {
            writer.add(name, *definition)?;
        }
        if work >= SLICE {
            work = 0;
            pace();
        }
    }
    writer.finish()
}

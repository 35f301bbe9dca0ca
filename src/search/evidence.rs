//! What pages say of each other: who links to whom, and in which words.

use super::catalog::Catalog;
use super::record::{LinksRecord, decode};
use super::schema::{LinkFields, PageFields};
use crate::corpus::{Link, Resolver};
use std::collections::{HashMap, HashSet};
use tantivy::{IndexWriter, Searcher, TantivyDocument};

/// Beyond this many, further sentences say nothing new about a page.
const MAX_SENTENCES: usize = 200;

/// What is known of one page from the pages that link to it.
#[derive(Default)]
struct Inbound {
    pages: u32,
    sentences: Vec<String>,
    seen: HashSet<u64>,
}

/// Resolves all links of all pages, counts them in the catalog, and indexes their sentences.
///
/// The links are read back from the index, so that pages which did not change count as well.
pub(super) fn index(
    catalog: &mut Catalog,
    base_urls: &[Option<String>],
    pages: &Searcher,
    fields: PageFields,
    writer: &IndexWriter,
    link_fields: LinkFields,
) -> tantivy::Result<()> {
    let positions = catalog.positions();
    let records = read_links(pages, fields, &positions)?;
    let mut inbound: HashMap<usize, Inbound> = HashMap::new();
    for (set, base_url) in base_urls.iter().enumerate() {
        let start = catalog.pages.partition_point(|page| page.set < set);
        let end = catalog.pages.partition_point(|page| page.set <= set);
        let mut resolver = Resolver::new(base_url.as_deref());
        for (page, record) in catalog.pages[start..end].iter().zip(&records[start..end]) {
            resolver.add(&page.path, &page.title, &record.aliases);
        }
        for record in &records[start..end] {
            resolver.learn(&record.links);
        }
        for (position, record) in (start..end).zip(&records[start..end]) {
            let from = &catalog.pages[position];
            let mut linked = HashSet::new();
            for link in record.links.iter() {
                let Some(target) = resolver.resolve(&from.path, &link.destination) else {
                    continue;
                };
                let target = start + target as usize;
                if target == position {
                    continue;
                }
                let about = inbound.entry(target).or_default();
                about.pages += u32::from(linked.insert(target));
                about.add(link);
            }
        }
    }
    for (position, about) in inbound {
        let page = &mut catalog.pages[position];
        page.inbound = about.pages;
        if about.sentences.is_empty() {
            continue;
        }
        let mut document = TantivyDocument::new();
        document.add_u64(link_fields.id, page.id);
        document.add_text(link_fields.text, about.sentences.join("\n"));
        writer.add_document(document)?;
    }
    Ok(())
}

impl Inbound {
    fn add(&mut self, link: &Link) {
        let adds_words =
            link.sentence.split_whitespace().count() > link.text.split_whitespace().count();
        if !adds_words || self.sentences.len() >= MAX_SENTENCES {
            return;
        }
        if self.seen.insert(hash(&link.sentence)) {
            self.sentences.push(link.sentence.clone());
        }
    }
}

fn hash(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The links of all pages, in the order of the catalog.
fn read_links(
    searcher: &Searcher,
    fields: PageFields,
    positions: &HashMap<u64, u32>,
) -> tantivy::Result<Vec<LinksRecord<'static>>> {
    let empty = || LinksRecord {
        aliases: Vec::new().into(),
        links: Vec::new().into(),
    };
    let mut records: Vec<LinksRecord<'static>> = Vec::new();
    records.resize_with(positions.len(), empty);
    for segment in searcher.segment_readers() {
        let ids = segment.fast_fields().u64("id")?.first_or_default_col(0);
        let store = segment.get_store_reader(2)?;
        for doc in segment.doc_ids_alive() {
            let Some(position) = positions.get(&ids.get_val(doc)) else {
                continue;
            };
            records[*position as usize] = decode(&store.get(doc)?, fields.links)?;
        }
    }
    Ok(records)
}

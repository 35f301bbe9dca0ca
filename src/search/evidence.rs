//! What pages say of each other: who links to whom, and in which words.

use super::catalog::{Catalog, PageId};
use super::record::{LinksRecord, decode};
use super::schema::{LinkFields, PageFields};
use crate::corpus::{Link, Resolver};
use std::collections::{HashMap, HashSet};
use tantivy::{DocId, IndexWriter, Searcher, TantivyDocument, schema::Field, store::StoreReader};

/// Beyond this many, further sentences say nothing new about a page.
const MAX_SENTENCES: usize = 200;
/// Pages are read in the order of their paths, which is not that in which they are stored.
const CACHED_BLOCKS: usize = 16;

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
    let records = LinkRecords::of(pages, fields, &catalog.positions())?;
    let mut inbound: HashMap<usize, Inbound> = HashMap::new();
    for (set, base_url) in base_urls.iter().enumerate() {
        let start = catalog.pages.partition_point(|page| page.set < set);
        let end = catalog.pages.partition_point(|page| page.set <= set);
        let mut resolver = Resolver::new(base_url.as_deref());
        let mut references = Vec::new();
        for (position, page) in (start..end).zip(&catalog.pages[start..end]) {
            let record = records.read(position)?;
            resolver.add(&page.path, &page.title, &record.aliases);
            references.extend(
                record
                    .links
                    .into_owned()
                    .into_iter()
                    .filter(Link::is_reference),
            );
        }
        resolver.learn(&references);
        for (position, from) in (start..end).zip(&catalog.pages[start..end]) {
            let mut linked = HashSet::new();
            for link in records.read(position)?.links.into_owned() {
                let Some(target) = resolver.resolve(&from.path, &link.destination) else {
                    continue;
                };
                let target = start + target as usize;
                if target == position {
                    continue;
                }
                let about = inbound.entry(target).or_default();
                about.pages += u32::from(linked.insert(target));
                about.add(link.sentence);
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
    fn add(&mut self, sentence: String) {
        if sentence.is_empty() || self.sentences.len() >= MAX_SENTENCES {
            return;
        }
        if self.seen.insert(hash(&sentence)) {
            self.sentences.push(sentence);
        }
    }
}

fn hash(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The links of all pages, read one page at a time: those of all together may be as large as the
/// documents.
struct LinkRecords {
    stores: Vec<StoreReader>,
    field: Field,
    /// Segment and document of each page, in the order of the catalog.
    places: Vec<Option<(usize, DocId)>>,
}

impl LinkRecords {
    fn of(
        searcher: &Searcher,
        fields: PageFields,
        positions: &HashMap<PageId, u32>,
    ) -> tantivy::Result<Self> {
        let mut stores = Vec::new();
        let mut places = vec![None; positions.len()];
        for (number, segment) in searcher.segment_readers().iter().enumerate() {
            let ids = segment.fast_fields().u64("id")?.first_or_default_col(0);
            stores.push(segment.get_store_reader(CACHED_BLOCKS)?);
            for doc in segment.doc_ids_alive() {
                if let Some(position) = positions.get(&ids.get_val(doc)) {
                    places[*position as usize] = Some((number, doc));
                }
            }
        }
        Ok(Self {
            stores,
            field: fields.links,
            places,
        })
    }

    fn read(&self, position: usize) -> tantivy::Result<LinksRecord<'static>> {
        match self.places[position] {
            Some((store, doc)) => decode(&self.stores[store].get(doc)?, self.field),
            None => Ok(LinksRecord::default()),
        }
    }
}

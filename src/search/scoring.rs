//! BM25 over one field of an index, a term at a time.
//!
//! Every posting of every term of a query is scored into an array with a place for each
//! document. On the sizes that documentation has this is several times faster than a search
//! engine's usual way, which is to keep the postings of all terms in step so that it may skip
//! some; and the scores of several indexes can be added up exactly, page by page.
//! (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009;
//! term-at-a-time evaluation: Turtle and Flood, 1995.)

use std::sync::Arc;
use tantivy::{
    InvertedIndexReader, Score, Searcher, Term,
    fieldnorm::FieldNormReader,
    postings::TermInfo,
    query::Bm25Weight,
    schema::{Field, IndexRecordOption},
    termdict::TermDictionary,
};

/// A text field of an index, opened for scoring.
pub(super) struct ScoredField {
    field: Field,
    segments: Vec<Segment>,
    /// Documents in all segments, deleted ones included.
    documents: u64,
    /// Average length of the field, in terms.
    average_length: Score,
}

struct Segment {
    index: Arc<InvertedIndexReader>,
    lengths: FieldNormReader,
    /// Number of this segment's first document among those of all segments.
    base: u32,
}

impl ScoredField {
    pub(super) fn open(searcher: &Searcher, field: Field) -> tantivy::Result<Self> {
        let mut segments = Vec::new();
        let mut documents = 0u32;
        let mut tokens = 0;
        for reader in searcher.segment_readers() {
            let index = reader.inverted_index(field)?;
            tokens += index.total_num_tokens();
            segments.push(Segment {
                index,
                lengths: reader.get_fieldnorms_reader(field)?,
                base: documents,
            });
            documents += reader.max_doc();
        }
        Ok(Self {
            field,
            segments,
            documents: u64::from(documents),
            average_length: tokens as Score / documents.max(1) as Score,
        })
    }

    /// Calls with every document that has the term, numbered through all segments, and with
    /// its score times `boost`.
    pub(super) fn score(
        &self,
        term: &str,
        boost: Score,
        mut each: impl FnMut(u32, Score),
    ) -> tantivy::Result<()> {
        let found = self.find(term)?;
        let frequency: u64 = found.iter().map(|(_, info)| u64::from(info.doc_freq)).sum();
        if frequency == 0 {
            return Ok(());
        }
        let weight = Bm25Weight::for_one_term_without_explain(
            frequency,
            self.documents,
            self.average_length,
        )
        .boost_by(boost);
        for (segment, info) in found {
            let mut block = segment
                .index
                .read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)?;
            while block.block_len() > 0 {
                for (doc, frequency) in block.docs().iter().zip(block.freqs()) {
                    let length = segment.lengths.fieldnorm_id(*doc);
                    each(segment.base + doc, weight.score(length, *frequency));
                }
                block.advance();
            }
        }
        Ok(())
    }

    fn find(&self, term: &str) -> tantivy::Result<Vec<(&Segment, TermInfo)>> {
        let term = Term::from_field_text(self.field, term);
        let mut found = Vec::with_capacity(self.segments.len());
        for segment in &self.segments {
            if let Some(info) = segment.index.get_term_info(&term)? {
                found.push((segment, info));
            }
        }
        Ok(found)
    }
}

/// The words that documents use: the terms of several fields.
#[derive(Clone, Copy)]
pub(super) struct Vocabulary<'a>(pub(super) &'a [&'a ScoredField]);

impl<'a> Vocabulary<'a> {
    /// Whether any document has the term.
    pub(super) fn has(&self, term: &str) -> tantivy::Result<bool> {
        for field in self.0 {
            if !field.find(term)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The terms of each field and segment, in order.
    pub(super) fn dictionaries(&self) -> impl Iterator<Item = &'a TermDictionary> {
        let segments = self.0.iter().flat_map(|field| &field.segments);
        segments.map(|segment| segment.index.terms())
    }
}

//! BM25 over one field of an index, a term at a time.
//!
//! Every posting of every term of a query is scored into an array with a place for each
//! document. On the sizes that documentation has this is faster than a search engine's
//! usual way, which is to keep the postings of all terms in step so that it may skip
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

    /// Calls with every posting of a term; its scores are multiplied by `boost`.
    pub(super) fn postings(
        &self,
        term: &str,
        boost: Score,
        mut each: impl FnMut(Posting<'_>),
    ) -> tantivy::Result<()> {
        let found = self.find(term)?;
        if found.is_empty() {
            return Ok(());
        }
        let weight = Bm25Weight::for_one_term_without_explain(
            document_frequency(&found),
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
                    each(Posting {
                        doc: segment.base + doc,
                        in_segment: *doc,
                        frequency: *frequency,
                        weight: &weight,
                        lengths: &segment.lengths,
                    });
                }
                block.advance();
            }
        }
        Ok(())
    }

    /// The inverse document frequency of a term, as BM25 has it: the greater, the rarer.
    pub(super) fn rarity(&self, term: &str) -> tantivy::Result<Score> {
        let frequency = document_frequency(&self.find(term)?);
        let [with, all] = [frequency as Score, self.documents as Score];
        Ok((1.0 + (all - with + 0.5) / (with + 0.5)).ln())
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

fn document_frequency(found: &[(&Segment, TermInfo)]) -> u64 {
    found.iter().map(|(_, info)| u64::from(info.doc_freq)).sum()
}

/// A document that has a term.
pub(super) struct Posting<'a> {
    /// Its number through all segments.
    pub(super) doc: u32,
    in_segment: u32,
    frequency: u32,
    weight: &'a Bm25Weight,
    lengths: &'a FieldNormReader,
}

impl Posting<'_> {
    pub(super) fn score(&self) -> Score {
        let length = self.lengths.fieldnorm_id(self.in_segment);
        self.weight.score(length, self.frequency)
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

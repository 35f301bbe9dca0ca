//! BM25 over one field of an index.
//!
//! (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.)

use std::sync::Arc;
use tantivy::{
    InvertedIndexReader, Score, Searcher,
    fieldnorm::FieldNormReader,
    postings::TermInfo,
    query::Bm25Weight,
    schema::{Field, IndexRecordOption},
};

/// What BM25 multiplies an inverse document frequency with at the most: k1 + 1.
const MOST: Score = 2.2;

/// A text field of an index, opened for scoring.
pub(super) struct ScoredField<'a> {
    pub(super) segments: Vec<Segment>,
    /// What each document, numbered through all segments, is a part of: the number of a page or
    /// of a piece; [`NOTHING`] for a deleted one.
    targets: &'a [u32],
    /// Documents that are not deleted.
    documents: u64,
    /// Average length of the field, in terms.
    average_length: Score,
    boost: Score,
}

/// Marks a document that is part of nothing any more.
pub(super) const NOTHING: u32 = u32::MAX;

pub(super) struct Segment {
    pub(super) index: Arc<InvertedIndexReader>,
    lengths: FieldNormReader,
    /// Number of this segment's first document among those of all segments.
    base: u32,
}

impl<'a> ScoredField<'a> {
    /// Scores are multiplied by `boost`.
    pub(super) fn open(
        searcher: &Searcher,
        field: Field,
        targets: &'a [u32],
        boost: Score,
    ) -> tantivy::Result<Self> {
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
        let alive = targets.iter().filter(|target| **target != NOTHING);
        Ok(Self {
            segments,
            targets,
            documents: alive.count() as u64,
            average_length: tokens as Score / documents.max(1) as Score,
            boost,
        })
    }

    /// A score that no document of this field exceeds.
    pub(super) fn most(&self) -> Score {
        self.rarity(0) * MOST * self.boost
    }

    /// The inverse document frequency of a term that so many documents have.
    pub(super) fn rarity(&self, documents: u64) -> Score {
        let [with, all] = [documents as Score, self.documents as Score];
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    /// Adds what each document scores for a term, by its target, and returns how many have it.
    pub(super) fn score(
        &self,
        term: impl Iterator<Item = (usize, TermInfo)>,
        scores: &mut Vec<(u32, Score)>,
    ) -> tantivy::Result<u64> {
        let mut found = Vec::new();
        for (segment, info) in term {
            let segment = &self.segments[segment];
            let mut block = segment
                .index
                .read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)?;
            while block.block_len() > 0 {
                for (doc, frequency) in block.docs().iter().zip(block.freqs()) {
                    let target = self.targets[(segment.base + doc) as usize];
                    if target != NOTHING {
                        found.push((target, segment.lengths.fieldnorm_id(*doc), *frequency));
                    }
                }
                block.advance();
            }
        }
        let documents = found.len() as u64;
        if documents > 0 {
            let weight = Bm25Weight::for_one_term_without_explain(
                documents,
                self.documents,
                self.average_length,
            )
            .boost_by(self.boost);
            let score = |(target, length, frequency)| (target, weight.score(length, frequency));
            scores.extend(found.into_iter().map(score));
        }
        Ok(documents)
    }
}

//! How alike two rankings are.

/// Rank-biased overlap (Webber, Moffat, Zobel 2010) with p = 0.9, extrapolated from the ranks that are there. 1 for the same ranking.
pub(crate) fn rank_biased_overlap(one: &[String], other: &[String]) -> f64 {
    const P: f64 = 0.9;
    let depth = one.len().max(other.len());
    if depth == 0 {
        return 1.0;
    }
    let (mut sum, mut weight, mut agreement) = (0.0, 1.0 - P, 0.0);
    for rank in 1..=depth {
        let (one, other) = (&one[..rank.min(one.len())], &other[..rank.min(other.len())]);
        let common = one.iter().filter(|page| other.contains(page)).count();
        agreement = common as f64 / one.len().max(other.len()) as f64;
        sum += weight * agreement;
        weight *= P;
    }
    sum + agreement * P.powi(i32::try_from(depth).unwrap_or(i32::MAX))
}

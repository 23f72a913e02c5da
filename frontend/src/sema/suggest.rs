//! "Did you mean …?": the declared name that is closest to an undeclared one.

/// Shortest name that is worth a suggestion: any two names of one or two letters are a single edit apart.
const SHORTEST: usize = 3;

/// The candidate with the fewest edits (insert, delete, replace, swap neighbours), if they are few for its length.
pub fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.chars().count() < SHORTEST {
        return None;
    }
    let limit = 1 + name.chars().count() / 5;
    candidates
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= 4 * limit)
        .map(|candidate| (edits(name, candidate), candidate))
        .filter(|&(distance, _)| distance > 0 && distance <= limit)
        // Names break ties, so that the answer does not depend on the order of a hash map.
        .min()
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance, one row of the matrix at a time.
fn edits(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = previous[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(previous[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut previous, row);
    }
    previous[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        assert_eq!(edits("same", "same"), 0);
        assert_eq!(edits("lookup", "lokup"), 1);
        assert_eq!(edits("form", "from"), 1);
        assert_eq!(edits("", "abc"), 3);
    }

    #[test]
    fn far_names_are_not_suggested() {
        let names = ["bpf_map_lookup_elem", "bpf_map_update_elem", "count"];
        let closest = |name| closest(name, names.into_iter());
        assert_eq!(closest("bpf_map_lokup_elem"), Some("bpf_map_lookup_elem"));
        assert_eq!(closest("cuont"), Some("count"));
        assert_eq!(closest("zebra"), None);
    }

    #[test]
    fn short_names_say_too_little() {
        assert_eq!(closest("b", ["a", "ab"].into_iter()), None);
        assert_eq!(closest("xy", ["xz"].into_iter()), None);
        assert_eq!(closest("cnt", ["ctx", "cnt2"].into_iter()), Some("cnt2"));
    }
}

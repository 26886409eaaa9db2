//! The circles of a graph (Tarjan's algorithm, without recursion).

/// The strongly connected components of a graph, each after all that it needs; otherwise in the order of the nodes. `needs` holds,
/// for every node, the nodes of the graph that it needs. A component of several nodes is a circle.
pub(super) fn components(needs: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search {
        needs,
        nodes: vec![Node::default(); needs.len()],
        open: Vec::new(),
        seen: 0,
        components: Vec::with_capacity(needs.len()),
    };
    for start in 0..needs.len() {
        if search.node(start).number.is_none() {
            search.from(start);
        }
    }
    search.components
}

struct Search<'a> {
    needs: &'a [Vec<usize>],
    nodes: Vec<Node>,
    /// Nodes that were seen and belong to no component yet.
    open: Vec<usize>,
    seen: usize,
    components: Vec<Vec<usize>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Node {
    /// The order in which nodes were seen.
    number: Option<usize>,
    /// The lowest number that can be reached among open nodes.
    lowest: usize,
    is_open: bool,
}

impl Search<'_> {
    fn from(&mut self, start: usize) {
        let needs = self.needs;
        // a node, and which of its needs comes next
        let mut way = vec![(start, 0)];
        self.enter(start);
        while let Some((node, next)) = way.last_mut() {
            let node = *node;
            let need = needs.get(node).and_then(|needs| needs.get(*next)).copied();
            *next += 1;
            match need {
                Some(need) => match self.node(need) {
                    Node { number: None, .. } => {
                        self.enter(need);
                        way.push((need, 0));
                    }
                    Node {
                        number: Some(number),
                        is_open: true,
                        ..
                    } => self.reaches(node, number),
                    Node { .. } => {}
                },
                None => {
                    way.pop();
                    let Node { number, lowest, .. } = self.node(node);
                    if let Some((before, _)) = way.last() {
                        self.reaches(*before, lowest);
                    }
                    if number == Some(lowest) {
                        self.close(node);
                    }
                }
            }
        }
    }

    fn enter(&mut self, index: usize) {
        let number = self.seen;
        self.seen += 1;
        self.open.push(index);
        if let Some(node) = self.nodes.get_mut(index) {
            *node = Node {
                number: Some(number),
                lowest: number,
                is_open: true,
            };
        }
    }

    fn reaches(&mut self, index: usize, number: usize) {
        if let Some(node) = self.nodes.get_mut(index) {
            node.lowest = node.lowest.min(number);
        }
    }

    /// All that was opened since the node, and the node itself, is a component.
    fn close(&mut self, first: usize) {
        let mut component = Vec::new();
        while let Some(index) = self.open.pop() {
            if let Some(node) = self.nodes.get_mut(index) {
                node.is_open = false;
            }
            component.push(index);
            if index == first {
                break;
            }
        }
        component.sort_unstable();
        self.components.push(component);
    }

    fn node(&self, index: usize) -> Node {
        self.nodes.get(index).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first_and_the_order_stays_otherwise() {
        for (needs, expected) in [
            (vec![vec![], vec![], vec![]], vec![vec![0], vec![1], vec![2]]),
            (vec![vec![2], vec![], vec![]], vec![vec![2], vec![0], vec![1]]),
            (vec![vec![1], vec![0], vec![]], vec![vec![0, 1], vec![2]]),
            (
                vec![vec![1], vec![2], vec![3, 1], vec![]],
                vec![vec![3], vec![1, 2], vec![0]],
            ),
            (vec![vec![0]], vec![vec![0]]),
        ] {
            assert_eq!(components(&needs), expected, "{needs:?}");
        }
    }

    #[test]
    fn a_long_way_is_no_deep_stack() {
        let needs: Vec<Vec<usize>> = (1..=200_000).map(|next| vec![next % 200_000]).collect();
        assert_eq!(components(&needs).len(), 1);
    }
}

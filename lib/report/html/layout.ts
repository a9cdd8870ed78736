/** Something with a size that wants a place. */
export interface Sized {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

/** A connection whose label wants room. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything lies; centres of boxes and labels, in whole pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Point>;
  readonly connections: ReadonlyArray<{ readonly points: readonly Point[]; readonly label: Point }>;
}

/** Ranks from top to bottom, as few crossings as possible; connections in the order in which they came. */
export function layOut(boxes: readonly Sized[], connections: readonly Connection[]): Layout {
  const { graphlib, layout } = dagre();
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 8, edgesep: 12, ranksep: 26, marginx: 1, marginy: 1 });
  boxes.forEach(({ id, width, height }) => graph.setNode(id, { width, height }));
  connections.forEach(({ from, to, width, height }, index) =>
    graph.setEdge(from, to, { width, height, labelpos: 'c' }, String(index)),
  );
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    boxes: new Map(boxes.map(({ id }) => [id, whole(graph.node(id))])),
    connections: connections.map(({ from, to }, index) => {
      const edge = graph.edge(from, to, String(index));
      return { points: edge.points.map(whole), label: whole(edge) };
    }),
  };
}

function whole({ x = 0, y = 0 }: Partial<Point>): Point {
  return { x: Math.round(x), y: Math.round(y) };
}

/** Loaded only when a drawing is made. */
function dagre() {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would make every caller wait
  return require('@dagrejs/dagre') as typeof import('@dagrejs/dagre', {
    with: { 'resolution-mode': 'import' },
  });
}

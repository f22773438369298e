// What is different between two versions of a workflow: by activity, and line by line.

/** Lines of two texts side by side: { kind: 'same' | 'added' | 'removed', text, left, right } with line numbers from 1. */
export function lineDifferences(before, after) {
  const [left, right] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let [endLeft, endRight] = [left.length, right.length];
  while (endLeft > start && endRight > start && left[endLeft - 1] === right[endRight - 1]) { endLeft--; endRight--; }
  const lines = left.slice(0, start).map((text, index) => ({ kind: 'same', text, left: index + 1, right: index + 1 }));
  for (const [kind, x, y] of shortestEdit(left.slice(start, endLeft), right.slice(start, endRight))) {
    if (kind === 'same') lines.push({ kind, text: left[start + x], left: start + x + 1, right: start + y + 1 });
    else if (kind === 'removed') lines.push({ kind, text: left[start + x], left: start + x + 1 });
    else lines.push({ kind, text: right[start + y], right: start + y + 1 });
  }
  for (let index = 0; endLeft + index < left.length; index++) lines.push({ kind: 'same', text: left[endLeft + index], left: endLeft + index + 1, right: endRight + index + 1 });
  return lines;
}

// Myers' greedy algorithm: the furthest point that d edits reach on each diagonal; the way back gives the edits.
function shortestEdit(left, right) {
  const most = left.length + right.length;
  if (most === 0) return [];
  const furthest = new Map([[1, 0]]);
  const trace = [];
  for (let edits = 0; edits <= most; edits++) {
    trace.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = diagonal === -edits || (diagonal !== edits && furthest.get(diagonal - 1) < furthest.get(diagonal + 1)) ? furthest.get(diagonal + 1) : furthest.get(diagonal - 1) + 1;
      let y = x - diagonal;
      while (x < left.length && y < right.length && left[x] === right[y]) { x++; y++; }
      furthest.set(diagonal, x);
      if (x >= left.length && y >= right.length) return walkBack(trace, left.length, right.length);
    }
  }
  return [];
}

function walkBack(trace, x, y) {
  const steps = [];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits];
    const diagonal = x - y;
    const before = diagonal === -edits || (diagonal !== edits && furthest.get(diagonal - 1) < furthest.get(diagonal + 1)) ? diagonal + 1 : diagonal - 1;
    const fromX = furthest.get(before);
    const fromY = fromX - before;
    while (x > fromX && y > fromY && x > 0 && y > 0) steps.push(['same', --x, --y]);
    if (edits > 0) {
      if (x === fromX) steps.push(['added', x, --y]);
      else steps.push(['removed', --x, y]);
    }
  }
  return steps.reverse();
}

const skipped = new Set(['metadata', 'nodeId', 'activities', 'connections', 'body', 'id', 'name']);

/** The activities of a workflow, however deep, by id: { id, name, type, path, values }. */
function allActivities(root) {
  const found = new Map();
  const visit = (value, path) => {
    if (Array.isArray(value)) return value.forEach(one => visit(one, path));
    if (value === null || typeof value !== 'object') return;
    const isActivity = typeof value.type === 'string' && typeof value.id === 'string' && /\./.test(value.type);
    if (isActivity) found.set(value.id, { id: value.id, name: value.metadata?.displayText || value.name || value.id, type: value.type, path, values: Object.fromEntries(Object.entries(value).filter(([key, inner]) => !skipped.has(key) && !holdsActivity(inner))) });
    for (const [key, inner] of Object.entries(value)) if (key !== 'metadata') visit(inner, isActivity ? [...path, value.id] : path);
  };
  visit(root, []);
  return found;
}

const holdsActivity = value => value !== null && typeof value === 'object' && (Array.isArray(value) ? value.some(holdsActivity) : typeof value.type === 'string' && typeof value.id === 'string');

/** [{ kind: 'added' | 'removed' | 'changed', id, name, type, members: [[name, before, after]] }] */
export function activityDifferences(before, after) {
  const [left, right] = [allActivities(before), allActivities(after)];
  const differences = [];
  for (const [id, one] of right) {
    const other = left.get(id);
    if (!other) { differences.push({ kind: 'added', ...one, members: [] }); continue; }
    const names = new Set([...Object.keys(one.values), ...Object.keys(other.values)]);
    const members = [...names].filter(name => JSON.stringify(one.values[name]) !== JSON.stringify(other.values[name])).map(name => [name, other.values[name], one.values[name]]);
    if (one.name !== other.name) members.unshift(['name', other.name, one.name]);
    if (members.length) differences.push({ kind: 'changed', ...one, members });
  }
  for (const [id, one] of left) if (!right.has(id)) differences.push({ kind: 'removed', ...one, members: [] });
  return differences;
}

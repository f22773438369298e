// A workflow as a small picture: boxes and lines where the designer has put them. Decoration, with a sentence beside it.
import { s as svg } from './drawn.js';

const box = { width: 180, height: 56 };

/** The activities of a workflow's outermost flowchart, or whatever the root holds, with their places. */
export function activitiesOf(root) {
  if (!root) return [];
  const inside = Array.isArray(root.activities) ? root.activities : [root];
  return inside.map((activity, index) => ({
    id: activity.id, activity,
    name: activity.metadata?.displayText || activity.name || activity.id,
    x: activity.metadata?.designer?.position?.x ?? 0,
    y: activity.metadata?.designer?.position?.y ?? index * (box.height + 40),
    width: activity.metadata?.designer?.size?.width || box.width,
  }));
}

/** kindOf(id): a kind of mark for a box ('added', 'removed', 'changed'), or nothing. others: boxes that are drawn too, of another version. */
export function picture(root, { width = 300, height = 120, kindOf = () => null, others = [], lines = root?.connections ?? [], label } = {}) {
  const boxes = [...activitiesOf(root), ...others];
  if (boxes.length === 0) return svg('svg', { width, height, class: 'pf-picture', 'aria-hidden': 'true' });
  const [left, top] = [Math.min(...boxes.map(one => one.x)), Math.min(...boxes.map(one => one.y))];
  const [right, bottom] = [Math.max(...boxes.map(one => one.x + one.width)), Math.max(...boxes.map(one => one.y + box.height))];
  const places = new Map(boxes.map(one => [one.id, one]));
  return svg('svg', { width, height, viewBox: `${left - 16} ${top - 16} ${right - left + 32} ${bottom - top + 32}`, class: 'pf-picture', preserveAspectRatio: 'xMidYMid meet', ...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' }) },
    ...lines.map(line => lineOf(places.get(line.source?.activity ?? line.source), places.get(line.target?.activity ?? line.target), line.kind)).filter(Boolean),
    ...boxes.map(one => boxOf(one, kindOf(one.id))));
}

function boxOf({ x, y, width, name }, kind) {
  const text = svg('text', { x: x + 14, y: y + box.height / 2 + 6, class: 'pf-picture-text' });
  const most = Math.floor((width - 24) / 9.5);
  text.textContent = name.length > most ? `${name.slice(0, most - 1)}…` : name;
  return svg('g', {}, svg('rect', { x, y, width, height: box.height, rx: 10, class: `pf-picture-box${kind ? ` pf-picture-${kind}` : ''}` }), text);
}

function lineOf(from, to, kind) {
  if (!from || !to) return null;
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + box.height / 2, to.x, to.y + box.height / 2];
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  return svg('path', { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, class: `pf-picture-line${kind ? ` pf-picture-line-${kind}` : ''}` });
}

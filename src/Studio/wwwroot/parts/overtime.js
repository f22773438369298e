// A figure over the last minutes: its line, the thresholds that matter, and the value under the pointer.
import { h } from '../shell/dom.js';
import { define, t } from '../shell/strings.js';
import { s } from './drawn.js';
import { clockTime, shortTime } from './format.js';

const width = 640;
const height = 130;
const top = 8;
const bottom = 6;

/**
 * points: [{ at, value }], oldest first; null is a gap. thresholds: [{ value, kind }]. format(value): its text. The line is drawn
 * in the box as wide as it comes; a table of the same figures is there for readers of the screen.
 */
export function overTime({ points, thresholds = [], format, label, kind = 'accent' }) {
  const known = points.filter(point => point.value !== null && point.value !== undefined);
  if (known.length < 2) return h('p', { class: 'pf-text' }, t('overtime.few'));
  const from = Date.parse(points[0].at);
  const span = Math.max(Date.parse(points.at(-1).at) - from, 1);
  const values = known.map(point => point.value);
  const near = thresholds.filter(threshold => threshold.value <= Math.max(...values) * 2.5);
  const most = Math.max(...values, ...near.map(threshold => threshold.value)) * 1.08 || 1;
  const x = at => (Date.parse(at) - from) / span * width;
  const y = value => height - bottom - value / most * (height - top - bottom);
  let path = '';
  let pen = 'M';
  for (const point of points) {
    if (point.value === null || point.value === undefined) { pen = 'M'; continue; }
    path += `${pen}${x(point.at).toFixed(1)} ${y(point.value).toFixed(1)}`;
    pen = 'L';
  }
  const cursor = s('line', { class: 'pf-plot-cursor', y1: 0, y2: height, x1: -9, x2: -9, 'vector-effect': 'non-scaling-stroke' });
  const reading = h('span', { class: 'pf-plot-reading' });
  const rest = () => { reading.textContent = `${clockTime(known.at(-1).at)} · ${format(known.at(-1).value)}`; cursor.setAttribute('x1', -9); cursor.setAttribute('x2', -9); };
  rest();
  const svg = s('svg', { class: 'pf-timeline', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true', onpointermove: follow, onpointerleave: rest },
    near.map(threshold => s('line', { class: `pf-threshold pf-line-${threshold.kind}`, x1: 0, x2: width, y1: y(threshold.value), y2: y(threshold.value), 'vector-effect': 'non-scaling-stroke' })),
    s('path', { d: path, class: `pf-line-${kind}`, fill: 'none', 'stroke-width': 1.75, 'vector-effect': 'non-scaling-stroke' }), cursor);

  function follow(event) {
    const box = svg.getBoundingClientRect();
    const at = from + (event.clientX - box.left) / box.width * span;
    const nearest = known.reduce((best, point) => Math.abs(Date.parse(point.at) - at) < Math.abs(Date.parse(best.at) - at) ? point : best);
    cursor.setAttribute('x1', x(nearest.at));
    cursor.setAttribute('x2', x(nearest.at));
    reading.textContent = `${clockTime(nearest.at)} · ${format(nearest.value)}`;
  }

  return h('figure', { class: 'pf-plot-figure' },
    h('figcaption', { class: 'pf-line pf-line-spread' }, h('span', { class: 'pf-soft' }, label), reading),
    svg,
    h('div', { class: 'pf-line pf-line-spread pf-axis' }, h('span', null, shortTime(points[0].at)), h('span', null, t('overtime.most', format(Math.max(...values)))), h('span', null, shortTime(points.at(-1).at))),
    h('table', { class: 'pf-hidden' }, h('caption', null, label), h('tbody', null, known.slice(-20).map(point => h('tr', null, h('th', { scope: 'row' }, clockTime(point.at)), h('td', null, format(point.value)))))));
}

define({
  'overtime.few': ['There are not enough measurements for a line yet.', '아직 선을 그릴 만큼 측정값이 모이지 않았습니다.'],
  'overtime.most': ['at most {0}', '최대 {0}'],
});

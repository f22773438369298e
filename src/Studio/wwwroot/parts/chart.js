// Small drawings in a line of text; they are decoration, the figures beside them say the same.
import { s as svg } from './drawn.js';

const drawing = (width, height, ...parts) => svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true', class: 'pf-chart', preserveAspectRatio: 'none' }, parts);

/** A line through the values, oldest first; null is a gap. Begins at zero, so that heights compare. */
export function sparkline(values, { width = 120, height = 28, kind = 'accent' } = {}) {
  const most = Math.max(...values.filter(value => value !== null), 0) || 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let path = '';
  let pen = 'M';
  for (const [index, value] of values.entries()) {
    if (value === null || value === undefined) { pen = 'M'; continue; }
    path += `${pen}${(index * step).toFixed(1)} ${(height - 2 - value / most * (height - 4)).toFixed(1)}`;
    pen = 'L';
  }
  return drawing(width, height, svg('path', { d: path || `M0 ${height - 2}`, class: `pf-line-${kind}`, fill: 'none', 'stroke-width': 1.5, 'vector-effect': 'non-scaling-stroke' }));
}

/** Bars side by side. Each value is an array of { value, kind } that stand on one another. */
export function bars(columns, { width = 240, height = 64 } = {}) {
  const most = Math.max(...columns.map(column => column.reduce((sum, part) => sum + part.value, 0)), 1);
  const step = width / Math.max(columns.length, 1);
  return drawing(width, height, ...columns.flatMap((column, index) => {
    let y = height;
    return column.filter(part => part.value > 0).map(part => {
      const size = Math.max(part.value / most * (height - 2), 1.5);
      y -= size;
      return svg('rect', { x: (index * step + step * .12).toFixed(2), y: y.toFixed(2), width: (step * .76).toFixed(2), height: size.toFixed(2), class: `pf-bar-${part.kind}` });
    });
  }));
}

// What changed, member by member: the former value beside the new one.
import { h } from '../shell/dom.js';
import { define, t } from '../shell/strings.js';

const isObject = value => value !== null && typeof value === 'object' && !Array.isArray(value);

/** before, after: JSON values, or null where there was or is nothing. Answers a table, or null when neither says anything. */
export function differenceTable(before, after) {
  const rows = [];
  compare('', before, after, rows);
  if (rows.length === 0) return null;
  return h('div', { class: 'pf-table-holder', tabindex: '0', role: 'region', 'aria-label': t('difference.table') }, h('table', { class: 'pf-table pf-difference-table' },
    h('thead', null, h('tr', { class: 'pf-table-head' }, ['difference.member', 'difference.before', 'difference.after'].map(name => h('th', { class: 'pf-cell', scope: 'col' }, t(name))))),
    h('tbody', null, rows.map(row => h('tr', { class: 'pf-row' },
      h('th', { class: 'pf-cell pf-mono', scope: 'row' }, row.name || '·'), side(row.before, 'bad', row.after), side(row.after, 'good', row.before))))));
}

function compare(name, before, after, rows) {
  if (same(before, after)) return;
  if ((isObject(before) || before === null || before === undefined) && (isObject(after) || after === null || after === undefined) && (isObject(before) || isObject(after))) {
    for (const member of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]))
      compare(name ? `${name}.${member}` : member, before?.[member], after?.[member], rows);
    return;
  }
  rows.push({ name, before, after });
}

function side(value, kind, other) {
  if (value === undefined || value === null) return h('td', { class: 'pf-cell' }, h('span', { class: 'pf-soft' }, '–'));
  const classes = `pf-mono pf-changed pf-changed-${kind}`;
  // Of two lists only what is in one of them matters.
  if (Array.isArray(value)) {
    const others = Array.isArray(other) ? other : [];
    return h('td', { class: 'pf-cell' }, value.length === 0 ? h('span', { class: 'pf-soft' }, '[]') : h('div', { class: 'pf-tags' }, value.map(item => h('span', { class: others.some(one => same(one, item)) ? 'pf-mono pf-changed' : classes }, text(item)))));
  }
  return h('td', { class: 'pf-cell' }, h('span', { class: classes }, text(value)));
}

const text = value => typeof value === 'string' ? value : JSON.stringify(value, null, 1);
const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

define({
  'difference.table': ['What changed', '바뀐 것'],
  'difference.member': ['Member', '항목'],
  'difference.before': ['Before', '이전'],
  'difference.after': ['After', '이후'],
});

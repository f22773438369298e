// What a page shows before there is something, when there is nothing, and when it went wrong.
import { h, icon } from '../shell/dom.js';
import { t } from '../shell/strings.js';

/** The body of a page: its parts one under the other, in the width that reads well. */
export function body(container, ...parts) {
  const element = h('div', { class: 'pf-body' }, parts);
  container.replaceChildren(element);
  return element;
}

/** Grey lines where content will stand. */
export function skeleton(lines = 5) {
  return h('div', { class: 'pf-skeleton', role: 'status', 'aria-label': t('page.loading') },
    Array.from({ length: lines }, (_, index) => h('div', { class: 'pf-skeleton-line', style: `width:${[92, 78, 85, 64, 74][index % 5]}%` })));
}

/** Nothing here yet: says what will stand here and how it comes. */
export function empty({ symbol = 'page', title, text, action }) {
  return h('div', { class: 'pf-empty' }, icon(symbol, 28), h('p', { class: 'pf-empty-title' }, title), text && h('p', { class: 'pf-empty-text' }, text), action);
}

/** It did not work: the server's own words, and a way to try again. */
export function failure(error, retry) {
  return h('div', { class: 'pf-failure', role: 'alert' }, icon('warning', 20),
    h('div', { class: 'pf-failure-body' }, h('p', { class: 'pf-failure-title' }, t(error.status === 403 ? 'request.forbidden' : 'state.failed')), h('p', { class: 'pf-failure-text' }, error.message, error.code && h('span', { class: 'pf-code' }, error.code))),
    retry && h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: retry }, t('state.retry')));
}

const kinds = {
  info: ['Running', 'Executing'],
  good: ['Finished', 'Completed', 'Healthy', 'Closed', 'Active', 'Published', 'Succeeded', 'Done', 'Resolved', 'Allowed'],
  warn: ['Suspended', 'Interrupted', 'Degraded', 'HalfOpen', 'Starting', 'Stopping', 'BackingOff', 'Paused', 'Pending', 'Warning', 'Acknowledged', 'Cancelling', 'Queued'],
  bad: ['Faulted', 'Unhealthy', 'Open', 'Failed', 'Quarantined', 'Critical', 'Denied', 'Refused', 'Revoked', 'Expired', 'DeadLetter'],
};
const kindOf = Object.fromEntries(Object.entries(kinds).flatMap(([kind, names]) => names.map(name => [name, kind])));

/** A word in a coloured pill; the word alone carries the meaning too. kind: good, warn, bad, info or none. */
export function chip(label, kind = kindOf[label] ?? 'none') {
  return h('span', { class: `pf-tag pf-tag-${kind}` }, label);
}

/** A chip for a status by its name in the API, in the language of the page. */
export const statusChip = (status, kind) => chip(t(`status.${status}`) === `status.${status}` ? status : t(`status.${status}`), kind ?? kindOf[status] ?? 'none');

/** A box with a heading; further actions stand at its right. */
export function card(title, content, { actions, wide } = {}) {
  return h('section', { class: wide ? 'pf-card pf-card-wide' : 'pf-card' },
    title && h('div', { class: 'pf-card-head' }, h('h2', { class: 'pf-card-title' }, title), actions && h('div', { class: 'pf-card-actions' }, actions)),
    content);
}

/** One figure with its name, leading to where it is explained. */
export function figure({ label, value, hint, kind, href, extra }) {
  return h(href ? 'a' : 'div', { class: `pf-figure${kind ? ` pf-figure-${kind}` : ''}`, href },
    h('span', { class: 'pf-figure-label' }, label), h('span', { class: 'pf-figure-value' }, value), hint && h('span', { class: 'pf-figure-hint' }, hint), extra);
}

/** Names and values, one under the other. */
export function facts(pairs) {
  return h('dl', { class: 'pf-facts' }, pairs.filter(pair => pair && pair[1] !== null && pair[1] !== undefined && pair[1] !== '').map(([name, value]) =>
    h('div', { class: 'pf-fact' }, h('dt', { class: 'pf-fact-name' }, name), h('dd', { class: 'pf-fact-value' }, value))));
}

// A page that is a list: filters in the address, a table, pages, kept fresh, and words for every state.
import { h, icon } from '../shell/dom.js';
import { t } from '../shell/strings.js';
import { addressState } from './address.js';
import { get } from './api.js';
import { keepFresh } from './live.js';
import { number } from './format.js';
import { empty, failure, skeleton } from './states.js';
import { table } from './table.js';

const pageSize = 25;

/**
 * Draws a list into the container and keeps it fresh. Answers { refresh, state }.
 *
 * load({ values, skip, take, signal }): { items, totalCount }; by default GET of `path` with the filters as its query.
 * filters: { name, kind: 'search' | 'choice' | 'date', label, choices: [[value, label]] }.
 * table: as for table(). none: as for empty(), shown when nothing is there and nothing is filtered.
 * topics: what makes the list ask again. above(element): more over the table.
 */
export function list(container, { signal, path, load, filters = [], table: shape, none, topics, bulk, above, size = pageSize, defaults = {} }) {
  const state = addressState({ ...Object.fromEntries(filters.map(filter => [filter.name, ''])), page: 1, ...defaults }, () => refresh());
  const bar = filterBar(filters, state, signal);
  const bulkBar = bulk && h('div', { class: 'pf-bulk', hidden: true });
  const content = table({ ...shape, choose: bulk && (keys => showBulk(keys)) });
  const place = h('div', { class: 'pf-list' }, skeleton(6));
  const pager = h('nav', { class: 'pf-pager', 'aria-label': t('list.pages'), hidden: true });
  container.append(...[above, filters.length ? bar : null, bulkBar, place, pager].filter(Boolean));
  let shown = 0;

  const ask = load ?? (({ values, skip, take }) => {
    const { page, ...query } = values;
    return get(path, { query: { ...query, skip, take }, signal });
  });

  async function fetchPage() {
    const turn = ++shown;
    const { values } = state;
    try {
      const answer = await ask({ values, skip: (values.page - 1) * size, take: size, signal });
      if (turn !== shown || signal.aborted) return;
      draw(answer);
    } catch (error) {
      if (error.name === 'AbortError' || turn !== shown) return;
      if (!(error.status >= 0)) throw error;
      place.replaceChildren(failure(error, () => refresh()));
      pager.hidden = true;
    }
  }

  function draw({ items, totalCount }) {
    const filtered = filters.some(filter => state.values[filter.name] !== (defaults[filter.name] ?? ''));
    const pages = Math.max(1, Math.ceil(totalCount / size));
    if (items.length === 0 && state.values.page > 1 && totalCount > 0) return void state.set({ page: pages });
    if (items.length === 0) {
      place.replaceChildren(filtered
        ? empty({ symbol: 'search', title: t('list.nothing'), text: t('list.nothing.text'), action: h('button', { class: 'pf-button', type: 'button', onclick: clearFilters }, t('list.clear')) })
        : empty(none));
    } else {
      content.draw(items);
      if (place.firstChild !== content.element) place.replaceChildren(content.element);
    }
    pager.hidden = pages <= 1;
    if (!pager.hidden) pager.replaceChildren(
      h('span', { class: 'pf-soft' }, t('list.range', number((state.values.page - 1) * size + 1), number(Math.min(totalCount, state.values.page * size)), number(totalCount))),
      step('back', t('list.before'), state.values.page - 1, state.values.page > 1),
      step('chevron', t('list.after'), state.values.page + 1, state.values.page < pages));
  }

  const step = (symbol, label, page, enabled) =>
    h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': label, title: label, disabled: !enabled, onclick: () => state.set({ page }) }, icon(symbol, 18));

  function clearFilters() {
    for (const control of bar.querySelectorAll('input, select')) control.value = defaults[control.name] ?? '';
    state.set({ ...Object.fromEntries(filters.map(filter => [filter.name, defaults[filter.name] ?? ''])), page: 1 });
  }

  function showBulk(keys) {
    bulkBar.hidden = keys.length === 0;
    if (keys.length) bulkBar.replaceChildren(h('strong', null, t('list.chosen', number(keys.length))), ...bulk(keys, () => { content.clear(); refresh(); }));
  }

  const refresh = () => fetchPage();
  keepFresh(signal, fetchPage, { topics });
  return { refresh, state };
}

function filterBar(filters, state, signal) {
  return h('form', { class: 'pf-filters', role: 'search', onsubmit: event => event.preventDefault() }, filters.map(filter => {
    const id = `filter-${filter.name}`;
    const change = value => state.set({ [filter.name]: value, page: 1 });
    const value = state.values[filter.name];
    if (filter.kind === 'choice') {
      return h('div', { class: 'pf-filter' }, h('label', { class: 'pf-hidden', for: id }, filter.label),
        h('select', { class: 'pf-input pf-select', id, name: filter.name, onchange: event => change(event.target.value) },
          filter.choices.map(([choice, label]) => h('option', { value: choice, selected: choice === value }, label))));
    }
    if (filter.kind === 'date') {
      return h('div', { class: 'pf-filter' }, h('label', { class: 'pf-hidden', for: id }, filter.label),
        h('input', { class: 'pf-input', id, name: filter.name, type: 'datetime-local', title: filter.label, value, onchange: event => change(event.target.value) }));
    }
    let timer;
    return h('div', { class: 'pf-filter pf-filter-search' }, icon('search', 16), h('label', { class: 'pf-hidden', for: id }, filter.label),
      h('input', { class: 'pf-input', id, name: filter.name, type: 'search', placeholder: filter.label, value, autocomplete: 'off', oninput: event => {
        clearTimeout(timer);
        timer = setTimeout(() => { if (!signal.aborted) change(event.target.value.trim()); }, 250);
      } }));
  }));
}

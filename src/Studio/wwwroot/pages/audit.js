// The audit log: who did what, to what, and what came of it. Pages go on by a cursor, so that new entries do not move them.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { addressState } from '../parts/address.js';
import { get } from '../parts/api.js';
import { curlButton } from '../parts/curl.js';
import { when } from '../parts/format.js';
import { keepFresh } from '../parts/live.js';
import { body, empty, failure, skeleton } from '../parts/states.js';
import { table } from '../parts/table.js';
import { actionName, actorOf, outcomeChip, targetOf } from '../parts/audit-words.js';

const take = 50;
const outcomes = ['Ok', 'Denied', 'Failed'];
const kinds = ['user', 'role', 'apiKey', 'secret', 'workflow', 'instance', 'schedule', 'deadletter', 'service', 'policy', 'route'];
const defaults = { search: '', who: '', action: '', targetKind: '', targetId: '', outcome: '', from: '', to: '', before: '' };

export default {
  render(container, page) {
    const { signal } = page;
    const place = h('div', { class: 'pf-list' }, skeleton(8));
    const pager = h('nav', { class: 'pf-pager', 'aria-label': t('list.pages') });
    const former = [];
    const state = addressState(defaults, () => refresh());
    const narrow = part => { former.length = 0; state.set({ ...part, before: '' }); };
    const shape = table({
      label: t('page.audit'),
      link: entry => addressOf(`audit/${encodeURIComponent(entry.id)}`),
      columns: [
        { label: t('audit.action'), cell: entry => [actionName(entry.action), h('div', { class: 'pf-mono pf-soft' }, entry.action)] },
        { label: t('audit.who'), cell: entry => actorOf(entry.who) },
        { label: t('audit.target'), cell: entry => targetOf(entry.target) },
        { label: t('audit.outcome'), cell: entry => outcomeChip(entry) },
        { label: t('audit.address'), minor: true, cell: entry => entry.who.address ?? '–' },
        { label: t('word.when'), cell: entry => when(entry.at) },
      ],
    });
    const queryOf = ({ from, to, ...values }) => ({ ...values, from: moment(from), to: moment(to), take });
    page.actions(curlButton(() => ({ path: 'api/audit', query: queryOf(state.values) })));
    const bar = filterBar(state, narrow, signal);
    body(container, bar, place, pager);

    let turn = 0;
    async function refresh() {
      const mine = ++turn;
      try {
        const { items, next } = await get('api/audit', { query: queryOf(state.values), signal });
        if (mine === turn) draw(items, next);
      } catch (error) {
        if (error.name === 'AbortError' || mine !== turn) return;
        if (!(error.status >= 0)) throw error;
        place.replaceChildren(failure(error, error.status === 404 ? () => narrow({}) : refresh));
        pager.replaceChildren();
      }
    }

    function draw(items, next) {
      const filtered = Object.keys(defaults).some(name => name !== 'before' && state.values[name]);
      if (items.length === 0) {
        place.replaceChildren(filtered
          ? empty({ symbol: 'search', title: t('list.nothing'), text: t('list.nothing.text'), action: h('button', { class: 'pf-button', type: 'button', onclick: clear }, t('list.clear')) })
          : empty({ symbol: 'history', title: t('audit.none'), text: t('audit.none.text') }));
      } else {
        shape.draw(items);
        if (place.firstChild !== shape.element) place.replaceChildren(shape.element);
      }
      const { before } = state.values;
      pager.replaceChildren(...before || next ? [
        h('button', { class: 'pf-button pf-button-small', type: 'button', disabled: !before, onclick: () => narrow({}) }, t('audit.newest')),
        h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('list.before'), title: t('list.before'), disabled: former.length === 0, onclick: () => state.set({ before: former.pop() }) }, icon('back', 18)),
        h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('list.after'), title: t('list.after'), disabled: !next, onclick: () => { former.push(before); state.set({ before: next }); } }, icon('chevron', 18)),
      ] : []);
    }

    function clear() {
      for (const control of bar.querySelectorAll('input, select')) control.value = '';
      narrow(Object.fromEntries(Object.keys(defaults).map(name => [name, ''])));
    }

    keepFresh(signal, refresh, { topics: kinds, every: 10_000 });
  },
};

const moment = text => text && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : '';

function filterBar(state, narrow, signal) {
  const { values } = state;
  const label = (id, text) => h('label', { class: 'pf-hidden', for: id }, text);
  let timer;
  const typed = (name, text, more = '') => h('div', { class: `pf-filter ${more}` }, more && icon('search', 16), label(`filter-${name}`, text),
    h('input', { class: 'pf-input', id: `filter-${name}`, name, type: 'search', placeholder: text, value: values[name], autocomplete: 'off', oninput: event => {
      clearTimeout(timer);
      timer = setTimeout(() => { if (!signal.aborted) narrow({ [name]: event.target.value.trim() }); }, 250);
    } }));
  const choice = (name, text, choices) => h('div', { class: 'pf-filter' }, label(`filter-${name}`, text),
    h('select', { class: 'pf-input pf-select', id: `filter-${name}`, name, onchange: event => narrow({ [name]: event.target.value }) }, choices.map(([value, shown]) => h('option', { value, selected: value === values[name] }, shown))));
  const time = (name, text) => h('div', { class: 'pf-filter pf-filter-time' }, h('label', { class: 'pf-filter-label', for: `filter-${name}` }, text),
    h('input', { class: 'pf-input', id: `filter-${name}`, name, type: 'datetime-local', value: values[name], onchange: event => narrow({ [name]: event.target.value }) }));
  return h('form', { class: 'pf-filters', role: 'search', onsubmit: event => event.preventDefault() },
    typed('search', t('audit.search'), 'pf-filter-search'), typed('who', t('audit.filter.who')), typed('action', t('audit.filter.action')),
    choice('outcome', t('audit.outcome'), [['', t('audit.outcome.any')], ...outcomes.map(outcome => [outcome, t(`audit.outcome.${outcome}`)])]),
    choice('targetKind', t('audit.target'), [['', t('audit.target.any')], ...kinds.map(kind => [kind, t(`audit.kind.${kind}`)])]),
    typed('targetId', t('audit.filter.target')), time('from', t('audit.from')), time('to', t('audit.to')));
}

define({
  'audit.search': ['Names, ids, addresses or changes', '이름, ID, 주소 또는 변경 내용'],
  'audit.filter.who': ['Who: name or id', '누구: 이름 또는 ID'],
  'audit.filter.action': ['Action, or workflow.*', '동작, 또는 workflow.*'],
  'audit.target.any': ['Any target', '모든 대상'],
  'audit.outcome.any': ['Any outcome', '모든 결과'],
  'audit.from': ['From', '부터'],
  'audit.to': ['Until', '까지'],
  'audit.newest': ['Newest', '최신'],
  'audit.none': ['Nothing was changed yet', '아직 변경 기록이 없습니다'],
  'audit.none.text': ['Whatever people and programs change, and whatever they are denied, is written down here. Nobody can change or delete an entry.', '사람과 프로그램이 바꾼 것과 거절된 것이 모두 여기에 기록됩니다. 누구도 기록을 바꾸거나 지울 수 없습니다.'],
});

// What a service wrote: searched, filtered, and followed as it comes.
import { h, icon } from '../shell/dom.js';
import { language, define, t } from '../shell/strings.js';
import { addressState } from './address.js';
import { get } from './api.js';
import { number } from './format.js';
import { empty, failure, skeleton } from './states.js';

const first = 500;
const more = 1_000;
const linesMax = 5_000;
const askEvery = 1_500;
const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** Fills the place with the log behind `path` until the signal is aborted. What is searched for stands in the address. */
export function logView(place, { path, signal }) {
  const state = addressState({ text: '', stream: '', since: '' }, () => restart());
  let turn = 0;
  let timer = null;
  let typing = null;
  let follows = true;
  let lines = [];
  const box = h('div', { class: 'pf-log', role: 'log', 'aria-label': t('logView.label'), 'aria-live': 'off', tabindex: '0', onscroll: () => {
    if (follows && box.scrollHeight - box.scrollTop - box.clientHeight > 60) setFollow(false);
  } });
  const count = h('span', { class: 'pf-soft', role: 'status' });
  const follow = h('button', { class: 'pf-button pf-button-small', type: 'button', 'aria-pressed': 'true', onclick: () => setFollow(!follows) });
  const choice = (name, label, choices) => h('select', { class: 'pf-input pf-select', name, 'aria-label': label, onchange: event => state.set({ [name]: event.target.value }) }, choices.map(([value, text]) => h('option', { value, selected: value === state.values[name] }, text)));
  const bar = h('form', { class: 'pf-filters pf-log-bar', role: 'search', onsubmit: event => event.preventDefault() },
    h('div', { class: 'pf-filter pf-filter-search' }, icon('search', 16), h('input', { class: 'pf-input', type: 'search', name: 'text', 'aria-label': t('logView.search'), placeholder: t('logView.search'), value: state.values.text, autocomplete: 'off', oninput: event => {
      clearTimeout(typing);
      typing = setTimeout(() => { if (!signal.aborted) state.set({ text: event.target.value.trim() }); }, 250);
    } })),
    h('div', { class: 'pf-filter' }, choice('stream', t('logView.stream'), [['', t('logView.stream.any')], ['Out', t('logView.stream.Out')], ['Error', t('logView.stream.Error')]])),
    h('div', { class: 'pf-filter' }, choice('since', t('logView.since'), [['', t('logView.since.any')], ['5', t('length.minutes', 5)], ['60', t('length.hours', 1)], ['1440', t('length.hours', 24)]])),
    follow, h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: download }, icon('page', 16), t('logView.download')));
  const shown = h('div', null, skeleton(8));
  place.replaceChildren(bar, shown, count);
  setFollow(true);
  signal.addEventListener('abort', () => clearTimeout(timer));
  document.addEventListener('visibilitychange', () => { if (!document.hidden && follows) next(turn); }, { signal });
  restart();

  function setFollow(on) {
    follows = on;
    follow.setAttribute('aria-pressed', String(on));
    follow.replaceChildren(icon(on ? 'pause' : 'play', 16), t(on ? 'logView.following' : 'logView.follow'));
    if (!on) return;
    box.scrollTop = box.scrollHeight;
    next(turn);
  }

  async function restart() {
    const mine = ++turn;
    clearTimeout(timer);
    try {
      const { since, text, stream } = state.values;
      const answer = await get(path, { signal, query: { text, stream, take: first, since: since && new Date(Date.now() - since * 60_000).toISOString() } });
      if (mine !== turn) return;
      lines = answer.items;
      count.textContent = t('logView.count', number(lines.length), number(answer.totalCount));
      if (lines.length === 0) shown.replaceChildren(empty({ symbol: 'page', title: t(text || stream || since ? 'list.nothing' : 'logView.none'), text: t(text || stream || since ? 'list.nothing.text' : 'logView.none.text') }));
      else {
        box.replaceChildren(...lines.map(row));
        shown.replaceChildren(box);
        box.scrollTop = box.scrollHeight;
      }
    } catch (error) {
      if (error.name === 'AbortError' || mine !== turn) return;
      shown.replaceChildren(failure(error, restart));
      return;
    }
    timer = setTimeout(() => next(mine), askEvery);
  }

  // Only what came since the last line; lines of the same moment are told apart by their number.
  async function next(mine) {
    clearTimeout(timer);
    if (mine !== turn || mine === 0 || signal.aborted || !follows || document.hidden) return;
    try {
      const last = lines.at(-1)?.at;
      const answer = await get(path, { signal, query: { text: state.values.text, stream: state.values.stream, take: more, since: last } });
      if (mine !== turn) return;
      const same = last ? lines.filter(line => line.at === last).length : 0;
      let skipped = 0;
      const fresh = answer.items.filter(line => line.at !== last || ++skipped > same);
      if (fresh.length) append(fresh);
    } catch (error) {
      if (error.name === 'AbortError') return;
      // The next turn asks again; the connection that is lost is told at the top.
    }
    if (mine === turn) timer = setTimeout(() => next(mine), askEvery);
  }

  function append(fresh) {
    if (lines.length === 0) shown.replaceChildren(box);
    lines.push(...fresh);
    box.append(...fresh.map(row));
    while (lines.length > linesMax) { lines.shift(); box.firstElementChild.remove(); }
    if (follows) box.scrollTop = box.scrollHeight;
    count.textContent = t('logView.shown', number(lines.length));
  }

  function row(line) {
    const at = new Date(line.at);
    return h('div', { class: line.stream === 'Error' ? 'pf-log-line pf-log-error' : 'pf-log-line' },
      h('time', { class: 'pf-log-time', datetime: line.at, title: at.toLocaleString(language) }, `${clock.format(at)}.${String(at.getMilliseconds()).padStart(3, '0')}`),
      h('span', null, line.stream === 'Error' && h('span', { class: 'pf-hidden' }, t('logView.stream.Error')), marked(plain(line.text), state.values.text)));
  }

  function download() {
    const link = h('a', { href: URL.createObjectURL(new Blob([lines.map(line => `${line.at} ${line.stream} ${plain(line.text)}`).join('\n')], { type: 'text/plain' })), download: `${path.split('/').at(-2)}.log` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  }
}

// Colours that programs write for terminals are noise here.
const plain = text => text.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '');

function marked(text, wanted) {
  if (!wanted) return text;
  const parts = [];
  const low = text.toLowerCase();
  const find = wanted.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(find); at >= 0; at = low.indexOf(find, from)) {
    parts.push(text.slice(from, at), h('mark', { class: 'pf-log-found' }, text.slice(at, at + find.length)));
    from = at + find.length;
  }
  return [...parts, text.slice(from)];
}

define({
  'logView.label': ['Lines of the log, newest last', '로그, 최신 줄이 마지막'],
  'logView.search': ['Search in the log', '로그에서 찾기'],
  'logView.stream': ['Stream', '스트림'],
  'logView.stream.any': ['Both streams', '두 스트림 모두'],
  'logView.stream.Out': ['Output', '출력'],
  'logView.stream.Error': ['Error', '오류'],
  'logView.since': ['How far back', '기간'],
  'logView.since.any': ['All that is kept', '보관된 전체'],
  'logView.follow': ['Follow', '따라가기'],
  'logView.following': ['Following', '따라가는 중'],
  'logView.download': ['Download', '내려받기'],
  'logView.count': ['The last {0} of {1} lines', '{1}줄 중 마지막 {0}줄'],
  'logView.shown': ['{0} lines', '{0}줄'],
  'logView.none': ['Nothing was written yet', '아직 기록된 것이 없습니다'],
  'logView.none.text': ['What the service writes to its output and error stream stands here as it comes.', '서비스가 출력과 오류 스트림에 쓰는 내용이 나오는 대로 여기에 나타납니다.'],
});

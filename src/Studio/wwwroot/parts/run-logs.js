// The lines of one run: what its activities wrote and what the server's log says of it, in one order.
import { h, icon } from '../shell/dom.js';
import { define, language, t } from '../shell/strings.js';
import { addressState } from './address.js';
import { get } from './api.js';
import { number } from './format.js';
import { empty, failure, skeleton } from './states.js';

const linesMax = 1_000;
const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** Draws the lines of a run into the place, and answers what draws them anew. choose(key): shows the step that wrote a line. */
export function runLogs(place, { path, signal, choose }) {
  const state = addressState({ text: '' }, () => draw());
  const shown = h('div', null, skeleton(6));
  const count = h('span', { class: 'pf-soft', role: 'status' });
  let turn = 0;
  let typing = null;
  signal.addEventListener('abort', () => clearTimeout(typing));
  place.replaceChildren(
    h('form', { class: 'pf-filters pf-log-bar', role: 'search', onsubmit: event => event.preventDefault() },
      h('div', { class: 'pf-filter pf-filter-search' }, icon('search', 16), h('input', { class: 'pf-input', type: 'search', name: 'text', 'aria-label': t('run.logs.search'), placeholder: t('run.logs.search'), value: state.values.text, autocomplete: 'off', oninput: event => {
        clearTimeout(typing);
        typing = setTimeout(() => state.set({ text: event.target.value.trim() }), 250);
      } }))),
    shown, count);

  async function draw() {
    const mine = ++turn;
    const { text } = state.values;
    try {
      const { items, totalCount } = await get(path, { query: { text, take: linesMax }, signal });
      if (mine !== turn || signal.aborted) return;
      count.textContent = t('run.logs.count', number(items.length), number(totalCount));
      shown.replaceChildren(items.length
        ? h('div', { class: 'pf-log pf-run-log', role: 'log', 'aria-label': t('run.logs.label'), 'aria-live': 'off', tabindex: '0' }, items.map(row))
        : empty({ symbol: 'page', title: t(text ? 'list.nothing' : 'run.logs.none'), text: t(text ? 'list.nothing.text' : 'run.logs.none.text') }));
    } catch (error) {
      if (error.name === 'AbortError' || mine !== turn) return;
      if (!(error.status >= 0)) throw error;
      shown.replaceChildren(failure(error, draw));
    }
  }

  function row(line) {
    const at = new Date(line.at);
    const source = line.activityExecutionId ? line.source : t('run.logs.server');
    return h('div', { class: line.stream === 'Error' ? 'pf-log-line pf-log-error' : 'pf-log-line' },
      h('time', { class: 'pf-log-time', datetime: line.at, title: at.toLocaleString(language) }, `${clock.format(at)}.${String(at.getMilliseconds()).padStart(3, '0')}`),
      h('span', null,
        line.activityExecutionId ? h('button', { class: 'pf-link pf-link-button', type: 'button', onclick: () => choose(line.activityExecutionId) }, source) : h('span', { class: 'pf-soft' }, source),
        ' ', line.stream === 'Error' && h('span', { class: 'pf-hidden' }, t('run.logs.error')), line.text));
  }

  return draw;
}

define({
  'run.tab.logs': ['Logs', '로그'],
  'run.logs.server': ['server', '서버'],
  'run.logs.search': ['Search in the lines', '줄에서 찾기'],
  'run.logs.label': ['Lines of the run, newest last', '실행의 로그, 최신 줄이 마지막'],
  'run.logs.count': ['The last {0} of {1} lines', '{1}줄 중 마지막 {0}줄'],
  'run.logs.error': ['Error:', '오류:'],
  'run.logs.none': ['Nothing was written', '기록된 것이 없습니다'],
  'run.logs.none.text': ['What Write Line writes, faults, retries, and lines of the server’s log that name this run stand here.', 'Write Line이 쓴 내용, 오류, 재시도, 이 실행을 언급하는 서버 로그가 여기에 나타납니다.'],
  'run.trace.none': ['Not traced. Set Telemetry:Otlp:Endpoint to export traces.', '추적되지 않았습니다. 추적을 내보내려면 Telemetry:Otlp:Endpoint를 설정하세요.'],
  'run.trace.open': ['Open the trace', '추적 열기'],
});

// The figures of the last minutes to the last month: how much runs, how fast, what fails, what waits, what the machine gives.
import { h } from '../shell/dom.js';
import { define, t } from '../shell/strings.js';
import { addressState } from '../parts/address.js';
import { get } from '../parts/api.js';
import { exactTime } from '../parts/format.js';
import { keepFresh } from '../parts/live.js';
import { getIfThere, isNoRoute } from '../parts/optional.js';
import { loadPlots, plot } from '../parts/plot.js';
import { shortSpan } from '../parts/spans.js';
import { body, card, empty, failure, skeleton } from '../parts/states.js';
import { figureText, metricText, subjectText } from '../parts/watch.js';

const ranges = [['15m', 15, 'length.minutes', 15], ['1h', 60, 'length.hours', 1], ['6h', 360, 'length.hours', 6], ['24h', 1_440, 'length.hours', 24], ['7d', 10_080, 'length.days', 7], ['30d', 43_200, 'length.days', 30]];
const charts = [
  { id: 'throughput', unit: 'run/min', names: [['runs.started', 'accent'], ['runs.finished', 'good'], ['runs.faulted', 'bad']] },
  { id: 'latency', unit: 'ms', names: [['runs.p50_ms', 'good'], ['runs.p95_ms', 'warn'], ['runs.p99_ms', 'bad']] },
  { id: 'errors', unit: '%', names: [['runs.error_percent', 'bad'], ['runs.success_percent', 'good']], top: 100 },
  { id: 'queue', unit: 'item', names: [['queue.depth', 'accent']] },
  { id: 'waiting', unit: 's', names: [['queue.oldest_s', 'warn']] },
  { id: 'services', unit: 'ms', names: [['service.response_ms']] },
  { id: 'cpu', unit: '%', names: [['cpu.percent', 'accent'], ['cpu.machine_percent', 'text-soft']], top: 100 },
  { id: 'memory', unit: '%', names: [['memory.percent', 'accent'], ['memory.machine_percent', 'text-soft']], top: 100 },
  { id: 'disk', unit: '%', names: [['disk.used_percent', 'accent']], top: 100 },
  { id: 'database', unit: 'ms', names: [['database.write_ms', 'accent'], ['database.read_ms', 'good']] },
];
const servicesMax = 8;

export default {
  async render(container, page) {
    const place = h('div', { class: 'pf-plots' }, skeleton(6), skeleton(6));
    const picker = h('div', { class: 'pf-ranges' });
    const told = h('span', { class: 'pf-soft', role: 'status' });
    const state = addressState({ range: '1h', from: '', to: '' }, () => { drawPicker(); return load(); });
    body(container, picker, told, place).classList.add('pf-body-full');
    drawPicker();
    const drawn = new Map();
    let turn = 0;
    let Plot = null;
    try {
      Plot = await loadPlots();
    } catch (error) {
      return place.replaceChildren(failure(Object.assign(error, { status: 0 }), () => location.reload()));
    }
    if (page.signal.aborted) return;
    await keepFresh(page.signal, load, { topics: [], every: 15_000 });

    function drawPicker() {
      const { range, from, to } = state.values;
      const custom = Boolean(from && to);
      picker.replaceChildren(
        h('div', { class: 'pf-switch', role: 'group', 'aria-label': t('metrics.range') }, ranges.map(([id, , key, amount]) => h('button', { class: 'pf-switch-item', type: 'button', 'aria-pressed': String(!custom && id === range), onclick: () => state.set({ range: id, from: '', to: '' }) }, t(key, amount)))),
        h('label', { class: 'pf-hidden', for: 'metrics-from' }, t('metrics.from')),
        h('input', { class: 'pf-input pf-when-input', id: 'metrics-from', type: 'datetime-local', title: t('metrics.from'), value: local(spanOf(state.values).from), onchange: event => choose(event.target.value, local(spanOf(state.values).to)) }),
        h('span', { class: 'pf-soft', 'aria-hidden': 'true' }, '–'),
        h('label', { class: 'pf-hidden', for: 'metrics-to' }, t('metrics.to')),
        h('input', { class: 'pf-input pf-when-input', id: 'metrics-to', type: 'datetime-local', title: t('metrics.to'), value: local(spanOf(state.values).to), onchange: event => choose(local(spanOf(state.values).from), event.target.value) }));
    }

    function choose(from, to) {
      if (!from || !to || from >= to) return;
      state.set({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    }

    async function load() {
      if (!Plot) return;
      const mine = ++turn;
      const span = spanOf(state.values);
      const query = { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() };
      let answer;
      try {
        const [platform, services] = await Promise.all([
          get('api/metrics', { query, signal: page.signal }),
          getIfThere('api/metrics', { query: { ...query, names: 'service.response_ms' }, signal: page.signal }),
        ]);
        answer = { ...platform, items: [...platform.items, ...services?.items ?? []] };
      } catch (error) {
        if (error.name === 'AbortError' || mine !== turn) return;
        if (!(error.status >= 0)) throw error;
        drawn.clear();
        return place.replaceChildren(isNoRoute(error) ? empty({ symbol: 'chart', title: t('metrics.absent'), text: t('alerts.absent.text') }) : failure(error, load));
      }
      if (mine !== turn || page.signal.aborted) return;
      told.textContent = t('metrics.step', shortSpan(answer.step), exactTime(answer.to));
      draw(answer);
    }

    function draw(answer) {
      const times = answer.times.map(at => Date.parse(at) / 1_000);
      if (drawn.size === 0) place.replaceChildren();
      for (const chart of charts) {
        const series = seriesOf(chart, answer);
        const has = series.some(one => one.values.some(value => value !== null));
        let here = drawn.get(chart.id);
        if (!here) {
          const format = value => figureText(value, chart.unit, chart.names[0][0]);
          const table = h('div');
          const graph = plot(Plot, { title: t(`metrics.${chart.id}`), series, times, format, sync: 'metrics', signal: page.signal, top: chart.top, counts: ['item', 'run/min'].includes(chart.unit), choose: (from, to) => state.set({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }) });
          const nothing = h('p', { class: 'pf-text' }, t('metrics.none'));
          const section = card(t(`metrics.${chart.id}`), h('div', null, graph.element, nothing, h('details', { class: 'pf-details' }, h('summary', { class: 'pf-summary' }, t('metrics.table')), table)));
          place.append(section);
          drawn.set(chart.id, here = { graph, table, nothing, format });
        }
        here.nothing.hidden = has;
        here.graph.element.hidden = !has;
        if (has) here.graph.update(times, series);
        here.table.replaceChildren(figures(t(`metrics.${chart.id}`), series, answer.times, here.format));
      }
    }
  },
};

function spanOf({ range, from, to }) {
  if (from && to) return { from: Date.parse(from), to: Date.parse(to) };
  const minutes = (ranges.find(([id]) => id === range) ?? ranges[1])[1];
  const now = Date.now();
  return { from: now - minutes * 60_000, to: now };
}

// Of many services the slowest ones: a chart of fifty lines says nothing.
function seriesOf(chart, { items }) {
  const wanted = new Map(chart.names);
  const found = items.filter(item => wanted.has(item.name));
  if (chart.id !== 'services') return found.map(item => ({ label: metricText(item.name), kind: wanted.get(item.name), values: item.values, lowest: item.minimum, highest: item.maximum }));
  const slowness = item => Math.max(0, ...item.maximum.filter(value => value !== null));
  return found.sort((one, other) => slowness(other) - slowness(one)).slice(0, servicesMax).map(item => ({ label: subjectText(item.subject), values: item.values, lowest: item.minimum, highest: item.maximum }));
}

function figures(label, series, times, format) {
  const known = values => values.filter(value => value !== null && value !== undefined);
  const cell = value => h('td', { class: 'pf-cell pf-cell-number' }, value === undefined || !Number.isFinite(value) ? '–' : format(value));
  return h('div', { class: 'pf-table-holder', tabindex: '0', role: 'region', 'aria-label': label },
    h('table', { class: 'pf-table' },
      h('caption', { class: 'pf-hidden' }, t('metrics.caption', label, exactTime(times[0]), exactTime(times.at(-1)))),
      h('thead', null, h('tr', { class: 'pf-table-head' }, h('th', { class: 'pf-cell', scope: 'col' }, t('alerts.metric')), ['last', 'average', 'lowest', 'highest'].map(name => h('th', { class: 'pf-cell pf-cell-number', scope: 'col' }, t(`metrics.${name}`))))),
      h('tbody', null, series.map(one => {
        const values = known(one.values);
        return h('tr', { class: 'pf-row' }, h('th', { class: 'pf-cell', scope: 'row' }, one.label), cell(values.at(-1)), cell(values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined), cell(Math.min(...known(one.lowest))), cell(Math.max(...known(one.highest))));
      }))));
}

// For an input of a date and a time, which knows no time zone.
function local(at) {
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}

define({
  'metrics.range': ['Range', '기간'],
  'metrics.from': ['From', '시작'],
  'metrics.to': ['To', '끝'],
  'metrics.step': ['One point for {0}, up to {1}', '점 하나에 {0}, {1}까지'],
  'metrics.absent': ['No figures are kept', '보관된 지표가 없습니다'],
  'metrics.none': ['Nothing was measured in this range.', '이 기간에 측정된 것이 없습니다.'],
  'metrics.table': ['Figures', '수치'],
  'metrics.caption': ['{0}, from {1} to {2}', '{0}, {1}부터 {2}까지'],
  'metrics.last': ['Last', '마지막'],
  'metrics.average': ['Average', '평균'],
  'metrics.lowest': ['Lowest', '최소'],
  'metrics.highest': ['Highest', '최대'],
  'metrics.throughput': ['Throughput', '처리량'],
  'metrics.latency': ['Duration of runs', '실행 소요 시간'],
  'metrics.errors': ['Success and errors', '성공과 오류'],
  'metrics.queue': ['Queue depth', '대기열 깊이'],
  'metrics.waiting': ['Oldest in the queue', '대기열에서 가장 오래된 것'],
  'metrics.services': ['Response times of services', '서비스 응답 시간'],
  'metrics.cpu': ['Processor', '프로세서'],
  'metrics.memory': ['Memory', '메모리'],
  'metrics.disk': ['Disk', '디스크'],
  'metrics.database': ['Database', '데이터베이스'],
});

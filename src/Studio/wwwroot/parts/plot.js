// Charts over time on one axis: uPlot, loaded when the first one is drawn. A pointer in one shows its time in all; dragging
// over a stretch of time asks for it.
import { h } from '../shell/dom.js';
import { language, define, t } from '../shell/strings.js';

const height = 190;
const whole = [1, 2, 5].flatMap(first => Array.from({ length: 10 }, (_, power) => first * 10 ** power)).sort((one, other) => one - other);
let loading;

/** uPlot with its style. */
export const loadPlots = () => loading ??= Promise.all([
  import(new URL('_content/uplot/uPlot.esm.js', document.baseURI)),
  new Promise((resolve, reject) => {
    const style = h('link', { rel: 'stylesheet', href: '_content/uplot/uPlot.min.css', onload: resolve, onerror: () => reject(new Error('uPlot')) });
    document.head.prepend(style);
  }),
]).then(([module]) => module.default, error => { loading = undefined; throw error; });

const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
/** The colours of lines, in the order of the series; told apart by their dashes too. */
const palette = ['--pf-accent', '--pf-good', '--pf-warn', '--pf-bad', '--pf-text-soft'];
const dashes = [undefined, [6, 3], [2, 3], [8, 3, 2, 3]];
const tone = kind => `--pf-${kind}`;

// A value between two gaps has no line: it is a point.
function lonely(chart, index) {
  const values = chart.data[index];
  const found = [];
  for (const [at, value] of values.entries())
    if (value !== null && value !== undefined && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null) found.push(at);
  return found.length ? found : null;
}

/**
 * series: [{ label, kind, values }]; format(value): its text. sync: charts with the same name share the pointer. choose(from, to) in
 * milliseconds. counts: the figures are whole numbers. top: the least that the axis shows. Answers { element, update(times, series), redraw(), destroy() }. times are in seconds.
 */
export function plot(Plot, { title, series, times, format, sync, choose, signal, top, counts }) {
  const holder = h('div', { class: 'pf-plot' });
  const element = h('figure', { class: 'pf-plot-figure', 'aria-label': title }, holder);
  let chart = null;
  let data = { times, series };
  const lineOf = index => color(data.series[index].kind ? tone(data.series[index].kind) : palette[index % palette.length]);
  const hour = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric' });
  const full = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

  const observer = new ResizeObserver(() => { if (chart && Math.abs(chart.width - holder.clientWidth) > 1 && holder.clientWidth > 0) chart.setSize({ width: holder.clientWidth, height }); });
  observer.observe(holder);
  const themes = new MutationObserver(build);
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  signal.addEventListener('abort', () => { observer.disconnect(); themes.disconnect(); chart?.destroy(); chart = null; });
  queueMicrotask(build);

  function build() {
    if (signal.aborted || !holder.isConnected) return;
    chart?.destroy();
    const soft = color('--pf-text-soft');
    const axis = { stroke: soft, grid: { stroke: color('--pf-line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    chart = new Plot({
      width: holder.clientWidth || 480, height, padding: [10, 10, 0, 0],
      cursor: { sync: { key: sync, setSeries: false }, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
      hooks: { setSelect: [one => {
        if (one.select.width < 6) return;
        const [from, to] = [one.posToVal(one.select.left, 'x'), one.posToVal(one.select.left + one.select.width, 'x')];
        one.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        choose?.(from * 1_000, to * 1_000);
      }] },
      scales: { y: { range: (_, low, most) => [Math.min(0, low ?? 0), top && (most ?? 0) <= top ? top : (most ?? 0) > 0 ? most * 1.1 : 1] } },
      axes: [
        { ...axis, size: 30, space: 70, values: (one, splits) => splits.map((at, index) => { const span = one.scales.x.max - one.scales.x.min; const date = new Date(at * 1_000); return span > 2 * 86_400 || date.getHours() + date.getMinutes() === 0 ? day.format(date) : hour.format(date); }) },
        { ...axis, size: 66, ...counts ? { incrs: whole } : {}, values: (_, splits) => splits.map(value => format(value)) }],
      legend: { live: true },
      series: [
        { label: t('plot.time'), value: (_, at) => at === null ? '–' : full.format(new Date(at * 1_000)) },
        ...data.series.map((one, index) => ({ label: one.label, stroke: lineOf(index), width: 1.75, dash: dashes[index % dashes.length], points: { show: () => false, size: 5, filter: lonely }, spanGaps: false, value: (_, value) => value === null || value === undefined ? '–' : format(value) })),
      ],
    }, [data.times, ...data.series.map(one => one.values)], holder);
    chart.root.querySelector('canvas')?.setAttribute('aria-hidden', 'true');
  }

  return {
    element,
    update(nextTimes, nextSeries) {
      const same = nextSeries.length === data.series.length && nextSeries.every((one, index) => one.label === data.series[index].label);
      data = { times: nextTimes, series: nextSeries };
      if (!chart || !same) build();
      else chart.setData([nextTimes, ...nextSeries.map(one => one.values)]);
    },
  };
}

define({ 'plot.time': ['Time', '시각'] });

// The steps of a run on a time axis. Only the rows in sight are drawn: a run may have ten thousand steps.
import { h } from '../shell/dom.js';
import { define, t } from '../shell/strings.js';
import { duration, number } from './format.js';

const rowHeight = 32;
const spareRows = 8;
const kinds = { Completed: 'good', Faulted: 'bad', Canceled: 'none', Cancelled: 'none', Running: 'accent', Pending: 'none', TakenOver: 'none' };

/** choose(id) is called for the row that is clicked; chosen() tells the one that is shown. draw(steps, run) with Elsa's activity executions. */
export function timeline({ choose, chosen }) {
  const rows = h('div', { class: 'pf-gantt-rows' });
  const holder = h('div', { class: 'pf-gantt', role: 'listbox', tabindex: '0', 'aria-label': t('timeline.label'), onscroll: () => draw(), onkeydown: move }, rows);
  const axis = h('div', { class: 'pf-gantt-axis', 'aria-hidden': 'true' });
  const count = h('p', { class: 'pf-soft' });
  const element = h('section', { class: 'pf-card pf-gantt-card' }, h('div', { class: 'pf-line pf-line-spread' }, count, legend()), axis, holder);
  let steps = [];
  let from = 0;
  let span = 1;
  let end = 0;

  function load(executions, run) {
    const now = run.finishedAt ? new Date(run.finishedAt).getTime() : Date.now();
    steps = inOrder(executions).map(step => ({ ...step, start: new Date(step.startedAt).getTime(), stop: step.completedAt ? new Date(step.completedAt).getTime() : now }));
    from = Math.min(new Date(run.createdAt).getTime(), ...steps.slice(0, 50).map(step => step.start));
    end = steps.reduce((latest, step) => Math.max(latest, step.stop), now);
    span = Math.max(end - from, 1);
    count.textContent = t('timeline.count', number(steps.length), duration(span));
    axis.replaceChildren(...[0, .5, 1].map(share => h('span', { class: 'pf-gantt-tick', style: `left:${share * 100}%` }, share === 0 ? '0' : duration(span * share))));
    rows.style.height = `${steps.length * rowHeight}px`;
    holder.style.setProperty('--rows', String(Math.min(steps.length, 18)));
    draw();
  }

  function draw() {
    const first = Math.max(0, Math.floor(holder.scrollTop / rowHeight) - spareRows);
    const last = Math.min(steps.length, Math.ceil((holder.scrollTop + (holder.clientHeight || 600)) / rowHeight) + spareRows);
    rows.replaceChildren(...steps.slice(first, last).map((step, index) => row(step, first + index)));
    const current = steps.findIndex(step => step.id === chosen());
    if (current >= first && current < last) holder.setAttribute('aria-activedescendant', `step-${current}`);
    else holder.removeAttribute('aria-activedescendant');
  }

  function row(step, index) {
    const took = step.stop - step.start;
    const left = (step.start - from) / span * 100;
    const wide = Math.max(took / span * 100, .3);
    const waiting = !step.completedAt && step.hasBookmarks;
    const kind = waiting ? 'warn' : kinds[step.status] ?? 'accent';
    return h('div', { class: 'pf-gantt-row', role: 'option', id: `step-${index}`, 'aria-selected': String(step.id === chosen()), 'aria-setsize': String(steps.length), 'aria-posinset': String(index + 1), style: `top:${index * rowHeight}px`, onclick: () => pick(index) },
      h('span', { class: 'pf-gantt-name', style: `padding-left:${8 + Math.min(step.callStackDepth ?? 0, 12) * 12}px`, title: step.activityType }, h('span', { class: `pf-dot pf-dot-${kind === 'accent' ? 'none' : kind}` }), h('span', { class: 'pf-gantt-text' }, step.activityName || step.activityId)),
      h('span', { class: 'pf-gantt-lane' }, h('span', { class: `pf-gantt-bar pf-gantt-bar-${kind}${waiting ? ' pf-gantt-bar-waiting' : ''}`, style: `left:${Math.min(left, 99.7)}%;width:${Math.min(wide, 100 - Math.min(left, 99.7))}%` })),
      h('span', { class: 'pf-gantt-took' }, h('span', { class: 'pf-hidden' }, `${step.status} `), duration(took)));
  }

  function pick(index) {
    choose(steps[index].id);
    draw();
  }

  function move(event) {
    const jump = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity }[event.key];
    if (!jump || steps.length === 0) return;
    event.preventDefault();
    const at = steps.findIndex(step => step.id === chosen());
    const next = Math.min(steps.length - 1, Math.max(0, at + jump));
    const top = next * rowHeight;
    if (top < holder.scrollTop) holder.scrollTop = top;
    else if (top + rowHeight > holder.scrollTop + holder.clientHeight) holder.scrollTop = top + rowHeight - holder.clientHeight;
    pick(next);
  }

  return { element, draw: load };
}

// Children stand under what executed them, in the order in which they began.
function inOrder(executions) {
  const children = new Map();
  const ids = new Set(executions.map(step => step.id));
  for (const step of executions) {
    const parent = ids.has(step.schedulingActivityExecutionId) ? step.schedulingActivityExecutionId : null;
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(step);
  }
  const ordered = [];
  const open = [...(children.get(null) ?? [])].reverse();
  while (open.length) {
    const step = open.pop();
    ordered.push(step);
    const under = children.get(step.id);
    if (under) for (let index = under.length - 1; index >= 0; index--) open.push(under[index]);
  }
  return ordered;
}

const legend = () => h('span', { class: 'pf-tags', 'aria-hidden': 'true' }, [['good', 'timeline.done'], ['accent', 'status.Running'], ['warn', 'status.Suspended'], ['bad', 'status.Faulted']]
  .map(([kind, text]) => h('span', { class: 'pf-gantt-legend' }, h('span', { class: `pf-gantt-swatch pf-gantt-bar-${kind}` }), t(text))));


define({
  'timeline.label': ['Steps of the run', '실행 단계'],
  'timeline.count': ['{0} steps in {1}', '{1} 동안 {0}단계'],
  'timeline.done': ['Done', '완료'],
});

// The first visit: four steps that end with a workflow of one's own having run. What is done is seen from what is there.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { get, send } from './api.js';
import { startWorkflow } from './start.js';

const gone = 'platform.tour.gone';
const looked = 'platform.tour.looked';
const shippedFirst = 'hello-world';
let over = false;

/** Notes that somebody looked at a run. */
export const noteLookedAtRun = () => localStorage.setItem(looked, '1');

/** The card of the tour, or nothing once all is done or it was sent away. */
export async function tour({ signal }) {
  if (over || localStorage.getItem(gone) || !may('exec:workflow-definitions') || !may('write:workflow-definitions')) return null;
  const [definitions, anyRun] = await Promise.all([
    get('api/definitions', { query: { take: 100 }, signal }),
    send('POST', 'elsa/api/workflow-instances', { page: 0, pageSize: 1 }, { signal }),
  ]);
  const own = definitions.items.filter(item => !item.isShipped);
  const hello = definitions.items.find(item => item.definitionId === shippedFirst);
  const steps = [
    { id: 'run', done: anyRun.totalCount > 0, action: hello && (() => startWorkflow(shippedFirst)) },
    { id: 'look', done: Boolean(localStorage.getItem(looked)), href: anyRun.items?.[0] && addressOf(`runs/${encodeURIComponent(anyRun.items[0].id)}`) },
    { id: 'draw', done: own.length > 0, href: addressOf('workflows?new=1') },
    { id: 'own', done: own.some(item => item.lastRun), action: own.length ? () => startWorkflow(own[0].definitionId) : null },
  ];
  if (steps.every(step => step.done)) {
    over = true;
    localStorage.setItem(gone, '1');
    return null;
  }
  const current = steps.find(step => !step.done);
  const card = h('section', { class: 'pf-card pf-tour', 'aria-labelledby': 'tour-title' },
    h('div', { class: 'pf-card-head' }, h('h2', { class: 'pf-card-title', id: 'tour-title' }, t('tour.title')),
      h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('tour.leave'), title: t('tour.leave'), onclick: () => { localStorage.setItem(gone, '1'); over = true; card.remove(); } }, icon('close', 16))),
    h('ol', { class: 'pf-tour-steps' }, steps.map((step, index) => h('li', { class: `pf-tour-step${step.done ? ' pf-tour-done' : ''}`, 'aria-current': step === current ? 'step' : null },
      h('span', { class: 'pf-tour-mark', 'aria-hidden': 'true' }, step.done ? icon('check', 16) : String(index + 1)),
      h('div', { class: 'pf-stack' }, h('strong', null, t(`tour.${step.id}`)), h('span', { class: 'pf-soft' }, t(`tour.${step.id}.text`)),
        step === current && (step.action || step.href) && h('div', null, step.href
          ? h('a', { class: 'pf-button pf-button-primary pf-button-small', href: step.href }, t(`tour.${step.id}.action`))
          : h('button', { class: 'pf-button pf-button-primary pf-button-small', type: 'button', onclick: step.action }, t(`tour.${step.id}.action`))))))));
  return card;
}

define({
  'tour.title': ['Four steps to your own workflow', '나만의 워크플로까지 네 단계'],
  'tour.leave': ['Leave the tour', '안내 닫기'],
  'tour.run': ['Run one', '실행해 보기'],
  'tour.run.text': ['Hello World is ready.', 'Hello World가 준비되어 있습니다.'],
  'tour.run.action': ['Run Hello World', 'Hello World 실행'],
  'tour.look': ['See what it did', '무엇을 했는지 보기'],
  'tour.look.text': ['Each step with its data, on a time axis.', '각 단계와 데이터를 시간 축에서 봅니다.'],
  'tour.look.action': ['Open the run', '실행 열기'],
  'tour.draw': ['Draw your own', '직접 그리기'],
  'tour.draw.text': ['From a template or an empty canvas.', '템플릿이나 빈 캔버스에서 시작합니다.'],
  'tour.draw.action': ['Create a workflow', '워크플로 만들기'],
  'tour.own': ['Run yours', '내 것 실행하기'],
  'tour.own.text': ['With inputs, if it has some.', '입력이 있으면 함께.'],
  'tour.own.action': ['Run it', '실행'],
});

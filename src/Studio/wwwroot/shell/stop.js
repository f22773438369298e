// The emergency stop: a strip over every page while it holds, and the ways in and out of it.
import { h, icon } from './dom.js';
import { may } from './session.js';
import { traffic } from './requests.js';
import { define, t } from './strings.js';
import { toast } from './toasts.js';

const path = 'api/emergency-stop';
// Seldom: the news, a page that is opened and a request that is refused tell it earlier. Its end is asked for more often.
const askEvery = 300_000;
const askEveryStopped = 10_000;
const changed = new EventTarget();
let state = null;
let ask = () => {};

/** Calls back when it changes. */
const onStop = (listener, signal) => changed.addEventListener('change', listener, { signal });

/** Begins to watch; the strip stands in the frame as long as everything is stopped. */
export async function watchStop() {
  if (!may('read:monitor')) return;
  const [{ getIfThere }, { number, when }, { hear }] = await Promise.all([import('../parts/optional.js'), import('../parts/format.js'), import('../parts/live.js')]);
  let timer = null;
  let mine = 0;

  ask = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    const turn = ++mine;
    try {
      const answer = await getIfThere(path);
      if (turn !== mine) return;
      if (answer === null) return void (state = null);
      show(answer);
    } catch { /* The connection that is lost is told elsewhere; the strip stays as it was. */ }
    if (turn === mine) timer = setTimeout(ask, state?.isStopped ? askEveryStopped : askEvery);
  };

  function show(answer) {
    const before = JSON.stringify(state);
    state = answer;
    if (before === JSON.stringify(state)) return;
    document.querySelector('.pf-stopped')?.remove();
    document.documentElement.toggleAttribute('data-stopped', answer.isStopped);
    if (answer.isStopped) document.querySelector('.pf-top').after(h('div', { class: 'pf-stopped', role: 'alert' }, icon('warning', 18),
      h('span', { class: 'pf-stopped-text', title: answer.reason ?? '' }, h('strong', null, t('stop.stopped')), ' ', answer.busyInstances ? t('stop.busy', number(answer.busyInstances)) : t('stop.nothing'), ' ', t('stop.by', answer.by ?? '–'), ' ', answer.at && when(answer.at), answer.reason && `: ${answer.reason}`),
      may('manage:emergency-stop') && h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: release }, t('stop.release'))));
    changed.dispatchEvent(new Event('change'));
  }

  document.addEventListener('visibilitychange', () => { if (!document.hidden) ask(); });
  // A refusal because of the stop says it before the next turn does.
  traffic.addEventListener('end', ({ detail }) => { if (detail.status === 503 && !state?.isStopped) ask(); });
  hear(['emergency-stop'], () => ask());
  await ask();
}

/** Looks whether it still is as it was; for every page that is opened. */
export const askStop = () => ask();

/** Asks and stops everything. */
async function stopEverything() {
  const [{ confirmAction }, { send }] = await Promise.all([import('../parts/form.js'), import('../parts/api.js')]);
  const done = await confirmAction({
    title: t('stop.title'), text: t('stop.text'), action: t('stop.do'),
    fields: [{ name: 'reason', kind: 'area', rows: 2, label: t('stop.reason'), hint: t('stop.reason.hint'), required: true }],
    run: ({ reason }) => send('POST', path, { reason }),
  });
  if (done) await ask();
}

/** Asks and lets everything go on. */
async function release() {
  const [{ confirmAction }, { send }] = await Promise.all([import('../parts/form.js'), import('../parts/api.js')]);
  const done = await confirmAction({ title: t('stop.release.title'), text: t('stop.release.text'), action: t('stop.release'), danger: false, run: () => send('POST', `${path}/release`) });
  if (!done) return;
  toast({ kind: 'success', title: t('stop.released') });
  await ask();
}

/** The button for a page's header. It follows the state while the page is open. */
export function stopButton(signal) {
  const button = h('button', { type: 'button', onclick: () => state?.isStopped ? release() : stopEverything() });
  const draw = () => {
    button.hidden = state === null || !may('manage:emergency-stop');
    button.className = `pf-button${state?.isStopped ? '' : ' pf-button-stop'}`;
    button.replaceChildren(icon(state?.isStopped ? 'play' : 'stop', 18), h('span', { class: 'pf-action-text' }, t(state?.isStopped ? 'stop.release' : 'stop.do')));
    button.setAttribute('aria-label', t(state?.isStopped ? 'stop.release' : 'stop.do'));
  };
  draw();
  onStop(draw, signal);
  return button;
}

/** The same as choices of a menu, with a line before it. */
export const stopChoice = () => state === null || !may('manage:emergency-stop') ? [] : [null,
  state.isStopped ? { label: t('stop.release'), icon: icon('play', 18), run: release } : { label: t('stop.do'), icon: icon('stop', 18), run: stopEverything }];

define({
  'stop.do': ['Emergency stop', '비상 정지'],
  'stop.title': ['Stop everything?', '모든 것을 멈출까요?'],
  'stop.text': ['No workflow starts and none goes on: requests for work are refused, timers and queued work wait. What runs now ends its step. Nothing is lost; after the release everything goes on where it was.', '어떤 워크플로도 시작하거나 이어지지 않습니다. 작업 요청은 거절되고 타이머와 대기열은 기다립니다. 지금 실행 중인 것은 현재 단계를 마칩니다. 잃는 것은 없으며 해제하면 멈춘 곳부터 이어집니다.'],
  'stop.reason': ['Reason', '이유'],
  'stop.reason.hint': ['Everybody sees it while the stop holds; it is in the audit log.', '정지하는 동안 모두에게 보이며 감사 로그에 남습니다.'],
  'stop.stopped': ['Emergency stop.', '비상 정지 중.'],
  'stop.nothing': ['Nothing starts or goes on.', '아무것도 시작하거나 이어지지 않습니다.'],
  'stop.busy': ['{0} still end their step.', '{0}개가 현재 단계를 마치는 중입니다.'],
  'stop.by': ['{0},', '{0},'],
  'stop.release': ['Release', '해제'],
  'stop.release.title': ['Let everything go on?', '모두 다시 이어지게 할까요?'],
  'stop.release.text': ['Timers that are due and queued work begin at once.', '때가 된 타이머와 대기 중인 작업이 바로 시작됩니다.'],
  'stop.released': ['The emergency stop is over', '비상 정지를 해제했습니다'],
});

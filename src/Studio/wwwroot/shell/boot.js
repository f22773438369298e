// The order of things: who is signed in, the frame, the page that the address names - and Elsa Studio loading meanwhile.
import { h, icon, logo } from './dom.js';
import { isReconnecting } from '../parts/live.js';
import { dismissConflict, watchConflicts } from './conflicts.js';
import { ask } from './dialog.js';
import { disposeAlive, isWornOut, startElsa } from './elsa.js';
import { buildFrame, setActions, setTitle } from './frame.js';
import { onUnauthorized } from './requests.js';
import { findPage, pages } from './pages.js';
import { startPalette } from './palette.js';
import { addressOf, startRouter } from './router.js';
import { forgetUnsaved, hasUnsaved, settle, unsafeToLeave, watchSaving } from './saving.js';
import { loadSession } from './session.js';
import { askToSignIn } from './signin.js';
import { askStop, watchStop } from './stop.js';
import { language, t } from './strings.js';
import './words.js';
import { applyTheme } from './theme.js';
import { toast } from './toasts.js';

// How long a cut connection may take to be noticed, in milliseconds.
const noticedWithin = 1_000;
// When Elsa Studio is started on a page that does not need it, so that the designer opens at once later.
const elsaAfter = 8_000;

let leaving = null;
let main;

document.documentElement.lang = language;
applyTheme();
watchSaving();
watchConflicts();
watchCrashes();
// Elsa Studio loads while the person types the password, where the page needs it; a failure shows up where the first element is
// mounted. Its start takes seconds of a processor: a page that does not need it comes first.
const first = findPage(location.pathname.slice(new URL(document.baseURI).pathname.length))?.page;
setTimeout(() => startElsa().catch(() => {}), first?.elsa ? 0 : elsaAfter);
first?.load().catch(() => {});

await signInFirst();
onUnauthorized(async () => await askToSignIn({ again: true }) !== null);
main = buildFrame(pages);
startPalette(pages);
startRouter(showPage, mayLeave);
watchStop();

async function signInFirst() {
  for (;;) {
    try {
      return await loadSession() ?? await askToSignIn();
    } catch {
      document.getElementById('app').replaceChildren(notice('warning', t('saving.offline'), t('signin.unreachable')));
      await new Promise(resolve => setTimeout(resolve, 3_000));
      document.getElementById('app').replaceChildren();
    }
  }
}

async function showPage({ page, params, query }) {
  leaving?.abort();
  dismissConflict();
  const { signal } = leaving = new AbortController();
  await settle();
  await disposeAlive();
  if (isWornOut() && !unsafeToLeave()) return location.reload();
  forgetUnsaved();
  setActions();
  askStop();
  if (page === null) return showMissing();

  const container = h('div', { class: 'pf-page' });
  const wait = h('div', { class: 'pf-splash', role: 'status', 'aria-label': t('page.loading') }, logo(40), h('div', { class: 'pf-splash-bar' }, h('div', { class: 'pf-splash-fill' })));
  setTitle(page, [t(page.title)]);
  main.replaceChildren(container, wait);
  try {
    await (await page.load()).default.render(container, {
      params, query, signal,
      title: (...trail) => setTitle(page, trail),
      actions: setActions,
      missing: (title, text) => container.replaceChildren(notice('page', title, text, home())),
    });
  } catch (error) {
    console.error(error);
    container.replaceChildren(notice('warning', t('page.failed'), error.message,
      h('button', { class: 'pf-button', type: 'button', onclick: () => location.reload() }, t('crash.reload'))));
  }
  wait.remove();
}

function showMissing() {
  setTitle(null, [t('page.missing')]);
  main.replaceChildren(notice('page', t('page.missing'), t('page.missing.text'), home()));
}

const home = () => h('a', { class: 'pf-button', href: addressOf('') }, t('page.missing.home'));

function notice(symbol, title, text, action) {
  return h('div', { class: 'pf-notice' }, icon(symbol, 32), h('h2', { class: 'pf-notice-title' }, title), h('p', { class: 'pf-notice-text' }, text), action);
}

async function mayLeave() {
  await settle();
  if (!hasUnsaved()) return true;
  return await ask(t('saving.leave'), 'dialog.leave', 'dialog.stay');
}

function tellCrash(root) {
  root.dataset.crashes = Number(root.dataset.crashes ?? 0) + 1;
  toast({ kind: 'error', title: t('crash.title'), text: t('crash.text'), action: { label: t('crash.reload'), run: () => location.reload() } });
}

// Blazor shows its yellow bar by setting a style; we count it (tests look at that) and say it in our own words.
function watchCrashes() {
  const bar = document.getElementById('blazor-error-ui');
  const root = document.documentElement;
  new MutationObserver(() => {
    if (bar.style.display !== 'block') return;
    bar.style.display = 'none';
    // A connection that was cut makes Elsa Studio fall over, sometimes before it is noticed here. Then the page is built anew when
    // the server is back, and there is nothing to say.
    setTimeout(() => { if (!isReconnecting()) tellCrash(root); }, noticedWithin);
  }).observe(bar, { attributeFilter: ['style'] });
}

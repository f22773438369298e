// Parts of a page of which one is shown; which one stands in the address.
import { h } from '../shell/dom.js';
import { t } from '../shell/strings.js';
import { addressState } from './address.js';
import { empty } from './states.js';

/** parts: { id, label, draw(signal) }; the first has the id ''. draw fills `place`, which is emptied at every change. */
export function tabs(page, parts, place, name = 'tab') {
  // Whoever may see none of the parts came by an address.
  if (parts.length === 0) {
    place.replaceChildren(empty({ symbol: 'lock', title: t('request.forbidden') }));
    return '';
  }
  const state = addressState({ [name]: '' });
  let shown = null;
  const buttons = parts.map(part => h('button', { class: 'pf-tab', type: 'button', role: 'tab', id: `tab-${part.id || 'first'}`, 'aria-selected': 'false', tabindex: '-1', onclick: () => choose(part) }, part.label));
  const element = h('div', { class: 'pf-tabs', role: 'tablist', 'aria-label': t('tabs.label'), onkeydown: event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    buttons[next].focus();
    choose(parts[next]);
  } }, buttons);
  place.setAttribute('role', 'tabpanel');

  function choose(part) {
    // What belongs to the tab that is left, filters above all, goes out of the address with it.
    const kept = new URL(location.href);
    kept.search = '';
    history.replaceState(history.state, '', kept);
    state.set({ [name]: part.id });
    show(part);
  }

  function show(part) {
    shown?.abort();
    shown = new AbortController();
    page.signal.addEventListener('abort', () => shown.abort(), { once: true, signal: shown.signal });
    for (const [index, button] of buttons.entries()) {
      const selected = parts[index] === part;
      button.setAttribute('aria-selected', String(selected));
      button.tabIndex = selected ? 0 : -1;
    }
    place.setAttribute('aria-labelledby', `tab-${part.id || 'first'}`);
    place.replaceChildren();
    part.draw(shown.signal);
  }

  show(parts.find(part => part.id === state.values[name]) ?? parts[0]);
  return element;
}

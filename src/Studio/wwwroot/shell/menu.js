// A button that opens a list of choices; arrow keys, Escape and a click elsewhere work as people expect.
import { h } from './dom.js';

/** items(): an array of { label, icon, checked, run } or null for a line between groups; asked at every opening. */
export function menuButton(button, items) {
  const list = h('div', { class: 'pf-menu', role: 'menu', hidden: true });
  const holder = h('div', { class: 'pf-menu-holder' }, button, list);
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('click', () => list.hidden ? open() : close());
  holder.addEventListener('focusout', event => { if (event.relatedTarget && !holder.contains(event.relatedTarget)) close(); });
  holder.addEventListener('keydown', event => {
    if (list.hidden) {
      if (event.key === 'ArrowDown') open();
      return;
    }
    if (event.key === 'Escape') { close(); button.focus(); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const entries = [...list.querySelectorAll('button')];
    entries[(entries.indexOf(document.activeElement) + step + entries.length) % entries.length].focus();
  });
  const outside = event => { if (!holder.contains(event.target)) close(); };

  function open() {
    list.replaceChildren(...items().map(item => item === null
      ? h('hr', { class: 'pf-menu-line' })
      : item.heading ? h('div', { class: 'pf-menu-heading' }, item.heading)
      : h('button', { class: 'pf-menu-item', type: 'button', role: item.checked === undefined ? 'menuitem' : 'menuitemradio', 'aria-checked': item.checked === undefined ? null : String(item.checked), onclick: () => { close(); button.focus(); item.run(); } },
        item.icon, h('span', null, item.label))));
    list.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', outside, true);
    (list.querySelector('[aria-checked=true]') ?? list.querySelector('button'))?.focus();
  }

  function close() {
    list.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
  }

  return holder;
}

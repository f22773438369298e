// Short messages at the lower edge. They go by themselves, unless they offer something to do.
import { h, icon } from './dom.js';
import { t } from './strings.js';

const shownFor = { info: 6_000, success: 4_000, error: 15_000 };
const toastsMax = 4;
let region;

/** kind: 'info', 'success' or 'error'. action: { label, run }. The same title is shown once at a time. */
export function toast({ kind = 'info', title, text, action }) {
  region ??= document.body.appendChild(h('div', { class: 'pf-toasts', role: 'region', 'aria-label': t('toast.region'), 'aria-live': 'polite' }));
  for (const shown of region.children) if (shown.dataset.title === title) shown.remove();
  while (region.children.length >= toastsMax) region.firstElementChild.remove();

  const element = h('div', { class: `pf-toast pf-toast-${kind}`, role: kind === 'error' ? 'alert' : 'status', 'data-title': title },
    icon(kind === 'error' ? 'warning' : kind === 'success' ? 'check' : 'info'),
    h('div', { class: 'pf-toast-body' }, h('div', { class: 'pf-toast-title' }, title), text && h('div', { class: 'pf-toast-text' }, text)),
    action && h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => { element.remove(); action.run(); } }, action.label),
    h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('toast.dismiss'), onclick: () => element.remove() }, icon('close', 16)));
  region.append(element);
  if (!action) setTimeout(() => element.remove(), shownFor[kind]);
  return () => element.remove();
}

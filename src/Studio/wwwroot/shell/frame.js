// What stands around every page: navigation at the side, title and actions at the top.
import { h, icon, logo } from './dom.js';
import { menuButton } from './menu.js';
import { paletteButton } from './palette.js';
import { addressOf } from './router.js';
import { may, session, signOut } from './session.js';
import { chooseLanguage, language, languages, t } from './strings.js';
import { chooseTheme, chosenTheme, isDark, themes } from './theme.js';

const key = 'platform.navigation';
const groups = [undefined, 'nav.build', 'nav.watch', 'nav.manage'];
const crumbs = h('div', { class: 'pf-crumbs' });
const actions = h('div', { class: 'pf-actions' });
const links = new Map();
const main = h('main', { class: 'pf-main', id: 'content', tabindex: '-1' });

/** Builds the frame and answers the element that pages are rendered into. */
export function buildFrame(pages) {
  const shown = pages.filter(page => page.order !== undefined && (!page.needs || may(page.needs))).sort((one, other) => one.order - other.order);
  for (const page of shown)
    links.set(page, h('a', { class: 'pf-nav-link', href: addressOf(page.path), title: t(page.title) }, icon(page.icon), h('span', { class: 'pf-nav-text' }, t(page.title))));

  const collapse = h('button', { class: 'pf-icon-button pf-collapse', type: 'button', onclick: () => setNarrow(document.documentElement.dataset.navigation !== 'narrow') }, icon('panel', 18));
  const setNarrow = narrow => {
    document.documentElement.dataset.navigation = narrow ? 'narrow' : 'full';
    collapse.setAttribute('aria-label', t(narrow ? 'nav.expand' : 'nav.collapse'));
    collapse.title = t(narrow ? 'nav.expand' : 'nav.collapse');
    localStorage.setItem(key, narrow ? 'narrow' : 'full');
  };
  setNarrow(localStorage.getItem(key) === 'narrow');

  document.getElementById('app').replaceChildren(
    h('a', { class: 'pf-skip', href: '#content', onclick: event => { event.preventDefault(); main.focus(); } }, t('nav.skip')),
    h('aside', { class: 'pf-side' },
      h('a', { class: 'pf-brand', href: addressOf(''), 'aria-label': t('product') }, logo(), h('span', { class: 'pf-brand-name' }, t('product'))),
      h('nav', { class: 'pf-nav', 'aria-label': t('nav.label') }, groups.map(group => groupOf(group, shown.filter(page => page.group === group)))),
      h('div', { class: 'pf-side-foot' }, collapse)),
    h('header', { class: 'pf-top' }, crumbs, actions, h('div', { class: 'pf-tools' }, paletteButton(), themeMenu(), userMenu())),
    main);
  return main;
}

function groupOf(group, pages) {
  return pages.length === 0 ? null : [group && h('div', { class: 'pf-nav-group' }, t(group)), ...pages.map(page => links.get(page))];
}

/** trail: strings, or { label, path } for the ones that lead somewhere, or elements; the last is the page itself. */
export function setTitle(page, trail) {
  const texts = trail.filter(part => !(part instanceof Element)).map(part => part.label ?? part);
  document.title = [...texts].reverse().concat(t('product')).join(' · ');
  const last = texts.length - 1;
  let index = -1;
  crumbs.replaceChildren(...trail.map(part => {
    if (part instanceof Element) return part;
    index++;
    const separator = index > 0 ? h('span', { class: 'pf-crumb-line', 'aria-hidden': 'true' }, icon('chevron', 14)) : null;
    const label = part.label ?? part;
    const crumb = part.path !== undefined ? h('a', { class: 'pf-crumb', href: addressOf(part.path) }, label)
      : h(index === last ? 'h1' : 'span', { class: 'pf-crumb pf-crumb-here', title: label }, label);
    return h('span', { class: 'pf-crumb-part' }, separator, crumb);
  }));
  for (const [owner, link] of links) {
    if (owner === page || owner.path === page?.under) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.documentElement.dataset.page = page?.wide ? 'wide' : 'normal';
}

export function setActions(...elements) {
  latest = elements;
  if (!isPressed) actions.replaceChildren(...elements);
}

// A button that is exchanged while it is pressed would lose the click.
let isPressed = false;
let latest = [];
actions.addEventListener('pointerdown', () => { isPressed = true; });
for (const name of ['pointerup', 'pointercancel']) {
  addEventListener(name, () => setTimeout(() => {
    if (!isPressed) return;
    isPressed = false;
    if (actions.firstChild !== latest[0]) actions.replaceChildren(...latest);
  }), true);
}

function themeMenu() {
  const button = h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('theme.label'), title: t('theme.label') });
  const draw = () => button.replaceChildren(icon(isDark() ? 'moon' : 'sun'));
  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const icons = { system: 'screen', light: 'sun', dark: 'moon' };
  return menuButton(button, () => themes.map(theme => ({ label: t(`theme.${theme}`), icon: icon(icons[theme], 18), checked: chosenTheme() === theme, run: () => chooseTheme(theme) })));
}

function userMenu() {
  const name = session.username;
  const button = h('button', { class: 'pf-user', type: 'button', 'aria-label': t('user.menu', name), title: name }, [...name][0].toUpperCase());
  return menuButton(button, () => [
    { heading: name }, null,
    ...Object.entries(languages).map(([tag, label]) => ({ label, icon: icon('language', 18), checked: tag === language, run: () => chooseLanguage(tag) })), null,
    { label: t('user.password'), icon: icon('key', 18), run: async () => (await import('../parts/password.js')).changePassword() },
    { label: t('user.signout'), icon: icon('leave', 18), run: signOut },
  ]);
}

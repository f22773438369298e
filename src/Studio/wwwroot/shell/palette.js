// Ctrl+K: pages, workflows, instances, services and actions, by typing a part of their name. And the help for keys.
import { h, icon } from './dom.js';
import { addressOf, navigate } from './router.js';
import { may, signOut } from './session.js';
import { chooseLanguage, define, languages, t } from './strings.js';
import { chooseTheme, themes } from './theme.js';

const shownPerGroup = 6;
const askAfter = 160;
let open = null;
let pages = [];
const sources = [];

/** Adds a place that is searched: { group, find(text, signal): [{ label, hint, symbol, path } or { …, run }] }; find may be async. */
function searchIn(source) {
  sources.push(source);
}

export function startPalette(all) {
  pages = all;
  addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      open ? open.close() : openPalette();
    } else if (event.key === '?' && !event.ctrlKey && !event.metaKey && !isTyping(event.target) && !document.querySelector('dialog[open]')) {
      showKeys();
    }
  }, true);
}

// Elsa Studio's code editors are text areas too.
const isTyping = target => target.closest?.('input, textarea, select, [contenteditable=true], .monaco-editor') !== null;

const pageSource = {
  group: 'palette.pages',
  find: text => pages.filter(page => page.order !== undefined && page.path.indexOf(':') < 0 && (!page.needs || may(page.needs)))
    .map(page => ({ label: t(page.title), symbol: page.icon, path: page.path }))
    .concat({ label: t('keys.title'), symbol: 'keyboard', run: showKeys })
    .filter(entry => fits(entry.label, text)),
};

/** True when each word of the text is in the label. */
export const fits = (label, text) => text.toLowerCase().split(/\s+/).every(word => label.toLowerCase().includes(word));

export function openPalette() {
  const input = h('input', { class: 'pf-palette-input', type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'palette-list', 'aria-label': t('palette.open'), placeholder: t('palette.open'), autocomplete: 'off', spellcheck: 'false' });
  const list = h('ul', { class: 'pf-palette-list', id: 'palette-list', role: 'listbox', 'aria-label': t('palette.open') });
  const leaving = new AbortController();
  const dialog = open = h('dialog', { class: 'pf-dialog pf-palette', 'aria-label': t('palette.open'), onclose: () => { leaving.abort(); dialog.remove(); open = null; }, onclick: event => { if (event.target === dialog) dialog.close(); } },
    input, list, h('div', { class: 'pf-palette-foot' }, key('↑ ↓', t('palette.move')), key('Enter', t('palette.go')), key('Esc', t('palette.close'))));
  let entries = [];
  let at = 0;
  let turn = 0;
  let timer;

  input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(search, askAfter); });
  dialog.addEventListener('keydown', event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && entries.length) { event.preventDefault(); mark((at + step + entries.length) % entries.length); }
    if (event.key === 'Enter') { event.preventDefault(); choose(at); }
  });
  document.body.append(dialog);
  dialog.showModal();
  search();

  async function search() {
    const text = input.value.trim();
    const mine = ++turn;
    const found = new Map();
    const asked = [pageSource, ...sources.filter(source => text.length > 0 || source.always)].map(async source => {
      try {
        const answers = await source.find(text, leaving.signal);
        if (mine !== turn) return;
        if (answers.length) found.set(source, answers.slice(0, shownPerGroup));
        draw([pageSource, ...sources].filter(one => found.has(one)).map(one => [one.group, found.get(one)]));
      } catch { /* a source that does not answer is left out; the others stand */ }
    });
    await Promise.all(asked);
    if (mine === turn && found.size === 0) list.replaceChildren(h('li', { class: 'pf-palette-group', role: 'presentation' }, t('list.nothing')));
  }

  function draw(groups) {
    entries = groups.flatMap(([, answers]) => answers);
    let index = 0;
    list.replaceChildren(...groups.flatMap(([group, answers]) => [
      h('li', { class: 'pf-palette-group', role: 'presentation' }, t(group)),
      ...answers.map(entry => {
        const mine = index++;
        return h('li', { class: 'pf-palette-item', role: 'option', id: `palette-${mine}`, 'aria-selected': 'false', onclick: () => choose(mine), onpointermove: () => mine !== at && mark(mine) },
          icon(entry.symbol ?? 'page', 18), h('span', { class: 'pf-palette-text' }, entry.label), entry.hint && h('span', { class: 'pf-soft' }, entry.hint));
      }),
    ]));
    mark(0);
  }

  function mark(next) {
    at = next;
    for (const item of list.querySelectorAll('[role=option]')) item.setAttribute('aria-selected', String(item.id === `palette-${at}`));
    input.setAttribute('aria-activedescendant', `palette-${at}`);
    list.querySelector(`#palette-${at}`)?.scrollIntoView({ block: 'nearest' });
  }

  function choose(index) {
    const entry = entries[index];
    if (!entry) return;
    dialog.close();
    if (entry.run) entry.run();
    else navigate(entry.path);
  }
}

function showKeys() {
  const dialog = h('dialog', { class: 'pf-dialog', 'aria-label': t('keys.title'), onclose: () => dialog.remove() },
    h('form', { method: 'dialog' }, h('h2', { class: 'pf-dialog-title' }, t('keys.title')),
      h('dl', { class: 'pf-keys' }, [['Ctrl K', 'keys.palette'], ['?', 'keys.help'], ['Ctrl S', 'keys.save'], ['Ctrl Z', 'keys.undo'], ['Tab', 'keys.tab'], ['Esc', 'keys.escape']]
        .flatMap(([keys, text]) => [h('dt', null, h('kbd', { class: 'pf-key' }, keys)), h('dd', { class: 'pf-fact-value' }, t(text))])),
      h('div', { class: 'pf-dialog-buttons' }, h('button', { class: 'pf-button pf-button-primary', autofocus: true }, t('word.close')))));
  document.body.append(dialog);
  dialog.showModal();
}

const key = (keys, text) => h('span', null, h('kbd', { class: 'pf-key' }, keys), ' ', text);

/** The button in the header that opens the palette. */
export const paletteButton = () => h('button', { class: 'pf-button pf-button-small pf-find', type: 'button', 'aria-label': `${t('palette.open')} Ctrl K`, onclick: openPalette },
  icon('search', 16), h('span', { class: 'pf-find-text' }, t('palette.open')), h('kbd', { class: 'pf-key pf-find-text' }, 'Ctrl K'));

searchIn({
  group: 'palette.actions',
  find: text => [
    may('write:workflow-definitions') && { label: t('palette.new'), symbol: 'plus', path: 'workflows?new=1' },
    { label: t('palette.failed'), symbol: 'warning', path: 'runs?status=Faulted' },
    ...themes.map(theme => ({ label: `${t('theme.label')}: ${t(`theme.${theme}`)}`, symbol: { light: 'sun', dark: 'moon', system: 'screen' }[theme], run: () => chooseTheme(theme) })),
    ...Object.entries(languages).map(([tag, name]) => ({ label: `${t('language.label')}: ${name}`, symbol: 'language', run: () => chooseLanguage(tag) })),
    { label: t('user.signout'), symbol: 'leave', run: signOut },
  ].filter(entry => entry && fits(entry.label, text)),
});
searchIn({
  group: 'palette.workflows',
  async find(text, signal) {
    const { get } = await import('../parts/api.js');
    const { items } = await get('elsa/api/workflow-definitions', { query: { searchTerm: text, versionOptions: 'Latest', pageSize: shownPerGroup }, signal });
    return items.map(item => ({ label: item.name || item.definitionId, hint: item.isPublished ? t('definition.published') : t('definition.draft'), symbol: 'workflow', path: `definitions/${encodeURIComponent(item.definitionId)}` }));
  },
});
searchIn({
  group: 'palette.start',
  async find(text, signal) {
    if (!may('exec:workflow-definitions')) return [];
    const { get } = await import('../parts/api.js');
    const { items } = await get('elsa/api/workflow-definitions', { query: { searchTerm: text, versionOptions: 'Published', pageSize: 3 }, signal });
    return items.map(item => ({
      label: `${t('palette.run')} ${item.name || item.definitionId}`, symbol: 'play',
      run: async () => (await import('../parts/start.js')).startWorkflow(item.definitionId),
    }));
  },
});
searchIn({
  group: 'palette.instances',
  async find(text, signal) {
    const { get } = await import('../parts/api.js');
    const { items } = await get('elsa/api/workflow-instances', { query: { searchTerm: text, pageSize: shownPerGroup, orderBy: 'Created', orderDirection: 'Descending' }, signal });
    return items.map(item => ({ label: item.name || item.id, hint: `${t(`status.${item.subStatus}`)} · ${item.id.slice(0, 8)}`, symbol: 'runs', path: `instances/${encodeURIComponent(item.id)}` }));
  },
});
searchIn({
  group: 'palette.services',
  async find(text, signal) {
    if (!may('read:services')) return [];
    const { get } = await import('../parts/api.js');
    const { items } = await get('api/services', { query: { take: 200 }, signal });
    return items.filter(item => fits(item.name, text)).map(item => ({ label: item.name, hint: item.breaker?.state, symbol: 'service', path: `services/${encodeURIComponent(item.name)}` }));
  },
});

define({
  'palette.pages': ['Pages', '페이지'],
  'palette.actions': ['Actions', '작업'],
  'palette.start': ['Run', '실행하기'],
  'palette.run': ['Run', '실행:'],
  'palette.new': ['New workflow', '새 워크플로'],
  'palette.failed': ['Failed runs', '실패한 실행'],
  'palette.workflows': ['Workflows', '워크플로'],
  'palette.instances': ['Instances', '인스턴스'],
  'palette.services': ['Services', '서비스'],
  'palette.move': ['choose', '고르기'],
  'palette.go': ['go', '이동'],
  'palette.close': ['close', '닫기'],
  'keys.palette': ['Find a page, workflow, instance or service', '페이지, 워크플로, 인스턴스, 서비스 찾기'],
  'keys.help': ['This help', '이 도움말'],
  'keys.save': ['Save in the designer', '디자이너에서 저장'],
  'keys.undo': ['Undo in the designer', '디자이너에서 되돌리기'],
  'keys.tab': ['Go through links, fields and buttons', '링크, 입력란, 버튼 사이 이동'],
  'keys.escape': ['Close what is open', '열린 것 닫기'],
});

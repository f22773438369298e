// The versions of a workflow, and what is different between two of them: on the canvas, by activity and as text.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { addressState } from '../parts/address.js';
import { get, send } from '../parts/api.js';
import { activityDifferences, lineDifferences } from '../parts/differences.js';
import { confirmAction } from '../parts/form.js';
import { number, when } from '../parts/format.js';
import { activitiesOf, picture } from '../parts/picture.js';
import { body, card, chip, empty, failure, skeleton } from '../parts/states.js';

const around = 3;
const shownMax = 4_000;

export default {
  async render(container, page) {
    const id = encodeURIComponent(page.params.id);
    let versions;
    try {
      ({ items: versions } = await get(`elsa/api/workflow-definitions/${id}/versions`, { signal: page.signal }));
    } catch (error) {
      if (error.status === 404) return page.missing(t('definition.missing'), t('definition.missing.text'));
      throw error;
    }
    if (versions.length === 0) return page.missing(t('definition.missing'), t('definition.missing.text'));
    versions.sort((one, other) => other.version - one.version);
    page.title({ label: t('page.definitions'), path: 'workflows' }, { label: versions[0].name || page.params.id, path: `definitions/${id}` }, t('page.versions'));

    const state = addressState({ from: versions[1]?.version ?? versions[0].version, to: versions[0].version });
    const result = h('div', { class: 'pf-stack' }, skeleton());
    const place = body(container);
    place.append(
      h('div', { class: 'pf-filters' }, choice('from', t('versions.from')), h('span', { class: 'pf-line', 'aria-hidden': 'true' }, icon('chevron', 18)), choice('to', t('versions.to'))),
      result,
      card(t('versions.all'), h('ul', { class: 'pf-rows' }, versions.map(row))));
    compare();

    function choice(name, label) {
      return h('div', { class: 'pf-filter' }, h('label', { class: 'pf-hidden', for: `versions-${name}` }, label),
        h('select', { class: 'pf-input pf-select', id: `versions-${name}`, title: label, onchange: event => { state.set({ [name]: Number(event.target.value) }); compare(); } },
          versions.map(({ version, isPublished, isLatest }) => h('option', { value: String(version), selected: version === state.values[name] },
            `${t('definition.version', version)}${isPublished ? ` · ${t('definition.published')}` : isLatest ? ` · ${t('definition.draft')}` : ''}`))));
    }

    function row({ version, isPublished, isLatest, createdAt }) {
      return h('li', { class: 'pf-rows-item' }, h('strong', null, t('definition.version', version)),
        h('span', { class: 'pf-rows-main' }, isPublished ? chip(t('definition.published'), 'good') : isLatest ? chip(t('definition.draft')) : null), when(createdAt),
        !isLatest && may('publish:workflow-definitions') && h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => revert(version) }, t('versions.revert')));
    }

    async function revert(version) {
      const done = await confirmAction({
        title: t('versions.revert.title', version), text: t('versions.revert.text'), action: t('versions.revert'), danger: false,
        run: () => send('POST', `elsa/api/workflow-definitions/${id}/revert/${version}`, {}),
      });
      if (!done) return;
      toast({ kind: 'success', title: t('versions.reverted', version) });
      location.reload();
    }

    async function compare() {
      const { from, to } = state.values;
      try {
        const [before, after] = await Promise.all([from, to].map(version => get(`elsa/api/workflow-definitions/by-definition-id/${id}`, { query: { versionOptions: String(version) }, signal: page.signal })));
        result.replaceChildren(...(versions.length === 1 ? [empty({ symbol: 'history', title: t('versions.one'), text: t('versions.one.text') })] : drawn(before, after)));
      } catch (error) {
        if (error.name !== 'AbortError') result.replaceChildren(failure(error, compare));
      }
    }
  },
};

function drawn(before, after) {
  const differences = activityDifferences(before.root, after.root);
  const kinds = new Map(differences.map(({ id, kind }) => [id, kind]));
  const removed = activitiesOf(before.root).filter(({ id }) => kinds.get(id) === 'removed');
  const lineKey = line => `${line.source?.activity}:${line.source?.port}→${line.target?.activity}:${line.target?.port}`;
  const [oldLines, newLines] = [before, after].map(({ root }) => new Map((root?.connections ?? []).map(line => [lineKey(line), line])));
  const lines = [...[...newLines].map(([key, line]) => ({ ...line, kind: oldLines.has(key) ? null : 'added' })), ...[...oldLines].filter(([key]) => !newLines.has(key)).map(([, line]) => ({ ...line, kind: 'removed' }))];
  const settings = ['name', 'description', 'variables', 'inputs', 'outputs', 'outcomes', 'options', 'customProperties'].filter(name => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const count = kind => differences.filter(one => one.kind === kind).length;
  return [
    card(t('versions.canvas'), h('div', { class: 'pf-stack' },
      h('div', { class: 'pf-tags' }, ['added', 'changed', 'removed'].map(kind => h('span', { class: 'pf-gantt-legend' }, h('span', { class: `pf-gantt-swatch pf-mark-${kind}` }), `${t(`versions.${kind}`)} ${number(count(kind))}`))),
      h('div', { class: 'pf-canvas' }, picture(after.root, { width: '100%', height: 320, kindOf: id => kinds.get(id), others: removed, lines, label: t('versions.canvas') })))),
    card(t('versions.activities'), differences.length + settings.length === 0
      ? h('p', { class: 'pf-text' }, t('versions.same'))
      : h('ul', { class: 'pf-rows' }, settings.map(name => changedRow('changed', t('difference.workflow'), name, [[name, before[name], after[name]]])), differences.map(one => changedRow(one.kind, one.name, one.type, one.members)))),
    card(t('versions.text'), textDifferences(before, after)),
  ];
}

const changedRow = (kind, name, type, members) => h('li', { class: 'pf-rows-item pf-rows-top' }, chip(t(`versions.${kind}`), { added: 'good', removed: 'bad', changed: 'warn' }[kind]),
  h('div', { class: 'pf-rows-main' }, h('strong', null, name), ' ', h('span', { class: 'pf-soft pf-mono' }, type),
    members.map(([member, before, after]) => h('div', { class: 'pf-soft' }, `${member}: `, h('del', { class: 'pf-old' }, short(before)), ' → ', h('ins', { class: 'pf-new' }, short(after))))));

function short(value) {
  if (value === undefined) return '–';
  const plain = value?.expression ? value.expression.value : value;
  const text = typeof plain === 'string' ? plain : JSON.stringify(plain);
  return text === undefined ? '–' : text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

// Long stretches that are the same are folded.
function textDifferences(before, after) {
  const plain = ({ links, id, createdAt, version, isLatest, isPublished, toolVersion, ...rest }) => JSON.stringify(rest, null, 2);
  const lines = lineDifferences(plain(before), plain(after));
  const near = lines.map(() => false);
  lines.forEach((line, index) => { if (line.kind !== 'same') for (let at = Math.max(0, index - around); at <= Math.min(lines.length - 1, index + around); at++) near[at] = true; });
  if (!near.includes(true)) return h('p', { class: 'pf-text' }, t('versions.same'));
  const rows = [];
  for (let index = 0; index < lines.length && rows.length < shownMax; index++) {
    if (!near[index]) {
      let until = index;
      while (until < lines.length && !near[until]) until++;
      rows.push(h('div', { class: 'pf-diff-fold' }, t('versions.folded', number(until - index))));
      index = until - 1;
      continue;
    }
    const { kind, text, left, right } = lines[index];
    rows.push(h('div', { class: `pf-diff-line pf-diff-${kind}` }, h('span', { class: 'pf-diff-number' }, String(left ?? '')), h('span', { class: 'pf-diff-number' }, String(right ?? '')), h('span', { class: 'pf-diff-sign' }, { added: '+', removed: '−', same: ' ' }[kind]), h('span', null, text)));
  }
  return h('div', { class: 'pf-diff', tabindex: '0', role: 'region', 'aria-label': t('versions.text') }, rows);
}

define({
  'versions.from': ['From version', '이전 버전'],
  'versions.to': ['To version', '다음 버전'],
  'versions.all': ['All versions', '모든 버전'],
  'versions.one': ['There is one version', '버전이 하나뿐입니다'],
  'versions.one.text': ['Publish a workflow and change it again: what is different shows here.', '워크플로를 게시하고 다시 바꾸면 차이가 여기에 나타납니다.'],
  'versions.revert': ['Go back to it', '이 버전으로 되돌리기'],
  'versions.revert.title': ['Go back to version {0}?', '버전 {0}(으)로 되돌릴까요?'],
  'versions.revert.text': ['Its content becomes a new version on top; nothing is lost.', '내용이 새 버전으로 맨 위에 만들어지며, 아무것도 사라지지 않습니다.'],
  'versions.reverted': ['Version {0} is the latest again', '버전 {0}이(가) 다시 최신입니다'],
  'versions.canvas': ['On the canvas', '캔버스에서'],
  'versions.activities': ['What changed', '바뀐 것'],
  'versions.text': ['As text', '텍스트로'],
  'versions.added': ['Added', '추가됨'],
  'versions.changed': ['Changed', '바뀜'],
  'versions.removed': ['Removed', '삭제됨'],
  'versions.same': ['Nothing is different.', '다른 점이 없습니다.'],
  'versions.folded': ['{0} lines are the same', '같은 줄 {0}개'],
});

// Settings: what the server is, what it keeps and for how long, and how it is configured.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { root } from '../shell/requests.js';
import { may } from '../shell/session.js';
import { define, language, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { addressState } from '../parts/address.js';
import { get, send } from '../parts/api.js';
import { copyText } from '../parts/copy.js';
import { curlButton, curlChoice } from '../parts/curl.js';
import { confirmAction, openForm } from '../parts/form.js';
import { bytes, duration, number, spanOf, when } from '../parts/format.js';
import { list } from '../parts/list.js';
import { keepFresh } from '../parts/live.js';
import { body, card, chip, empty, facts, failure, figure, skeleton } from '../parts/states.js';
import { table } from '../parts/table.js';
import { tabs } from '../parts/tabs.js';

const dayMs = 86_400_000;
const readsStorage = ['read:storage', 'manage:retention'];

export default {
  render(container, page) {
    const place = h('div', { class: 'pf-stack' });
    page.actions(h('a', { class: 'pf-button', href: new URL('api/docs', root).href, target: '_blank' }, icon('page', 16), h('span', { class: 'pf-action-text' }, t('settings.api'))));
    body(container, tabs(page, [
      ...may('read:storage') ? [{ id: '', label: t('settings.tab.storage'), draw: signal => drawStorage(place, signal) }] : [],
      ...may(readsStorage) ? [{ id: 'retention', label: t('settings.tab.retention'), draw: signal => drawRetention(place, signal) }] : [],
      ...may('read:settings') ? [{ id: 'configuration', label: t('settings.tab.configuration'), draw: signal => drawConfiguration(place, signal) }] : [],
    ], place), place);
  },
};

function drawStorage(place, signal) {
  const figures = h('div', { class: 'pf-figures' }, skeleton(2));
  const round = h('div');
  place.append(figures, round);
  keepFresh(signal, async () => {
    try {
      const storage = await get('api/storage', { signal });
      figures.replaceChildren(
        figure({ label: t('settings.database'), value: bytes(storage.databaseBytes), hint: t('settings.free', bytes(storage.freeBytes)) }),
        figure({ label: t('settings.wal'), value: bytes(storage.walBytes), hint: t('settings.wal.hint') }),
        figure({ label: t('settings.instances'), value: number(storage.instances), href: addressOf('runs') }),
        figure({ label: t('settings.oldest'), value: storage.oldestInstance ? when(storage.oldestInstance) : '–' }));
      const { lastRound: last } = storage;
      round.replaceChildren(card(t('settings.lastRound'), last
        ? facts([[t('word.when'), when(last.at)], [t('settings.round.instances'), number(last.instances)], [t('settings.round.plans'), number(last.alterationPlans)], [t('settings.nextRound'), when(storage.nextRound)]])
        : h('p', { class: 'pf-text' }, t('settings.noRound'))));
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      figures.replaceChildren(failure(error));
    }
  }, { topics: ['instances'], every: 10_000 });
  list(place, {
    signal, path: 'api/storage/workflows',
    none: { symbol: 'chart', title: t('settings.empty'), text: t('settings.empty.text') },
    table: {
      label: t('settings.byWorkflow'),
      key: item => item.definitionId,
      columns: [
        { label: t('word.workflow'), cell: item => workflowLink(item.definitionId) },
        { label: t('settings.size'), number: true, cell: item => bytes(item.estimatedBytes) },
        { label: t('settings.instances'), number: true, cell: item => number(sumOf(item.instancesByStatus)) },
        { label: t('word.status'), minor: true, cell: item => h('div', { class: 'pf-tags' }, Object.entries(item.instancesByStatus).map(([status, count]) => chip(`${t(`status.${status}`)} ${number(count)}`))) },
        { label: t('settings.oldest'), minor: true, cell: item => when(item.oldest) },
      ],
    },
  });
}

const sumOf = counts => Object.values(counts).reduce((sum, count) => sum + count, 0);
const workflowLink = id => h('a', { class: 'pf-link', href: addressOf(`definitions/${encodeURIComponent(id)}`) }, id);

async function everything(path, signal) {
  const items = [];
  for (;;) {
    const page = await get(path, { query: { skip: items.length, take: 1_000 }, signal });
    items.push(...page.items);
    if (page.items.length === 0 || items.length >= page.totalCount) return { ...page, items };
  }
}

function drawRetention(place, signal) {
  const manages = may('manage:retention');
  const defaultsPlace = h('div');
  place.append(defaultsPlace);
  const answer = list(place, {
    signal, topics: ['workflow', 'definitions'],
    load: async ({ values, skip, take }) => {
      const [retention, storage] = await Promise.all([everything('api/retention', signal), may('read:storage') ? everything('api/storage/workflows', signal) : { items: [] }]);
      drawDefaults(defaultsPlace, retention.defaults, manages, () => answer.refresh());
      const all = new Map(storage.items.map(item => [item.definitionId, { definitionId: item.definitionId, instances: sumOf(item.instancesByStatus), bytes: item.estimatedBytes }]));
      for (const setting of retention.items) all.set(setting.definitionId, { instances: 0, bytes: 0, ...all.get(setting.definitionId), definitionId: setting.definitionId, setting });
      const found = [...all.values()].filter(item => item.definitionId.toLowerCase().includes(values.search.toLowerCase()))
        .sort((one, other) => Boolean(other.setting) - Boolean(one.setting) || other.bytes - one.bytes || one.definitionId.localeCompare(other.definitionId));
      return { items: found.slice(skip, skip + take), totalCount: found.length };
    },
    filters: [{ name: 'search', kind: 'search', label: t('settings.retention.search') }],
    none: { symbol: 'history', title: t('settings.empty'), text: t('settings.retention.none') },
    table: {
      label: t('settings.tab.retention'),
      key: item => item.definitionId,
      columns: [
        { label: t('word.workflow'), cell: item => workflowLink(item.definitionId) },
        { label: t('settings.kept'), cell: item => keptWords(item.setting) },
        { label: t('settings.instances'), number: true, cell: item => number(item.instances) },
        { label: t('settings.size'), number: true, minor: true, cell: item => bytes(item.bytes) },
      ],
      menu: item => [
        manages && { label: t('settings.retention.edit'), icon: icon('edit', 18), run: () => editRetention(item.definitionId, item.setting, answer.refresh) },
        manages && item.setting && { label: t('settings.retention.remove'), icon: icon('trash', 18), run: () => removeRetention(item.definitionId, answer.refresh) },
        may('manage:queue') && { label: t('settings.limits'), icon: icon('queue', 18), run: () => editLimits(item.definitionId) },
        curlChoice(() => ({ method: 'PUT', path: `api/retention/${encodeURIComponent(item.definitionId)}`, body: bodyOf(item.setting ?? { finished: '7.00:00:00' }) })),
      ],
    },
  });
}

function drawDefaults(place, defaults, manages, refresh) {
  place.replaceChildren(card(t('settings.defaults'), [
    facts([
      [t('settings.finished'), lengthOf(defaults.finished)], [t('settings.faulted'), lengthOf(defaults.faulted)],
      [t('settings.max'), defaults.max === null ? t('settings.nolimit') : number(defaults.max)],
    ]),
    h('p', { class: 'pf-hint' }, t('settings.defaults.hint')),
  ], { actions: manages && h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => editRetention(null, null, refresh) }, icon('plus', 16), t('settings.retention.other')) }));
}

const lengthOf = span => {
  const length = spanOf(span);
  return length !== null && length % dayMs === 0 ? new Intl.NumberFormat(language, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(length / dayMs) : duration(length);
};

function keptWords(setting) {
  if (!setting) return h('span', { class: 'pf-soft' }, t('settings.asUsual'));
  if (setting.keep === 'forever') return chip(t('settings.forever'), 'info');
  return [
    setting.finished !== null && t('settings.kept.finished', lengthOf(setting.finished)), setting.faulted !== null && t('settings.kept.faulted', lengthOf(setting.faulted)),
    setting.max !== null && t('settings.kept.max', number(setting.max)),
  ].filter(Boolean).join(' · ') || t('settings.asUsual');
}

const bodyOf = ({ finished, faulted, max, keep }) => Object.fromEntries(Object.entries({ finished, faulted, max, keep }).filter(([, value]) => value !== null && value !== undefined));
const daysOf = span => span === null || span === undefined ? '' : spanOf(span) / dayMs;

/** Days as .NET reads them: 1.5 is "1.12:00:00". */
function spanOfDays(days) {
  if (days === null || days === undefined) return null;
  const seconds = Math.round(days * 86_400);
  const two = value => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 86_400)}.${two(Math.floor(seconds / 3_600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

async function editRetention(definitionId, setting, refresh) {
  const limited = values => !values.forever;
  const days = (name, value) => ({ name, kind: 'number', label: t(`settings.${name}.days`), hint: t('settings.leave'), min: 0, max: 36_500, step: 'any', value: daysOf(value), shownWhen: limited });
  const done = await openForm({
    title: t('settings.retention.edit'), text: definitionId ?? t('settings.retention.text'), key: `retention.${definitionId ?? ''}`,
    fields: [
      ...definitionId ? [] : [{ name: 'definitionId', label: t('settings.definition'), required: true }],
      { name: 'forever', kind: 'check', label: t('settings.forever'), value: setting?.keep === 'forever' },
      days('finished', setting?.finished), days('faulted', setting?.faulted),
      { name: 'max', kind: 'number', label: t('settings.max'), hint: t('settings.leave'), min: 0, max: 2_147_483_647, step: 1, value: setting?.max ?? '', shownWhen: limited },
    ],
    submit: values => send('PUT', `api/retention/${encodeURIComponent(definitionId ?? values.definitionId)}`, values.forever ? { keep: 'forever' } : bodyOf({ finished: spanOfDays(values.finished), faulted: spanOfDays(values.faulted), max: values.max })),
  });
  if (!done) return;
  toast({ kind: 'success', title: t('settings.saved') });
  refresh();
}

async function removeRetention(definitionId, refresh) {
  const done = await confirmAction({
    title: t('settings.retention.remove.title', definitionId), text: t('settings.retention.remove.text'), action: t('settings.retention.remove'),
    run: () => send('DELETE', `api/retention/${encodeURIComponent(definitionId)}`),
  });
  if (!done) return;
  toast({ kind: 'success', title: t('settings.saved') });
  refresh();
}

async function editLimits(definitionId) {
  const path = `api/definitions/${encodeURIComponent(definitionId)}/limits`;
  let limits = null;
  try {
    limits = await get(path);
  } catch (error) {
    if (error.status !== 404) return toast({ kind: 'error', title: t('settings.limits'), text: error.message });
  }
  const whole = (name, value) => ({ name, kind: 'number', label: t(`settings.limits.${name}`), hint: t('settings.limits.empty'), min: 1, max: 1_000_000, step: 1, value: value ?? '' });
  const done = await openForm({
    title: t('settings.limits.of', definitionId), text: t('settings.limits.text'),
    fields: [
      whole('maxConcurrent', limits?.maxConcurrent), whole('maxConcurrentPerKey', limits?.maxConcurrentPerKey), whole('count', limits?.rate?.count),
      { name: 'per', kind: 'choice', label: t('settings.limits.per'), value: limits?.rate?.per ?? '00:01:00', choices: perChoices(limits?.rate?.per), shownWhen: values => values.count !== '' },
    ],
    submit: async ({ maxConcurrent, maxConcurrentPerKey, count, per }) => {
      if (maxConcurrent !== null || maxConcurrentPerKey !== null || count !== null) return send('PUT', path, { maxConcurrent, maxConcurrentPerKey, rate: count === null ? null : { count, per } });
      if (limits) await send('DELETE', path);
      return true;
    },
  });
  if (done) toast({ kind: 'success', title: t('settings.saved') });
}

const perChoices = had => [...new Set(['00:00:01', '00:01:00', '01:00:00', '1.00:00:00', had].filter(Boolean))].map(span => [span, t(`settings.per.${span}`) === `settings.per.${span}` ? duration(spanOf(span)) : t(`settings.per.${span}`)]);

function drawConfiguration(place, signal) {
  const state = addressState({ search: '', changed: '' }, () => draw());
  const sections = h('div', { class: 'pf-stack' }, skeleton(10));
  const about = h('div');
  let settings = null;
  let timer;
  const search = h('input', { class: 'pf-input', id: 'filter-setting', type: 'search', placeholder: t('settings.search'), value: state.values.search, autocomplete: 'off', oninput: event => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (!signal.aborted) state.set({ search: event.target.value.trim() }); }, 150);
  } });
  place.append(about,
    h('form', { class: 'pf-filters', role: 'search', onsubmit: event => event.preventDefault() },
      h('div', { class: 'pf-filter pf-filter-search' }, icon('search', 16), h('label', { class: 'pf-hidden', for: 'filter-setting' }, t('settings.search')), search),
      h('label', { class: 'pf-check-label pf-filter-check' }, h('input', { class: 'pf-check', type: 'checkbox', checked: state.values.changed === 'yes', onchange: event => state.set({ changed: event.target.checked ? 'yes' : '' }) }), h('span', null, t('settings.changedOnly'))),
      curlButton(() => ({ path: 'api/settings' }))),
    sections);

  async function read() {
    try {
      settings = await get('api/settings', { signal });
      about.replaceChildren(card(null, facts([[t('settings.version'), settings.version], [t('settings.environment'), settings.environment], [t('settings.set'), number(settings.items.filter(item => item.source !== 'default').length)]])));
      draw();
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error.status >= 0)) throw error;
      sections.replaceChildren(failure(error, read));
    }
  }

  function draw() {
    if (!settings) return;
    const { search: text, changed } = state.values;
    const words = text.toLowerCase().split(/\s+/);
    const found = settings.items.filter(item => (!changed || item.source !== 'default') && words.every(word => `${item.key} ${item.description ?? ''} ${item.value ?? ''}`.toLowerCase().includes(word)));
    if (found.length === 0) return sections.replaceChildren(empty({ symbol: 'search', title: t('list.nothing'), text: t(changed && !text ? 'settings.nothingSet' : 'list.nothing.text') }));
    sections.replaceChildren(...[...Map.groupBy(found, item => item.section)].map(([section, items]) => sectionOf(section, items)));
  }

  read();
}

function sectionOf(section, items) {
  const shape = table({
    label: section, key: item => item.key,
    columns: [
      { label: t('settings.option'), cell: item => [h('div', { class: 'pf-mono' }, item.key.slice(section.length + 1)), item.description && h('div', { class: 'pf-soft pf-description', lang: 'en' }, item.description)] },
      { label: t('settings.value'), cell: item => item.isSecret ? chip(t(item.isSet ? 'settings.secret.set' : 'settings.secret.none'), item.isSet ? 'info' : 'none') : h('span', { class: 'pf-mono' }, item.value || '–') },
      { label: t('settings.default'), minor: true, cell: item => item.isSecret ? '–' : h('span', { class: 'pf-mono pf-soft' }, item.default || '–') },
      { label: t('settings.source'), cell: item => item.source === 'default' ? h('span', { class: 'pf-soft' }, t('settings.source.default')) : chip(sourceWords(item.source), 'info') },
    ],
    menu: item => [
      { label: t('settings.copy.key'), icon: icon('copy', 18), run: () => copyText(item.key) },
      { label: t('settings.copy.variable'), icon: icon('copy', 18), run: () => copyText(item.key.replaceAll(':', '__')) },
    ],
  });
  shape.draw(items);
  return h('section', { class: 'pf-stack pf-settings' }, h('h2', { class: 'pf-heading' }, section), shape.element);
}

const sourceWords = source => source.startsWith('file ') ? t('settings.source.file', source.slice(5)) : t(`settings.source.${source}`);

define({
  'settings.api': ['API documentation', 'API 문서'],
  'settings.tab.storage': ['Storage', '저장소'],
  'settings.tab.retention': ['Retention & limits', '보존과 제한'],
  'settings.tab.configuration': ['Configuration', '구성'],
  'settings.database': ['Database', '데이터베이스'],
  'settings.free': ['{0} of it can be used again', '그중 {0} 재사용 가능'],
  'settings.wal': ['Log of changes', '변경 로그'],
  'settings.wal.hint': ['beside the database', '데이터베이스와 별도'],
  'settings.instances': ['Instances', '인스턴스'],
  'settings.oldest': ['Oldest', '가장 오래된 것'],
  'settings.size': ['Size, about', '대략적인 크기'],
  'settings.byWorkflow': ['By workflow', '워크플로별'],
  'settings.lastRound': ['What retention did last', '마지막 보존 정리'],
  'settings.nextRound': ['Next round', '다음 정리'],
  'settings.noRound': ['It has not gone round since the server started.', '서버가 시작된 뒤 아직 정리하지 않았습니다.'],
  'settings.round.instances': ['Deleted instances', '지운 인스턴스'],
  'settings.round.plans': ['Deleted alteration plans', '지운 변경 작업'],
  'settings.empty': ['Nothing is stored yet', '아직 저장된 것이 없습니다'],
  'settings.empty.text': ['Once workflows have run, what each takes in the database stands here.', '워크플로가 실행되면 각각 데이터베이스에서 차지하는 크기가 여기에 나타납니다.'],
  'settings.retention.none': ['Once workflows have run, you can say for each how long its instances are kept.', '워크플로가 실행되면 워크플로마다 인스턴스 보존 기간을 정할 수 있습니다.'],
  'settings.retention.search': ['Id of a workflow', '워크플로 ID'],
  'settings.retention.edit': ['Set retention', '보존 설정'],
  'settings.retention.text': ['What you set here goes before what the workflow says.', '여기서 정한 것은 워크플로에 적힌 것보다 앞섭니다.'],
  'settings.retention.other': ['For a workflow', '워크플로 지정'],
  'settings.retention.remove': ['Take back', '설정 취소'],
  'settings.retention.remove.title': ['Take the retention of {0} back?', '{0}의 보존 설정을 취소할까요?'],
  'settings.retention.remove.text': ['What the workflow or the server says holds again. Older instances may be deleted soon.', '워크플로나 서버의 설정이 다시 적용됩니다. 오래된 인스턴스가 곧 지워질 수 있습니다.'],
  'settings.definition': ['Id of the workflow', '워크플로 ID'],
  'settings.defaults': ['For workflows that say nothing', '따로 정하지 않은 워크플로'],
  'settings.defaults.hint': ['Set in the configuration, section Retention.', '구성의 Retention 구역에서 정합니다.'],
  'settings.finished': ['Finished instances', '완료된 인스턴스'],
  'settings.faulted': ['Faulted and cancelled ones', '실패하거나 취소된 인스턴스'],
  'settings.finished.days': ['Days for finished instances', '완료된 인스턴스 보존 일수'],
  'settings.faulted.days': ['Days for faulted and cancelled ones', '실패하거나 취소된 인스턴스 보존 일수'],
  'settings.max': ['Most finished instances', '완료된 인스턴스 최대 수'],
  'settings.leave': ['Empty: as the workflow or the server says.', '비우면 워크플로나 서버의 설정을 따릅니다.'],
  'settings.nolimit': ['no limit', '제한 없음'],
  'settings.kept': ['Kept', '보존'],
  'settings.kept.finished': ['finished {0}', '완료 {0}'],
  'settings.kept.faulted': ['faulted {0}', '실패 {0}'],
  'settings.kept.max': ['at most {0}', '최대 {0}개'],
  'settings.asUsual': ['As the workflow or the server says', '워크플로나 서버의 설정대로'],
  'settings.forever': ['Keep forever', '영구 보존'],
  'settings.saved': ['Saved', '저장했습니다'],
  'settings.limits': ['Limits', '제한'],
  'settings.limits.of': ['Limits of {0}', '{0}의 제한'],
  'settings.limits.text': ['Runs beyond the limits wait in the queue.', '제한을 넘는 실행은 대기열에서 기다립니다.'],
  'settings.limits.empty': ['Empty for no limit.', '비우면 제한이 없습니다.'],
  'settings.limits.maxConcurrent': ['Runs at once', '동시 실행 수'],
  'settings.limits.maxConcurrentPerKey': ['Runs at once with the same concurrency key', '같은 동시성 키의 동시 실행 수'],
  'settings.limits.count': ['Most starts', '시작 최대 수'],
  'settings.limits.per': ['in', '기간'],
  'settings.per.00:00:01': ['a second', '1초'],
  'settings.per.00:01:00': ['a minute', '1분'],
  'settings.per.01:00:00': ['an hour', '1시간'],
  'settings.per.1.00:00:00': ['a day', '하루'],
  'settings.search': ['Name, meaning or value', '이름, 뜻 또는 값'],
  'settings.changedOnly': ['Only what was set', '지정된 것만'],
  'settings.nothingSet': ['Everything is as it comes.', '모두 기본값입니다.'],
  'settings.version': ['Version', '버전'],
  'settings.environment': ['Environment', '환경'],
  'settings.set': ['Options that were set', '지정된 옵션'],
  'settings.option': ['Option', '옵션'],
  'settings.value': ['Value', '값'],
  'settings.default': ['Default', '기본값'],
  'settings.source': ['From', '출처'],
  'settings.source.default': ['default', '기본값'],
  'settings.source.environment': ['environment', '환경 변수'],
  'settings.source.arguments': ['arguments', '실행 인수'],
  'settings.source.file': ['file {0}', '파일 {0}'],
  'settings.source.other': ['elsewhere', '기타'],
  'settings.secret.set': ['set, not shown', '지정됨 (표시 안 함)'],
  'settings.secret.none': ['not set', '지정되지 않음'],
  'settings.copy.key': ['Copy the key', '키 복사'],
  'settings.copy.variable': ['Copy as a variable of the environment', '환경 변수 이름 복사'],
});

// What a service can be asked to do, by the names that workflows use.
import { h, icon } from '../shell/dom.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get } from './api.js';
import { list } from './list.js';
import { routeOf } from './services.js';
import { importDocument } from './service-find.js';

const methods = { GET: 'info', POST: 'good', PUT: 'warn', PATCH: 'warn', DELETE: 'bad' };

export function operations(place, { service, signal }) {
  const button = () => may('manage:services') && h('button', { class: 'pf-button', type: 'button', onclick: () => importDocument([service], () => answer.refresh()) }, icon('page', 18), t('services.import'));
  const answer = list(place, {
    signal, topics: ['service'],
    above: h('div', { class: 'pf-line pf-line-spread' }, h('p', { class: 'pf-text' }, t('operations.text')), button()),
    filters: [{ name: 'text', kind: 'search', label: t('operations.search') }],
    load: async ({ values, skip, take }) => {
      const { items } = await get(routeOf(service.name, '/operations'), { signal });
      const text = values.text.toLowerCase();
      const fitting = items.filter(item => !text || [item.name, item.path, item.summary ?? ''].some(one => one.toLowerCase().includes(text)));
      return { items: fitting.slice(skip, skip + take), totalCount: fitting.length };
    },
    none: { symbol: 'page', title: t('operations.none'), text: t('operations.none.text') },
    table: {
      label: t('service.tab.operations'), key: item => item.name,
      columns: [
        { label: t('word.name'), cell: item => h('span', null, h('strong', null, item.name), item.summary && h('span', { class: 'pf-soft' }, h('br'), item.summary)) },
        { label: t('operations.request'), cell: item => h('span', { class: 'pf-line' }, h('span', { class: `pf-tag pf-tag-${methods[item.method] ?? 'none'}` }, item.method), h('span', { class: 'pf-mono' }, item.path)) },
        { label: t('operations.parameters'), minor: true, cell: item => Object.entries(item.parameters).map(([name, parameter]) => parameter.required ? `${name}*` : name).join(', ') || h('span', { class: 'pf-soft' }, '–') },
        { label: t('operations.body'), minor: true, cell: item => t(`operations.body.${item.body}`) },
      ],
      menu: item => [{ label: t('operations.copy'), icon: icon('copy', 18), run: async () => { await navigator.clipboard?.writeText(item.operation); toast({ kind: 'success', title: t('done.copied'), text: item.operation }); } }],
    },
  });
}

define({
  'operations.text': ['Call Operation calls these by name; parameters are checked before anything is sent.', 'Call Operation이 이름으로 호출합니다. 보내기 전에 매개변수를 검사합니다.'],
  'operations.search': ['Name, path or summary', '이름, 경로, 요약'],
  'operations.none': ['No operations', '오퍼레이션 없음'],
  'operations.none.text': ['Import an OpenAPI document of the service, and workflows can call what it describes by name.', '서비스의 OpenAPI 문서를 가져오면 워크플로가 그 내용을 이름으로 호출할 수 있습니다.'],
  'operations.request': ['Request', '요청'],
  'operations.parameters': ['Parameters (* needed)', '매개변수 (* 필수)'],
  'operations.body': ['Body', '본문'],
  'operations.body.None': ['None', '없음'],
  'operations.body.Optional': ['Optional', '선택'],
  'operations.body.Required': ['Required', '필수'],
  'operations.copy': ['Copy its name', '이름 복사'],
});

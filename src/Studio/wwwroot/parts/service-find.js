// Services that come from elsewhere: found on a range of ports, or described by an OpenAPI document.
import { h, icon } from '../shell/dom.js';
import { addressOf, navigate } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { addressFor, Refusal, send } from './api.js';
import { openForm } from './form.js';
import { duration, number } from './format.js';
import { healthChip, pathOfService, routeOf } from './services.js';
import { empty } from './states.js';
import { table } from './table.js';

const documentBytesMax = 4 * 1024 * 1024;

export async function discover(services, refresh) {
  const found = await openForm({
    title: t('discover.title'), text: t('discover.text'), action: t('discover.look'), key: 'services.discover',
    fields: [
      { name: 'host', label: t('discover.host'), value: 'localhost', required: true, mono: true },
      { name: 'from', kind: 'number', label: t('discover.from'), min: 1, max: 65_535, required: true, value: 8010, first: true },
      { name: 'to', kind: 'number', label: t('discover.to'), min: 1, max: 65_535, required: true, value: 8030, hint: t('discover.to.hint') },
      { name: 'healthPath', label: t('discover.path'), value: '/health', mono: true },
    ],
    submit: values => send('POST', 'api/services/discover', values),
  });
  if (found) showFound(found.items, services, refresh);
}

function showFound(items, services, refresh) {
  const known = new Set(services.map(service => service.name.toLowerCase()));
  const place = h('div', { class: 'pf-stack' });
  const dialog = h('dialog', { class: 'pf-dialog pf-dialog-form pf-dialog-wide', 'aria-labelledby': 'found-title', onclose: () => { dialog.remove(); refresh(); } },
    h('h2', { class: 'pf-dialog-title', id: 'found-title' }, t('discover.found', number(items.length))), place,
    h('div', { class: 'pf-dialog-buttons' }, h('button', { class: 'pf-button', type: 'button', autofocus: true, onclick: () => dialog.close() }, t('word.close'))));
  const rows = table({
    label: t('discover.title'), key: item => item.baseAddress,
    columns: [
      { label: t('discover.address'), cell: item => h('span', { class: 'pf-mono' }, item.baseAddress) },
      { label: t('word.status'), cell: item => healthChip(item.status) },
      { label: t('services.response'), number: true, minor: true, cell: item => duration(item.durationMs) },
      { label: t('discover.says'), minor: true, cell: item => item.detail },
      { label: t('word.name'), cell: item => item.registeredAs ? h('a', { class: 'pf-link', href: addressOf(pathOfService(item.registeredAs)), onclick: () => dialog.close() }, item.registeredAs)
        : h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => register(item) }, icon('plus', 16), t('services.register')) },
    ],
  });
  place.append(items.length ? rows.element : empty({ symbol: 'search', title: t('discover.nothing'), text: t('discover.nothing.text') }));
  rows.draw(items);
  document.body.append(dialog);
  dialog.showModal();

  async function register(item) {
    let name = `service-${item.port}`;
    for (let index = 2; known.has(name); index++) name = `service-${item.port}-${index}`;
    const made = await openForm({
      title: t('discover.register', item.baseAddress), action: t('services.register'),
      fields: [{ name: 'name', label: t('word.name'), value: name, required: true, hint: t('service.name.hint') }],
      submit: values => send('POST', 'api/services', { name: values.name, baseAddress: item.baseAddress }),
    });
    if (!made) return;
    known.add(made.name.toLowerCase());
    item.registeredAs = made.name;
    rows.draw(items);
    toast({ kind: 'success', title: t('service.registered', made.name) });
  }
}

/** Reads the operations of a service from an OpenAPI document. services: to choose from; one alone is taken. */
export async function importDocument(services, refresh) {
  const file = h('input', { type: 'file', class: 'pf-file', accept: '.json,.yaml,.yml', 'aria-label': t('openapi.file'), onchange: async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    if (chosen.size > documentBytesMax) return void toast({ kind: 'error', title: t('openapi.large') });
    const area = file.form.querySelector('textarea[name=document]');
    area.value = await chosen.text();
    area.dispatchEvent(new Event('input', { bubbles: true }));
  } });
  const names = services.map(service => service.name);
  const done = await openForm({
    title: t('openapi.title'), text: t('openapi.text'), action: t('openapi.do'), wide: true, key: 'services.import',
    extra: h('div', { class: 'pf-field' }, file),
    fields: [
      { name: 'service', kind: 'choice', label: t('openapi.service'), choices: names.length === 1 ? [[names[0], names[0]]] : [['', t('openapi.new')], ...names.map(name => [name, name])] },
      { name: 'name', label: t('word.name'), hint: t('service.name.hint'), shownWhen: values => values.service === '' && names.length !== 1, check: value => value ? null : t('form.required') },
      { name: 'baseAddress', label: t('service.address'), placeholder: 'https://api.example.org', mono: true, shownWhen: values => values.service === '' && names.length !== 1, check: value => value ? null : t('form.required') },
      { name: 'document', kind: 'area', label: t('openapi.document'), rows: 10, required: true, hint: t('openapi.document.hint') },
    ],
    submit: async values => {
      const name = values.service || values.name;
      // Registered first, since operations belong to a service; it stays when the document cannot be used.
      if (!values.service && !names.includes(name)) {
        await send('POST', 'api/services', { name, baseAddress: values.baseAddress });
        names.push(name);
      }
      return { name, ...await sendText(routeOf(name, '/operations'), values.document) };
    },
  });
  if (!done) return;
  toast({ kind: 'success', title: t('openapi.done', number(done.totalCount), done.name) });
  refresh();
  navigate(`${pathOfService(done.name)}?tab=operations`);
}

// The document goes as it is, JSON or YAML.
async function sendText(path, text) {
  const response = await fetch(addressFor(path), { method: 'POST', quiet: true, headers: { Accept: 'application/json', 'Content-Type': text.trimStart().startsWith('{') ? 'application/json' : 'application/yaml' }, body: text });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, answer);
  return answer;
}

define({
  'discover.title': ['Look for services', '서비스 찾아내기'],
  'discover.text': ['Asks every port of the range for its health. It takes about four seconds.', '범위 안의 모든 포트에 상태를 묻습니다. 4초쯤 걸립니다.'],
  'discover.look': ['Look', '찾기'],
  'discover.host': ['Host', '호스트'],
  'discover.from': ['First port', '첫 포트'],
  'discover.to': ['Last port', '마지막 포트'],
  'discover.to.hint': ['At most 100 ports.', '최대 100개 포트.'],
  'discover.path': ['Path of the health check', '상태 확인 경로'],
  'discover.found': ['{0} found', '{0}개 찾음'],
  'discover.address': ['Address', '주소'],
  'discover.says': ['What it says', '응답 내용'],
  'discover.nothing': ['Nothing listens there', '아무것도 듣고 있지 않습니다'],
  'discover.nothing.text': ['No port of the range takes connections. Start the services, or try other ports.', '범위 안에 연결을 받는 포트가 없습니다. 서비스를 시작하거나 다른 포트를 시도하세요.'],
  'discover.register': ['Register {0}', '{0} 등록'],
  'openapi.title': ['Import an OpenAPI document', 'OpenAPI 문서 가져오기'],
  'openapi.text': ['Its operations can be called by name with Call Operation; they replace the ones that the service has.', '문서의 오퍼레이션을 Call Operation에서 이름으로 호출할 수 있게 됩니다. 서비스의 기존 오퍼레이션을 대체합니다.'],
  'openapi.do': ['Import', '가져오기'],
  'openapi.service': ['For the service', '대상 서비스'],
  'openapi.new': ['A new service…', '새 서비스…'],
  'openapi.document': ['Document', '문서'],
  'openapi.document.hint': ['JSON or YAML: pasted, or from a file.', 'JSON 또는 YAML. 붙여 넣거나 파일에서.'],
  'openapi.file': ['File with the document', '문서 파일'],
  'openapi.large': ['The file is larger than 4 MB', '파일이 4 MB보다 큽니다'],
  'openapi.done': ['{0} operations of {1}', '{1}의 오퍼레이션 {0}개'],
  'service.address': ['Address', '주소'],
});

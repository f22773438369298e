// API keys: what programs sign in with.
import { h, icon } from '../shell/dom.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { send } from '../parts/api.js';
import { curlOf } from '../parts/curl.js';
import { confirmAction, openForm } from '../parts/form.js';
import { when } from '../parts/format.js';
import { list } from '../parts/list.js';
import { showOnce } from '../parts/once.js';
import { permissionChips, permissionField, permissionNames } from '../parts/permissions.js';
import { body, chip } from '../parts/states.js';

const dayMs = 86_400_000;
const lives = ['30', '90', '365', 'date', ''];

export default {
  render(container, page) {
    const place = h('div', { class: 'pf-stack' });
    body(container, place);
    const create = () => h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: () => createKey(() => answer.refresh()) }, icon('plus', 16), h('span', { class: 'pf-action-text' }, t('keys.create')));
    if (may('create:application')) page.actions(create());
    const answer = list(place, {
      signal: page.signal, path: 'api/keys', topics: ['apiKey', 'user'],
      none: { symbol: 'key', title: t('keys.none'), text: t('keys.none.text'), action: may('create:application') && create() },
      table: {
        label: t('page.keys'),
        columns: [
          { label: t('word.name'), cell: key => [h('strong', null, key.name), ' ', key.isBootstrap && chip(t('keys.bootstrap'), 'info'), h('div', { class: 'pf-mono pf-soft' }, `${key.prefix}…`)] },
          { label: t('word.status'), cell: key => chip(t(`keys.status.${key.status}`), { Active: 'good', Expired: 'warn', Revoked: 'bad' }[key.status]) },
          { label: t('permission.label'), minor: true, cell: key => permissionChips(key.permissions) },
          { label: t('keys.owner'), minor: true, cell: key => key.owner ?? '–' },
          { label: t('keys.used'), cell: key => key.lastUsedAt ? when(key.lastUsedAt) : h('span', { class: 'pf-soft' }, t('keys.never')) },
          { label: t('keys.ends'), cell: key => key.expiresAt ? when(key.expiresAt) : h('span', { class: 'pf-soft' }, t('keys.never')) },
        ],
        menu: may(['update:application', 'delete:application']) ? key => [
          may('update:application') && { label: t('word.edit'), icon: icon('edit', 18), run: () => editKey(key, answer.refresh) },
          may('update:application') && key.status !== 'Revoked' && { label: t('keys.revoke'), icon: icon('stop', 18), run: () => endKey(key, 'revoke', answer.refresh) },
          may('delete:application') && { label: t('word.delete'), icon: icon('trash', 18), run: () => endKey(key, 'delete', answer.refresh) },
        ] : undefined,
      },
    });
  },
};

const address = (key, action = '') => `api/keys/${encodeURIComponent(key.id)}${action}`;

const fieldsOf = (names, key) => [
  { name: 'name', label: t('word.name'), required: true, value: key?.name, hint: t('keys.name.hint') },
  { name: 'life', kind: 'choice', label: t('keys.ends'), value: key ? key.expiresAt ? 'date' : '' : '90', choices: lives.map(life => [life, t(`keys.life.${life}`)]), hint: t('keys.ends.hint') },
  { name: 'date', kind: 'datetime', label: t('keys.date'), value: key?.expiresAt ? local(key.expiresAt) : '', shownWhen: values => values.life === 'date' },
  permissionField(names, key?.permissions ?? []),
];

const bodyOf = values => ({
  name: values.name, permissions: values.permissions,
  expiresAt: values.life === 'date' ? values.date : values.life === '' ? null : new Date(Date.now() + Number(values.life) * dayMs).toISOString(),
});

const local = moment => { const at = new Date(moment); return new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16); };

async function createKey(refresh) {
  const names = await permissionNames();
  const made = await openForm({ title: t('keys.create'), text: t('keys.create.text'), action: t('keys.create.do'), wide: true, key: 'key.new', fields: fieldsOf(names), submit: values => send('POST', 'api/keys', bodyOf(values)) });
  if (!made) return;
  refresh();
  await showOnce({
    title: t('keys.made', made.apiKey.name), label: t('keys.key'), value: made.key,
    extra: [h('p', { class: 'pf-label pf-after' }, t('keys.use')), h('pre', { class: 'pf-pre', tabindex: '0' }, `export PLATFORM_API_KEY='…'\n${curlOf('GET', 'api/session')}`)],
  });
}

async function editKey(key, refresh) {
  const done = await openForm({ title: t('keys.edit', key.name), wide: true, fields: fieldsOf(await permissionNames(), key), submit: values => send('PUT', address(key), bodyOf(values)) });
  if (!done) return;
  toast({ kind: 'success', title: t('keys.saved') });
  refresh();
}

async function endKey(key, what, refresh) {
  const done = await confirmAction({
    title: t(`keys.${what}.title`, key.name), text: t(`keys.${what}.text`), action: t(what === 'delete' ? 'word.delete' : 'keys.revoke'),
    run: () => what === 'delete' ? send('DELETE', address(key)) : send('POST', address(key, '/revoke')),
  });
  if (!done) return;
  toast({ kind: 'success', title: t(`keys.${what}.done`) });
  refresh();
}

define({
  'keys.create': ['New key', '새 키'],
  'keys.create.do': ['Make the key', '키 만들기'],
  'keys.create.text': ['A key for one program, with what that program needs and no more.', '프로그램 하나를 위한 키입니다. 필요한 권한만 주세요.'],
  'keys.edit': ['Change {0}', '{0} 변경'],
  'keys.saved': ['Saved', '저장했습니다'],
  'keys.name.hint': ['What the key is for, for example "Nightly import".', '키의 용도. 예: "야간 가져오기"'],
  'keys.owner': ['Owner', '소유자'],
  'keys.used': ['Last used', '마지막 사용'],
  'keys.never': ['Never', '없음'],
  'keys.ends': ['Ends', '만료'],
  'keys.ends.hint': ['A key that ends cannot be forgotten for ever.', '만료가 있는 키는 영원히 잊히지 않습니다.'],
  'keys.date': ['Ends at', '만료 시각'],
  'keys.life.30': ['In 30 days', '30일 뒤'],
  'keys.life.90': ['In 90 days', '90일 뒤'],
  'keys.life.365': ['In a year', '1년 뒤'],
  'keys.life.date': ['At a time', '지정한 때'],
  'keys.life.': ['Never', '만료 없음'],
  'keys.bootstrap': ['of the first start', '첫 시작의 키'],
  'keys.status.Active': ['Active', '사용 가능'],
  'keys.status.Expired': ['Expired', '만료됨'],
  'keys.status.Revoked': ['Revoked', '폐기됨'],
  'keys.none': ['There are no keys', '키가 없습니다'],
  'keys.none.text': ['Programs sign in with a key. Make one for each program, so that one can be revoked without the others.', '프로그램은 키로 로그인합니다. 프로그램마다 하나씩 만들면 따로 폐기할 수 있습니다.'],
  'keys.made': ['{0} is made', '{0} 키를 만들었습니다'],
  'keys.key': ['The key', '키'],
  'keys.use': ['Try it', '써 보기'],
  'keys.revoke': ['Revoke', '폐기'],
  'keys.revoke.title': ['Revoke {0}?', '{0} 키를 폐기할까요?'],
  'keys.revoke.text': ['Programs that use it are refused at once. It cannot be used again, and stays in the list.', '이 키를 쓰는 프로그램은 바로 거절됩니다. 다시 쓸 수 없으며 목록에는 남습니다.'],
  'keys.revoke.done': ['Revoked', '폐기했습니다'],
  'keys.delete.title': ['Delete {0}?', '{0} 키를 삭제할까요?'],
  'keys.delete.text': ['Programs that use it are refused at once, and it goes out of the list.', '이 키를 쓰는 프로그램은 바로 거절되며 목록에서 사라집니다.'],
  'keys.delete.done': ['Deleted', '삭제했습니다'],
});

// Secrets: values that workflows use by name. A value goes in and never comes out.
import { h, icon } from '../shell/dom.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from '../parts/api.js';
import { copyText } from '../parts/copy.js';
import { confirmAction, openForm } from '../parts/form.js';
import { number, when } from '../parts/format.js';
import { list } from '../parts/list.js';
import { body, chip } from '../parts/states.js';

const root = 'elsa/api/secrets';
const states = ['Active', 'Expired', 'Revoked'];
const address = (secret, action = '') => `${root}/${encodeURIComponent(secret.name)}${action}`;
const hostsOf = text => text.split(/[\s,]+/).filter(Boolean);

export default {
  render(container, page) {
    const place = h('div', { class: 'pf-stack' });
    body(container, place);
    const create = () => h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: () => createSecret(() => answer.refresh()) }, icon('plus', 16), h('span', { class: 'pf-action-text' }, t('secrets.create')));
    page.actions(...[
      may('manage:secret-keys') && h('button', { class: 'pf-button', type: 'button', onclick: () => renewKey(() => answer.refresh()) }, icon('again', 16), h('span', { class: 'pf-action-text' }, t('secrets.renew'))),
      may('write:secrets') && create(),
    ].filter(Boolean));
    const answer = list(place, {
      signal: page.signal, topics: ['secret', 'secretKey'], size: 25,
      load: ({ values: { page: at, ...query }, take, signal }) => get(root, { query: { ...query, page: at - 1, pageSize: take }, signal }),
      filters: [
        { name: 'search', kind: 'search', label: t('secrets.search') },
        { name: 'status', kind: 'choice', label: t('word.status'), choices: [['', t('secrets.status.any')], ...states.map(state => [state, t(`secrets.status.${state}`)])] },
      ],
      none: { symbol: 'lock', title: t('secrets.none'), text: t('secrets.none.text'), action: may('write:secrets') && create() },
      table: {
        label: t('page.secrets'),
        columns: [
          { label: t('word.name'), cell: secret => [h('strong', null, secret.name), secret.displayName !== secret.name && h('div', null, secret.displayName), secret.description && h('div', { class: 'pf-soft' }, secret.description)] },
          { label: t('secrets.hosts'), cell: secret => secret.hosts.length === 0 ? chip(t('secrets.hosts.all'), 'warn') : h('div', { class: 'pf-tags' }, secret.hosts.map(host => h('span', { class: 'pf-tag pf-mono' }, host))) },
          { label: t('word.status'), cell: secret => chip(t(`secrets.status.${secret.status}`) === `secrets.status.${secret.status}` ? secret.status : t(`secrets.status.${secret.status}`), { Active: 'good', Expired: 'warn', Revoked: 'bad' }[secret.status]) },
          { label: t('secrets.version'), number: true, minor: true, cell: secret => number(secret.currentVersion) },
          { label: t('word.changed'), minor: true, cell: secret => when(secret.updatedAt) },
          { label: t('secrets.ends'), cell: secret => secret.expiresAt ? when(secret.expiresAt) : h('span', { class: 'pf-soft' }, t('secrets.never')) },
        ],
        menu: secret => [
          { label: t('secrets.use'), icon: icon('copy', 18), run: () => copyText(`getSecret(${JSON.stringify(secret.name)})`) },
          { label: t('secrets.test'), icon: icon('check', 18), run: () => testSecret(secret) },
          may('write:secrets') && { label: t('secrets.rotate'), icon: icon('again', 18), run: () => rotate(secret, answer.refresh) },
          may('write:secrets') && { label: t('word.edit'), icon: icon('edit', 18), run: () => editSecret(secret, answer.refresh) },
          may('write:secrets') && secret.status !== 'Revoked' && { label: t('secrets.revoke'), icon: icon('stop', 18), run: () => endSecret(secret, 'revoke', answer.refresh) },
          may('delete:secrets') && { label: t('word.delete'), icon: icon('trash', 18), run: () => endSecret(secret, 'delete', answer.refresh) },
        ],
      },
    });
  },
};

const valueFields = first => [
  { name: 'value', kind: 'password', label: t('secrets.value'), required: true, autocomplete: 'new-password', hint: t('secrets.value.hint'), first },
  { name: 'expiresAt', kind: 'datetime', label: t('secrets.ends'), hint: t('secrets.ends.hint') },
];

const aboutFields = secret => [
  { name: 'displayName', label: t('secrets.displayName'), value: secret && secret.displayName !== secret.name ? secret.displayName : '' },
  { name: 'description', label: t('secrets.description'), value: secret?.description },
  { name: 'hosts', kind: 'area', rows: 3, label: t('secrets.hosts'), hint: t('secrets.hosts.hint'), value: secret?.hosts.join('\n') },
];

const about = values => ({ displayName: values.displayName || null, description: values.description || null, hosts: hostsOf(values.hosts) });

// No draft is kept of a form that holds a value.
async function createSecret(refresh) {
  const done = await openForm({
    title: t('secrets.create'), text: t('secrets.create.text'), action: t('secrets.create.do'),
    fields: [{ name: 'name', label: t('word.name'), required: true, hint: t('secrets.name.hint') }, ...valueFields(), ...aboutFields()],
    submit: values => send('POST', root, { name: values.name, value: values.value, expiresAt: values.expiresAt, ...about(values) }),
  });
  if (!done) return;
  toast({ kind: 'success', title: t('secrets.made', done.name), text: t('secrets.made.text', `getSecret(${JSON.stringify(done.name)})`) });
  refresh();
}

async function editSecret(secret, refresh) {
  const done = await openForm({ title: t('secrets.edit', secret.name), fields: aboutFields(secret), submit: values => send('POST', address(secret), about(values)) });
  if (!done) return;
  toast({ kind: 'success', title: t('secrets.saved') });
  refresh();
}

async function rotate(secret, refresh) {
  const done = await openForm({
    title: t('secrets.rotate.title', secret.name), text: t('secrets.rotate.text'), action: t('secrets.rotate'), fields: valueFields(true),
    submit: values => send('POST', address(secret, '/rotate'), values),
  });
  if (!done) return;
  toast({ kind: 'success', title: t('secrets.rotated', secret.name, number(done.currentVersion)) });
  refresh();
}

async function testSecret(secret) {
  try {
    const { succeeded, error } = await send('POST', address(secret, '/test'));
    toast({ kind: succeeded ? 'success' : 'error', title: t(succeeded ? 'secrets.test.ok' : 'secrets.test.bad', secret.name), text: error ?? undefined });
  } catch (error) {
    toast({ kind: 'error', title: t('secrets.test.bad', secret.name), text: error.message });
  }
}

async function endSecret(secret, what, refresh) {
  const done = await confirmAction({
    title: t(`secrets.${what}.title`, secret.name), text: t(`secrets.${what}.text`), action: t(what === 'delete' ? 'word.delete' : 'secrets.revoke'),
    run: () => what === 'delete' ? send('DELETE', address(secret)) : send('POST', address(secret, '/revoke')),
  });
  if (!done) return;
  toast({ kind: 'success', title: t(`secrets.${what}.done`) });
  refresh();
}

async function renewKey(refresh) {
  let answer;
  const done = await confirmAction({
    title: t('secrets.renew.title'), text: t('secrets.renew.text'), action: t('secrets.renew'), danger: false,
    run: async () => { answer = await send('POST', `${root}/rotate-key`); },
  });
  if (!done) return;
  toast(answer.unreadable.length
    ? { kind: 'error', title: t('secrets.renew.unreadable'), text: answer.unreadable.join(', ') }
    : { kind: 'success', title: t('secrets.renew.done', number(answer.count)) });
  refresh();
}

define({
  'secrets.search': ['Name or description', '이름 또는 설명'],
  'secrets.create': ['New secret', '새 비밀 값'],
  'secrets.create.do': ['Keep the secret', '비밀 값 저장'],
  'secrets.create.text': ['Workflows use it by its name. The value is encrypted, and nobody can read it here again.', '워크플로가 이름으로 사용합니다. 값은 암호화되며 여기서 다시 볼 수 없습니다.'],
  'secrets.name.hint': ['Letters, digits and . _ : -', '글자, 숫자와 . _ : -'],
  'secrets.value': ['Value', '값'],
  'secrets.value.hint': ['Never shown again.', '다시 보여 주지 않습니다.'],
  'secrets.displayName': ['Name for people', '표시 이름'],
  'secrets.description': ['What it is for', '용도'],
  'secrets.hosts': ['Hosts', '호스트'],
  'secrets.hosts.all': ['any host', '모든 호스트'],
  'secrets.hosts.hint': ['The only hosts that the value may be sent to, one in a line: api.example.com or *.example.com. Empty for any.', '값을 보낼 수 있는 호스트를 한 줄에 하나씩 적습니다: api.example.com 또는 *.example.com. 비우면 모든 호스트입니다.'],
  'secrets.version': ['Version', '버전'],
  'secrets.ends': ['Ends', '만료'],
  'secrets.ends.hint': ['From then on it is not given out any more. Empty for never.', '이때부터 값을 내주지 않습니다. 비우면 만료가 없습니다.'],
  'secrets.never': ['Never', '없음'],
  'secrets.status.any': ['Any status', '모든 상태'],
  'secrets.status.Active': ['Active', '사용 가능'],
  'secrets.status.Expired': ['Expired', '만료됨'],
  'secrets.status.Revoked': ['Revoked', '폐기됨'],
  'secrets.none': ['No secrets are kept', '저장된 비밀 값이 없습니다'],
  'secrets.none.text': ['Passwords and tokens that workflows need belong here, not into the workflows: getSecret("name") gives the value to an expression.', '워크플로에 필요한 비밀번호와 토큰은 워크플로가 아니라 여기에 두세요. 식에서 getSecret("이름")으로 값을 받습니다.'],
  'secrets.made': ['{0} is kept', '{0} 비밀 값을 저장했습니다'],
  'secrets.made.text': ['Expressions use it as {0}.', '식에서는 {0}(으)로 사용합니다.'],
  'secrets.edit': ['Change {0}', '{0} 변경'],
  'secrets.saved': ['Saved', '저장했습니다'],
  'secrets.use': ['Copy the expression', '식 복사'],
  'secrets.test': ['Test', '시험'],
  'secrets.test.ok': ['{0} can be used', '{0} 비밀 값을 쓸 수 있습니다'],
  'secrets.test.bad': ['{0} cannot be used', '{0} 비밀 값을 쓸 수 없습니다'],
  'secrets.rotate': ['New value', '새 값'],
  'secrets.rotate.title': ['A new value for {0}', '{0}의 새 값'],
  'secrets.rotate.text': ['Workflows use it from their next step on. The value until now is gone.', '워크플로는 다음 단계부터 새 값을 사용합니다. 지금 값은 사라집니다.'],
  'secrets.rotated': ['{0} has version {1} now', '{0} 비밀 값이 버전 {1}이 되었습니다'],
  'secrets.revoke': ['Revoke', '폐기'],
  'secrets.revoke.title': ['Revoke {0}?', '{0} 비밀 값을 폐기할까요?'],
  'secrets.revoke.text': ['Workflows that ask for it fault from now on.', '이제부터 이 값을 쓰는 워크플로는 실패합니다.'],
  'secrets.revoke.done': ['Revoked', '폐기했습니다'],
  'secrets.delete.title': ['Delete {0}?', '{0} 비밀 값을 삭제할까요?'],
  'secrets.delete.text': ['The value is gone for ever. Workflows that ask for it fault from now on.', '값이 영원히 사라집니다. 이제부터 이 값을 쓰는 워크플로는 실패합니다.'],
  'secrets.delete.done': ['Deleted', '삭제했습니다'],
  'secrets.renew': ['Renew the key', '키 교체'],
  'secrets.renew.title': ['Encrypt all secrets anew?', '모든 비밀 값을 다시 암호화할까요?'],
  'secrets.renew.text': ['A new key is made in the key file of the server, and all values are encrypted with it. Nothing changes for workflows.', '서버의 키 파일에 새 키를 만들고 모든 값을 다시 암호화합니다. 워크플로에는 영향이 없습니다.'],
  'secrets.renew.done': ['{0} secrets are encrypted anew', '비밀 값 {0}개를 다시 암호화했습니다'],
  'secrets.renew.unreadable': ['No key reads these', '읽을 수 없는 비밀 값'],
});

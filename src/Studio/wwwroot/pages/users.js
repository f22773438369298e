// Users, and the roles that say what they may do.
import { h, icon } from '../shell/dom.js';
import { may, session } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from '../parts/api.js';
import { confirmAction, openForm } from '../parts/form.js';
import { number, when } from '../parts/format.js';
import { list } from '../parts/list.js';
import { showOnce } from '../parts/once.js';
import { permissionChips, permissionField, permissionNames, permissionWords } from '../parts/permissions.js';
import { body, chip } from '../parts/states.js';
import { tabs } from '../parts/tabs.js';

export default {
  render(container, page) {
    const place = h('div', { class: 'pf-stack' });
    body(container, tabs(page, [
      ...may('read:user') ? [{ id: '', label: t('users.tab.users'), draw: signal => drawUsers(place, page, signal) }] : [],
      ...may('read:role') ? [{ id: 'roles', label: t('users.tab.roles'), draw: signal => drawRoles(place, page, signal) }] : [],
    ], place), place);
  },
};

const button = (label, run) => h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: run }, icon('plus', 16), h('span', { class: 'pf-action-text' }, label));
const said = title => toast({ kind: 'success', title });
const userAddress = (user, action = '') => `api/users/${encodeURIComponent(user.id)}${action}`;
const roleAddress = role => `api/roles/${encodeURIComponent(role.id)}`;
const everyRole = async signal => may('read:role') ? (await get('api/roles', { query: { take: 1_000 }, signal })).items : [];

function drawUsers(place, page, signal) {
  page.actions(...may('create:user') ? [button(t('users.create'), () => createUser(answer.refresh))] : []);
  const isMe = user => user.name === session.username;
  const answer = list(place, {
    signal, path: 'api/users', topics: ['user', 'role'],
    filters: [{ name: 'search', kind: 'search', label: t('users.search') }],
    none: { symbol: 'people', title: t('users.none'), text: t('users.none.text') },
    table: {
      label: t('users.tab.users'),
      columns: [
        { label: t('word.name'), cell: user => [h('strong', null, user.displayName || user.name), ' ', isMe(user) && chip(t('users.you'), 'info'), user.displayName && h('div', { class: 'pf-soft' }, user.name)] },
        { label: t('users.roles'), cell: user => user.roles.length === 0 ? h('span', { class: 'pf-soft' }, t('word.none')) : h('div', { class: 'pf-tags', title: user.permissions.join('\n') }, user.roles.map(role => chip(role))) },
        { label: t('word.status'), cell: user => user.isDisabled ? chip(t('users.disabled'), 'bad') : chip(t('users.enabled'), 'good') },
        { label: t('users.password'), minor: true, cell: user => user.hasPassword ? when(user.passwordSetAt) : h('span', { class: 'pf-soft' }, t('users.noPassword')) },
        { label: t('word.created'), minor: true, cell: user => when(user.createdAt) },
      ],
      menu: may(['update:user', 'delete:user']) ? user => [
        may('update:user') && { label: t('word.edit'), icon: icon('edit', 18), run: () => editUser(user, answer.refresh) },
        may('update:user') && !isMe(user) && { label: t('users.reset'), icon: icon('key', 18), run: () => resetPassword(user, answer.refresh) },
        may('update:user') && { label: t('users.signout'), icon: icon('leave', 18), run: () => signOutEverywhere(user, isMe(user), answer.refresh) },
        may('update:user') && (user.isDisabled
          ? { label: t('users.enable'), icon: icon('check', 18), run: () => setDisabled(user, false, answer.refresh) }
          : { label: t('users.disable'), icon: icon('stop', 18), run: () => setDisabled(user, true, answer.refresh) }),
        may('delete:user') && !isMe(user) && { label: t('word.delete'), icon: icon('trash', 18), run: () => deleteUser(user, answer.refresh) },
      ] : undefined,
    },
  });
}

const roleChoices = (roles, had = []) => [...roles.map(role => [role.id, `${role.name} (${role.id})`]), ...had.filter(id => !roles.some(role => role.id === id)).map(id => [id, id])];

const passwordFields = () => [
  { name: 'generated', kind: 'check', label: t('users.generated'), value: true, hint: t('users.generated.hint') },
  { name: 'password', kind: 'password', label: t('users.password'), required: true, autocomplete: 'new-password', shownWhen: values => !values.generated },
];

async function createUser(refresh) {
  const roles = await everyRole();
  const made = await openForm({
    title: t('users.create'), action: t('users.create.do'),
    fields: [
      { name: 'name', label: t('users.name'), required: true, hint: t('users.name.hint') },
      { name: 'displayName', label: t('users.displayName') },
      { name: 'roles', kind: 'checks', label: t('users.roles'), choices: roleChoices(roles), hint: t('users.roles.hint') },
      ...passwordFields(),
    ],
    submit: ({ name, displayName, roles: chosen, generated, password }) => send('POST', 'api/users', { name, displayName: displayName || null, roles: chosen, password: generated ? null : password }),
  });
  if (!made) return;
  refresh();
  if (made.password) await showPassword(made);
  else said(t('users.made', made.user.name));
}

const showPassword = ({ user, password }) => showOnce({ title: t('users.password.of', user.name), label: t('users.password'), value: password });

async function editUser(user, refresh) {
  const roles = await everyRole();
  const done = await openForm({
    title: t('users.edit', user.name),
    fields: [
      { name: 'displayName', label: t('users.displayName'), value: user.displayName },
      { name: 'roles', kind: 'checks', label: t('users.roles'), choices: roleChoices(roles, user.roles), value: user.roles, hint: t('users.roles.hint') },
    ],
    submit: values => send('PUT', userAddress(user), { displayName: values.displayName || null, roles: values.roles }),
  });
  if (!done) return;
  said(t('users.saved'));
  refresh();
}

async function resetPassword(user, refresh) {
  const done = await openForm({
    title: t('users.reset.title', user.name), text: t('users.reset.text'), action: t('users.reset'), fields: passwordFields(),
    submit: ({ generated, password }) => send('PUT', userAddress(user, '/password'), { password: generated ? null : password }),
  });
  if (!done) return;
  refresh();
  if (done.password) await showPassword(done);
  else said(t('users.reset.done', user.name));
}

async function signOutEverywhere(user, isMe, refresh) {
  const done = await confirmAction({
    title: t('users.signout.title', user.name), text: t(isMe ? 'users.signout.me' : 'users.signout.text'), action: t('users.signout'),
    run: () => send('POST', userAddress(user, '/sign-out')),
  });
  if (!done) return;
  said(t('users.signout.done', user.name));
  refresh();
}

async function setDisabled(user, isDisabled, refresh) {
  const run = () => send('POST', userAddress(user, isDisabled ? '/disable' : '/enable'));
  if (isDisabled) {
    if (!await confirmAction({ title: t('users.disable.title', user.name), text: t('users.disable.text'), action: t('users.disable'), run })) return;
  } else {
    try {
      await run();
    } catch (error) {
      return toast({ kind: 'error', title: t('users.refused'), text: error.message });
    }
  }
  said(t(isDisabled ? 'users.disable.done' : 'users.enable.done', user.name));
  refresh();
}

async function deleteUser(user, refresh) {
  if (!await confirmAction({ title: t('users.delete.title', user.name), text: t('users.delete.text'), action: t('word.delete'), run: () => send('DELETE', userAddress(user)) })) return;
  said(t('users.delete.done', user.name));
  refresh();
}

function drawRoles(place, page, signal) {
  page.actions(...may('create:role') ? [button(t('roles.create'), () => createRole({}, answer.refresh))] : []);
  const answer = list(place, {
    signal, path: 'api/roles', topics: ['user', 'role'],
    none: { symbol: 'people', title: t('roles.none'), text: t('roles.none.text') },
    table: {
      label: t('users.tab.roles'),
      columns: [
        { label: t('word.name'), cell: role => [h('button', { class: 'pf-link pf-link-button', type: 'button', onclick: () => showRole(role) }, role.name), ' ', role.isBuiltIn && chip(t('roles.builtIn'), 'info'), h('div', { class: 'pf-mono pf-soft' }, role.id)] },
        { label: t('permission.label'), cell: role => permissionChips(role.permissions) },
        { label: t('roles.users'), number: true, cell: role => h('span', { title: role.users.join('\n') }, number(role.users.length)) },
      ],
      menu: role => [
        { label: t('word.open'), icon: icon('people', 18), run: () => showRole(role) },
        may('create:role') && { label: t('roles.copy'), icon: icon('copy', 18), run: () => createRole({ name: t('roles.copy.name', role.name), permissions: role.permissions }, answer.refresh) },
        may('update:role') && !role.isBuiltIn && { label: t('word.edit'), icon: icon('edit', 18), run: () => editRole(role, answer.refresh) },
        may('delete:role') && !role.isBuiltIn && { label: t('word.delete'), icon: icon('trash', 18), run: () => deleteRole(role, answer.refresh) },
      ],
    },
  });
}

function showRole(role) {
  const dialog = h('dialog', { class: 'pf-dialog pf-dialog-form pf-dialog-wide', 'aria-label': role.name, onclose: () => dialog.remove() },
    h('h2', { class: 'pf-dialog-title' }, role.name),
    h('p', { class: 'pf-form-text' }, role.users.length ? t('roles.held', role.users.join(', ')) : t('roles.held.none')),
    h('div', { class: 'pf-scroll', tabindex: '0', role: 'region', 'aria-label': t('permission.label') }, h('ul', { class: 'pf-rows' }, role.permissions.map(name => h('li', { class: 'pf-rows-item' }, h('span', { class: 'pf-mono' }, name), h('span', { class: 'pf-soft' }, permissionWords(name)))))),
    h('form', { method: 'dialog', class: 'pf-dialog-buttons' }, h('button', { class: 'pf-button pf-button-primary', autofocus: true }, t('word.close'))));
  document.body.append(dialog);
  dialog.showModal();
}

async function createRole({ name, permissions }, refresh) {
  const made = await openForm({
    title: t('roles.create'), action: t('roles.create.do'), wide: true,
    fields: [{ name: 'name', label: t('word.name'), required: true, value: name }, permissionField(await permissionNames(), permissions ?? [])],
    submit: values => send('POST', 'api/roles', values),
  });
  if (!made) return;
  said(t('roles.made', made.name));
  refresh();
}

async function editRole(role, refresh) {
  const done = await openForm({
    title: t('users.edit', role.name), wide: true, text: role.users.length ? t('roles.edit.text', role.users.join(', ')) : undefined,
    fields: [{ name: 'name', label: t('word.name'), required: true, value: role.name }, permissionField(await permissionNames(), role.permissions)],
    submit: values => send('PUT', roleAddress(role), values),
  });
  if (!done) return;
  said(t('users.saved'));
  refresh();
}

async function deleteRole(role, refresh) {
  if (!await confirmAction({ title: t('roles.delete.title', role.name), text: t('roles.delete.text'), action: t('word.delete'), run: () => send('DELETE', roleAddress(role)) })) return;
  said(t('roles.delete.done', role.name));
  refresh();
}

define({
  'users.tab.users': ['Users', '사용자'],
  'users.tab.roles': ['Roles', '역할'],
  'users.search': ['Name', '이름'],
  'users.you': ['you', '나'],
  'users.name': ['Name to sign in with', '로그인 이름'],
  'users.name.hint': ['Letters, digits and . _ @ -', '글자, 숫자와 . _ @ -'],
  'users.displayName': ['Name for people', '표시 이름'],
  'users.roles': ['Roles', '역할'],
  'users.roles.hint': ['What the person may do: the permissions of all these roles.', '이 역할들의 권한을 모두 갖습니다.'],
  'users.enabled': ['May sign in', '로그인 가능'],
  'users.disabled': ['Disabled', '비활성화됨'],
  'users.password': ['Password', '비밀번호'],
  'users.password.of': ['Password of {0}', '{0}의 비밀번호'],
  'users.noPassword': ['None', '없음'],
  'users.generated': ['Generate a password', '비밀번호 자동 생성'],
  'users.generated.hint': ['It is shown once, to be passed on.', '전달할 수 있도록 한 번만 보여 줍니다.'],
  'users.none': ['Nobody is here', '사용자가 없습니다'],
  'users.none.text': ['Make a user for every person, so that the audit log tells who did what.', '사람마다 사용자를 만들면 감사 기록에 누가 무엇을 했는지 남습니다.'],
  'users.create': ['New user', '새 사용자'],
  'users.create.do': ['Make the user', '사용자 만들기'],
  'users.made': ['{0} may sign in', '{0} 사용자를 만들었습니다'],
  'users.edit': ['Change {0}', '{0} 변경'],
  'users.saved': ['Saved', '저장했습니다'],
  'users.refused': ['This was not done', '처리하지 못했습니다'],
  'users.reset': ['New password', '새 비밀번호'],
  'users.reset.title': ['Give {0} a new password?', '{0}에게 새 비밀번호를 줄까요?'],
  'users.reset.text': ['The password until now does not hold any more, and all sessions of the person end.', '지금 비밀번호는 쓸 수 없게 되고 모든 세션이 끝납니다.'],
  'users.reset.done': ['{0} has a new password', '{0}의 비밀번호를 바꾸었습니다'],
  'users.signout': ['Sign out everywhere', '모든 곳에서 로그아웃'],
  'users.signout.title': ['Sign {0} out everywhere?', '{0} 사용자를 모든 곳에서 로그아웃할까요?'],
  'users.signout.text': ['All sessions and tokens of the person end. The password stays.', '모든 세션과 토큰이 끝납니다. 비밀번호는 그대로입니다.'],
  'users.signout.me': ['All your sessions and tokens end, this one too. The password stays.', '이 세션을 포함해 나의 모든 세션과 토큰이 끝납니다. 비밀번호는 그대로입니다.'],
  'users.signout.done': ['{0} is signed out', '{0} 사용자를 로그아웃했습니다'],
  'users.disable': ['Disable', '비활성화'],
  'users.disable.title': ['Disable {0}?', '{0} 사용자를 비활성화할까요?'],
  'users.disable.text': ['The person cannot sign in any more; sessions, tokens and keys end at once.', '로그인할 수 없게 되고 세션, 토큰, 키가 바로 끝납니다.'],
  'users.disable.done': ['{0} is disabled', '{0} 사용자를 비활성화했습니다'],
  'users.enable': ['Enable', '활성화'],
  'users.enable.done': ['{0} may sign in again', '{0} 사용자가 다시 로그인할 수 있습니다'],
  'users.delete.title': ['Delete {0}?', '{0} 사용자를 삭제할까요?'],
  'users.delete.text': ['The user and the API keys that belong to it go. The audit log keeps the name.', '사용자와 그 API 키가 사라집니다. 감사 기록에는 이름이 남습니다.'],
  'users.delete.done': ['{0} is deleted', '{0} 사용자를 삭제했습니다'],
  'roles.create': ['New role', '새 역할'],
  'roles.create.do': ['Make the role', '역할 만들기'],
  'roles.made': ['{0} is made', '{0} 역할을 만들었습니다'],
  'roles.builtIn': ['built in', '기본 제공'],
  'roles.users': ['Users', '사용자'],
  'roles.held': ['Held by: {0}', '가진 사용자: {0}'],
  'roles.held.none': ['Nobody has it.', '가진 사용자가 없습니다.'],
  'roles.copy': ['Copy as a new role', '새 역할로 복사'],
  'roles.copy.name': ['{0} (copy)', '{0} (사본)'],
  'roles.edit.text': ['It changes at once for: {0}', '바로 적용되는 사용자: {0}'],
  'roles.none': ['There are no roles', '역할이 없습니다'],
  'roles.none.text': ['A role is a set of permissions with a name.', '역할은 이름이 있는 권한 묶음입니다.'],
  'roles.delete.title': ['Delete {0}?', '{0} 역할을 삭제할까요?'],
  'roles.delete.text': ['Only a role that nobody has can be deleted.', '가진 사용자가 없는 역할만 삭제할 수 있습니다.'],
  'roles.delete.done': ['{0} is deleted', '{0} 역할을 삭제했습니다'],
});

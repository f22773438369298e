// Changing one's own password.
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { send } from './api.js';
import { openForm } from './form.js';

export const passwordLengthMin = 12;

export async function changePassword() {
  const typed = {};
  const done = await openForm({
    title: t('password.title'), text: t('password.text'), action: t('password.do'),
    fields: [
      { name: 'currentPassword', kind: 'password', label: t('password.current'), required: true, autocomplete: 'current-password' },
      { name: 'newPassword', kind: 'password', label: t('password.new'), required: true, autocomplete: 'new-password', hint: t('password.hint', passwordLengthMin), check: value => { typed.first = value; return value.length < passwordLengthMin ? t('password.hint', passwordLengthMin) : null; } },
      { name: 'again', kind: 'password', label: t('password.again'), required: true, autocomplete: 'new-password', check: value => value === typed.first ? null : t('password.differs') },
    ],
    submit: ({ currentPassword, newPassword }) => send('PUT', 'api/session/password', { currentPassword, newPassword }),
  });
  if (done) toast({ kind: 'success', title: t('password.done'), text: t('password.done.text') });
}

define({
  'password.title': ['Change password', '비밀번호 변경'],
  'password.text': ['Your other sessions and tokens end; you stay signed in here.', '다른 세션과 토큰은 끝나고 여기서는 로그인 상태가 유지됩니다.'],
  'password.do': ['Change password', '비밀번호 변경'],
  'password.current': ['Password until now', '지금 비밀번호'],
  'password.new': ['New password', '새 비밀번호'],
  'password.again': ['New password again', '새 비밀번호 다시'],
  'password.hint': ['{0} characters at least. A few words that do not belong together are easy to remember.', '{0}자 이상. 서로 관계없는 낱말 몇 개가 기억하기 쉽습니다.'],
  'password.differs': ['The two are not the same.', '두 비밀번호가 다릅니다.'],
  'password.done': ['The password is changed', '비밀번호를 바꾸었습니다'],
  'password.done.text': ['Your other sessions have ended.', '다른 세션은 끝났습니다.'],
});

// Deleting a shared policy; the list and the page of one do it alike.
import { define, t } from '../shell/strings.js';
import { send } from './api.js';
import { confirmAction } from './form.js';

export const removePolicy = policy => confirmAction({
  title: t('policy.delete.title', policy.name), text: policy.services.length ? t('policy.delete.used', policy.services.join(', ')) : t('policy.delete.text'), action: t('word.delete'),
  run: () => send('DELETE', `api/policies/${encodeURIComponent(policy.name)}`),
});

define({
  'policy.delete.title': ['Delete the policy {0}?', '정책 {0}을(를) 삭제할까요?'],
  'policy.delete.text': ['What the configuration says of it, if anything, counts again.', '설정 파일에 이 정책이 있으면 그 설정이 다시 적용됩니다.'],
  'policy.delete.used': ['These services name it and have to take another one before: {0}.', '이 서비스들이 사용하고 있어 먼저 다른 정책으로 바꿔야 합니다: {0}.'],
});

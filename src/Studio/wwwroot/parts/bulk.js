// Acting on many instances: first what it would do, then the job with its progress.
import { h } from '../shell/dom.js';
import { navigate } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { send } from './api.js';
import { openForm } from './form.js';
import { number } from './format.js';
import { facts, statusChip } from './states.js';

/** action: Cancel, Retry, Rerun or Delete. filter: as POST /api/bulk reads it. Resolves to true when a job was begun. */
export async function actOnMany(action, filter) {
  let preview;
  try {
    preview = await send('POST', 'api/bulk/preview', { action, filter });
  } catch (error) {
    toast({ kind: 'error', title: t(`bulk.${action}`), text: error.message });
    return false;
  }
  if (preview.count === 0) {
    toast({ kind: 'info', title: t('bulk.nothing'), text: preview.leftOut.map(({ reason, count }) => `${number(count)} × ${reason}`).join(' ') });
    return false;
  }

  const shown = preview.items.slice(0, 5).map(item => h('li', { class: 'pf-rows-item' }, h('span', { class: 'pf-rows-main' }, item.name || item.definitionId, ' ', h('span', { class: 'pf-soft pf-mono' }, item.id.slice(-8))), statusChip(item.subStatus)));
  const job = await openForm({
    title: t(`bulk.${action}.title`, number(preview.count)),
    text: t(`bulk.${action}.text`),
    extra: h('div', { class: 'pf-stack' }, h('ul', { class: 'pf-rows' }, shown),
      preview.count > shown.length && h('p', { class: 'pf-soft' }, t('difference.more', number(preview.count - shown.length))),
      preview.leftOut.length > 0 && facts(preview.leftOut.map(({ reason, count }) => [t('bulk.leftOut', number(count)), reason]))),
    fields: [{ name: 'perSecond', kind: 'number', label: t('bulk.rate'), hint: t('bulk.rate.hint'), min: 1, max: 10_000 }],
    action: t(`bulk.${action}`), danger: action === 'Delete' || action === 'Cancel',
    submit: ({ perSecond }) => send('POST', 'api/bulk', { action, filter, perSecond, expectedCount: preview.count }),
  });
  if (!job) return false;
  toast({ kind: 'success', title: t('bulk.begun'), text: t('bulk.begun.text', number(preview.count)), action: { label: t('bulk.watch'), run: () => navigate(`bulk?job=${encodeURIComponent(job.id)}`) } });
  return true;
}

define({
  'bulk.nothing': ['Nothing to do', '할 일이 없습니다'],
  'bulk.rate.hint': ['Empty: as fast as it goes. A rate spares the services that the runs call.', '비우면 최대 속도. 속도를 정하면 실행이 호출하는 서비스의 부담이 줄어듭니다.'],
  'bulk.begun': ['Begun', '시작했습니다'],
  'bulk.begun.text': ['{0} runs, in the background.', '실행 {0}개, 백그라운드에서 진행합니다.'],
  'bulk.watch': ['Watch it', '지켜보기'],
});

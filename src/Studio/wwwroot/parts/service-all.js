// Starting and stopping the processes of all services, or of those with a tag.
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { send } from './api.js';
import { openForm } from './form.js';
import { number } from './format.js';

/** verb: start-all or stop-all. */
export async function allProcesses(verb, services, refresh) {
  const having = services.filter(service => service.process);
  const tags = [...new Set(having.flatMap(service => service.tags))].sort();
  const answer = await openForm({
    title: t(`services.${verb}.title`), text: t(`services.${verb}.text`, number(having.length)), action: t(`services.${verb}`), danger: verb === 'stop-all',
    fields: [
      { name: 'tag', kind: 'choice', label: t('services.all.which'), choices: [['', t('services.all.every')], ...tags.map(tag => [tag, t('services.all.tag', tag)])] },
      { name: 'mode', kind: 'choice', label: t('services.all.order'), hint: t('services.all.order.hint'), choices: [['Parallel', t('services.all.parallel')], ['Sequential', t('services.all.sequential')]] },
    ],
    submit: values => send('POST', `api/services/${verb}`, { mode: values.mode, tag: values.tag || null }),
  });
  if (!answer) return;
  toast({ kind: 'success', title: t(`services.${verb}.done`), text: answer.items?.map(item => `${item.name}: ${t(`process.${item.process.state}`)}`).join(', ') });
  refresh();
}

define({
  'services.start-all': ['Start all', '모두 시작'],
  'services.start-all.title': ['Start the services?', '서비스를 시작할까요?'],
  'services.start-all.text': ['{0} services have a start command. What a service needs is started before it.', '{0}개 서비스에 시작 명령이 있습니다. 필요한 것을 먼저 시작합니다.'],
  'services.start-all.done': ['The services are being started', '서비스를 시작합니다'],
  'services.stop-all': ['Stop all', '모두 멈춤'],
  'services.stop-all.title': ['Stop the services?', '서비스를 멈출까요?'],
  'services.stop-all.text': ['{0} services have a start command. Calls to them fail until they are started again.', '{0}개 서비스에 시작 명령이 있습니다. 다시 시작할 때까지 호출이 실패합니다.'],
  'services.stop-all.done': ['The services are being stopped', '서비스를 멈춥니다'],
  'services.all.which': ['Which', '대상'],
  'services.all.every': ['All of them', '전부'],
  'services.all.tag': ['With the tag {0}', '{0} 태그가 있는 것'],
  'services.all.order': ['Order', '순서'],
  'services.all.order.hint': ['Services that need one another keep their order in both ways.', '서로 의존하는 서비스는 어느 쪽이든 순서를 지킵니다.'],
  'services.all.parallel': ['As many at once as possible', '가능한 한 동시에'],
  'services.all.sequential': ['One after the other', '하나씩 차례로'],
});

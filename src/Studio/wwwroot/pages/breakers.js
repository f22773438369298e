// The circuit breakers that workflows name: how each stands, opened and closed by hand. Those of services stand with the services.
import { h, icon } from '../shell/dom.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { number, when } from '../parts/format.js';
import { list } from '../parts/list.js';
import { breakerChip, closeBreaker, openBreaker } from '../parts/services.js';
import { body } from '../parts/states.js';

const routeOf = name => `api/breakers/${encodeURIComponent(name)}`;

export default {
  render(container, page) {
    page.title({ label: t('page.services'), path: 'services' }, t('page.breakers'));
    const manages = may('manage:services');
    const answer = list(body(container, h('p', { class: 'pf-text' }, t('breakers.text'))), {
      signal: page.signal,
      path: 'api/breakers',
      topics: ['breaker'],
      none: { symbol: 'pause', title: t('breakers.none'), text: t('breakers.none.text') },
      table: {
        label: t('page.breakers'), key: one => one.name,
        columns: [
          { label: t('word.name'), cell: one => one.name },
          { label: t('word.status'), cell: ({ breaker }) => breakerChip(breaker) },
          { label: t('breakers.since'), cell: ({ breaker }) => when(breaker.since) },
          { label: t('breakers.failures'), number: true, cell: ({ breaker }) => number(breaker.failures) },
          { label: t('breakers.next'), cell: ({ breaker }) => breaker.state !== 'Open' ? h('span', { class: 'pf-soft' }, '–') : breaker.nextProbeAt ? when(breaker.nextProbeAt) : t('breaker.open.forever') },
          { label: t('breakers.by'), minor: true, cell: ({ breaker }) => breaker.by ?? h('span', { class: 'pf-soft' }, '–') },
        ],
        menu: one => manages ? [
          one.breaker.state !== 'Open' && { label: t('breaker.open'), icon: icon('pause', 18), run: () => openBreaker(one, () => answer.refresh(), { route: `${routeOf(one.name)}/open`, text: t('breakers.open.text') }) },
          one.breaker.state !== 'Closed' && { label: t('breaker.close'), icon: icon('check', 18), run: () => closeBreaker(one, () => answer.refresh(), `${routeOf(one.name)}/close`) },
        ] : [],
      },
    });
  },
};

define({
  'breakers.text': ['Workflows leave out a step that failed too often, for a time, with the activity Circuit Breaker. Those with the same name share one breaker.', '워크플로는 회로 차단기 액티비티로 너무 자주 실패한 단계를 한동안 건너뜁니다. 이름이 같으면 차단기 하나를 함께 씁니다.'],
  'breakers.none': ['No workflow has used a circuit breaker', '회로 차단기를 사용한 워크플로가 없습니다'],
  'breakers.none.text': ['Put the activity Circuit Breaker around a step that may fail. How its breaker stands is shown here after its first run.', '실패할 수 있는 단계를 회로 차단기 액티비티로 감싸세요. 처음 실행된 뒤 차단기 상태가 여기에 나타납니다.'],
  'breakers.since': ['Since', '시작 시각'],
  'breakers.failures': ['Failures', '실패'],
  'breakers.next': ['Next probe', '다음 시험 호출'],
  'breakers.by': ['Set by', '설정한 사람'],
  'breakers.open.text': ['What it stands around does not run while it is open. Workflows run its fallback, or fault with an error that says so.', '열려 있는 동안 감싼 단계는 실행되지 않습니다. 워크플로는 대체 단계를 실행하거나 그렇게 알리는 오류로 실패합니다.'],
});

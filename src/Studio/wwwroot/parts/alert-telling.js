// Who is told of alerts, and what is silenced for a while.
import { h, icon } from '../shell/dom.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from './api.js';
import { when } from './format.js';
import { list } from './list.js';
import { chip } from './states.js';
import { alertTopics, silence, subjectText } from './watch.js';
import { watched } from './alert-rules.js';

export function silences(place, signal) {
  const manages = may('manage:monitor');
  const make = async () => {
    const [{ subjects }, rules] = await Promise.all([watched(), get('api/alert-rules', { query: { take: 1_000 } })]);
    silence({ subjects, rules: rules.items.map(rule => rule.name) }, () => answer.refresh());
  };
  const button = () => manages && h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: make }, icon('plus', 18), t('silences.new'));
  const answer = list(place, {
    signal, path: 'api/silences', topics: alertTopics,
    above: h('div', { class: 'pf-line pf-line-spread' }, h('p', { class: 'pf-text' }, t('silences.text')), button()),
    none: { symbol: 'moon', title: t('silences.none'), text: t('silences.none.text') },
    table: {
      label: t('alerts.tab.silences'),
      columns: [
        { label: t('alerts.rule'), cell: one => one.rule ?? t('silences.rule.any') },
        { label: t('alerts.subject'), cell: one => one.subject ? subjectText(one.subject) : t('watch.subject.any') },
        { label: t('silences.until'), cell: one => when(one.until) },
        { label: t('silences.reason'), minor: true, cell: one => one.reason ?? h('span', { class: 'pf-soft' }, '–') },
        { label: t('silences.by'), minor: true, cell: one => one.by },
      ],
      menu: manages ? one => [{ label: t('silences.end'), icon: icon('alert', 18), run: async () => {
        try {
          await send('DELETE', `api/silences/${encodeURIComponent(one.id)}`);
          toast({ kind: 'success', title: t('silences.ended') });
        } catch (error) {
          toast({ kind: 'error', title: t('silences.end'), text: error.message });
        }
        answer.refresh();
      } }] : undefined,
    },
  });
}

export function channels(place, signal) {
  const tested = new Map();
  const answer = list(place, {
    signal, path: 'api/alert-channels', topics: [],
    above: h('p', { class: 'pf-text' }, t('channels.text')),
    load: async () => {
      const { items } = await get('api/alert-channels', { signal });
      return { items, totalCount: items.length };
    },
    none: { symbol: 'letter', title: t('channels.none'), text: t('channels.text') },
    table: {
      label: t('alerts.tab.channels'), key: channel => channel.name,
      columns: [
        { label: t('word.name'), cell: channel => channel.name },
        { label: t('channels.kind'), cell: channel => t(`channels.kind.${channel.kind}`) },
        { label: t('channels.host'), cell: channel => channel.host ?? h('span', { class: 'pf-soft' }, '–') },
        { label: t('channels.test'), cell: channel => h('span', { class: 'pf-line' },
          may('manage:monitor') && h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: event => test(channel, event.target) }, icon('letter', 16), t('channels.send')),
          tested.has(channel.name) && (tested.get(channel.name) ? h('span', { class: 'pf-line' }, chip(t('channels.failed'), 'bad'), h('span', null, tested.get(channel.name))) : chip(t('channels.sent'), 'good'))) },
      ],
    },
  });

  async function test(channel, button) {
    button.disabled = true;
    try {
      tested.set(channel.name, (await send('POST', `api/alert-channels/${encodeURIComponent(channel.name)}/test`)).error);
    } catch (error) {
      tested.set(channel.name, error.message);
    }
    answer.refresh();
  }
}

define({
  'silences.none': ['Nothing is silenced', '조용히 한 것이 없습니다'],
  'silences.none.text': ['Silence a rule or a subject while you work on it: from an alert, a rule, or here.', '작업하는 동안 규칙이나 대상을 조용히 하세요. 경보, 규칙, 또는 여기에서 할 수 있습니다.'],
  'silences.by': ['By', '사람'],
  'silences.end': ['End it now', '지금 끝내기'],
  'silences.ended': ['The silence is over', '조용히 하기를 끝냈습니다'],
  'channels.text': ['Where alerts are told. Channels come from the configuration (Alerts:Channels); their addresses are not shown.', '경보를 알리는 곳입니다. 채널은 설정(Alerts:Channels)에서 오며 주소는 보이지 않습니다.'],
  'channels.none': ['No channels', '채널 없음'],
  'channels.kind': ['Kind', '종류'],
  'channels.kind.console': ['Log of the server', '서버 로그'],
  'channels.kind.webhook': ['Webhook', '웹훅'],
  'channels.kind.slack': ['Slack', 'Slack'],
  'channels.kind.email': ['E-mail', '이메일'],
  'channels.host': ['Host', '호스트'],
  'channels.test': ['Try it', '시험'],
  'channels.send': ['Send a test', '시험 알림 보내기'],
});

// One entry of the audit log, with what changed.
import { h } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { get } from '../parts/api.js';
import { actionName, actorOf, outcomeChip, targetOf } from '../parts/audit-words.js';
import { curlButton } from '../parts/curl.js';
import { differenceTable } from '../parts/difference.js';
import { exactTime } from '../parts/format.js';
import { body, card, facts, failure, skeleton } from '../parts/states.js';

export default {
  async render(container, page) {
    const { params: { id }, signal } = page;
    const path = `api/audit/${encodeURIComponent(id)}`;
    const place = body(container, skeleton(6));
    const read = async () => {
      try {
        const entry = await get(path, { signal });
        page.title({ label: t('page.audit'), path: 'audit' }, actionName(entry.action));
        page.actions(curlButton(() => ({ path })));
        place.replaceChildren(...partsOf(entry));
      } catch (error) {
        if (error.name === 'AbortError') return;
        if (error.status === 404) return page.missing(t('audit.entry.missing'), error.message);
        if (!(error.status >= 0)) throw error;
        place.replaceChildren(failure(error, read));
      }
    };
    await read();
  },
};

function partsOf(entry) {
  const { who, target } = entry;
  const all = query => h('a', { class: 'pf-button pf-button-small', href: addressOf(`audit?${new URLSearchParams(query)}`) }, t(`audit.entry.${Object.keys(query)[0]}`));
  return [
    card(actionName(entry.action), [
      facts([
        [t('audit.outcome'), outcomeChip(entry)], [t('word.when'), exactTime(entry.at)],
        [t('audit.who'), actorOf(who)], [t('audit.address'), who.address], [t('audit.target'), targetOf(target)],
        target?.id && [t('audit.filter.target'), h('span', { class: 'pf-mono' }, target.id)],
        [t('audit.action'), h('span', { class: 'pf-mono' }, entry.action)],
        entry.traceId && [t('audit.entry.trace'), h('span', { class: 'pf-mono' }, entry.traceId)],
      ]),
      h('div', { class: 'pf-tags pf-after' }, (who.name ?? who.id) && all({ who: who.name ?? who.id }), target?.id && all({ targetId: target.id, targetKind: target.kind }), all({ action: entry.action })),
    ], { wide: true }),
    card(t('difference.table'), differenceTable(entry.before, entry.after) ?? h('p', { class: 'pf-text' }, t(entry.outcome === 'Ok' ? 'audit.entry.nothing' : 'audit.entry.refused'))),
  ];
}

define({
  'audit.entry.missing': ['This entry does not exist', '존재하지 않는 항목입니다'],
  'audit.entry.trace': ['Trace', '추적 ID'],
  'audit.entry.who': ['All by the same', '같은 사람의 모든 기록'],
  'audit.entry.targetId': ['All about this target', '이 대상의 모든 기록'],
  'audit.entry.action': ['All of this kind', '같은 동작의 모든 기록'],
  'audit.entry.nothing': ['The entry names no members that changed.', '바뀐 항목이 기록되어 있지 않습니다.'],
  'audit.entry.refused': ['Nothing was changed.', '아무것도 바뀌지 않았습니다.'],
});
